"""Makes JSON of values, in a candidate's process and in a judge's: data of exact types, never behaviour."""

import sys

from .kinds import IDENTIFIED, MAPPINGS, MAX_DEPTH, MAX_ITEMS, NONE, SEQUENCES, SMALL, TYPES, TooMuch, Unencodable

_type_names = {t: name for name, t in TYPES.items()}


def _is(kind, module, name):
    """Whether a type is one of a module's that nobody may have imported: then no value has it."""
    return kind is getattr(sys.modules.get(module), name, None)


def _number_or_time(value, kind, encode):
    """The standard library's numbers and times, as arrays; None for anything else."""
    if _is(kind, "fractions", "Fraction"):
        return ["R", encode(value.numerator), encode(value.denominator)]
    if _is(kind, "decimal", "Decimal"):
        return ["N", str(value)]
    if _is(kind, "datetime", "timedelta"):
        return ["timedelta", value.days, value.seconds, value.microseconds]
    for name in ("date", "datetime", "time"):
        if _is(kind, "datetime", name):
            return [name, kind.isoformat(value)]
    return None


class Encoder:
    """Makes JSON of a value. `foreign` gives what is not data a form of its own; without it such a value is refused."""

    def __init__(self, replicas=None, foreign=None):
        self._replicas = replicas
        self._foreign = foreign
        self._items = 0
        self._open = set()
        self._seen = set()

    def encode(self, value, depth=0):
        kind = type(value)
        if kind is str or kind is bool or kind is NONE:
            return value
        if kind is int:
            return value if -SMALL < value < SMALL else ["i", hex(value)]
        if kind is float:
            return value if value - value == 0 else ["f", repr(value)]
        tag = SEQUENCES.get(kind)
        if tag is not None:
            return self._container(value, depth, lambda: [tag, *[self.encode(item, depth + 1) for item in value]])
        tag = MAPPINGS.get(kind)
        if tag is not None:
            return self._container(value, depth, lambda: [tag, *self._pairs(value, depth + 1)])
        return self._other(value, kind, depth)

    def _pairs(self, value, depth):
        flat = []
        for key, item in value.items():
            flat.append(self.encode(key, depth))
            flat.append(self.encode(item, depth))
        return flat

    def _container(self, value, depth, body):
        if depth >= MAX_DEPTH:
            raise TooMuch("too deep")
        self._items += 1 + len(value)
        if self._items > MAX_ITEMS:
            raise TooMuch("too large")
        if id(value) in self._open:
            raise TooMuch("cyclic")
        self._open.add(id(value))
        try:
            if self._replicas is None or type(value) not in IDENTIFIED:
                return body()
            number = self._replicas.number(value)
            if number in self._seen:
                return ["*", number]
            self._seen.add(number)
            return ["&", number, body()]
        finally:
            self._open.discard(id(value))

    def _other(self, value, kind, depth):
        if kind is bytes:
            return ["b", value.hex()]
        if kind is bytearray:
            if self._replicas is None:
                return ["B", value.hex()]
            return ["&", self._replicas.number(value), ["B", value.hex()]]
        if kind is complex:
            return ["c", self.encode(value.real), self.encode(value.imag)]
        if kind is range:
            return ["r", *[self.encode(part) for part in (value.start, value.stop, value.step)]]
        if kind is type and value in _type_names:
            return ["T", _type_names[value]]
        if value is Ellipsis:
            return ["e"]
        # A named tuple's content is that of a tuple, and compares like one.
        if issubclass(kind, tuple) and kind.__eq__ is tuple.__eq__ and hasattr(kind, "_fields"):
            return self._container(
                value, depth, lambda: ["t", *[self.encode(i, depth + 1) for i in tuple.__iter__(value)]]
            )
        known = _number_or_time(value, kind, self.encode)
        if known is not None:
            return known
        if self._foreign is not None:
            return self._foreign(value)
        raise Unencodable(kind.__name__)
