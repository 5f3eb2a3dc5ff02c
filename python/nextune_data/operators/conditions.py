"""Bugs in what a program asks: comparisons, negations, `and` and `or`."""

import ast
from collections.abc import Iterator
from itertools import pairwise

from ..source import Edit, Source, grouped

_SWAPS: dict[type, tuple[str, ...]] = {
    ast.Lt: ("<=", ">"),
    ast.LtE: ("<", ">="),
    ast.Gt: (">=", "<"),
    ast.GtE: (">", "<="),
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
}
_INVERSES: dict[type, str] = {ast.Lt: ">=", ast.LtE: ">", ast.Gt: "<=", ast.GtE: "<"}


def comparison(source: Source) -> Iterator[Edit]:
    """`<` for `<=`, `==` for `!=`, `in` for `not in`."""
    for node in source.of(ast.Compare):
        operands = pairwise([node.left, *node.comparators])
        for operator, (left, right) in zip(node.ops, operands, strict=True):
            span = source.operator_between(left, right)
            if span:
                yield from (Edit(*span, text) for text in _SWAPS[type(operator)])


def _tests(source: Source) -> Iterator[ast.expr]:
    for node in source.nodes:
        if isinstance(node, ast.comprehension):
            yield from node.ifs
        elif isinstance(node, (ast.If, ast.While, ast.IfExp)):
            yield node.test


def without_not(source: Source, node: ast.UnaryOp) -> Edit:
    """Takes the operator of `not x` or `-x` away; parentheses around x stay."""
    start = source.start(node)
    length = 3 if isinstance(node.op, ast.Not) else 1
    while source.data[start + length : start + length + 1].isspace():
        length += 1
    return Edit(start, start + length, "")


def negated_condition(source: Source) -> Iterator[Edit]:
    """`if x` for `if not x`, `if a < b` for `if a >= b`."""
    for test in _tests(source):
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            yield without_not(source, test)
        elif isinstance(test, ast.Compare) and len(test.ops) == 1:
            span = source.operator_between(test.left, test.comparators[0])
            if span and type(test.ops[0]) in _INVERSES:
                yield Edit(*span, _INVERSES[type(test.ops[0])])
        elif not isinstance(test, ast.Constant):
            yield source.replace(test, f"not {grouped(source, test)}")


def boolean_operator(source: Source) -> Iterator[Edit]:
    """`or` for `and`, one of them at a time."""
    for node in source.of(ast.BoolOp):
        text = "or" if isinstance(node.op, ast.And) else "and"
        for left, right in pairwise(node.values):
            span = source.operator_between(left, right)
            if span:
                yield Edit(*span, text)
