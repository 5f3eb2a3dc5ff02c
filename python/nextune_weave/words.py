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
# Those of them that modules offer, and what makes classes or calls of its own accord.
REFUSED_OF_MODULES = frozenset(
    """defaultdict Counter OrderedDict ChainMap UserDict UserList UserString namedtuple NamedTuple TypedDict singledispatch
singledispatchmethod""".split()
)
# What gives more than a text names: attributes by a name that is computed, frames and code, annotations that are run.
REACHING = frozenset(
    """getattr attrgetter methodcaller format_map Formatter get_type_hints ForwardRef evaluate_forward_ref breakpoint help
gi_frame gi_code cr_frame cr_code ag_frame ag_code f_back f_globals f_builtins f_locals f_code tb_frame""".split()
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
LOUD_FUNCTIONS = frozenset(
    """insort insort_left insort_right heappush heappop heapify heapreplace heappushpop setitem delitem iadd iand iconcat
ifloordiv ilshift imatmul imod imul ior ipow irshift isub itruediv ixor""".split()
)
# Functions that call one that they are given, and the place where they are given it; and the words it is given by.
CALLERS = {
    "map": 0, "filter": 0, "iter": 0, "reduce": 0, "starmap": 0, "takewhile": 0, "dropwhile": 0, "filterfalse": 0,
    "partial": 0, "cmp_to_key": 0, "call": 0, "accumulate": 1, "groupby": 1, "sub": 1, "subn": 1,
}  # fmt: skip
CALLED_WORDS = frozenset(
    """key func function repl default object_hook object_pairs_hook parse_float parse_int parse_constant cls""".split()
)
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
