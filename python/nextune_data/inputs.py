"""New inputs for a function, near those that its tests show: the same types, shapes and habits.

What three tests have in common is taken for a precondition: lists that are always sorted stay sorted, an argument that
is always another's length stays it. An input outside the domain would judge a sound fix by the reference's accidents.
"""

import ast
import random
from collections.abc import Iterator
from typing import Any

from .source import parse

WANTED = 24
_ATTEMPTS = 200
_MAX_TEXT = 200


def visible_arguments(tests: list[str], entry_point: str) -> list[list[Any]]:
    """The arguments of tests of the form `assert f(literals) == …`; other tests are passed over."""
    found = []
    for test in tests:
        body = parse(test).body
        if len(body) != 1 or not isinstance(body[0], ast.Assert) or not isinstance(body[0].test, ast.Compare):
            continue
        call, operators = body[0].test.left, body[0].test.ops
        is_plain = isinstance(call, ast.Call) and not call.keywords and [type(op) for op in operators] == [ast.Eq]
        if is_plain and isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == entry_point:
            try:
                found.append([ast.literal_eval(argument) for argument in call.args])
            except (ValueError, TypeError, SyntaxError, RecursionError):
                continue
    return found


def source_of(value: Any) -> str:
    """A literal of the value, the same in every run: sets in order."""
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


def _parts(value: Any) -> Iterator[Any]:
    """A value and everything in it."""
    yield value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _parts(key)
            yield from _parts(item)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from _parts(item)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


class Habits:
    """What the values of one argument have in common over all tests."""

    def __init__(self, values: list[Any]) -> None:
        parts = [part for value in values for part in _parts(value)]
        numbers = [part for part in parts if _is_number(part)]
        sized = [part for part in parts if isinstance(part, (list, tuple)) and len(part) > 1]
        outer = [len(value) for value in values if isinstance(value, (list, tuple, str))]
        self.low = min(numbers, default=0)
        self.high = max(numbers, default=1)
        self.alphabet = sorted({letter for part in parts if isinstance(part, str) for letter in part})
        self.words = sorted({part for part in parts if isinstance(part, str)})
        self.sorted = bool(sized) and all(_is_sorted(part) for part in sized)
        self.distinct = bool(sized) and all(len(set(map(source_of, part))) == len(part) for part in sized)
        self.nested = any(isinstance(item, (list, tuple)) for value in values for item in _items(value))
        self.constant = len(values) > 1 and len(set(map(source_of, values))) == 1
        self.same_length = len(outer) > 1 and len(set(outer)) == 1
        self.may_be_empty = any(not part for part in parts if isinstance(part, (list, tuple, str, set, dict)))


def _items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple, set, frozenset)) else []


def _is_sorted(values: Any) -> bool:
    return all(map(_is_number, values)) and list(values) == sorted(values)


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
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return self._int(value, habits)
        if isinstance(value, float):
            return (
                round(value + self.pick([-1.5, -1.0, -0.5, 0.5, 1.0, 2.5]), 6) if habits.low < 0 else abs(value) + 0.5
            )
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
        drawn = low + self.below(min(high - low, 1000) + 3)
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
        if habits.sorted and all(map(_is_number, items)):
            items.sort()
        return items


def _lengths_that_agree(tests: list[list[Any]]) -> tuple[dict[int, int], set[int]]:
    """Which argument is always the length of which other, and which arguments always have a length in common."""
    places = range(len(tests[0]))
    lengths = [[len(value) if hasattr(value, "__len__") else None for value in test] for test in tests]
    of_other, together = {}, set()
    for one in places:
        for other in places:
            if one == other or any(row[other] is None for row in lengths):
                continue
            if all(_is_number(test[one]) and test[one] == row[other] for test, row in zip(tests, lengths, strict=True)):
                of_other[one] = other
            if all(row[one] == row[other] for row in lengths):
                together.add(one)
    return of_other, together


def derive(tests: list[str], entry_point: str, seed: str) -> list[str]:
    """Up to `WANTED` new argument lists, as source text without parentheses; none where no test is plain."""
    shown = visible_arguments(tests, entry_point)
    shown = [arguments for arguments in shown if len(arguments) == len(shown[0])]
    if not shown or not shown[0]:
        return []
    habits = [Habits([arguments[place] for arguments in shown]) for place in range(len(shown[0]))]
    of_other, together = _lengths_that_agree(shown)
    varying = [place for place, habit in enumerate(habits) if not habit.constant]
    if not varying:
        return []
    mutator, found = Mutator(seed), {", ".join(map(source_of, arguments)): False for arguments in shown}
    for _ in range(_ATTEMPTS):
        arguments = list(mutator.pick(shown))
        chosen = mutator.pick(varying)
        for place in varying:
            if place == chosen or mutator.below(2):
                fixed = habits[place].same_length or place in together
                arguments[place] = mutator.near(arguments[place], habits[place], fixed)
        for place, other in of_other.items():
            arguments[place] = len(arguments[other])
        text = ", ".join(map(source_of, arguments))
        if _keeps_habits(arguments, habits) and len(text) <= _MAX_TEXT:
            found.setdefault(text, True)
        if sum(found.values()) == WANTED:
            break
    return [text for text, is_new in found.items() if is_new]


def _keeps_habits(arguments: list[Any], habits: list[Habits]) -> bool:
    for value, habit in zip(arguments, habits, strict=True):
        parts = list(_parts(value))
        if not habit.may_be_empty and any(part in ("", [], (), {}, set()) for part in parts):
            return False
        lists = [part for part in parts if isinstance(part, (list, tuple))]
        if habit.distinct and any(len(set(map(source_of, part))) < len(part) for part in lists):
            return False
    return True
