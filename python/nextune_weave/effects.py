"""What an expression may do to values in place, judged by its text alone.

Only for programs without classes, generators and containers that change when they are read. Where the text does not
tell, the answer is UNKNOWN, or the whole program is not woven.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator

QUIET, CALLS, UNKNOWN = 0, 1, 2  # nothing in place; only by functions of the program; anything

# Names whose use in a program, setup or test leaves it to the recorder: frames, clocks and chance, and containers that
# change when they are read.
_REFUSED = frozenset(
    """exec eval compile locals globals vars dir setattr delattr inspect gc sys os threading ctypes traceback warnings weakref
defaultdict Counter OrderedDict ChainMap UserDict UserList namedtuple dataclass Enum time datetime random secrets uuid id hash
input open __import__""".split()
)
_REFUSED_SYNTAX = (ast.Global, ast.Nonlocal, ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith)
PREFIX = "_nx_"  # of the names that weaving adds
_LAZY = frozenset("map filter zip enumerate reversed iter".split())
_BUILTINS = frozenset(
    """abs all any bin bool bytearray bytes callable chr complex dict divmod enumerate filter float format frozenset hex int
isinstance len list map max min oct ord pow print range repr reversed round set slice sorted str sum tuple type zip""".split()
)
_EXCEPTIONS = frozenset(
    name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, Exception)
)
_BUILTINS |= _EXCEPTIONS
_MODULES = frozenset(
    """math cmath re string itertools functools operator statistics fractions decimal bisect copy collections heapq json
