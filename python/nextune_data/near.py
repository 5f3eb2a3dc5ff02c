"""Draws values near given ones."""

import random
from typing import Any

from .habits import Habits, is_number
from .literals import Template, source_of


class Mutator:
    """Draws values near given ones. Only `Random.random` is used: its numbers are the same in every Python."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def below(self, bound: int) -> int:
        return int(self._random.random() * bound)

    def pick(self, items: Any) -> Any:
        return items[self.below(len(items))]

    def near(self, value: Any, habits: Habits, keep_length: bool) -> Any:
        """A value of the same type, near the given one."""
        if isinstance(value, Template):
            slots = value.values()
            place = self.below(len(slots)) if slots else 0
            return value.with_value(place, self.near(slots[place], habits, True)) if slots else value
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return self._int(value, habits)
        if isinstance(value, float):
            moved = round(value + self.pick([-1.5, -1.0, -0.5, 0.5, 1.0, 2.5]), 6)
            return moved if habits.low < 0 else abs(moved) or 0.5
        if isinstance(value, str):
            return self._text(value, habits, keep_length)
        if isinstance(value, (list, tuple)):
            return type(value)(self._sequence(list(value), habits, keep_length))
        if isinstance(value, (set, frozenset)):
            return type(value)(self._sequence(sorted(value, key=source_of), habits, keep_length))
        if isinstance(value, dict):
            key = self.pick(list(value)) if value else None
            return {name: self.near(item, habits, True) if name == key else item for name, item in value.items()}
        return value

    def _int(self, value: int, habits: Habits) -> int:
        low, high = int(habits.low), int(habits.high)
        if habits.binary and value >= 2:
            return int("".join(["1", *(self.pick("01") for _ in range(1 + self.below(len(str(high)))))]))
        drawn = low + self.below(min(high - low, 1000) + 3)
        if habits.wide and self.below(2):
            drawn = high + self.below(min(abs(high), 100) + 8)
        return max(min(low, self.pick([low, 2])), self.pick([value - 1, value + 1, value + 2, drawn, drawn]))

    def _text(self, value: str, habits: Habits, keep_length: bool) -> str:
        alphabet = habits.alphabet or ["a"]
        at = self.below(len(value)) if value else 0
        kind = self.below(5)
        if kind == 0 and len(value) > 1 and not keep_length:
            return value[:at] + value[at + 1 :]
        if kind == 1 and not keep_length:
            return value[:at] + self.pick(alphabet) + value[at:]
        if kind == 2 and len(value) > 1:
            return value[:at][::-1] + value[at:]
        if kind == 3 and len(habits.words) > 1 and not keep_length:
            return self.pick(habits.words)
        same = [letter for letter in alphabet if letter.isdigit() == value[at : at + 1].isdigit()] or alphabet
        return value[:at] + self.pick(same) + value[at + 1 :]

    def _sequence(self, items: list[Any], habits: Habits, keep_length: bool) -> list[Any]:
        at = self.below(len(items)) if items else 0
        kind = self.below(5)
        if kind == 0 and len(items) > 1 and not keep_length:
            del items[at]
        elif kind == 1 and items and not keep_length:
            items.insert(at, self.near(items[at], habits, habits.nested))
        elif kind == 2 and len(items) > 1:
            items[at], items[at - 1] = items[at - 1], items[at]
        elif items:
            for _ in range(1 + self.below(2)):
                place = self.below(len(items))
                items[place] = self.near(items[place], habits, habits.nested)
        if habits.sorted and all(map(is_number, items)):
            items.sort()
        return items
