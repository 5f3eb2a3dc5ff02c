"""Reads a program's classes and instances without a lookup that a program could answer: no `__class__`, no `__getattr__`."""

import collections
import types
from collections.abc import Callable, Iterable
from typing import Any


def by_id(kinds: Iterable[type]) -> dict[int, type]:
    """A table of types is looked up by id: a metaclass may define equality and hash."""
    return {id(kind): kind for kind in kinds}


_BASES = by_id((list, tuple, dict, set, frozenset, str, bytes, int, float, collections.deque))
_bytes_item: Any = bytes.__getitem__
# An instance of a subclass as its builtin base holds it.
EXACT: dict[type, Callable[[Any], Any]] = {
    str: str.__str__, bytes: lambda v: _bytes_item(v, slice(None)), int: int.__pos__, float: float.__pos__,
}  # fmt: skip
VIEWS = by_id((type({}.keys()), type({}.values()), type({}.items())))  # what they show is their dictionary's
# The library's own whose attributes are their content.
_OPEN = by_id((types.SimpleNamespace, collections.ChainMap, collections.UserDict, collections.UserList))
_UNSHOWN = by_id((types.FunctionType, types.BuiltinFunctionType, types.ModuleType))

mro = type.__dict__["__mro__"].__get__
class_dict = type.__dict__["__dict__"].__get__
PROGRAM = "program"  # the module that the program, its setup and its test run in
_class_name = type.__dict__["__name__"].__get__
_known: dict[int, tuple[Any, type, list[tuple[str, Any]]]] = {}


def class_name(kind: type) -> str:
    return str.__str__(_class_name(kind))


def descends(kind: type, ancestor: type) -> bool:
    return any(owner is ancestor for owner in mro(kind))


def is_class(value: Any) -> bool:
    return descends(type(value), type)


def is_data(value: Any) -> bool:
    """Functions, classes and modules are not state that is shown among the globals."""
    return id(type(value)) not in _UNSHOWN and not is_class(value)


def layout(kind: type) -> tuple[type, list[tuple[str, Any]]]:
    """(builtin base or object, readers of its attributes) of a program's class; of others nothing is read."""
    known = _known.get(id(kind))
    if known is None or known[0] is not kind:
        owners = mro(kind)
        base = next((owner for owner in owners if id(owner) in _BASES), object)
        own = class_dict(kind).get("__module__")
        readers = [
            (name, entry)
            for owner in owners
            if id(kind) in _OPEN or type(own) is str and own == PROGRAM
            for name, entry in class_dict(owner).items()
            if type(entry) is types.MemberDescriptorType
            or name == "__dict__"
            and type(entry) is types.GetSetDescriptorType
        ]
        known = _known[id(kind)] = (kind, base, readers)
    return known[1:]


def attributes(value: Any) -> dict[str, Any]:
    """Attribute names and values of an instance, from its dict and slots, in order of first binding."""
    found: dict[str, Any] = {}
    for name, reader in layout(type(value))[1]:
        try:
            got = reader.__get__(value)
        except AttributeError:
            continue
        if name == "__dict__":
            found.update((k, v) for k, v in dict.items(got) if type(k) is str)
        elif not name.startswith("__"):
            found[name] = got
    return found
