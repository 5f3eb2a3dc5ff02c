"""Values as source text that reads back as the same value: what `constants` takes, and the same in every run."""


class NoLiteral(ValueError):
    """A value without a literal; its type's name is the message."""


def _float(value):
    return repr(value) if value - value == 0 else 'float("%r")' % value


def _dict(value):
    return "{%s}" % ", ".join("%s: %s" % (source_of(key), source_of(item)) for key, item in value.items())


def _items(value):
    return ", ".join(map(source_of, value))


def _set(value):
    items = ", ".join(sorted(map(source_of, value)))
    if type(value) is frozenset:
        return "frozenset({%s})" % items if items else "frozenset()"
    return "{%s}" % items if items else "set()"


def source_of(value):
    """Raises NoLiteral for what is no plain data. A Counter or another dict of the library's is written as a dict,
    which is equal to it."""
    kind = type(value)
    if kind is int:
        # Python 3.11 refuses decimal text of more than 4300 digits.
        return repr(value) if value.bit_length() < 8192 else hex(value)
    if kind is float:
        return _float(value)
    if kind in (str, bytes, bool, type(None)):
        return repr(value)
    if kind is complex:
        if value - value != 0:
            raise NoLiteral("complex number that is not finite")
        return repr(value)
    if kind is list:
        return "[%s]" % _items(value)
    if kind is tuple:
        return "(%s%s)" % (_items(value), "," if len(value) == 1 else "")
    if kind in (set, frozenset):
        return _set(value)
    if isinstance(value, dict):
        return _dict(value)
    raise NoLiteral(kind.__name__)
