"""Says of a task's tests why they can't be judged safely: where nothing would be tested, or the candidate would decide."""

import ast
import builtins
import sys

_ALWAYS = set(dir(builtins)) | {"__name__", "__file__", "__doc__"}


def bound_in(tree):
    """Every name that a piece of code gives a value, wherever in it."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.alias):
            names.add(node.asname or node.name.split(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
    return names


def holds_assert(tree):
    return any(isinstance(node, ast.Assert) for node in ast.walk(tree))


def _foreign_module(tree):
    """A module that the sandbox's Python, which has its standard library alone, does not have."""
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            if name.split(".")[0] not in sys.stdlib_module_names:
                return name or "a relative module"
    return None


def fault_of(tree, setup, known, helpers):
    """What is wrong with a test, or None. `known`: names that the judge provides; `helpers`: the task's own functions that
    would decide, and are not provided."""
    module = _foreign_module(tree) or _foreign_module(setup)
    if module is not None:
        return "needs the module %s, and the sandbox has the standard library alone" % module
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    missing = used - known - _ALWAYS - bound_in(tree) - bound_in(setup)
    deciding = sorted(missing & helpers)
    if deciding:
        return "asks the program's own %s whether an answer is right" % deciding[0]
    if missing:
        return "uses %s, which nothing defines" % sorted(missing)[0]
    return None
