"""New inputs for a function, near those that its tests show: the same types, shapes and habits.

What three tests have in common is taken for a precondition: lists that are always sorted stay sorted, an argument that
is always another's length stays it. An input outside the domain would judge a sound fix by the reference's accidents.
"""

from typing import Any

from .habits import Habits, is_number
from .literals import parts_of, source_of
from .near import Mutator
from .shown_calls import Shown, shown_calls

WANTED = 24
_ATTEMPTS = 200
_MAX_TEXT = 200


def _lengths_that_agree(tests: list[list[Any]]) -> tuple[dict[int, int], set[int]]:
    """Which argument is always the length of which other, and which arguments always have a length in common."""
    places = range(len(tests[0]))
    lengths = [[len(value) if hasattr(value, "__len__") else None for value in test] for test in tests]
    of_other, together = {}, set()
    for one in places:
        for other in places:
            if one == other or any(row[other] is None for row in lengths):
                continue
            if all(is_number(test[one]) and test[one] == row[other] for test, row in zip(tests, lengths, strict=True)):
                of_other[one] = other
            if all(row[one] == row[other] for row in lengths):
                together.add(one)
    return of_other, together


def _alike(shown: list[Shown]) -> list[Shown]:
    """The tests of the first one's form: as many arguments, the same keywords, the same expression around the call."""
    first = shown[0] if shown else None
    return [
        each for each in shown if first and each.names == first.names and len(each.arguments) == len(first.arguments)
    ]


def _habits_of(shown: list[Shown]) -> list[Habits]:
    habits = [Habits([each.arguments[place] for each in shown]) for place in range(len(shown[0].arguments))]
    # A function of numbers alone has no index or count that could leave its range.
    wide = all(is_number(value) for each in shown for value in each.arguments)
    for habit in habits:
        habit.wide = wide
    return habits


def derive(tests: list[str], entry_point: str, seed: str) -> dict[str, list[str]]:
    """What the visible tests compute (`shown`), and up to `WANTED` new such expressions over other arguments (`calls`)."""
    shown = _alike(shown_calls(tests, entry_point))
    if not shown or not shown[0].arguments:
        return {"shown": [], "calls": []}
    of_other, together = _lengths_that_agree([each.arguments for each in shown])
    habits = _habits_of(shown)
    varying = [place for place, habit in enumerate(habits) if not habit.constant]
    seen = [each.source(each.arguments) for each in shown]
    mutator, found = Mutator(seed), dict.fromkeys(seen, False)
    for _ in range(_ATTEMPTS if varying else 0):
        base = mutator.pick(shown)
        arguments = list(base.arguments)
        chosen = mutator.pick(varying)
        for place in varying:
            if place == chosen or mutator.below(2):
                fixed = habits[place].same_length or place in together
                arguments[place] = mutator.near(arguments[place], habits[place], fixed)
        for place, other in of_other.items():
            arguments[place] = len(arguments[other])
        text = base.source(arguments)
        if _keeps_habits(arguments, habits) and len(text) <= _MAX_TEXT:
            found.setdefault(text, True)
        if sum(found.values()) == WANTED:
            break
    return {"shown": seen, "calls": [text for text, is_new in found.items() if is_new]}


def _keeps_habits(arguments: list[Any], habits: list[Habits]) -> bool:
    for value, habit in zip(arguments, habits, strict=True):
        parts = list(parts_of(value))
        if not habit.may_be_empty and any(part in ("", [], (), {}, set()) for part in parts):
            return False
        lists = [part for part in parts if isinstance(part, (list, tuple))]
        if habit.distinct and any(len(set(map(source_of, part))) < len(part) for part in lists):
            return False
    return True
