"""Builtins, methods and modules by what they may do to values."""

from __future__ import annotations

import ast
import builtins

# Names whose use in a program, setup or test leaves it to the recorder: frames, clocks and chance, and containers that
# change when they are read.
REFUSED = frozenset(
    """exec eval compile locals globals vars dir setattr delattr inspect gc sys os threading ctypes traceback warnings weakref
defaultdict Counter OrderedDict ChainMap UserDict UserList namedtuple dataclass Enum time datetime random secrets uuid id hash
input open __import__""".split()
)
REFUSED_SYNTAX = (ast.Global, ast.Nonlocal, ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith)
PREFIX = "_nx_"  # of the names that weaving adds
LAZY = frozenset("map filter zip enumerate reversed iter".split())
BUILTINS = frozenset(
    """abs all any bin bool bytearray bytes callable chr complex dict divmod enumerate filter float format frozenset hex int
isinstance len list map max min oct ord pow print range repr reversed round set slice sorted str sum tuple type zip""".split()
)
EXCEPTIONS = frozenset(
    name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, Exception)
)
BUILTINS |= EXCEPTIONS
MODULES = frozenset(
    """math cmath re string itertools functools operator statistics fractions decimal bisect copy collections heapq json
textwrap typing unicodedata calendar numbers""".split()
)
LOUD_FUNCTIONS = frozenset("insort insort_left insort_right heappush heappop heapify heapreplace heappushpop".split())
# Those of them that keep no state and give what their arguments alone tell.
STATELESS = frozenset(
    """abs all any bin bool bytes chr dict divmod enumerate float frozenset hex int isinstance len list max min oct ord pow
range repr reversed round set sorted str sum tuple type zip""".split()
)
METHODS = frozenset(
    """as_integer_ratio bit_count bit_length capitalize casefold center conjugate copy count difference encode decode
endswith expandtabs find findall finditer format fullmatch group groups index intersection isalnum isalpha isascii isdecimal
isdigit isdisjoint isidentifier islower isnumeric isprintable isspace issubset issuperset istitle isupper items join keys
ljust lower lstrip match partition removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip search span
split splitlines start end startswith strip sub swapcase symmetric_difference title translate union upper values zfill
get most_common""".split()
)
# Of exact builtin containers these change the length or nothing.
BY_LENGTH = frozenset(
    "add append appendleft clear discard extend extendleft insert pop popitem popleft remove setdefault".split()
)
BY_CONTENT = frozenset(
    """difference_update intersection_update reverse rotate sort symmetric_difference_update update""".split()
)