textwrap typing unicodedata calendar numbers""".split()
)
_LOUD_FUNCTIONS = frozenset("insort insort_left insort_right heappush heappop heapify heapreplace heappushpop".split())
_METHODS = frozenset(
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


class NotWoven(Exception):
    """A program that is left to the recorder."""


def refuse_by_names(trees: Iterable[ast.AST]) -> None:
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, _REFUSED_SYNTAX):
            raise NotWoven(type(node).__name__)
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        if isinstance(node, ast.Name) and name in _REFUSED or name.startswith(("__", PREFIX)):
            raise NotWoven(name)


class Names:
    """What the names of a program stand for."""

    def __init__(self, tree: ast.AST) -> None:
        self.functions: set[str] = set()
        self.modules: set[str] = set()
        self.imported: set[str] = set()
        self.methods: set[str] = set()
        self.yields = False
        self.bases: set[str] = set()
        bound: set[str] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                self.functions.add(node.name)
            elif isinstance(node, ast.ClassDef):
                self._class(node)
            elif isinstance(node, ast.Yield):
                self.yields = True
            elif isinstance(node, ast.Import):
                self._module(node)
            elif isinstance(node, ast.ImportFrom):
                self._from(node)
            elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                bound.add(node.id)
            elif isinstance(node, (ast.arg, ast.ExceptHandler)):
                bound.add((node.arg if isinstance(node, ast.arg) else node.name) or "")
        self.functions -= self.methods - bound
        if (bound | self.functions) & (self.modules | self.imported) or bound & self.functions:
            raise NotWoven("a name that is bound twice")
        self.builtins = _BUILTINS - bound - self.functions
        if not self.bases <= self.functions | _EXCEPTIONS | {"object"}:
            raise NotWoven("a class with a base of its own kind")

    def _class(self, node: ast.ClassDef) -> None:
        """A class of plain methods: no descriptor, no operator, no attribute of its own."""
        self.functions.add(node.name)
        if node.keywords or node.decorator_list or not all(isinstance(base, ast.Name) for base in node.bases):
            raise NotWoven("a class with a base of its own kind")
        for part in node.body:
            if isinstance(part, ast.Pass) or isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant):
                continue
            if not isinstance(part, ast.FunctionDef) or part.decorator_list:
                raise NotWoven("a class with more than methods")
            if part.name.startswith("__") and part.name != "__init__":
                raise NotWoven(part.name)
            self.methods.add(part.name)
        self.bases |= {base.id for base in node.bases if isinstance(base, ast.Name)}

    def _module(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.name not in _MODULES:
                raise NotWoven(alias.name)
            self.modules.add(alias.asname or alias.name)

    def _from(self, node: ast.ImportFrom) -> None:
        if node.module not in _MODULES:
            raise NotWoven(node.module or ".")
        for alias in node.names:
            if alias.name == "*":
                raise NotWoven("*")
            if alias.name in _LOUD_FUNCTIONS:
                continue
            self.imported.add(alias.asname or alias.name)


class Effect:
    """`level`, and the receivers of mutating methods: (expression, method)."""

    def __init__(self) -> None:
        self.level = QUIET
        self.mutated: list[tuple[ast.expr, str]] = []

    def is_quiet(self) -> bool:
        return self.level == QUIET and not self.mutated


def effect_of(parts: Iterable[ast.AST | None], names: Names) -> Effect:
    effect = Effect()
    for part in parts:
        if part is not None:
            _judge(part, names, effect, nested=False, consumed=False)
    if effect.mutated and (effect.level == UNKNOWN or not all(is_path(where) for where, _ in effect.mutated)):
        effect.level, effect.mutated = UNKNOWN, []
    return effect


_PLAIN = (ast.Name, ast.Constant, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop, ast.expr_context, ast.Tuple)


def is_path(node: ast.AST) -> bool:
    """A name, or a part of one by plain indexes: what can be read twice."""
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        if isinstance(node, ast.Subscript) and not all(isinstance(n, _PLAIN) for n in ast.walk(node.slice)):
            return False
        node = node.value
    return isinstance(node, ast.Name)


def root_name(node: ast.AST) -> str | None:
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _judge(node: ast.AST, names: Names, effect: Effect, nested: bool, consumed: bool) -> None:
    """`nested`: in a lambda or comprehension, where a receiver is no name of the function."""
    if isinstance(node, (ast.NamedExpr, ast.YieldFrom, ast.Await)):
        raise NotWoven(type(node).__name__)
    if isinstance(node, ast.Call):
        _judge_call(node, names, effect, nested, consumed)
        return
    if isinstance(node, ast.Name) and node.id in names.functions:
        effect.level = max(effect.level, CALLS)
    elif isinstance(node, ast.Attribute) and node.attr in BY_LENGTH | BY_CONTENT | names.methods:
        effect.level = UNKNOWN
    before = effect.level
    inside = nested or isinstance(node, (ast.Lambda, ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp))
    for child in ast.iter_child_nodes(node):
        _judge(child, names, effect, inside, consumed=False)
    if isinstance(node, ast.GeneratorExp) and not consumed and (effect.level > before or effect.level > QUIET):
        raise NotWoven("a lazy call")


def _judge_call(node: ast.Call, names: Names, effect: Effect, nested: bool, consumed: bool) -> None:
    called = node.func
    consumes = False
    if isinstance(called, ast.Name):
        if called.id in names.functions:
            effect.level = max(effect.level, CALLS)
        elif called.id not in names.builtins and called.id not in names.imported:
            effect.level = UNKNOWN
        consumes = called.id in names.builtins and called.id not in _LAZY
        lazy = called.id in _LAZY or called.id in names.imported
    elif isinstance(called, ast.Attribute):
        lazy = _judge_method(called, names, effect, nested)
        consumes = called.attr in ("join", "extend", "update")
    else:
        effect.level = UNKNOWN
        lazy = False
        _judge(called, names, effect, nested, consumed=False)
    inner = Effect()
    for child in [*node.args, *(word.value for word in node.keywords)]:
        _judge(child, names, inner, nested, consumed=consumes)
    if lazy and inner.level > QUIET and not consumed:
        raise NotWoven("a lazy call")
    effect.level = max(effect.level, inner.level)
    effect.mutated += inner.mutated


def _judge_method(called: ast.Attribute, names: Names, effect: Effect, nested: bool) -> bool:
    """Whether the result may go on calling what it was given."""
    owner, method = called.value, called.attr
    if isinstance(owner, ast.Name) and owner.id in names.modules:
        if method in _LOUD_FUNCTIONS:
            effect.level = UNKNOWN
        return True
    _judge(owner, names, effect, nested, consumed=False)
    if method in names.methods:
        effect.level = max(effect.level, CALLS)
    if method in BY_LENGTH or method in BY_CONTENT:
        if nested:
            effect.level = UNKNOWN
        effect.mutated.append((owner, method))
    elif method not in _METHODS and method not in names.methods:
        effect.level = UNKNOWN
    return False


def names_in(target: ast.AST) -> Iterator[str]:
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
