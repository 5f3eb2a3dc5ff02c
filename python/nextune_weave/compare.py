"""Whether two values are the same by type and repr, and whether a value holds an object; no program's code runs for it."""

from __future__ import annotations

import gc
from collections import deque
from typing import Any

from nextune_trace.fingerprint import ATOMS, children, fingerprint, same_atom
from nextune_trace.layout import VIEWS, by_id, layout
from nextune_trace.text import text_of
from nextune_trace.variables import RECORDED_LENGTH, proves_nothing

from .plan import Unsure

_CONTAINERS = by_id((list, dict, tuple, set, frozenset, deque))
_ORDERED = by_id((list, dict, tuple, deque))
_WALKED = {**_CONTAINERS, **VIEWS, id(slice): slice}


def same(old: Any, new: Any) -> bool:
    """Equal by type and repr. Neither may have been changed in place since it was `old`."""
    kind = type(new)
    if type(old) is not kind:
        return False
    if id(kind) in ATOMS:
        return old is new or same_atom(old, new)
    if id(kind) in _CONTAINERS:
        mark = fingerprint(new)
        if fingerprint(old) == mark:
            return True
        if type(mark) is bytes and b"<" not in mark and b">" not in mark:
            return False  # no set, whose order may differ where its content does not
    else:
        verdict = _side_by_side(old, new)
        if verdict is not None:
            return verdict
    text = text_of(new, RECORDED_LENGTH)
    return not proves_nothing(text) and text == text_of(old, RECORDED_LENGTH)


def _side_by_side(old: Any, new: Any) -> bool | None:
    """Ends at the first difference. None where it met what has no order of its own: the text must tell."""
    pairs = [(old, new)]
    seen: set[tuple[int, int]] = set()
    while pairs:
        a, b = pairs.pop()
        kind = type(b)
        if a is b or (id(a), id(b)) in seen:
            continue
        if type(a) is not kind:
            return False
        if id(kind) in ATOMS:
            if not same_atom(a, b):
                return False
            continue
        if id(kind) not in _ORDERED and not layout(kind)[1]:
            return None
        seen.add((id(a), id(b)))
        ours, theirs = children(a, kind), children(b, kind)
        if len(ours) != len(theirs):
            return False
        for ours_part, theirs_part in zip(ours, theirs):
            if ours_part is not theirs_part:
                if id(type(theirs_part)) in ATOMS:
                    if type(ours_part) is not type(theirs_part) or not same_atom(ours_part, theirs_part):
                        return False
                else:
                    pairs.append((ours_part, theirs_part))
    return True


def is_walked(value: Any) -> bool:
    """A container, or an instance of a class of the program."""
    kind = type(value)
    return id(kind) in _WALKED or id(kind) not in ATOMS and bool(layout(kind)[1])


def reaches(value: Any, wanted: set[int]) -> bool:
    """Whether any of the wanted objects is `value` or a part of it.

    @raises Unsure at a view: a change of its dictionary may be one that it does not show.
    """
    if id(value) in wanted:
        return True
    if not is_walked(value):
        return False
    seen = {id(value)}
    level = [value]
    while level:
        if any(id(type(item)) in VIEWS for item in level):
            raise Unsure
        parts = {id(item): item for item in gc.get_referents(*level)}
        if not wanted.isdisjoint(parts):
            return True
        level = [item for at, item in parts.items() if at not in seen and is_walked(item)]
        seen.update(parts)
    return False
