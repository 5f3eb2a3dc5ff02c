"""Traces a run and writes its numbered state changes as they happen, so that a run that is killed leaves what it did."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from .activation import Activation, TraceFunction, limit_of
from .frame_of_test import TestFrame
from .functions import FunctionInfo
from .layout import is_data
from .owned import owned_names, owned_values, stored_attributes
from .statements import Statement, Unit
from .text import text_of
from .variables import RECORDED_LENGTH, Change, Variables

Write = Callable[[dict[str, Any]], object]
STEPS_CAP = 100_000  # numbered steps; beyond, recording stops and the trace is marked
STATEMENTS_PER_STEP = 3  # and so many statements begun, for those that change nothing
FIRST_STEPS = 30  # of the run's first steps every one is kept, for the formats that show them all
KEPT_VISITS = 4  # and of each line the first steps, and the last one


class Recorder:
    """`write` takes each event as a dict. Steps that are not kept are counted by line in `skipped`.

    At the cap `{"capped": skipped}` is written, whatever becomes of the run then; and `leave_at_cap` ends it if given.
    """

    def __init__(
        self,
        program: Unit,
        test: Unit,
        namespace: dict[str, Any],
        write: Write,
        leave_at_cap: Callable[[], object] | None = None,
        first_steps: int = FIRST_STEPS,
        steps_cap: int = STEPS_CAP,
    ) -> None:
        self.steps = 0
        # `events` at the cap, `recursion` or `memory` where the run came to that limit
        self.truncated: str | None = None
        self._program = program
        self._test = test
        self._namespace = namespace
        self._write = write
        self._leave_at_cap = leave_at_cap
        self._first_steps = first_steps
        self._visits_left = steps_cap * STATEMENTS_PER_STEP
        self._steps_cap = steps_cap
        self._calls = 0
        self._kept: dict[tuple[str, int], int] = {}
        self._pending: dict[tuple[str, int], dict[str, Any]] = {}
        self._skipped: dict[tuple[str, int], int] = {}
        self._declared = _declared_globals(program)
        self._globals = Variables({name: rank for rank, name in enumerate(namespace)})
        owned = owned_names(namespace, stored_attributes([program._tree]))
        for info in program.functions.values():
            info.owned = [each for each in owned if each[2] in info.global_names]
            info.global_names = [name for name in info.global_names if self._is_state(name)]
            self._globals.changed(self._global_values(info), whole=False)
        self._test_codes = test.codes

    def start(self) -> None:
        sys.settrace(self._on_call)

    def stop(self, exception: BaseException | None = None) -> None:
        """Ends recording; writes the last visit of each line that had more than were kept. `exception`: the run's."""
        found = sys.gettrace()
        sys.settrace(None)
        if found != self._on_call:
            # Where no source could have switched it off, the interpreter did: the tracer had no frame left to run in.
            self.lose("events" if found is not None or self._can_be_switched_off() else limit_of(exception))
        for event in sorted(self._pending.values(), key=lambda event: event["step"]):
            self._write(event)

    def lose(self, reason: str) -> None:
        """What comes next is unknown, and so which visit of a line is its last. The first reason counts."""
        self.truncated = self.truncated or reason
        for line in self._pending:
            self._skipped[line] += 1
        self._pending.clear()

    def skipped(self) -> list[tuple[str, int, int]]:
        return [(unit, line, count) for (unit, line), count in sorted(self._skipped.items()) if count > 0]

    def text(self, value: Any) -> str:
        return text_of(value, RECORDED_LENGTH)

    def visit(self) -> bool:
        """Counts a statement begun; false once there were too many."""
        self._visits_left -= 1
        if self._visits_left >= 0 and self.steps <= self._steps_cap:
            return True
        sys.settrace(None)
        self.lose("events")
        self._write({"capped": self.skipped()})
        if self._leave_at_cap is not None:
            self._leave_at_cap()
        return False

    def global_changes(self, info: FunctionInfo) -> list[Change]:
        """A global, or what a class or function holds, is shown once, by the first statement that ends after its change in
        a function that names it."""
        if not info.global_names and not info.owned:
            return []
        return self._globals.shown(self._globals.changed(self._global_values(info), whole=False))

    def next_call(self) -> int:
        self._calls += 1
        return self._calls - 1

    def emit(self, activation: Activation, kind: str, statement: Statement, changes: list[Change]) -> None:
        if self.truncated:
            return
        unit = activation.unit.name
        line = (unit, statement.last_line)
        event = {
            "step": self.steps,
            "kind": kind,
            "unit": unit,
            "call": activation.call,
            "line": statement.line,
            "lastLine": statement.last_line,
            "loopHead": statement.is_loop(),
            "changes": changes,
        }
        self.steps += 1
        kept = self._kept.get(line, 0)
        if self.steps <= self._first_steps or kept < KEPT_VISITS:
            self._kept[line] = kept + 1
            self._write(event)
            return
        self._skipped[line] = self._skipped.get(line, -1) + 1
        self._pending[line] = event

    def _on_call(self, frame: FrameType, event: str, argument: Any) -> TraceFunction | None:
        try:
            prior = frame.f_trace
            activation = getattr(prior, "__self__", None)
            if isinstance(activation, Activation):
                activation.resume(frame)
                return prior
            code = id(frame.f_code)
            info = self._program.functions.get(code)
            if info is not None:
                return Activation(self, self._program, info, frame).trace
            if code in self._test_codes:
                return TestFrame(self, self._test, frame).trace
        except (RecursionError, MemoryError) as error:
            self.lose(limit_of(error))  # the program itself is about to meet its limit
        return None

    def _can_be_switched_off(self) -> bool:
        return "settrace" in self._program.source or "settrace" in self._test.source

    def _is_state(self, name: str) -> bool:
        if name in self._declared:
            return True
        return name in self._namespace and is_data(self._namespace[name])

    def _global_values(self, info: FunctionInfo) -> list[tuple[str, Any]]:
        found = [(name, self._namespace[name]) for name in info.global_names if name in self._namespace]
        return [*found, *owned_values(info.owned)] if info.owned else found


def _declared_globals(program: Unit) -> set[str]:
    return {name for s in program.statements.values() if type(s.node).__name__ == "Global" for name in s.node.names}
