"""Values as they cross between a candidate's jail and its judge: data of exact types, never behaviour.

None, bool, str, small int and finite float are themselves in JSON; everything else is an array with a tag first.
A subclass is refused (its methods could lie), but for the standard library's own containers and numbers below.
"""

import collections
import datetime
import decimal
import fractions

MAX_DEPTH = 100
MAX_ITEMS = 1_000_000

_small = 1 << 62
_none = type(None)
_types = {
    t.__name__: t for t in (int, float, bool, str, bytes, list, tuple, set, frozenset, dict, complex, object, _none)
}
_type_names = {t: name for name, t in _types.items()}
_sequences = {list: "l", tuple: "t", set: "s", frozenset: "F", collections.deque: "q"}
_mappings = {dict: "d", collections.OrderedDict: "O", collections.Counter: "C", collections.defaultdict: "D"}
_identified = {list, dict, set, bytearray, *_mappings, collections.deque}
_texts = {
    decimal.Decimal: ("N", str),
    datetime.date: ("date", datetime.date.isoformat),
    datetime.datetime: ("datetime", datetime.datetime.isoformat),
    datetime.time: ("time", datetime.time.isoformat),
}


class Unencodable(Exception):
    """A value that is no plain data; its type's name is the message."""


class TooMuch(Exception):
    """A value too large, too deep, or cyclic."""


class Replicas:
    """Mutable containers known to both sides by number, so that identity and mutation survive the crossing."""

    def __init__(self, step):
        self._step = step
        self._next = step
        self._by_number = {}
        self._by_id = {}

    def number(self, value):
        known = self._by_id.get(id(value))
        if known is None:
            known = self._next
            self._next += self._step
            self.add(known, value)
        return known

    def add(self, number, value):
        self._by_number[number] = value
        self._by_id[id(value)] = number

    def get(self, number):
        return self._by_number.get(number)


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
        if kind is str or kind is bool or kind is _none:
            return value
        if kind is int:
            return value if -_small < value < _small else ["i", hex(value)]
        if kind is float:
            return value if value - value == 0 else ["f", repr(value)]
        tag = _sequences.get(kind)
        if tag is not None:
            return self._container(value, depth, lambda: [tag, *[self.encode(item, depth + 1) for item in value]])
        tag = _mappings.get(kind)
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
            if self._replicas is None or type(value) not in _identified:
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
        if kind is fractions.Fraction:
            return ["R", self.encode(value.numerator), self.encode(value.denominator)]
        if kind is datetime.timedelta:
            return ["timedelta", value.days, value.seconds, value.microseconds]
        if kind in _texts:
            tag, text = _texts[kind]
            return [tag, text(value)]
        if kind is type and value in _type_names:
            return ["T", _type_names[value]]
        if value is Ellipsis:
            return ["e"]
        # A named tuple's content is that of a tuple, and compares like one.
        if issubclass(kind, tuple) and kind.__eq__ is tuple.__eq__ and hasattr(kind, "_fields"):
            return self._container(
                value, depth, lambda: ["t", *[self.encode(i, depth + 1) for i in tuple.__iter__(value)]]
            )
        if self._foreign is not None:
            return self._foreign(value)
        raise Unencodable(kind.__name__)


