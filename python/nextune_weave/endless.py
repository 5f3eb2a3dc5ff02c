"""Proves that a loop never ends: it came to its head again, not having been left, with all that it can reach as it was.

Only for loops whose text names nothing but variables of their function, builtins that keep no state, and functions that are
written so too. What such a loop does follows from the values of the variables alone, where these are of builtin types:
where they come back, so does all that follows. What it can't prove is run on, so that a doubt costs time alone.
"""

from __future__ import annotations

import ast
import builtins
import types
from collections.abc import Iterable
from typing import Any

from nextune_trace.nodes import walk

from .words import BY_CONTENT, BY_LENGTH, METHODS, PREFIX, STATELESS

NODES = 1000  # parts of a state; one with more is not compared
LOOPS = 64  # whose states are held at a time
_METHODS = METHODS | BY_LENGTH | BY_CONTENT
_KNOWN = {name: getattr(builtins, name) for name in STATELESS}
_ATOMS = {id(kind) for kind in (int, bool, str, bytes, type(None))}
_CLOSED = (
    ast.Assign, ast.AugAssign, ast.Expr, ast.If, ast.While, ast.For, ast.Pass, ast.Break, ast.Continue, ast.Return,
    ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.keyword, ast.Subscript, ast.Slice, ast.Name,
    ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop,
    ast.JoinedStr, ast.FormattedValue,
)  # fmt: skip
_BY_IDENTITY = (ast.Is, ast.IsNot)


def closed_functions(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    """The module's functions that reach nothing but their arguments, by name."""
    found = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef) and _is_bare(node)}
    while True:
        open_ones = [name for name, node in found.items() if not is_closed(node.body, _bound(node), found)]
        if not open_ones:
            return found
        for name in open_ones:
            del found[name]


def is_closed(body: Iterable[ast.AST], variables: set[str], functions: Iterable[str]) -> bool:
    """Whether statements reach nothing but these variables; `functions`: those that they may call."""
    known = (variables | STATELESS) - set(functions)
    called = {id(n.func) for part in body for n in walk(part) if isinstance(n, ast.Call)}
    return all(_is_known(n, known, functions, id(n) in called) for part in body for n in walk(part))


def counters(loop: ast.While) -> list[str]:
    """Variables that a loop only adds whole numbers to: whatever they have come to, it goes on alike."""
    added: dict[str, int] = {}
    for node in walk(loop):
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and _adds_whole(node):
            added[node.target.id] = added.get(node.target.id, 0) + 1
    used = [node.id for node in walk(loop) if isinstance(node, ast.Name)]
    return [name for name, times in added.items() if used.count(name) == times]


def _adds_whole(node: ast.AugAssign) -> bool:
    is_sum = isinstance(node.op, (ast.Add, ast.Sub))
    return is_sum and isinstance(node.value, ast.Constant) and type(node.value.value) is int


def _is_known(node: ast.AST, names: set[str], functions: Iterable[str], is_called: bool) -> bool:
    if isinstance(node, ast.Name):
        return node.id in names or is_called and node.id in functions
    if isinstance(node, ast.Attribute):
        return is_called and node.attr in _METHODS
    return isinstance(node, _CLOSED) and not isinstance(node, _BY_IDENTITY)


def _is_bare(node: ast.FunctionDef) -> bool:
    defaults = [*node.args.defaults, *node.args.kw_defaults]
    return not node.decorator_list and not defaults and node.returns is None


def _bound(node: ast.FunctionDef) -> set[str]:
    stored = {n.id for n in walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return stored | {n.arg for n in walk(node) if isinstance(n, ast.arg)}


class Turns:
    """Compares turns of loops. `functions`: those of the program that they may call, by their statements' numbers."""

    def __init__(self, functions: dict[str, int]) -> None:
        self._functions = functions
        self._loops: dict[int, tuple[list[str], int, Any]] = {}

    def repeat(self, marker: list[str], frame: Any) -> bool:
        """Whether a turn is proven to be one that was before. `marker`: an object of one run of a loop, its own, that
        names the loop's counters."""
        try:
            state = _state(frame, marker)
        except (_Unknown, RecursionError):
            return False
        if len(self._loops) > LOOPS:
            self._loops.clear()
        _, turns, held = self._loops.get(id(marker), (marker, 0, None))
        if state == held:
            return self._calls_what_it_names(frame)
        # Held anew after 1, 2, 4, 8 turns and so on: it is within a cycle of any length at some time (R. P. Brent).
        self._loops[id(marker)] = (marker, turns + 1, state if turns & (turns - 1) == 0 else held)
        return False

    def _calls_what_it_names(self, frame: Any) -> bool:
        names = frame.f_globals
        plain = all(name not in names and frame.f_builtins.get(name) is kind for name, kind in _KNOWN.items())
        return plain and all(_is_own(names.get(name), number) for name, number in self._functions.items())


def _is_own(function: Any, number: int) -> bool:
    """Whether a name still stands for the program's function, and for no other that setup or test put there."""
    if type(function) is not types.FunctionType:
        return False
    code = function.__code__
    held = function.__defaults__, function.__kwdefaults__, function.__closure__
    return code.co_filename == "<program>" and code.co_firstlineno == number and held == (None, None, None)


class _Unknown(Exception):
    """A value whose content does not tell what it will do."""


def _state(frame: Any, counters: list[str]) -> list[Any]:
    seen: dict[int, tuple[int, Any]] = {}
    parts: list[Any] = []
    for name, value in frame.f_locals.items():
        if name in counters and type(value) is int:
            parts.append(name)
        elif not name.startswith(PREFIX):
            parts.append(name)
            _tell(value, parts, seen)
    return parts


def _tell(value: Any, parts: list[Any], seen: dict[int, tuple[int, Any]]) -> None:
    """By type and content, and by which values are one. Sets are left out: their order is their history's."""
    kind = type(value)
    if len(parts) > NODES:
        raise _Unknown
    if id(kind) in _ATOMS:
        parts += (kind.__name__, value)
    elif kind is float and value == value:
        parts += ("float", repr(value))
    elif id(value) in seen:
        parts += ("again", seen[id(value)][0])
    elif kind is list or kind is tuple or kind is dict:
        seen[id(value)] = (len(seen), value)
        parts += (kind.__name__, len(value))
        for part in [part for pair in value.items() for part in pair] if kind is dict else value:
            _tell(part, parts, seen)
    else:
        raise _Unknown
