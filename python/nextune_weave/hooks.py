"""What woven programs call while they run: counts each line's state changes, and tells of those that will be shown."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from nextune_trace.fingerprint import ATOMS, fingerprint, same_atom
from nextune_trace.layout import layout as layout_of
from nextune_trace.statements import Unit
from nextune_trace.text import exception_text, text_of
from nextune_trace.variables import RECORDED_LENGTH, proves_nothing

from .compare import reaches, same

Change = tuple[str, str]
Write = Callable[[dict[str, Any]], object]
_SIZED = (list, dict, set, deque)


LOOK_EVERY = 1024  # visits of a line after which the cap is looked at


class Missing:
    """Stands for a variable that is not bound, and for an element that is not there."""


MISSING = Missing()


class Unsure(BaseException):
    """The program did what its text did not tell: it is left to the recorder."""


class Capped(BaseException):
    """The cap on steps was met: recording stops."""


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


class Pass:
    """One run of a woven program. `names` are the hooks by the name that woven code calls them."""

    def __init__(self, layout: Layout, plan: Plan, cap: int, write: Write) -> None:
        self.layout = layout
        self.counts = [0] * (len(layout.lines) + 1)  # the last one: turns and calls that are no steps
        self.started = False
        self.told = [0] * len(layout.lines)
        self.write = write
        self.names = _hooks(self, layout, plan, cap)

    @property
    def steps(self) -> int:
        return sum(self.counts) - self.counts[-1]

    def skipped(self) -> list[tuple[str, int, int]]:
        """(unit, line, how many of its steps were not told)."""
        rows = zip(self.layout.lines, self.counts, self.told)
        return [("program", line, count - told) for line, count, told in rows if count > told]

    def reset(self) -> None:
        """What ran so far was the program's loading and its setup, which are no part of the trace."""
        self._reset()
        self.started = True

    _reset: Callable[[], None]


