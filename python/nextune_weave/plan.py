"""What a pass over a woven program knows beforehand: the program's statements, and which of their visits it tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nextune_trace.statements import Unit

Change = tuple[str, str]
Write = Callable[[dict[str, Any]], object]


class Missing:
    """Stands for a variable that is not bound, and for an element that is not there."""


MISSING = Missing()


class Unsure(BaseException):
    """The program did what its text did not tell: it is left to the recorder."""


class Capped(BaseException):
    """The cap on steps was met: recording stops."""


class Endless(Capped):
    """It was met by a loop that is proven never to end."""


class Plan:
    """Which visits of a line a pass tells: the first `head` steps of the run, the first `first` of a line, and its last."""

    def __init__(self, head: int, first: int, last: list[int]) -> None:
        self.head = head
        self.first = first
        self.last = last


class Layout:
    """The program's statements as the hooks know them: by number, the place of its line, its targets."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        lines = sorted({s.last_line for s in unit.statements.values()})
        places = {line: place for place, line in enumerate(lines)}
        self.lines = lines
        self.place = [0] + [places[s.last_line] for s in unit.statements.values()]
        self.trusts_calls = False  # woven as a program whose functions change nothing in place
        self.targets: dict[int, list[str]] = {}
        self.orders: dict[int, dict[str, int]] = {}  # by statement: the ranks of its function's variables
        self.closed_loops = False  # whether some loop is one that can be proven never to end
        self.closed_functions: dict[str, int] = {}  # what such loops may call, by the numbers of their statements
