"""Bugs in calls: arguments turned around or left out, a call left out, the wrong function."""

import ast
from collections.abc import Iterator
from itertools import pairwise

from ..source import Edit, Source, grouped

_SYMMETRIC = {"max", "min", "gcd", "lcm", "print", "isinstance", "zip"}
# Calls that still run without their last argument.
_OPTIONAL = {"round", "sum", "int", "get", "split", "enumerate", "pop", "strip", "lstrip", "rstrip", "find"}
# Functions of these take their arguments by place: `re.split` is no method of a string.
_MODULES = {"re", "math", "heapq", "itertools", "functools", "collections", "os", "random", "cmath"}
_CONVERSIONS = {"int", "str", "list", "set", "tuple", "float"}
_UNWRAPPED = {*_CONVERSIONS, "sorted", "abs", "reversed", "len", "sum", "max", "min", "round"}
_UNWRAPPED_METHODS = {"strip", "lower", "upper", "copy", "lstrip", "rstrip", "title", "capitalize", "split"}
_PAIRS = (
    ("min", "max"),
    ("any", "all"),
    ("upper", "lower"),
    ("startswith", "endswith"),
    ("floor", "ceil"),
    ("find", "rfind"),
    ("lstrip", "rstrip"),
    ("append", "extend"),
    ("intersection", "union"),
    ("isdigit", "isalpha"),
    ("isupper", "islower"),
    ("keys", "values"),
    ("add", "discard"),
    ("ljust", "rjust"),
    ("sin", "cos"),
    ("sum", "max"),
    ("sum", "len"),
    ("sorted", "list"),
    ("set", "list"),
    ("heappush", "heappop"),
)
_WRONG: dict[str, list[str]] = {}
for _first, _second in _PAIRS:
    _WRONG.setdefault(_first, []).append(_second)
    _WRONG.setdefault(_second, []).append(_first)


def _name(node: ast.Call) -> str:
    """The called function's or method's name; empty for any other expression."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def argument_order(source: Source) -> Iterator[Edit]:
    """`f(b, a)` for `f(a, b)`."""
    for node in source.of(ast.Call):
        if _name(node) in _SYMMETRIC or any(isinstance(arg, ast.Starred) for arg in node.args):
            continue
        for left, right in pairwise(node.args):
            between = source.data[source.end(left) : source.start(right)].decode("utf-8")
            if source.text(left) != source.text(right) and between.strip() == ",":
                text = f"{source.text(right)}{between}{source.text(left)}"
                yield Edit(source.start(left), source.end(right), text)


def _without(source: Source, node: ast.Call, part: ast.expr | ast.keyword) -> Edit | None:
    """Takes an argument away, with the comma before it."""
    arguments: list[ast.expr | ast.keyword] = sorted([*node.args, *node.keywords], key=source.start)
    at = arguments.index(part)
    if at == 0:
        return source.replace(part, "") if len(arguments) == 1 else None
    start = source.data.find(b",", source.end(arguments[at - 1]), source.start(part))
    return None if start < 0 else Edit(start, source.end(part), "")


def _is_function_of_module(node: ast.Call) -> bool:
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id in _MODULES


def _has_optional(node: ast.Call) -> bool:
    if _name(node) not in _OPTIONAL or _is_function_of_module(node):
        return False
    return len(node.args) > (0 if isinstance(node.func, ast.Attribute) else 1)


def missing_argument(source: Source) -> Iterator[Edit]:
    """`sorted(xs)` for `sorted(xs, reverse=True)`, `round(x)` for `round(x, 2)`."""
    for node in source.of(ast.Call):
        parts: list[ast.expr | ast.keyword] = [keyword for keyword in node.keywords if keyword.arg]
        if _has_optional(node):
            parts.append(node.args[-1])
        for part in parts:
            edit = _without(source, node, part)
            if edit:
                yield edit


def missing_call(source: Source) -> Iterator[Edit]:
    """`xs` for `sorted(xs)`, `word` for `word.lower()`."""
    for node in source.of(ast.Call):
        name = _name(node)
        if isinstance(node.func, ast.Attribute):
            if name in _UNWRAPPED_METHODS and not _is_function_of_module(node):
                yield Edit(source.end(node.func.value), source.end(node), "")
        elif name in _UNWRAPPED and [isinstance(arg, (ast.Starred, ast.GeneratorExp)) for arg in node.args] == [False]:
            yield source.replace(node, grouped(source, node.args[0]))


def wrong_call(source: Source) -> Iterator[Edit]:
    """`max(xs)` for `min(xs)`, `any` for `all`, `upper` for `lower`."""
    for node in source.of(ast.Call):
        name = _name(node)
        end = source.end(node.func)
        for other in _WRONG.get(name, ()):
            if not (name == "sorted" and node.keywords):
                yield Edit(end - len(name), end, other)
