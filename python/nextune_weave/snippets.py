"""Small pieces of code that weaving adds, as text and as syntax trees."""

from __future__ import annotations

import ast


def parsed(source: str) -> list[ast.stmt]:
    return ast.parse(source).body


def returning(value: str) -> list[ast.stmt]:
    """`return` stands in a function only, to the parser too."""
    return parsed(f"def _():\n return {value}")[0].body  # type: ignore[attr-defined, no-any-return]


def text_of_node(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ast.unparse(node)


def tuple_text(parts: list[str]) -> str:
    return f"({', '.join(parts)}{',' * (len(parts) == 1)})"
