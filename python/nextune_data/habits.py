"""What the arguments of all visible tests have in common is taken for a precondition."""

from typing import Any

from .literals import parts_of, source_of


def _is_binary(value: Any) -> bool:
    """Whether a number of two digits or more reads as binary: 10, 1101."""
    return isinstance(value, int) and value >= 10 and not set(str(value)) - {"0", "1"}


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


class Habits:
    """What the values of one argument have in common over all tests."""

    def __init__(self, values: list[Any]) -> None:
        parts = [part for value in values for part in parts_of(value)]
        numbers = [part for part in parts if is_number(part)]
        sized = [part for part in parts if isinstance(part, (list, tuple)) and len(part) > 1]
        outer = [len(value) for value in values if isinstance(value, (list, tuple, str))]
        self.wide = False
        self.binary = any(_is_binary(part) for part in numbers) and all(
            _is_binary(part) or abs(part) < 10 for part in numbers
        )
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
    return all(map(is_number, values)) and list(values) == sorted(values)
