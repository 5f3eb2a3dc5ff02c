"""Runs a woven program: once to tell each line's first steps and count the rest, and again where a line's last is missing."""

from __future__ import annotations

import random
from collections.abc import Callable
from types import CodeType
from typing import Any

from nextune_trace.fingerprint import ATOMS
from nextune_trace.layout import is_data
from nextune_trace.statements import Unit

from .hooks import Pass
from .names import NotWoven
from .plan import Capped, Endless, Plan, Unsure
from .weave import weave

Write = Callable[[dict[str, Any]], object]
Load = Callable[[CodeType, dict[str, Any]], dict[str, Any]]


class TwoPasses:
    """@raises NotWoven when the program is one for the recorder; Unsure when it proves so while it runs."""

    def __init__(self, program: Unit, test: Unit, other_sources: list[str], head: int, first: int, cap: int) -> None:
        if test.functions or any(type(s.node).__name__ in ("Try", "TryStar", "With") for s in test.statements.values()):
            raise NotWoven("a test with a frame of its own")
        self._program = program
        self._test = test
        self._head, self._first, self._cap = head, first, cap
        self._code, self._layout = weave(program, other_sources)

    def run(self, load: Load, write: Write) -> tuple[BaseException | None, Pass, bool]:
        """(the exception that left the test, the counts, whether the cap was met); `load` makes a fresh namespace."""
        told = [0] * len(self._layout.lines)
        places = {line: place for place, line in enumerate(self._layout.lines)}

        def tell(event: dict[str, Any]) -> None:
            told[places[event["lastLine"]]] += 1
            write(event)

        unknown = [-1] * len(self._layout.lines)
        one = Pass(self._layout, Plan(self._head, self._first, unknown), self._cap, tell)
        exception, capped = self._once(one, load)
        missing = [n if n > t else -1 for n, t in zip(one.counts, told)]
        if not capped and max(missing, default=-1) > 0:
            two = Pass(self._layout, Plan(0, 0, missing), self._cap, tell)
            again, _ = self._once(two, load)
            if two.counts != one.counts or type(again) is not type(exception):
                raise Unsure
            exception = again
        one.told = told
        return exception, one, capped

    def _once(self, a_pass: Pass, load: Load) -> tuple[BaseException | None, bool]:
        state = random.getstate()
        try:
            namespace = load(self._code, a_pass.names)
            if a_pass.beyond_cap:
                return None, True
            self._refuse_changing_globals(namespace)
            a_pass.reset()
            exec(self._test.code, namespace)
        except Capped as cap:
            a_pass.endless = isinstance(cap, Endless)
            return None, True
        except BaseException as error:
            if a_pass.beyond_cap:
                return None, True
            if isinstance(error, (Unsure, RecursionError, MemoryError)):
                raise Unsure from None
            return error, False
        finally:
            random.setstate(state)
        return None, a_pass.beyond_cap

    def _refuse_changing_globals(self, namespace: dict[str, Any]) -> None:
        for info in self._program.functions.values():
            for name in info.global_names:
                if name in namespace and is_data(namespace[name]) and id(type(namespace[name])) not in ATOMS:
                    raise Unsure
