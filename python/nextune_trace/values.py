"""Writes values as text without running a program's code: exact builtin types only, no addresses, cut in the middle."""

from __future__ import annotations

import collections
import datetime
import decimal
import enum
import fractions
import types
from collections.abc import Callable
from typing import Any

from .layout import EXACT, attributes, by_id, class_dict, class_name, descends, is_class, layout
from .library import WRITERS, enum_text, zone_is_plain

DEPTH = 12
PARTS = 500  # of a value are written; of objects that know each other there are no end of paths
DECIMAL_BITS = 12_000  # about 3,600 digits: CPython 3.11 and newer refuse to print more than 4,300

_most = collections.deque.__dict__["maxlen"].__get__
_args = BaseException.__dict__["args"].__get__
# Printed by their own repr, taken before any program could replace it.
_OWN_REPR = (bool, float, complex, type(None), type(Ellipsis), type(NotImplemented), decimal.Decimal)
_PLAIN: dict[int, Any] = {id(kind): kind.__repr__ for kind in (*_OWN_REPR, datetime.date, datetime.timedelta)}
# Those whose repr would call that of a part, and the part that must be one of a known kind.
_ZONED: dict[int, Any] = {id(kind): kind.__repr__ for kind in (datetime.time, datetime.datetime)}
_COUNTED: dict[int, tuple[str, ...]] = {
    id(range): ("start", "stop", "step"),
    id(fractions.Fraction): ("numerator", "denominator"),
}
# Written by the interpreter in the same way, in whatever container.
_FLAT = frozenset(by_id((int, str, bool, float, type(None))))
_CHARACTERS = by_id((str, bytes, bytearray))
_BRACKETS = {
    id(list): ("[", "]"),
    id(tuple): ("(", ")"),
    id(set): ("{", "}"),
    id(frozenset): ("frozenset({", "})"),
    id(collections.deque): ("deque([", "])"),
}
_MAPPINGS = by_id((collections.defaultdict, collections.OrderedDict, collections.Counter))
_NAMED = {
    id(types.FunctionType): "function",
    id(types.BuiltinFunctionType): "function",
    id(types.GeneratorType): "generator",
    id(types.CoroutineType): "coroutine",
    id(types.AsyncGeneratorType): "generator",
    id(types.ModuleType): "module",
}


def cut(text: str, limit: int) -> str:
    """Keeps both ends: `abc...xyz`."""
    if len(text) <= limit:
        return text
    tail = (limit - 3) // 2
    return text[: limit - 3 - tail] + "..." + text[len(text) - tail :]


def _repr(value: Any) -> str | None:
    """None where a number in it is too long for the interpreter to write."""
    try:
        return repr(value)
    except ValueError:
        return None


