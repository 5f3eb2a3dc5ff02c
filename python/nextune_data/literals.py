"""Values of test arguments as source text, and the literals within arguments that are none themselves."""

import ast
from collections.abc import Iterator
from typing import Any


class Template:
    """An argument that is no literal, such as `[Pair(5, 24)]`: the literals in it may change, the rest stays."""

    def __init__(self, node: ast.expr) -> None:
        self.node = node

    def slots(self) -> list[ast.expr]:
        return list(_literals_in(self.node))

    def values(self) -> list[Any]:
        return [ast.literal_eval(slot) for slot in self.slots()]

    def with_value(self, place: int, value: Any) -> "Template":
        return Template(Replaced(self.slots()[place], _tree(value)).visit(self.node))


def _tree(value: Any) -> ast.expr:
    return ast.parse(source_of(value), mode="eval").body


def _literals_in(node: ast.AST) -> Iterator[ast.expr]:
    """The largest literals within an expression, those of f-strings and keyword names aside."""
    if isinstance(node, ast.expr) and not isinstance(node, ast.JoinedStr):
        try:
            ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, RecursionError):
            for child in ast.iter_child_nodes(node):
                yield from _literals_in(child)
        else:
            yield node
    elif isinstance(node, ast.keyword):
        yield from _literals_in(node.value)


class Replaced(ast.NodeTransformer):
    """The same tree with one node exchanged; nodes on the way to it are made anew."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> Any:
        if node is self._old:
            return self._new
        fields = {name: self._field(value) for name, value in ast.iter_fields(node)}
        return ast.copy_location(type(node)(**fields), node)

    def _field(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.visit(item) if isinstance(item, ast.AST) else item for item in value]
        return self.visit(value) if isinstance(value, ast.AST) else value


def source_of(value: Any) -> str:
    """A literal of the value, the same in every run: sets in order. A template's own text."""
    if isinstance(value, Template):
        return ast.unparse(value.node)
    if isinstance(value, (set, frozenset)):
        items = ", ".join(sorted(map(source_of, value)))
        return f"{{{items}}}" if items else "set()"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{source_of(key)}: {source_of(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(source_of, value)) + "]"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(source_of, value)) + (",)" if len(value) == 1 else ")")
    return repr(value)


def parts_of(value: Any) -> Iterator[Any]:
    """A value and everything in it."""
    if isinstance(value, Template):
        for inner in value.values():
            yield from parts_of(inner)
        return
    yield value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from parts_of(key)
            yield from parts_of(item)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from parts_of(item)
