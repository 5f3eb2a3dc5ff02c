"""Hooks of statements that change objects in place, by a store, by a method, or by a function that they call."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable
from typing import Any

from nextune_trace.fingerprint import ATOMS, fingerprint
from nextune_trace.layout import layout as layout_of

from .compare import reaches, same
from .counting import Counting, ordered, show
from .plan import MISSING, Change, Unsure

_SIZED = (list, dict, set, deque)


def measure(item: Any, by_length: bool) -> Any:
    kind = type(item)
    if kind not in _SIZED or kind is deque and item.maxlen is not None:
        base, readers = layout_of(kind)
        if id(kind) in ATOMS or kind is tuple or readers and base is object:
            return None  # its method of that name, if any, is the program's own, and woven
        raise Unsure
    return len(item) if by_length else fingerprint(item)


def stored(container: Any, old: Any, new: Any) -> bool:
    kind = type(container)
    if kind is not list and kind is not dict and not layout_of(kind)[1]:
        raise Unsure
    if old is new:
        if id(type(new)) not in ATOMS:
            raise Unsure  # perhaps the element was changed in place
        return False
    return old is MISSING or not same(old, new)


def _program_frame() -> Any:
    """The frame of the program's function that called a hook."""
    frame: Any = sys._getframe(1)
    while frame.f_code.co_filename != "<program>":
        frame = frame.f_back
    return frame


class InPlace:
    """Keeps a log of the objects that were changed in place, so that a statement knows of what it called."""

    def __init__(self, counting: Counting) -> None:
        self.log: list[Any] = []
        self._born: dict[int, tuple[int, Any]] = {}
        log, born, getframe = self.log, self._born, sys._getframe
        layout, counts, due, visible = counting.layout, counting.counts, counting.due, counting.visible
        place, targets = layout.place, layout.targets
        take, looks, tell, note = counting.take, counting.looks, counting.tell, counting.note

        def bear(value: Any) -> None:
            """An object was made just now: no variable of a caller holds it."""
            if id(value) not in born:
                born[id(value)] = (len(log), value)
                log.append(MISSING)  # so that a call that begins now begins after it

        def store(activation: list[Any], number: int, container: Any, old: Any, new: Any) -> None:
            """An element was set."""
            if stored(container, old, new):
                change(activation, number, container)

        def change(activation: list[Any], number: int, container: Any) -> None:
            """An object was changed in place, and nothing else."""
            log.append(container)
            at = place[number]
            count = counts[at] = counts[at] + 1
            if count >= due[at] and looks(at, count):
                values = visible(number, _program_frame())
                wanted = {id(container)}
                names = [n for n, v in values.items() if reaches(v, wanted)]
                tell(activation[0], number, "assign", [(n, show(values[n])) for n in ordered(activation, names)])

        def grow(activation: list[Any], number: int, container: Any) -> None:
            """A method that always changes its object was called."""
            kind = type(container)
            if kind not in _SIZED or kind is deque and container.maxlen is not None:
                raise Unsure
            change(activation, number, container)

        def stores(activation: list[Any], number: int, elements: tuple[tuple[Any, Any, Any], ...]) -> None:
            hit = [container for container, old, new in elements if stored(container, old, new)]
            if hit:
                settle(activation, (number, len(log), (), ()), getframe(1), [], (), (), elements)

        def before(number: int, receivers: tuple[tuple[Any, bool], ...]) -> tuple[Any, ...]:
            """What is known before a statement that calls functions of the program, or changes its receivers."""
            return (number, len(log), [(item, measure(item, by_length)) for item, by_length in receivers], receivers)

        def changed_objects(known: tuple[Any, ...]) -> list[Any]:
            _, start, measured, receivers = known
            # No variable held what was made since, unless something else was changed to hold it.
            found = {id(item): item for item in log[start:] if born.get(id(item), (-1,))[0] < start}
            for (item, size), (_, by_length) in zip(measured, receivers):
                if size is not None and measure(item, by_length) != size:
                    found[id(item)] = item
                    log.append(item)
            found.pop(id(MISSING), None)
            return list(found.values())

        def settle(activation: list[Any], known: tuple[Any, ...], frame: Any, names: list[str], olds: tuple[Any, ...],
                   news: tuple[Any, ...], elements: tuple[tuple[Any, Any, Any], ...] = (), kind: str = "assign",
                   extra: list[Change] | None = None) -> None:  # fmt: skip
            """The statement has ended: a step, if a variable changed or reaches a changed object, or something is to be said."""
            number = known[0]
            objects = changed_objects(known) if known[2] or len(log) != known[1] else []
            hit = [container for container, old, new in elements if stored(container, old, new)]
            if objects and olds:
                wanted = {id(item) for item in objects}
                for old, new in zip(olds, news):
                    if old is not new and reaches(old, wanted):
                        raise Unsure
            changed = [n for n, old, new in zip(names, olds, news) if old is not new and not same(old, new)]
            if not hit and not changed and not extra and not (objects and visibly(number, objects, frame)):
                return
            if changed:
                note(activation, number, changed)
            log.extend(hit)
            if take(number):
                wanted = {id(item) for item in (*objects, *hit)}
                values = visible(number, frame)
                found = {n for n, v in values.items() if reaches(v, wanted)} if wanted else set()
                shown = [(n, show(values[n])) for n in ordered(activation, found.union(changed))]
                tell(activation[0], number, kind, [*shown, *(extra or [])])

        def visibly(number: int, objects: list[Any], frame: Any) -> bool:
            """Whether a variable shows what was changed."""
            values = visible(number, frame).values()
            wanted = {id(item) for item in objects}
            return any(id(value) in wanted for value in values) or any(reaches(value, wanted) for value in values)

        def after(activation: list[Any], known: tuple[Any, ...], olds: tuple[Any, ...], news: tuple[Any, ...],
                  elements: tuple[tuple[Any, Any, Any], ...] = ()) -> None:  # fmt: skip
            settle(activation, known, getframe(1), targets.get(known[0], []), olds, news, elements)

        self.change: Callable[[list[Any], int, Any], None] = change
        self.changed_objects: Callable[[tuple[Any, ...]], list[Any]] = changed_objects
        self.settle: Callable[..., None] = settle
        self.visibly: Callable[[int, list[Any], Any], bool] = visibly
        self.hooks: list[Callable[..., Any]] = [bear, store, stores, grow, change, before, after]

    def restart(self) -> None:
        self.log.clear()
        self._born.clear()
