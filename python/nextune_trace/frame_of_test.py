"""A frame of the test, while the program is traced under it."""

from __future__ import annotations

from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING, Any

from .activation import Activation
from .statements import Unit
from .variables import Change

if TYPE_CHECKING:
    from .recorder import Recorder


class TestFrame(Activation):
    """A frame of the test: only the exceptions it catches are state changes of the run."""

    def __init__(self, recorder: Recorder, unit: Unit, frame: FrameType) -> None:
        self.recorder = recorder
        self.unit = unit
        self.call = recorder.next_call()
        self.current = None
        self.offset = -1
        self.returning = None
        self.failed = None

    def resume(self, frame: FrameType) -> None:
        pass

    def _return(self, frame: FrameType, value: Any) -> None:
        pass

    def _emit_changes(
        self, frame: FrameType, extra: list[Change], kind: str = "assign", always: Sequence[str] = ()
    ) -> None:
        if kind == "caught" and self.current is not None:
            self.recorder.emit(self, kind, self.current, extra)
