"""Counts the state changes of each line of a woven program, and tells of those that will be shown."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

from nextune_trace.text import text_of
from nextune_trace.variables import RECORDED_LENGTH

from .endless import Turns
from .plan import Capped, Change, Endless, Layout, Plan, Write

LOOK_EVERY = 1024  # visits of a line after which the cap is looked at
PROOF_STEPS = 1024  # steps or turns beyond the cap in which a loop may be proven never to end


def show(value: Any) -> str:
    return text_of(value, RECORDED_LENGTH)


def ordered(activation: list[Any], names: Iterable[str]) -> list[str]:
    known = [name for name in names if name in activation]
    return sorted(known, key=activation.index)


class Counting:
    """A pass's counts. Its functions are closures, for their speed: they run at every statement of a program.

    An activation is the number of a call, and its variables in the order of their first binding.
    """

    def __init__(self, layout: Layout, plan: Plan, cap: int, write: Write) -> None:
        self.layout = layout
        self.started = False
        # By place of a line; the last one: turns and calls that are no steps.
        self.counts = counts = [0] * (len(layout.lines) + 1)
        # A line's next visit that needs a look: to tell it, or to see whether the cap was met meanwhile.
        self.due = due = [0] * len(counts)
        self.at_cap: list[int] | None = None  # the counts, once the cap was met: nothing is told from there on
        proof_steps = PROOF_STEPS if layout.closed_loops else 0
        last_step = 0
        turns = Turns(layout.closed_functions)
        place, statements, orders = layout.place, layout.unit.statements, layout.orders
        head, first, last = plan.head, plan.first, [*plan.last, -1]
        calls = 0

        def restart() -> None:
            nonlocal calls
            calls = 1  # the test's own frame is the first
            due[:] = [0] * len(due)
            counts[:] = [0] * len(counts)

        def take(number: int) -> bool:
            """Counts a step; whether it is one to tell."""
            at = place[number]
            count = counts[at] = counts[at] + 1
            return count >= due[at] and looks(at, count)

        def looks(at: int, count: int) -> bool:
            """Whether this visit of a line is one to tell; sets when the next look is due."""
            steps = sum(counts) - counts[-1]
            if steps > cap + 1 or counts[-1] > cap:
                beyond(steps)
                return False
            if steps <= head or count < first:
                return True
            due[at] = min(last[at], count + LOOK_EVERY) if last[at] > count else count + LOOK_EVERY
            return count <= first or count == last[at]

        def beyond(steps: int) -> None:
            nonlocal last_step
            if self.at_cap is None:
                self.at_cap = counts[:]
                last_step = steps + counts[-1] + proof_steps
            if steps + counts[-1] >= last_step:
                raise Capped
            due[-1] = 0  # every turn is looked at

        def tell(call: int, number: int, kind: str, changes: list[Change]) -> None:
            if not self.started:
                return
            statement = statements[number]
            write(
                {
                    "step": sum(counts) - counts[-1] - 1,
                    "kind": kind,
                    "unit": "program",
                    "call": call,
                    "line": statement.line,
                    "lastLine": statement.last_line,
                    "loopHead": statement.is_loop(),
                    "changes": changes,
                }
            )

        def note(activation: list[Any], number: int, names: Iterable[str]) -> None:
            """New names take their place in the order of first binding."""
            new = [name for name in names if name not in activation]
            if new:
                activation += statements[number].in_binding_order(new, orders[number])

        def turn(marker: list[str] | None = None) -> None:
            looks(-1, counts[-1])
            if self.at_cap is not None and marker is not None and turns.repeat(marker, sys._getframe(1)):
                raise Endless

        def enter(number: int, known: tuple[str, ...], values: tuple[Any, ...]) -> list[Any]:
            """`known`: the parameters, whose values are given, and then the variables of outer functions."""
            nonlocal calls
            activation: list[Any] = [calls, *known]
            calls += 1
            at = place[number] if values else -1
            count = counts[at] = counts[at] + 1
            if count >= due[at] and looks(at, count) and values:
                tell(activation[0], number, "arguments", [(n, show(v)) for n, v in zip(known, values)])
            return activation

        restart()
        self.restart: Callable[[], None] = restart
        self.take: Callable[[int], bool] = take
        self.looks: Callable[[int, int], bool] = looks
        self.tell: Callable[[int, int, str, list[Change]], None] = tell
        self.note: Callable[[list[Any], int, Iterable[str]], None] = note
        self.hooks: list[Callable[..., Any]] = [turn, enter]

    def visible(self, number: int, frame: Any) -> dict[str, Any]:
        """The variables of a statement's function that are bound in its frame."""
        order = self.layout.orders[number]
        return {name: value for name, value in frame.f_locals.items() if name in order}
