"""One call of a program's function, while it runs: turns the tracer's events into state changes, statement by statement."""

from __future__ import annotations

import ast
import opcode
import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import TYPE_CHECKING, Any

from .fingerprint import ATOMS
from .functions import FunctionInfo
from .statements import BINDS_NO_VALUE, LOOPS, Statement, Unit
from .text import exception_text
from .variables import RECORDED_LENGTH, Change, Variables

if TYPE_CHECKING:
    from .recorder import Recorder

TraceFunction = Callable[[FrameType, str, Any], Any]

_RETURNS = {opcode.opmap[name] for name in ("RETURN_VALUE", "RETURN_CONST") if name in opcode.opmap}
_YIELDS = {opcode.opmap[name] for name in ("YIELD_VALUE", "YIELD_FROM", "SEND") if name in opcode.opmap}
_GENERATOR_FLAGS = 0x20 | 0x200  # CO_GENERATOR, CO_ASYNC_GENERATOR
_COROUTINE_FLAG = 0x80  # CO_COROUTINE


def limit_of(error: BaseException | None) -> str:
    """The limit that left the tracer no room: memory's, or else that of recursion."""
    return "memory" if type(error) is MemoryError else "recursion"


class Activation:
    """`trace` is the frame's local trace function; a suspended generator's frame keeps it and so its state."""

    def __init__(self, recorder: Recorder, unit: Unit, info: FunctionInfo, frame: FrameType) -> None:
        self.recorder = recorder
        self.unit = unit
        self.info = info
        self.call = -1
        self.current: Statement | None = None
        self.offset = -1
        self.returning: Statement | None = None
        self.failed: Statement | None = None
        self.code_bytes = frame.f_code.co_code
        self.variables = Variables(info.order)
        if not frame.f_code.co_flags & (_GENERATOR_FLAGS | _COROUTINE_FLAG):
            self._bind_arguments(frame)

    def _bind_arguments(self, frame: FrameType) -> None:
        self.call = self.recorder.next_call()
        self.variables.changed(self._locals(frame))
        changes = self.variables.shown(self.info.parameters)
        if changes:
            self.recorder.emit(self, "arguments", self.info.statement, changes)

    def resume(self, frame: FrameType) -> None:
        """A generator goes on: what others did to its values meanwhile was shown where they did it."""
        self.variables.remember(self._locals(frame))

    def trace(self, frame: FrameType, event: str, argument: Any) -> TraceFunction:
        try:
            if event == "line":
                self._line(frame)
            elif event == "return":
                self._return(frame, argument)
            elif event == "exception":
                self.failed = self.current
        except (RecursionError, MemoryError) as error:
            self.recorder.lose(limit_of(error))  # the program itself is about to meet its limit
        return self.trace

    def _line(self, frame: FrameType) -> None:
        if not self.recorder.visit():
            return
        number, offset = frame.f_lineno, frame.f_lasti
        current = self.current
        if current is not None:
            # From 3.12 on a comprehension runs in its function's frame, and each of its turns is a line event.
            if number == current.number and offset != self.offset:
                return
            if current.is_a(ast.Return) and self.failed is not current:
                self.returning = current  # its `finally` runs before it returns
            self._finish(frame, number)
        elif self.call < 0:
            # A generator that is closed before it began is a call up to 3.11, and none from 3.12 on.
            self._bind_arguments(frame)
        self.current = self.unit.statements.get(number)
        self.offset = offset
        self.failed = None

    def _return(self, frame: FrameType, value: Any) -> None:
        opcode_number = self.code_bytes[frame.f_lasti]
        if opcode_number in _YIELDS:
            self._emit_changes(frame, [])
            return
        if opcode_number not in _RETURNS:
            self._finish(frame, None)
            return
        explicit = self.current if self.current is not None and self.current.is_a(ast.Return) else self.returning
        result = ("__return__", self.recorder.text(value))
        if explicit is not None and explicit is self.current:
            self._emit_changes(frame, [result], "return")
            return
        self._finish(frame, None)
        if explicit is not None or not self._falls_off_silently(frame):
            self.recorder.emit(self, "return", explicit or self.current or self.info.statement, [result])

    def _falls_off_silently(self, frame: FrameType) -> bool:
        """A generator's end and a constructor's None say nothing."""
        return self.info.name == "__init__" or bool(frame.f_code.co_flags & _GENERATOR_FLAGS)

    def _finish(self, frame: FrameType, following: int | None) -> None:
        """The current statement has ended, and the statement numbered `following` comes next in this frame."""
        statement = self.current
        if statement is None:
            return
        if following in statement.body:
            if statement.is_a(LOOPS):
                self._emit_changes(frame, [], "loop", statement.targets)
                return
            if statement.is_a(ast.ExceptHandler):
                # Of what `except*` takes it is the part that this clause took.
                text = exception_text(sys.exc_info()[1], RECORDED_LENGTH)
                self._emit_changes(frame, [("__exception__", text)], "caught")
                return
        self._emit_changes(frame, [])

    def _emit_changes(
        self, frame: FrameType, extra: list[Change], kind: str = "assign", always: Sequence[str] = ()
    ) -> None:
        """One number for the statement, if it changed anything: variables in order of first binding, then what it led to."""
        values = self._locals(frame)
        names = self.variables.changed(values, quiet=self._was_quiet(values), by=self.current)
        if self.current is None or self.current.is_a(BINDS_NO_VALUE):
            names = []
        shown = self.variables.shown({*names, *always}) + self.recorder.global_changes(self.info)
        changes = [*extra, *shown] if kind == "caught" else [*shown, *extra]
        if changes and self.current is not None:
            self.recorder.emit(self, kind, self.current, changes)

    def _was_quiet(self, values: list[tuple[str, Any]]) -> bool:
        """Whether the current statement changed no object in place."""
        quiet = self.current is not None and self.current.quiet
        if isinstance(quiet, bool):
            return quiet
        return id(type(dict(values).get(quiet))) in ATOMS

    def _locals(self, frame: FrameType) -> list[tuple[str, Any]]:
        names = self.info.order
        return [(name, value) for name, value in frame.f_locals.items() if name in names]
