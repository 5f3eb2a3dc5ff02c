"""What a frame's variables held when its last statement ended: says which changed since, by type and repr."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .fingerprint import ATOMS, fingerprint, same_atom
from .text import text_of

if TYPE_CHECKING:
    from .statements import Statement

Change = tuple[str, str]
RECORDED_LENGTH = 300  # characters kept of a repr; a renderer cuts further


def proves_nothing(text: str) -> bool:
    """A text that leaves something out is no proof that two values are the same."""
    return len(text) >= RECORDED_LENGTH or "..." in text


class Held:
    """A value as it was: the object, a fingerprint of its content, and its text (atoms: when it is asked for)."""

    __slots__ = ("value", "kind", "mark", "text")

    def __init__(self, value: Any) -> None:
        self.value = value
        self.kind = type(value)
        atomic = id(self.kind) in ATOMS
        self.mark = None if atomic else fingerprint(value)
        self.text = None if atomic else text_of(value, RECORDED_LENGTH)

    def shown(self) -> str:
        return text_of(self.value, RECORDED_LENGTH) if self.text is None else self.text

    def still(self, value: Any, quiet: bool = False) -> bool:
        """Whether `value` shows the same. Keeps up with the object and its fingerprint where it does."""
        if quiet and value is self.value:
            return True
        if type(value) is not self.kind:
            return False
        if self.mark is None:
            return value is self.value or same_atom(self.value, value)
        mark = fingerprint(value)
        if mark != self.mark:
            # A set in another order, another iterator of the same kind: other content, same text.
            text = text_of(value, RECORDED_LENGTH)
            if text != self.text or proves_nothing(text):
                return False
            self.mark = mark
        self.value = value
        return True


class Variables:
    """Variables by name, in order of first binding."""

    def __init__(self, rank: dict[str, int]) -> None:
        self._rank = rank
        self._held: dict[str, Held] = {}
        self._order: dict[str, int] = {}

    def remember(self, values: list[tuple[str, Any]]) -> None:
        """Takes the values as they are now, as nobody's change."""
        for name, value in values:
            held = self._held.get(name)
            if held is None or not held.still(value):
                self._put(name, value)

    def changed(
        self,
        values: list[tuple[str, Any]],
        whole: bool = True,
        quiet: bool = False,
        by: Statement | None = None,
    ) -> list[str]:
        """Names of those that differ from what was held, which is then what is held.

        `whole`: names not given are unbound. `quiet`: no object was changed in place. `by`: the statement that ran.
        """
        found = []
        present = 0
        for name, value in values:
            present += 1
            held = self._held.get(name)
            if held is None or not held.still(value, quiet):
                self._put(name, value)
                found.append(name)
        if whole and present < len(self._held):
            bound = {name for name, _ in values}
            self._held = {name: held for name, held in self._held.items() if name in bound}
        self._settle(found, by)
        return found

    def shown(self, names: Iterable[str]) -> list[Change]:
        """(name, text) of those that are bound, in order of first binding."""
        return [(name, self._held[name].shown()) for name in sorted(names, key=self._position) if name in self._held]

    def _put(self, name: str, value: Any) -> None:
        self._held[name] = Held(value)

    def _settle(self, found: list[str], by: Statement | None) -> None:
        new = [name for name in found if name not in self._order]
        if by is None:
            new.sort(key=lambda name: self._rank.get(name, len(self._rank)))
        else:
            new = by.in_binding_order(new, self._rank)
        for name in new:
            self._order[name] = len(self._order)

    def _position(self, name: str) -> int:
        return self._order.get(name, -1)
