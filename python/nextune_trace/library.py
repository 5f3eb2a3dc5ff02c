"""Values of the standard library whose content tells more than their kind: written from parts of exact builtin types only."""

from __future__ import annotations

import array
import datetime
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .layout import VIEWS, attributes, class_name

if TYPE_CHECKING:
    from .values import Writer

Write = Callable[["Writer", Any, int], str]
_TEXT_ITERATOR = type(iter(""))  # has another name from 3.11 on
_initargs: Any = datetime.timezone.__dict__["__getinitargs__"]


def zone_is_plain(zone: Any) -> bool:
    """None, or an offset whose parts have a repr of their own kind."""
    if zone is None or zone is datetime.timezone.utc:
        return True
    if type(zone) is not datetime.timezone:
        return False
    offset, *name = _initargs(zone)
    return type(offset) is datetime.timedelta and all(type(each) is str for each in name)


def _zone(writer: Writer, value: Any, depth: int) -> str:
    return repr(value) if zone_is_plain(value) else "<timezone>"


def _slice(writer: Writer, value: Any, depth: int) -> str:
    return f"slice({', '.join(writer.text(part, depth) for part in (value.start, value.stop, value.step))})"


def _view(writer: Writer, value: Any, depth: int) -> str:
    return f"{type(value).__name__}({writer.sequence(list(value), list, depth)})"


def _array(writer: Writer, value: Any, depth: int) -> str:
    return f"array({value.typecode!r}, {writer.sequence(list(value), list, depth)})"


def _match(writer: Writer, value: Any, depth: int) -> str:
    return f"<re.Match object; span={value.span()}, match={writer.text(value.group())}>"


def _pattern(writer: Writer, value: Any, depth: int) -> str:
    return repr(value) if type(value.pattern) is str or type(value.pattern) is bytes else "<Pattern>"


WRITERS: dict[int, Write] = {
    id(slice): _slice,
    id(array.array): _array,
    id(re.Match): _match,
    id(re.Pattern): _pattern,
    id(datetime.timezone): _zone,
    id(_TEXT_ITERATOR): lambda writer, value, depth: "<str_iterator>",
    **dict.fromkeys(VIEWS, _view),
}


def enum_text(writer: Writer, value: Any, kind: Any, depth: int) -> str:
    """`Color.RED`; a combination of flags by its value, for versions name it differently."""
    held = attributes(value)
    name = held.get("_name_")
    if type(name) is str and "|" not in name:
        return f"{class_name(kind)}.{name}"
    if "_value_" in held:
        return f"{class_name(kind)}({writer.text(held['_value_'], depth)})"
    return writer.instance(value, kind, depth)
