"""Takes a `check` function of HumanEval's kind apart: one test for each of its asserts, with what the assert needs."""

import ast
import inspect
from collections.abc import Iterable, Iterator

from .source import is_docstring, parse

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def docstring_of(program: str, entry_point: str) -> str:
    """What the entry point's docstring says, also one that stands behind an import; empty without one."""
    for node in parse(program).body:
        if isinstance(node, _FUNCTIONS) and node.name == entry_point:
            texts = [item.value.value for item in node.body if is_docstring(item)]  # type: ignore[attr-defined]
            return inspect.cleandoc(texts[0]).strip() if texts else ""
    return ""


class _Renamed(ast.NodeTransformer):
    """Calls the entry point by its own name, and drops asserts' messages, which a reader of the prompt doesn't need."""

    def __init__(self, old: str, new: str) -> None:
        self._old, self._new = old, new

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self._new, node.ctx) if node.id == self._old else node

    def visit_Assert(self, node: ast.Assert) -> ast.Assert:
        return ast.Assert(self.visit(node.test), None)


def names_in(nodes: Iterable[ast.AST]) -> set[str]:
    return {part.id for node in nodes for part in ast.walk(node) if isinstance(part, ast.Name)}


def _bound(node: ast.stmt) -> Iterator[str]:
    """Names that a statement gives a value, or whose value it may change by a method."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id
        elif isinstance(part, (*_FUNCTIONS, ast.ClassDef)):
            yield part.name
        elif isinstance(part, ast.alias):
            yield part.asname or part.name.split(".")[0]
        elif isinstance(part, (ast.Attribute, ast.Subscript)) and isinstance(part.value, ast.Name):
            yield part.value.id


def _needed(before: list[ast.stmt], test: ast.stmt | ast.Module) -> list[ast.stmt]:
    """The statements before a test that it depends on, in order."""
    names, kept = names_in([test]), []
    for node in reversed(before):
        if names & set(_bound(node)):
            names |= names_in([node])
            kept.append(node)
    return kept[::-1]


def helpers_of(program: str, entry_point: str, tests: list[str]) -> str:
    """Functions of the program, beside the entry point, that tests call, with what they need: a judge trusts these
    only as the set's author wrote them."""
    body = parse(program).body
    beside = [node for node in body if not (isinstance(node, _FUNCTIONS) and node.name == entry_point)]
    calls = [node for test in tests for node in parse(test).body]
    called = {node.name for node in beside if isinstance(node, _FUNCTIONS)} & names_in(calls)
    needed = _needed(beside, ast.Module(calls, [])) if called else []
    return "\n".join(ast.unparse(node) for node in needed)


def _holds_assert(node: ast.stmt) -> bool:
    return not isinstance(node, _FUNCTIONS) and any(isinstance(part, ast.Assert) for part in ast.walk(node))


def _check(tree: ast.Module) -> tuple[list[ast.stmt], ast.FunctionDef]:
    """The statements beside the `check` function that define something, and the function."""
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "check"]
    if not found or not found[0].args.args:
        raise ValueError("the test defines no function check(candidate)")
    beside = [node for node in tree.body if node is not found[0] and not isinstance(node, ast.Expr)]
    return beside, found[0]


def tests_of(test: str, entry_point: str) -> list[str]:
    """One test for each assert, or loop of asserts, that calls the entry point. ValueError where there is none."""
    before, check = _check(parse(test))
    rename = _Renamed(check.args.args[0].arg, entry_point)
    before, tests = list(before), []
    for raw in check.body:
        node = rename.visit(raw)
        if not _holds_assert(node):
            before.append(node)
            continue
        statements = [*_needed(before, node), node]
        if entry_point in names_in(statements):
            tests.append(ast.unparse(ast.fix_missing_locations(ast.Module(statements, []))))
    if not tests:
        raise ValueError(f"its check function asserts nothing of {entry_point}")
    return list(dict.fromkeys(tests))