class Decoder:
    """Makes a value of JSON. Anything it does not know is a ValueError; nothing of the sender's is ever called."""

    def __init__(self, replicas=None, foreign=None, tick=None):
        self._replicas = replicas
        self._foreign = foreign or {}
        self._tick = tick

    def decode(self, data):
        if type(data) is not list:
            if type(data) is dict:
                raise ValueError("an object where a value was expected")
            return data
        tag, *parts = data
        if tag == "&":
            return self._replica(*parts)
        if tag == "*":
            value = self._replicas and self._replicas.get(parts[0])
            if value is None:
                raise ValueError("an unknown number")
            return value
        if type(tag) is not str:
            raise ValueError("a tag of a wrong type")
        if tag in self._foreign:
            return self._foreign[tag](*parts)
        return self._build(tag, parts)

    def _replica(self, number, body):
        if self._replicas is None or type(number) is not int:
            raise ValueError("an unexpected number")
        value = self.decode(body)
        known = self._replicas.get(number)
        if known is None:
            if type(value) not in _identified:
                raise ValueError("a number for a value without identity")
            self._replicas.add(number, value)
            return value
        if type(known) is not type(value):
            raise ValueError("a value that changed its type")
        if known is not value:
            _refill(known, value)
        return known

    def _build(self, tag, parts):
        maker = _makers.get(tag)
        if maker is None:
            raise ValueError("unknown tag %r" % tag)
        if tag in "lt":
            decoded = [self.decode(part) for part in parts]
            return decoded if tag == "l" else tuple(decoded)
        if tag in "sFqdOCD":
            return maker(self, parts)
        return maker(*parts)

    def unique(self, parts, into):
        """Hashes may collide by design of the sender: the tick, every 256 insertions, bounds what that costs."""
        for count, part in enumerate(parts):
            if self._tick is not None and count % 256 == 255:
                self._tick()
            into(part)


def _refill(known, value):
    if isinstance(known, (list, bytearray)):
        known[:] = value
        return
    known.clear()
    (known.extend if isinstance(known, collections.deque) else known.update)(value)


def _make_set(decoder, parts, kind=set):
    result = set()
    decoder.unique(parts, lambda part: result.add(decoder.decode(part)))
    return kind(result) if kind is not set else result


def _make_mapping(kind, ordered=False):
    def make(decoder, parts):
        if len(parts) % 2:
            raise ValueError("a key without a value")
        result = kind()
        decoder.unique(
            range(0, len(parts), 2),
            lambda at: dict.__setitem__(result, decoder.decode(parts[at]), decoder.decode(parts[at + 1])),
        )
        return collections.OrderedDict(result) if ordered else result

    return make


def _integer(part):
    value = int(part[1], 16) if type(part) is list and len(part) == 2 and part[0] == "i" else part
    if type(value) is not int:
        raise ValueError("not an integer")
    return value


def _real(part):
    value = float(part[1]) if type(part) is list and len(part) == 2 and part[0] == "f" else part
    if type(value) is not float:
        raise ValueError("not a float")
    return value


_makers = {
    "l": None,
    "t": None,
    "s": _make_set,
    "F": lambda decoder, parts: _make_set(decoder, parts, frozenset),
    "q": lambda decoder, parts: collections.deque(decoder.decode(part) for part in parts),
    "d": _make_mapping(dict),
    "O": _make_mapping(dict, ordered=True),
    "C": _make_mapping(collections.Counter),
    "D": _make_mapping(collections.defaultdict),
    "i": lambda text: int(text, 16),
    "f": float,
    "b": bytes.fromhex,
    "B": bytearray.fromhex,
    "c": lambda real, imag: complex(_real(real), _real(imag)),
    "r": lambda start, stop, step: range(_integer(start), _integer(stop), _integer(step)),
    "R": lambda over, under: fractions.Fraction(_integer(over), _integer(under)),
    "N": lambda text: decimal.Decimal(str(text)),
    "date": datetime.date.fromisoformat,
    "datetime": datetime.datetime.fromisoformat,
    "time": datetime.time.fromisoformat,
    "timedelta": datetime.timedelta,
    "T": lambda name: _types[name],
    "e": lambda: Ellipsis,
}
_makers["l"] = _makers["t"] = list


def decode_untrusted(decoder, data):
    """A value from a candidate, or ValueError whatever is wrong with it (TooMuch from the tick)."""
    try:
        return decoder.decode(data)
    except (ValueError, TooMuch):
        raise
    except Exception as error:
        raise ValueError("%s: %s" % (type(error).__name__, error)) from None
