"""Hooks of statements that may do anything: all variables are looked at before and after."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from nextune_trace.fingerprint import ATOMS, fingerprint, same_atom
from nextune_trace.variables import proves_nothing

from .counting import Counting, ordered, show
from .plan import Change


def differs(held: tuple[Any, Any], new: Any) -> bool:
    old, mark = held
    if type(old) is not type(new):
        return True
    if mark is None:
        return not (old is new or same_atom(old, new))
    if fingerprint(new) == mark[0]:
        return False
    text = show(new)
    return text != mark[1] or proves_nothing(text)


class Looking:
    def __init__(self, counting: Counting) -> None:
        visible, take, tell, note, getframe = (
            counting.visible,
            counting.take,
            counting.tell,
            counting.note,
            sys._getframe,
        )

        def look(number: int) -> tuple[Any, ...]:
            """What all variables hold before a statement that may do anything."""
            values = visible(number, getframe(1))
            return (
                number,
                {n: (v, None if id(type(v)) in ATOMS else (fingerprint(v), show(v))) for n, v in values.items()},
            )

        def seen(activation: list[Any], known: tuple[Any, ...], frame: Any, kind: str = "assign",
                 extra: list[Change] | None = None) -> None:  # fmt: skip
            number, held = known
            values = visible(number, frame)
            changed = [n for n, v in values.items() if n not in held or differs(held[n], v)]
            note(activation, number, changed)
            if (changed or extra) and take(number):
                shown = [(n, show(values[n])) for n in ordered(activation, changed)]
                tell(activation[0], number, kind, [*shown, *(extra or [])])

        def looked(activation: list[Any], known: tuple[Any, ...]) -> None:
            seen(activation, known, getframe(1))

        self.seen: Callable[..., None] = seen
        self.hooks: list[Callable[..., Any]] = [look, looked]