def _hooks(owner: Pass, layout: Layout, plan: Plan, cap: int) -> dict[str, Any]:
    """Closures, for their speed: they run at every statement of a program."""
    place, targets, statements, orders = layout.place, layout.targets, layout.unit.statements, layout.orders
    counts, head, first, last = owner.counts, plan.head, plan.first, [*plan.last, -1]
    calls = 0
    # A line's next visit that needs a look: to tell it, or to see whether the cap was met meanwhile.
    due = [0] * len(counts)
    log: list[Any] = []
    born: dict[int, tuple[int, Any]] = {}
    getframe = sys._getframe

    def reset() -> None:
        nonlocal calls
        calls = 1  # the test's own frame is the first
        due[:] = [0] * len(due)
        counts[:] = [0] * len(counts)
        log.clear()
        born.clear()

    def take(number: int) -> bool:
        """Counts a step; whether it is one to tell."""
        at = place[number]
        count = counts[at] = counts[at] + 1
        return count >= due[at] and looks(at, count)

    def looks(at: int, count: int) -> bool:
        """Whether this visit of a line is one to tell; sets when the next look is due."""
        steps = sum(counts) - counts[-1]
        if steps > cap + 1 or counts[-1] > cap:
            raise Capped
        if steps <= head or count < first:
            return True
        due[at] = min(last[at], count + LOOK_EVERY) if last[at] > count else count + LOOK_EVERY
        return count <= first or count == last[at]

    def tell(call: int, number: int, kind: str, changes: list[Change]) -> None:
        if not owner.started:
            return
        statement = statements[number]
        owner.write(
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

    def show(value: Any) -> str:
        return text_of(value, RECORDED_LENGTH)

    def ordered(activation: list[Any], names: Iterable[str]) -> list[str]:
        known = [name for name in names if name in activation]
        return sorted(known, key=activation.index)

    def note(activation: list[Any], number: int, names: Iterable[str]) -> None:
        """New names take their place in the order of first binding."""
        new = [name for name in names if name not in activation]
        if new:
            rank = orders[number]
            activation += sorted(new, key=lambda name: rank.get(name, 1 << 30))

    def program_frame() -> Any:
        frame: Any = getframe(1)
        while frame.f_code.co_filename == __file__:
            frame = frame.f_back
        return frame

    def visible(number: int, frame: Any) -> dict[str, Any]:
        order = orders[number]
        return {name: value for name, value in frame.f_locals.items() if name in order}

    def turn() -> None:
        looks(-1, counts[-1])

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

    def bear(value: Any) -> None:
        """An object was made just now: no variable of a caller holds it."""
        if id(value) not in born:
            born[id(value)] = (len(log), value)
            log.append(MISSING)  # so that a call that begins now begins after it

    def bind(activation: list[Any], number: int, old: Any, new: Any) -> None:
        """One name was bound to another object."""
        kind = type(new)
        if type(old) is kind and (old == new if kind is int or kind is str else same(old, new)):
            return
        at = place[number]
        count = counts[at] = counts[at] + 1
        if old is MISSING:
            note(activation, number, targets[number])
        if count >= due[at] and looks(at, count):
            tell(activation[0], number, "assign", [(targets[number][0], show(new))])

    def binds(activation: list[Any], number: int, olds: tuple[Any, ...], news: tuple[Any, ...]) -> None:
        names = targets[number]
        changed = [n for n, old, new in zip(names, olds, news) if old is not new and not same(old, new)]
        if not changed:
            return
        note(activation, number, changed)
        if take(number):
            values = dict(zip(names, news))
            tell(activation[0], number, "assign", [(n, show(values[n])) for n in ordered(activation, changed)])

    def loop(activation: list[Any], number: int, news: tuple[Any, ...]) -> None:
        """A loop's targets were bound, and the visit counted, which may be one to tell."""
        names = targets[number]
        for name in names:
            if name not in activation:
                note(activation, number, names)
                break
        at = place[number]
        if counts[at] >= due[at] and looks(at, counts[at]):
            values = dict(zip(names, news))
            tell(activation[0], number, "loop", [(n, show(values[n])) for n in ordered(activation, names)])

    def aug(activation: list[Any], number: int, length: int, value: Any) -> None:
        """`x += y` left the same object in x."""
        if type(value) is list:
            if len(value) != length:
                if layout.trusts_calls:
                    raise Unsure
                change(activation, number, value)
        elif id(type(value)) not in ATOMS and type(value) is not tuple:
            raise Unsure

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
            values = visible(number, program_frame())
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

    def stored(container: Any, old: Any, new: Any) -> bool:
        kind = type(container)
        if kind is not list and kind is not dict and not layout_of(kind)[1]:
            raise Unsure
        if old is new:
            if id(type(new)) not in ATOMS:
                raise Unsure  # perhaps the element was changed in place
            return False
        return old is MISSING or not same(old, new)

    def before(number: int, receivers: tuple[tuple[Any, bool], ...]) -> tuple[Any, ...]:
        """What is known before a statement that calls functions of the program, or changes its receivers."""
        return (number, len(log), [(item, measure(item, by_length)) for item, by_length in receivers], receivers)

    def measure(item: Any, by_length: bool) -> Any:
        kind = type(item)
        if kind not in _SIZED or kind is deque and item.maxlen is not None:
            base, readers = layout_of(kind)
            if id(kind) in ATOMS or kind is tuple or readers and base is object:
                return None  # its method of that name, if any, is the program's own, and woven
            raise Unsure
        return len(item) if by_length else fingerprint(item)

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

    def headed(activation: list[Any], known: tuple[Any, ...], value: Any) -> Any:
        if len(known) == 2:
            seen(activation, known, getframe(1))
        else:
            settle(activation, known, getframe(1), [], (), ())
        return value

    def look(number: int) -> tuple[Any, ...]:
        """What all variables hold before a statement that may do anything."""
        values = visible(number, getframe(1))
        return (
            number,
            {n: (v, None if id(type(v)) in ATOMS else (fingerprint(v), show(v))) for n, v in values.items()},
        )

    def differs(held: tuple[Any, Any], new: Any) -> bool:
        old, mark = held
        if type(old) is not type(new):
            return True
        if mark is None:
            return not (old is new or same_atom(old, new))
        if fingerprint(new) == mark[0]:
            return False
        text = show(new)
        return text != mark[1] or proves_nothing(text)

    def seen(activation: list[Any], known: tuple[Any, ...], frame: Any, kind: str = "assign",
             extra: list[Change] | None = None) -> None:  # fmt: skip
        number, held = known
        values = visible(number, frame)
        changed = [n for n, v in values.items() if n not in held or differs(held[n], v)]
        note(activation, number, changed)
        if (changed or extra) and take(number):
            shown = [(n, show(values[n])) for n in ordered(activation, changed)]
            tell(activation[0], number, kind, [*shown, *(extra or [])])

    def looked(activation: list[Any], known: tuple[Any, ...]) -> None:
        seen(activation, known, getframe(1))

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

    def caught(activation: list[Any], number: int, known: tuple[Any, ...] | None, name: str | None) -> None:
        error = sys.exc_info()[1]
        if isinstance(error, (Unsure, Capped)):
            raise error
        if isinstance(error, (RecursionError, MemoryError, GeneratorExit)):
            raise Unsure
        pending(activation, known, getframe(1))
        if name is not None:
            note(activation, number, [name])
        if take(number):
            text = exception_text(error, RECORDED_LENGTH)
            tell(activation[0], number, "caught", [("__exception__", text), *([(name, text)] if name else [])])

    owner._reset = reset
    reset()
    hooks: list[Callable[..., Any]] = [
        turn,
        enter,
        bear,
        bind,
        binds,
        loop,
        aug,
        store,
        stores,
        grow,
        change,
        before,
        after,
    ]
    hooks += [headed, look, looked, iterated, returned, returned_after, unwound, caught]
    return {f"_nx_{hook.__name__}": hook for hook in hooks} | {
        "_nx_missing": MISSING,
        "_nx_list": list,
        "_nx_len": len,
        "_nx_log": log,
        "_nx_n": counts,
        "_nx_d": due,
        "_nx_int": int,
    }
