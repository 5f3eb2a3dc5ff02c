"""Hooks of statements that bind names and change nothing in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nextune_trace.fingerprint import ATOMS

from .compare import same
from .counting import Counting, ordered, show
from .in_place import InPlace
from .plan import MISSING, Unsure


def binding_hooks(counting: Counting, in_place: InPlace) -> list[Callable[..., Any]]:
    layout, counts, due = counting.layout, counting.counts, counting.due
    place, targets = layout.place, layout.targets
    take, looks, tell, note, change = counting.take, counting.looks, counting.tell, counting.note, in_place.change

    def bind(activation: list[Any], number: int, old: Any, new: Any) -> None:
        """One name was bound to another object."""
        kind = type(new)
        if type(old) is kind and (old == new if kind is int or kind is str else same(old, new)):
            return
        at = place[number]
        count = counts[at] = counts[at] + 1
        if old is MISSING:
            note(activation, number, targets[number])
        if count >= due[at] and looks(at, count):
            tell(activation[0], number, "assign", [(targets[number][0], show(new))])

    def binds(activation: list[Any], number: int, olds: tuple[Any, ...], news: tuple[Any, ...]) -> None:
        names = targets[number]
        changed = [n for n, old, new in zip(names, olds, news) if old is not new and not same(old, new)]
        if not changed:
            return
        note(activation, number, changed)
        if take(number):
            values = dict(zip(names, news))
            tell(activation[0], number, "assign", [(n, show(values[n])) for n in ordered(activation, changed)])

    def loop(activation: list[Any], number: int, news: tuple[Any, ...]) -> None:
        """A loop's targets were bound, and the visit counted, which may be one to tell."""
        names = targets[number]
        for name in names:
            if name not in activation:
                note(activation, number, names)
                break
        at = place[number]
        if counts[at] >= due[at] and looks(at, counts[at]):
            values = dict(zip(names, news))
            tell(activation[0], number, "loop", [(n, show(values[n])) for n in ordered(activation, names)])

    def aug(activation: list[Any], number: int, length: int, value: Any) -> None:
        """`x += y` left the same object in x."""
        if type(value) is list:
            if len(value) != length:
                if layout.trusts_calls:
                    raise Unsure
                change(activation, number, value)
        elif id(type(value)) not in ATOMS and type(value) is not tuple:
            raise Unsure

    return [bind, binds, loop, aug]
