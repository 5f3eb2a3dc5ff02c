"""A value as one printable line, whatever it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .layout import class_name
from .values import Writer, cut


def text_of(value: Any, limit: int) -> str:
    """The value as one printable line of at most `limit` characters, whatever the value is."""
    return _safely(Writer.text, value, limit)


def exception_text(value: Any, limit: int) -> str:
    """An exception as `KeyError('a')`, like `text_of`."""
    return _safely(Writer.exception, value, limit)


def _safely(write: Callable[[Writer, Any], str], value: Any, limit: int) -> str:
    try:
        text = write(Writer(limit), value)
    except RecursionError:
        raise
    except Exception:
        text = f"<{class_name(type(value))}>"
    return cut(_one_line(text), limit)


def _one_line(text: str) -> str:
    """No control character and no lone surrogate: nothing that could end a comment or can't be encoded."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
