"""Hooks of heads, returns and exceptions, after a statement of either kind: measured (in_place.py) or looked at (looking.py)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from nextune_trace.text import exception_text
from nextune_trace.variables import RECORDED_LENGTH

from .counting import Counting, show
from .in_place import InPlace
from .looking import Looking, differs
from .plan import MISSING, Capped, Unsure


class _Before:
    """A frame's variables as they were before an `except` clause bound its name."""

    def __init__(self, frame: Any, name: str | None, old: Any) -> None:
        self.f_locals = {key: value for key, value in frame.f_locals.items() if key != name}
        if old is not MISSING:
            self.f_locals[name] = old


def leaving_hooks(counting: Counting, in_place: InPlace, looking: Looking) -> list[Callable[..., Any]]:
    counts, due, place = counting.counts, counting.due, counting.layout.place
    take, looks, tell, note, visible = counting.take, counting.looks, counting.tell, counting.note, counting.visible
    log, changed_objects, settle, visibly = in_place.log, in_place.changed_objects, in_place.settle, in_place.visibly
    seen, getframe = looking.seen, sys._getframe

    def headed(activation: list[Any], known: tuple[Any, ...], value: Any) -> Any:
        if len(known) == 2:
            seen(activation, known, getframe(1))
        else:
            settle(activation, known, getframe(1), [], (), ())
        return value

    def iterated(known: tuple[Any, ...]) -> None:
        """The expression that a loop runs over was evaluated: it must have changed nothing."""
        if len(known) == 2:
            values = visible(known[0], getframe(1))
            if any(n not in known[1] or differs(known[1][n], v) for n, v in values.items()):
                raise Unsure
        else:
            objects = changed_objects(known)
            if objects and visibly(known[0], objects, getframe(1)):
                raise Unsure

    def returned(activation: list[Any], number: int, value: Any) -> Any:
        at = place[number]
        count = counts[at] = counts[at] + 1
        if count >= due[at] and looks(at, count):
            tell(activation[0], number, "return", [("__return__", show(value))])
        return value

    def returned_after(activation: list[Any], known: tuple[Any, ...], value: Any) -> Any:
        if len(known) == 4 and not known[2] and len(log) == known[1]:
            return returned(activation, known[0], value)
        extra = [("__return__", show(value))]
        if len(known) == 2:
            seen(activation, known, getframe(1), "return", extra)
        else:
            settle(activation, known, getframe(1), [], (), (), (), "return", extra)
        return value

    def pending(activation: list[Any], known: tuple[Any, ...] | None, frame: Any) -> None:
        """An exception left a statement: what it had changed by then is a step of its own."""
        if known is None:
            return
        if len(known) == 2:
            seen(activation, known, frame)
        else:
            settle(activation, known, frame, [], (), ())

    def unwound(activation: list[Any], known: tuple[Any, ...] | None) -> None:
        if isinstance(sys.exc_info()[1], (Unsure, Capped)):
            return
        pending(activation, known, getframe(1))

    def caught(
        activation: list[Any], number: int, known: tuple[Any, ...] | None, name: str | None, old: Any = MISSING
    ) -> None:
        """`old`: what the clause's name held before it was bound to the exception."""
        error = sys.exc_info()[1]
        if isinstance(error, (Unsure, Capped)):
            raise error
        if isinstance(error, (RecursionError, MemoryError, GeneratorExit)):
            raise Unsure
        pending(activation, known, _Before(getframe(1), name, old))
        if name is not None:
            note(activation, number, [name])
        if take(number):
            text = exception_text(error, RECORDED_LENGTH)
            tell(activation[0], number, "caught", [("__exception__", text), *([(name, text)] if name else [])])

    return [headed, iterated, returned, returned_after, unwound, caught]
