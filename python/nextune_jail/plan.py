"""What a task's tests need, found by reading them: which are plain calls, and which names mean what.

Plain is `assert f(args) == constant`, all of it literals: those are compared without running any test code.
Everything else runs in a judge process in which the candidate's names are stubs.
"""

import ast
import builtins
import sys

from . import wire
from .constants import constant
from .judgeable import fault_of, holds_assert
from .syntax import bare_text


class BadTest(Exception):
    """A test or setup that is no Python, or has no assert: the task is at fault, not the candidate."""


class PlainTest:
    """One call, as the frame that asks for it, and what it has to return."""

    def __init__(self, name, args, named, expected):
        self.frame = wire.pack_order({"f": name, "p": args, "k": named})
        self.expected = expected


class Plan:
    """How to judge one task. `plain` is None where a judge process has to run the tests."""

    def __init__(self, task):
        self.entry = task["entryPoint"]
        self.buggy = _bare_or_none(task.get("buggy"))
        setup = _parse(task.get("setup") or "", "setup")
        self.imports = [ast.unparse(node) for node in setup.body if _is_import(node)]
        self.tests = [(False, index, text) for index, text in enumerate(task["tests"])]
        self.tests += [(True, index, text) for index, text in enumerate(task.get("hiddenTests") or [])]
        trees = [_parse(text, _title(hidden, index)) for hidden, index, text in self.tests]
        known = _Known(task)
        self.plain = None
        if len(self.imports) == len(setup.body):
            plain = [_plain(tree, self.entry) for tree in trees]
            self.plain = plain if all(plain) else None
            self.plain_bytes = sum(len(test.frame) for test in self.plain or [])
        if self.plain is None:
            self._prepare(known, setup, trees)
        # Why no program can be judged by these tests; one that is judged nevertheless fails.
        self.fault = self._fault(known, setup, trees)

    def _fault(self, known, setup, trees):
        provided = {self.entry} if self.plain is not None else self.stubs | set(known.imports) | sys.stdlib_module_names
        for (hidden, index, _), tree in zip(self.tests, trees):
            if not holds_assert(tree) and not holds_assert(setup):
                raise BadTest("%s holds no assert" % _title(hidden, index))
            fault = fault_of(tree, setup, provided, known.functions)
            if fault is not None:
                return "%s %s" % (_title(hidden, index), fault)
        return None

    def _prepare(self, known, setup, trees):
        self.setup = compile(setup, "setup", "exec", dont_inherit=True)
        titles = [_title(hidden, index) for hidden, index, _ in self.tests]
        self.codes = [compile(tree, title, "exec", dont_inherit=True) for tree, title in zip(trees, titles)]
        used = {n.id for tree in [setup, *trees] for n in ast.walk(tree) if isinstance(n, ast.Name)}
        self.stubs = {self.entry} | (used & known.classes)
        helpers = {n for n in used & known.functions if not any(_decides(t, n, self.entry) for t in trees)}
        self.stubs |= helpers
        self.has_objects = bool(self.stubs & known.classes)
        # A name that the candidate could fill with anything is taken from the task's own program or from Python.
        self.known_imports = [line for name, line in known.imports.items() if name in used]
        missing = used - self.stubs - set(known.imports) - set(dir(builtins))
        self.known_imports += ["import " + name for name in sorted(missing) if name in sys.stdlib_module_names]


class _Known:
    """Names that the task's reference (or its buggy program) defines: written by the task's author, so trusted."""

    def __init__(self, task):
        self.classes, self.functions, self.imports = set(), set(), {}
        try:
            tree = ast.parse(task.get("reference") or task.get("buggy") or "")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                self.classes.add(node.name)
            elif isinstance(node, ast.FunctionDef):
                self.functions.add(node.name)
            elif _is_import(node):
                self._add_import(node)

    def _add_import(self, node):
        for alias in node.names:
            module = alias.name if isinstance(node, ast.Import) else node.module or ""
            if alias.name == "*" or module.split(".")[0] not in sys.stdlib_module_names:
                continue
            single = type(node)(**{**dict(ast.iter_fields(node)), "names": [alias]})
            self.imports[alias.asname or alias.name.split(".")[0]] = ast.unparse(single)


def _title(hidden, index):
    return "%s[%d]" % ("hiddenTests" if hidden else "tests", index)


def _parse(text, title):
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadTest("%s is no Python: %s" % (title, error)) from None


def _is_import(node):
    return isinstance(node, (ast.Import, ast.ImportFrom))


def _names_in(node):
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _results_of(tree, entry):
    """The entry point, and every name that is bound to something made from what it returned."""
    names = {entry}
    bindings = [
        (_names_in(ast.Module(getattr(node, "targets", None) or [node.target], [])), _names_in(node.value or node))
        for node in ast.walk(tree)
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.NamedExpr))
    ]
    bindings += [
        (_names_in(n.target), _names_in(n.iter)) for n in ast.walk(tree) if isinstance(n, (ast.For, ast.comprehension))
    ]
    for _ in bindings:
        for targets, sources in bindings:
            if sources & names:
                names |= targets
    return names


def _decides(tree, name, entry):
    """Whether a helper of the candidate's could be told what is expected, and agree: it is handed a result, or an
    assert's truth is its bare answer."""
    results = _results_of(tree, entry)
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and name in _names_in(n.func)]
    if any(results & _names_in(part) for call in calls for part in [*call.args, *call.keywords]):
        return True
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            test = node.test
            while isinstance(test, ast.UnaryOp):
                test = test.operand
            parts = test.values if isinstance(test, ast.BoolOp) else [test]
            if any(part in calls for part in parts):
                return True
    return False


def _plain(tree, entry):
    if len(tree.body) != 1 or not isinstance(tree.body[0], ast.Assert):
        return None
    test = tree.body[0].test
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return None
    call, expected = test.left, test.comparators[0]
    if not isinstance(call, ast.Call):
        call, expected = expected, call
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id != entry:
        return None
    try:
        args = [constant(arg) for arg in call.args]
        named = {keyword.arg: constant(keyword.value) for keyword in call.keywords if keyword.arg}
        if len(named) != len(call.keywords):
            return None
        return PlainTest(call.func.id, args, named, constant(expected))
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None


def _bare_or_none(program):
    """Of a buggy program, which may be one that does not parse."""
    try:
        return None if program is None else bare_text(program)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
