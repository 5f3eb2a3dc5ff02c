"""Tells whether a value's content changed, at C speed for builtin types, and without running a program's code."""

import marshal
import sys
import types
from typing import Any

from .layout import EXACT, VIEWS, attributes, by_id, is_class, layout

ATOMS = by_id((int, float, str, bool, type(None), bytes, complex))
_INEXACT = by_id((float, complex))  # 0.0 == -0.0 and nan != nan, but they are told apart by their repr
_OPAQUE = by_id(
    (types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType, types.GeneratorType)
)
_OWN_HASH = range(sys.hash_info.modulus)  # whole numbers that are their own hash: -1 and -2 share one
_SHORT = 256
Mark = bytes | tuple[int, int] | int
NODES = 50_000


def same_atom(old: Any, new: Any) -> bool:
    """For two values of one atomic type."""
    return repr(old) == repr(new) if id(type(old)) in _INEXACT else old == new


def fingerprint(value: Any) -> Mark:
    """Equal for equal content, compared by type and repr. Version 2 of marshal writes no references, so sharing is no change."""
    try:
        data = marshal.dumps(value, 2)
    except ValueError:
        return _walk(value)
    return data if len(data) <= _SHORT else (len(data), hash(data))


def _walk(value: Any) -> int:
    """For what marshal refuses: instances, subclasses, cycles. Beyond NODES nodes changes go unseen."""
    seen: dict[int, tuple[int, Any]] = {}
    parts: list[Any] = []
    stack = [value]
    while stack and len(seen) < NODES:
        item = stack.pop()
        kind = type(item)
        if id(kind) in ATOMS:
            parts += (id(kind), _hashable(item, kind))
        elif id(item) in seen:
            parts += ("again", seen[id(item)][0])
        else:
            seen[id(item)] = (len(seen), item)
            content = children(item, kind)
            parts += (id(kind), len(content))
            stack += reversed(content)
    return hash(tuple(parts))


def _hashable(atom: Any, kind: Any) -> Any:
    """What has a hash of its own for each atom of a type."""
    if kind is int:
        return atom if atom in _OWN_HASH else hex(atom)
    return repr(atom) if id(kind) in _INEXACT else atom


def children(item: Any, kind: Any) -> list[Any]:
    """What a value's content is made of, in order."""
    if id(kind) in _OPAQUE or is_class(item):
        return [id(item)]
    if id(kind) in VIEWS:
        return list(item)
    if kind is slice:
        return [item.start, item.stop, item.step]
    base: Any
    base, readers = layout(kind)
    if base is dict:
        content = [part for pair in dict.items(item) for part in pair]
    elif base in (list, tuple, set, frozenset) or base.__name__ == "deque":
        content = list(base.__iter__(item))
    elif base is object:
        content = [] if readers else [id(item)]
    else:
        content = [EXACT[base](item)]
    return content + [part for pair in attributes(item).items() for part in pair]
