"""Bugs in statements: one missing, one misplaced, the wrong way out."""

import ast
from collections.abc import Iterator
from itertools import pairwise

from ..source import Edit, Source, grouped, int_value, is_docstring

_UPDATES: dict[type, tuple[str, ...]] = {
    ast.Add: ("-=", "="),
    ast.Sub: ("+=", "="),
    ast.Mult: ("+=", "="),
    ast.Div: ("//=", "*="),
    ast.FloorDiv: ("/=", "%="),
    ast.Mod: ("//=",),
}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_REMOVABLE = (ast.Assign, ast.AugAssign, ast.Expr, ast.Return, ast.Break, ast.Continue, ast.Delete)


def augmented_assign(source: Source) -> Iterator[Edit]:
    """`total -= x` or `total = x` for `total += x`."""
    for node in source.of(ast.AugAssign):
        span = source.operator_between(node.target, node.value)
        if span:
            yield from (Edit(*span, text) for text in _UPDATES.get(type(node.op), ()))


def _blocks(source: Source) -> Iterator[list[ast.stmt]]:
    """The blocks of statements within functions, outer ones first."""
    for node in source.nodes:
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and not isinstance(node, (ast.Module, ast.ClassDef)):
                yield block


def _bindings(source: Source) -> dict[str, int]:
    """How often each name is bound: without its only binding a program just ends in a NameError."""
    counts: dict[str, int] = {}
    for node in source.nodes:
        name = node.id if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else getattr(node, "arg", None)
        if isinstance(name, str):
            counts[name] = counts.get(name, 0) + 1
    return counts


def _is_guard(node: ast.stmt) -> bool:
    """A short `if` without `else` that leaves the function or loop, or assigns once."""
    return isinstance(node, ast.If) and not node.orelse and len(node.body) == 1 and isinstance(node.body[0], _REMOVABLE)


def _is_removable(node: ast.stmt, bindings: dict[str, int]) -> bool:
    if isinstance(node, ast.Assign):
        parts = [part for target in node.targets for part in ast.walk(target)]
        if any(isinstance(part, (ast.Subscript, ast.Attribute)) for part in parts):
            return True
        return all(bindings.get(part.id, 0) > 1 for part in parts if isinstance(part, ast.Name))
    return (isinstance(node, _REMOVABLE) or _is_guard(node)) and not is_docstring(node)


def _is_last_return(source: Source, node: ast.stmt) -> bool:
    """Whether a `return` ends its function: without it nothing at all comes back, a bug that teaches little."""
    parent = source.parents.get(node)
    return isinstance(node, ast.Return) and isinstance(parent, _FUNCTIONS) and parent.body[-1] is node


def _stands_alone(source: Source, node: ast.stmt) -> tuple[int, int] | None:
    """The whole lines of a statement that shares them with no other code."""
    start, end = source.line_span(node.lineno, node.end_lineno or node.lineno)
    before = source.data[start : source.start(node)].strip()
    after = source.data[source.end(node) : end].strip()
    return (start, end) if not before and (not after or after.startswith(b"#")) else None


def missing_statement(source: Source) -> Iterator[Edit]:
    """A statement or guard left out; `pass` in its place where a block would be empty."""
    bindings = _bindings(source)
    for block in _blocks(source):
        statements = [node for node in block if not is_docstring(node)]
        for node in statements:
            is_elif = source.data[source.start(node) : source.start(node) + 4] == b"elif"
            if is_elif or _is_last_return(source, node) or not _is_removable(node, bindings):
                continue
            lines = _stands_alone(source, node) if len(statements) > 1 else None
            yield Edit(*lines, "") if lines else source.replace(node, "pass")


def loop_control(source: Source) -> Iterator[Edit]:
    """`continue` for `break` and the other way round."""
    for node in source.of(ast.Break, ast.Continue):
        yield source.replace(node, "continue" if isinstance(node, ast.Break) else "break")


def branch(source: Source) -> Iterator[Edit]:
    """`if` for `elif`: a later branch runs too."""
    for node in source.of(ast.If):
        start = source.start(node)
        if source.data[start : start + 4] == b"elif":
            yield Edit(start, start + 4, "if")


def _returned_texts(source: Source, value: ast.expr) -> Iterator[str]:
    number = int_value(value)
    if isinstance(value, ast.Constant) and type(value.value) is bool:
        yield str(not value.value)
    elif number is not None:
        yield str(number + 1)
        if number > 0:
            yield str(number - 1)
    elif isinstance(value, (ast.Compare, ast.BoolOp)):
        yield f"not {grouped(source, value)}"
    elif isinstance(value, (ast.Constant, ast.List, ast.Dict)) and getattr(value, "value", "x") is not None:
        yield "None"


def return_value(source: Source) -> Iterator[Edit]:
    """`return False` for `return True`, `return 1` for `return 0`, a forgotten `return`."""
    for node in source.of(ast.Return):
        if node.value is None:
            continue
        for text in _returned_texts(source, node.value):
            yield source.replace(node.value, text)
        if isinstance(node.value, ast.Call):
            yield Edit(source.start(node), source.start(node.value), "")


def return_placement(source: Source) -> Iterator[Edit]:
    """A `return` after a loop, moved into it."""
    for block in _blocks(source):
        for loop, node in pairwise(block):
            if not isinstance(loop, (ast.For, ast.While)) or loop.orelse or not isinstance(node, ast.Return):
                continue
            lines = _stands_alone(source, node)
            inner = loop.body[-1]
            if lines and node.lineno == node.end_lineno and inner.lineno > loop.lineno:
                start = source.line_span(inner.lineno, inner.lineno)[0]
                indent = source.data[start : source.start(inner)].decode("utf-8")
                if not indent.strip():
                    yield Edit(lines[0], source.start(node), indent)
