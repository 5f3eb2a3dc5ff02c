"""What classes and functions of a program hold themselves: `C.count`, `f.calls`. State that no variable shows."""

from __future__ import annotations

import ast
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .layout import PROGRAM, class_dict, is_class, is_data
from .nodes import walk

Owned = tuple[str, Mapping[str, Any], str]  # how it is shown, where it is held, and by which name


def stored_attributes(trees: Iterable[ast.AST]) -> set[str]:
    """The names of attributes that a program sets, of whatever."""
    nodes = (node for tree in trees for node in walk(tree))
    return {node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)}


def owned_names(namespace: dict[str, Any], stored: set[str]) -> list[Owned]:
    """What a module's own classes and functions hold, or may come to hold."""
    seen: set[int] = set()
    found: list[Owned] = []
    for owner, value in namespace.items():
        held = _attributes_of(value)
        if held is not None and id(value) not in seen:
            seen.add(id(value))
            names = dict.fromkeys([*(n for n, v in held.items() if type(n) is str and is_data(v)), *sorted(stored)])
            found += [(f"{owner}.{name}", held, name) for name in names]
    return found


def owned_values(owned: Iterable[Owned]) -> Iterator[tuple[str, Any]]:
    return ((label, held[name]) for label, held, name in owned if name in held and is_data(held[name]))


def _attributes_of(value: Any) -> Mapping[str, Any] | None:
    if type(value) is types.FunctionType:
        module, held = value.__module__, value.__dict__
    elif is_class(value):
        held = class_dict(value)
        module = held.get("__module__")
    else:
        return None
    return held if type(module) is str and module == PROGRAM else None
