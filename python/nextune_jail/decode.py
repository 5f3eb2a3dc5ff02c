"""Makes values of JSON that a candidate may have written: unknown tags are refused, and nothing of the sender's is called."""

import collections
import datetime
import decimal
import fractions

from .kinds import IDENTIFIED, MAX_WORK, TYPES, TooMuch


class Decoder:
    """Makes a value of JSON. Anything it does not know is a ValueError; nothing of the sender's is ever called."""

    def __init__(self, replicas=None, foreign=None):
        self._replicas = replicas
        self._foreign = foreign or {}
        self._work = 0

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
            if type(value) not in IDENTIFIED:
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
        if tag in "sFqdOCDrR":
            return maker(self, parts)
        return maker(*parts)

    def charge(self, units):
        """Bounds what a value costs beyond its size. Counted, not timed: a slow machine must not change a verdict."""
        self._work += units
        if self._work > MAX_WORK:
            raise TooMuch("too slow to read")

    def hashed(self, items):
        """The items, once it is known that a set or mapping of them is cheap. Those that share a hash, which the sender
        can arrange, are compared pairwise, and two nested sets at most cost the product of their sizes."""
        if len({hash(item) for item in items}) == len(items):
            return items
        weights = {}
        for item in items:
            before, weight = weights.get(hash(item), 0), _weight(item)
            self.charge(before * weight)
            weights[hash(item)] = before + weight
        return items

    def integer(self, part):
        """One that is calculated with: a division or a greatest common divisor costs the square of its length."""
        if type(part) is list and len(part) == 2 and part[0] == "i":
            self.charge((len(part[1]) // 8) ** 2 // 8)
            part = int(part[1], 16)
        if type(part) is not int:
            raise ValueError("not an integer")
        return part


def _weight(value):
    return 1 + sum(map(_weight, value)) if type(value) in (tuple, frozenset) else 1


def _refill(known, value):
    if isinstance(known, (list, bytearray)):
        known[:] = value
        return
    known.clear()
    (known.extend if isinstance(known, collections.deque) else known.update)(value)


def _make_set(decoder, parts, kind=set):
    return kind(decoder.hashed([decoder.decode(part) for part in parts]))


def _make_mapping(kind, ordered=False):
    def make(decoder, parts):
        if len(parts) % 2:
            raise ValueError("a key without a value")
        flat = [decoder.decode(part) for part in parts]
        result = kind()
        dict.update(result, zip(decoder.hashed(flat[0::2]), flat[1::2]))
        return collections.OrderedDict(result) if ordered else result

    return make


def _exactly(count, parts):
    if len(parts) != count:
        raise ValueError("a wrong number of parts")
    return parts


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
    "r": lambda decoder, parts: range(*[decoder.integer(part) for part in _exactly(3, parts)]),
    "R": lambda decoder, parts: fractions.Fraction(*[decoder.integer(part) for part in _exactly(2, parts)]),
    "N": lambda text: decimal.Decimal(str(text)),
    "date": datetime.date.fromisoformat,
    "datetime": datetime.datetime.fromisoformat,
    "time": datetime.time.fromisoformat,
    "timedelta": datetime.timedelta,
    "T": lambda name: TYPES[name],
    "e": lambda: Ellipsis,
}
_makers["l"] = _makers["t"] = list


def decode_untrusted(decoder, data):
    """A value from a candidate, or ValueError whatever is wrong with it (TooMuch where it costs too much)."""
    try:
        return decoder.decode(data)
    except (ValueError, TooMuch):
        raise
    except Exception as error:
        raise ValueError("%s: %s" % (type(error).__name__, error)) from None
