"""The kinds of value that cross between a candidate's jail and its judge, and what keeps track of those with identity.

None, bool, str, small int and finite float are themselves in JSON; everything else is an array with a tag first.
A subclass is refused (its methods could lie), but for the standard library's own containers and numbers below.
"""

import collections

MAX_DEPTH = 100
MAX_ITEMS = 1_000_000
# Comparisons of items of one hash, and the like, that reading a value may cost: about half a second.
MAX_WORK = 5_000_000

SMALL = 1 << 62
NONE = type(None)
TYPES = {
    t.__name__: t for t in (int, float, bool, str, bytes, list, tuple, set, frozenset, dict, complex, object, NONE)
}
SEQUENCES = {list: "l", tuple: "t", set: "s", frozenset: "F", collections.deque: "q"}
MAPPINGS = {dict: "d", collections.OrderedDict: "O", collections.Counter: "C", collections.defaultdict: "D"}
IDENTIFIED = {list, dict, set, bytearray, *MAPPINGS, collections.deque}


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
