"""Bugs in computed values: arithmetic, signs, first values, constants."""

import ast
from collections.abc import Iterator

from ..source import Edit, Source, grouped, int_value, is_int, is_text
from .conditions import without_not

_ARITHMETIC: dict[type, tuple[str, ...]] = {
    ast.Add: ("-",),
    ast.Sub: ("+",),
    ast.Mult: ("+",),
    ast.Div: ("//", "*"),
    ast.FloorDiv: ("/", "%"),
    ast.Mod: ("//",),
    ast.Pow: ("*",),
    ast.BitAnd: ("|",),
    ast.BitOr: ("&",),
    ast.BitXor: ("|",),
    ast.LShift: (">>",),
    ast.RShift: ("<<",),
}
# Turning `**` around could ask for numbers without end.
_ORDERED = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod)
_DIVISIONS = (ast.Div, ast.FloorDiv, ast.Mod)


def arithmetic(source: Source) -> Iterator[Edit]:
    """`-` for `+`, `//` for `/`, `*` for `**`."""
    for node in source.of(ast.BinOp):
        span = source.operator_between(node.left, node.right)
        if span and not is_text(node.left) and not is_text(node.right):
            for text in _ARITHMETIC.get(type(node.op), ()):
                yield Edit(*span, text)


def _swapped(source: Source, left: ast.expr, right: ast.expr) -> Edit | None:
    """Two neighbours in each other's place, with what stands between them."""
    first, second = grouped(source, left), grouped(source, right)
    between = source.data[source.end(left) : source.start(right)].decode("utf-8")
    if first == second or any(mark in between for mark in "()#"):
        return None
    return Edit(source.start(left), source.end(right), f"{second}{between}{first}")


def operand_order(source: Source) -> Iterator[Edit]:
    """`b - a` for `a - b`, `a, b = a + b, b` for `a, b = b, a + b`."""
    for node in source.of(ast.BinOp, ast.Tuple):
        edit = None
        if isinstance(node, ast.BinOp) and isinstance(node.op, _ORDERED) and not is_text(node.left):
            edit = _swapped(source, node.left, node.right)
        elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and len(node.elts) == 2:
            edit = _swapped(source, *node.elts)
        if edit:
            yield edit


def sign(source: Source) -> Iterator[Edit]:
    """`x` for `-x`, `flag` for `not flag`."""
    for node in source.of(ast.UnaryOp):
        if isinstance(node.op, (ast.USub, ast.Not)) and not isinstance(source.parents[node], ast.Slice):
            yield without_not(source, node)


def _is_infinity(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.dump(node.func) == ast.dump(ast.Name("float", ast.Load()))


def _other_values(node: ast.expr) -> Iterator[str]:
    """Near values of a written constant; a plain 0 for infinities and first elements."""
    number = int_value(node)
    is_first = isinstance(node, ast.Subscript) and is_int(node.slice, 0)
    if isinstance(node, ast.UnaryOp) or _is_infinity(node) or is_first:
        yield "0"
    elif number is not None:
        yield from ("1",) if number == 0 else (str(number - 1), str(number + 1))
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield str(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, float):
        yield "1.0" if node.value == 0 else "0.0"
    elif isinstance(node, ast.Constant) and node.value == "":
        yield '" "'


def _is_initial(source: Source, node: ast.AST) -> bool:
    parent = source.parents[node]
    if isinstance(parent, ast.arguments):
        return True
    return isinstance(parent, (ast.Assign, ast.AnnAssign)) and parent.value is node


def initial_value(source: Source) -> Iterator[Edit]:
    """`total = 1` for `total = 0`, `best = 0` for `best = xs[0]`, another default argument."""
    for node in source.of(ast.expr):
        if _is_initial(source, node):
            for text in _other_values(node):
                yield source.replace(node, text)


def _shorter_string(source: Source, node: ast.Constant) -> str | None:
    """The literal without its last character, where it is plainly written: `"aeio"` for `"aeiou"`."""
    text = source.text(node)
    if not isinstance(node.value, str):
        return None
    plain = text[:1] in "'\"" and text[1:-1] == node.value and not any(mark in text for mark in "%{\\")
    if not plain or len(node.value) not in range(1, 80):
        return None
    return f"{text[:-2]}{text[-1]}"


def constant(source: Source) -> Iterator[Edit]:
    """`x % 3` for `x % 2`, `"aeio"` for `"aeiou"`."""
    for node in source.of(ast.Constant):
        parent = source.parents[node]
        if isinstance(parent, (ast.Subscript, ast.Slice, ast.Return, ast.Expr)) or _is_initial(source, node):
            continue
        if isinstance(node.value, str) and node.value:
            text = _shorter_string(source, node)
            if text:
                yield source.replace(node, text)
            continue
        divides = isinstance(parent, ast.BinOp) and isinstance(parent.op, _DIVISIONS) and parent.right is node
        for text in _other_values(node):
            if not (divides and text == "0"):
                yield source.replace(node, text)
