"""Bugs in counting: range bounds, slices, indexes, one too many or too few."""

import ast
from collections.abc import Iterator

from ..source import Edit, Source, grouped, int_value, is_int


def _shifted(source: Source, node: ast.expr, by: int) -> str:
    """The text of `node + by`; a literal is computed."""
    literal = int_value(node)
    if literal is not None:
        return str(literal + by)
    sign = "+" if by > 0 else "-"
    tight = isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv))
    return f"{source.text(node) if tight else grouped(source, node)} {sign} {abs(by)}"


def _without_one(source: Source, node: ast.AST | None) -> Edit | None:
    """Takes ` + 1` or ` - 1` from the end of an expression."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, (ast.Add, ast.Sub)) or not is_int(node.right, 1):
        return None
    span = source.operator_between(node.left, node.right)
    if not span:
        return None
    start = span[0]
    while source.data[start - 1 : start].isspace():
        start -= 1
    return Edit(start, source.end(node), "")


def _called(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def range_bound(source: Source) -> Iterator[Edit]:
    """`range(n)` for `range(n + 1)`, `range(1, n)` for `range(n)`."""
    for node in source.of(ast.Call):
        if not _called(node, "range") or node.keywords or any(isinstance(arg, ast.Starred) for arg in node.args):
            continue
        if len(node.args) == 1:
            yield source.replace(node.args[0], f"1, {source.text(node.args[0])}")
        for bound in node.args[:2]:
            shorter = _without_one(source, bound)
            if shorter:
                yield shorter
            else:
                yield source.replace(bound, _shifted(source, bound, -1))
                yield source.replace(bound, _shifted(source, bound, 1))


def _slice_edits(source: Source, node: ast.Slice) -> Iterator[Edit]:
    for bound in (node.lower, node.upper):
        if bound is None:
            continue
        shorter = _without_one(source, bound)
        if shorter:
            yield shorter
        else:
            yield source.replace(bound, _shifted(source, bound, 1))
            yield source.replace(bound, _shifted(source, bound, -1))
        yield source.replace(bound, "")
    if node.step is not None:
        yield source.replace(node.step, "")
        if node.lower is None and int_value(node.step) is not None:
            yield Edit(source.start(node), source.start(node), "1")


def slice_bound(source: Source) -> Iterator[Edit]:
    """`xs[1:]` for `xs[2:]`, `xs[:k]` for `xs[:k + 1]`, `xs[::2]` for `xs[1::2]`."""
    for node in source.of(ast.Slice):
        if isinstance(source.parents[node], ast.Subscript):
            yield from _slice_edits(source, node)


def _index_texts(source: Source, node: ast.expr) -> Iterator[str]:
    literal = int_value(node)
    if literal is not None:
        yield from (str(literal + 1), str(literal - 1))
    elif isinstance(node, ast.Name):
        yield from (f"{node.id} - 1", f"{node.id} + 1")


def index(source: Source) -> Iterator[Edit]:
    """`xs[0]` for `xs[-1]`, `xs[i]` for `xs[i - 1]`, `grid[j][i]` for `grid[i][j]`."""
    for node in source.of(ast.Subscript):
        shorter = _without_one(source, node.slice)
        if shorter:
            yield shorter
        for text in _index_texts(source, node.slice):
            yield source.replace(node.slice, text)
        inner = node.value
        if isinstance(inner, ast.Subscript) and isinstance(node.slice, ast.Name) and isinstance(inner.slice, ast.Name):
            base = source.text(inner.value)
            yield source.replace(node, f"{base}[{node.slice.id}][{inner.slice.id}]")


def off_by_one(source: Source) -> Iterator[Edit]:
    """`n` for `n + 1`, `len(xs) - 1` for `len(xs)`, `i < n - 1` for `i < n`."""
    for node in source.of(ast.BinOp):
        shorter = _without_one(source, node)
        if shorter:
            yield shorter
    for call in source.of(ast.Call):
        if _called(call, "len") and not isinstance(source.parents[call], (ast.Compare, ast.BinOp)):
            yield source.replace(call, f"{source.text(call)} - 1")
    for question in source.of(ast.Compare):
        bound = question.comparators[-1]
        if isinstance(question.ops[-1], (ast.Lt, ast.LtE, ast.Gt, ast.GtE)) and not isinstance(bound, ast.Constant):
            yield source.replace(bound, _shifted(source, bound, -1))
            yield source.replace(bound, _shifted(source, bound, 1))
