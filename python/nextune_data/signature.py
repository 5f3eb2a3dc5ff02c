"""What two programs are compared by: their tokens, and each function's shape without its names.

Comments, docstrings, layout and (for shapes) every name that the program itself gives are left out.
"""

import ast
import hashlib
from typing import Any

from .source import is_docstring, parse

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# Smaller functions are alike by chance: `return a + b`.
_MIN_NODES = 30


def _without_text(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            body[:] = [item for item in body if not is_docstring(item)] or [ast.Pass()]
    return tree


def _own_names(tree: ast.AST) -> set[str]:
    """Names that the code itself binds: functions, classes, arguments, variables."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            names.add(node.id)
    return names


class _Shape(ast.NodeTransformer):
    """Own names become numbers in the order in which they come up; type hints go."""

    def __init__(self, own: set[str]) -> None:
        self._own, self._numbers = own, dict[str, str]()

    def _named(self, name: str) -> str:
        return self._numbers.setdefault(name, f"v{len(self._numbers)}") if name in self._own else name

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(self._named(node.id), node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(self._named(node.arg), None)

    def _function(self, node: Any) -> ast.AST:
        node.name, node.returns, node.decorator_list = self._named(node.name), None, []
        return self.generic_visit(node)

    visit_FunctionDef = visit_AsyncFunctionDef = _function


def shapes(program: str) -> list[str]:
    """A digest for each function that is large enough to be like another by more than chance, sorted."""
    tree = _without_text(parse(program))
    own = _own_names(tree)
    found = set()
    for node in ast.walk(tree):
        # A constructor says which fields a class has, and little of what a program does.
        is_special = isinstance(node, _FUNCTIONS) and node.name.startswith("__")
        if isinstance(node, _FUNCTIONS) and not is_special and sum(1 for _ in ast.walk(node)) >= _MIN_NODES:
            copy = ast.parse(ast.unparse(node)).body[0]
            found.add(hashlib.sha256(ast.dump(_Shape(own).visit(copy)).encode("utf-8", "surrogatepass")).hexdigest())
    return sorted(found)


def code(program: str) -> str:
    """The program in one layout, without comments and docstrings, and without classes beside functions.

    Programs over linked nodes share the class of these, and are no copies of each other.
    """
    tree = _without_text(parse(program))
    if any(isinstance(node, _FUNCTIONS) for node in tree.body):
        tree.body = [node for node in tree.body if not isinstance(node, ast.ClassDef)]
    return ast.unparse(tree)


def faults(task: dict[str, Any]) -> list[str]:
    """Why a task's tests judge nothing: a test without an assert, or one that never uses the program."""
    program = task.get("reference") or task.get("buggy") or ""
    names = {task["entryPoint"]}
    try:
        names |= _own_names(parse(program))
        setup = {node.id for node in ast.walk(parse(task.get("setup") or "")) if isinstance(node, ast.Name)}
    except ValueError:
        setup = set()
    found = []
    for list_name in ("tests", "hiddenTests"):
        for at, test in enumerate(task.get(list_name) or []):
            tree = parse(test)
            used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
            if not any(isinstance(node, ast.Assert) for node in ast.walk(tree)):
                found.append(f"{list_name}[{at}] holds no assert")
            elif not used & (names | setup):
                found.append(f"{list_name}[{at}] never uses the program")
    return found