class Writer:
    """Writes one value, and stops looking at elements once both ends of the text are as long as the limit."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.path: set[int] = set()
        self.parts = 0

    def text(self, value: Any, depth: int = 0) -> str:
        kind = type(value)
        if kind is int:
            return str(value) if value.bit_length() <= DECIMAL_BITS else f"<int of {value.bit_length()} bits>"
        if id(kind) in _CHARACTERS:
            return self.characters(value)
        if kind is list or kind is tuple or kind is dict:
            flat = self.flat(value, kind)
            if flat is not None:
                return flat
        if id(kind) in _PLAIN:
            return str(_PLAIN[id(kind)](value))
        if id(kind) in _ZONED and zone_is_plain(value.tzinfo):
            return str(_ZONED[id(kind)](value))
        if id(kind) in _COUNTED:
            return self.counted(value, kind)
        self.parts += 1
        if depth > DEPTH or self.parts > PARTS or id(value) in self.path:
            return "..."
        self.path.add(id(value))
        try:
            return cut(self.structure(value, kind, depth + 1), self.limit)
        finally:
            self.path.discard(id(value))

    def flat(self, value: Any, kind: Any) -> str | None:
        """A container of plain values as the interpreter writes it, which is many times as fast; None for another."""
        ends = self.limit // 3 + 2  # an element takes three characters, so as many fill the limit from each end
        if len(value) <= 2 * ends:
            parts = [*value, *value.values()] if kind is dict else value
            text = _repr(value) if _FLAT.issuperset(map(id, map(type, parts))) else None
            return text if text is not None and len(text) <= self.limit else None
        if kind is dict:
            return None
        head, tail = value[:ends], value[-ends:]
        if not _FLAT.issuperset(map(id, map(type, head))) or not _FLAT.issuperset(map(id, map(type, tail))):
            return None
        first, last = _repr(head), _repr(tail)
        return None if first is None or last is None else cut(f"{first[:-1]}, ..., {last[1:]}", self.limit)

    def counted(self, value: Any, kind: Any) -> str:
        parts = [getattr(value, name) for name in _COUNTED[id(kind)]]
        if kind is range and parts[2] == 1:
            parts.pop()
        shown = [self.text(part) for part in parts]
        return f"{kind.__name__}({', '.join(shown)})"

    def characters(self, value: Any) -> str:
        if len(value) <= self.limit * 2:
            return repr(value)
        return repr(value[: self.limit])[:-1] + "..." + repr(value[-self.limit :]).lstrip("b")[1:]

    def structure(self, value: Any, kind: Any, depth: int) -> str:
        if id(kind) in _BRACKETS:
            return self.sequence(value, kind, depth)
        if kind is dict:
            return self.mapping(value, depth)
        if id(kind) in WRITERS:
            return WRITERS[id(kind)](self, value, depth)
        if id(kind) in _MAPPINGS:
            return f"{kind.__name__}({self.mapping(value, depth)})"
        if id(kind) in _NAMED:
            return f"<{_NAMED[id(kind)]} {str.__str__(value.__name__)}>"
        if kind is types.MethodType:
            return (
                f"<method {str.__str__(value.__func__.__name__)}>"
                if type(value.__func__) is types.FunctionType
                else "<method>"
            )
        if is_class(value):
            return f"<class {class_name(value)}>"
        if descends(kind, BaseException):
            return self.exception(value, depth)
        if descends(kind, enum.Enum):
            return enum_text(self, value, kind, depth)
        return self.instance(value, kind, depth)

    def exception(self, value: Any, depth: int = 1) -> str:
        # The message of a RecursionError tells where the interpreter noticed it, and versions differ in that.
        shown = [] if type(value) is RecursionError else [self.text(arg, depth) for arg in _args(value)]
        return f"{class_name(type(value))}({', '.join(shown)})"

    def instance(self, value: Any, kind: Any, depth: int) -> str:
        """`Node(value=1, next=None)`; a subclass of a builtin shows that builtin's content first."""
        base, readers = layout(kind)
        name = class_name(kind)
        if base is object and not readers:
            return f"<{name}>"
        fields = class_dict(kind).get("_fields")
        if base is tuple and type(fields) is tuple and len(fields) == tuple.__len__(value):
            return f"{name}({', '.join(f'{f}={self.text(v, depth)}' for f, v in zip(fields, tuple.__iter__(value)))})"
        parts = [f"{k}={self.text(v, depth)}" for k, v in attributes(value).items()]
        return f"{name}({', '.join([*self.content(value, base, depth), *parts])})"

    def content(self, value: Any, base: type, depth: int) -> list[str]:
        if base is object:
            return []
        if base is dict:
            return [self.mapping(value, depth)]
        return [self.sequence(value, base, depth) if id(base) in _BRACKETS else self.text(EXACT[base](value), depth)]

    def sequence(self, value: Any, kind: Any, depth: int) -> str:
        opening, closing = _BRACKETS[id(kind)]
        elements = (
            list(kind.__iter__(value)) if kind is set or kind is frozenset or kind is collections.deque else value
        )
        if kind is set or kind is frozenset:
            if not elements:
                return f"{kind.__name__}()"
            elements.sort(key=self.sort_key)
        parts = self.bounded(elements, lambda v: self.text(v, depth), tuple if kind is tuple else list)
        if kind is tuple and len(parts) == 1:
            closing = ",)"
        elif kind is collections.deque and (most := _most(value)) is not None:
            closing = f"], maxlen={most})"
        return opening + ", ".join(parts) + closing

    def sort_key(self, value: Any) -> tuple[int, Any, str]:
        """A set's order is its hashes': it is shown sorted."""
        if type(value) is int or type(value) is float and value == value:
            return (0, value, "")
        return (1, 0, value) if type(value) is str else (2, 0, self.text(value, DEPTH - 1))

    def mapping(self, value: Any, depth: int) -> str:
        def write(pair: tuple[Any, Any]) -> str:
            return f"{self.text(pair[0], depth)}: {self.text(pair[1], depth)}"

        return "{" + ", ".join(self.bounded(list(dict.items(value)), write)) + "}"

    def bounded(self, values: Any, write: Callable[[Any], str], kind: Any = list) -> list[str]:
        """The parts of a sequence, without its middle where the ends alone are as long as the limit."""
        start, end = 0, kind.__len__(values)
        head, tail, length = [], [], 0
        while start < end and length <= self.limit:
            head.append(write(kind.__getitem__(values, start)))
            length += len(head[-1]) + 2
            start += 1
        length = 0
        while end > start and length <= self.limit:
            end -= 1
            tail.append(write(kind.__getitem__(values, end)))
            length += len(tail[-1]) + 2
        return head + ["..."] * (end > start) + tail[::-1]
