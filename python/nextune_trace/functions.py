"""What a function's source says of its variables: its parameters, and the order in which names are first bound."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import CodeType
from typing import TYPE_CHECKING, Any

from .nodes import NUMBERED, children

if TYPE_CHECKING:
    from .owned import Owned
    from .statements import Statement

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# Fields whose names are bound before those of the fields that stand before them.
_EVALUATED_FIRST = {
    ast.Assign: "value", ast.AnnAssign: "value", ast.NamedExpr: "value", ast.For: "iter", ast.AsyncFor: "iter",
}  # fmt: skip
_BIND_LAST = (ast.MatchAs, ast.MatchMapping)


class FunctionInfo:
    """What the recorder must know of a function's code object."""

    __slots__ = ("statement", "name", "parameters", "order", "global_names", "owned")

    def __init__(self, statement: Statement, code: CodeType) -> None:
        arguments = statement.node.args
        listed = [*arguments.posonlyargs, *arguments.args, arguments.vararg, *arguments.kwonlyargs, arguments.kwarg]
        self.statement = statement
        self.name = code.co_name
        self.parameters = [a.arg for a in listed if a is not None]
        self.order = binding_order(statement.node, code, self.parameters)
        self.owned: list[Owned] = []  # known once the program is loaded
        self.global_names = [n for n in dict.fromkeys(code.co_names) if not n.startswith("__")]


def binding_order(function: Any, code: CodeType, parameters: list[str]) -> dict[str, int]:
    """Rank of each variable of a function, outer ones included, by where the source first binds it."""
    names = dict.fromkeys(parameters)
    for node in own_nodes(function):
        names.update(dict.fromkeys(_bound_by(node)))
    names.update(dict.fromkeys(code.co_freevars))
    return {name: rank for rank, name in enumerate(names)}


_Through = type[ast.Starred] | type[ast.Subscript] | type[ast.Attribute]


def target_names(
    target: Any, through: tuple[_Through, ...] = (ast.Starred, ast.Subscript, ast.Attribute)
) -> Iterator[str]:
    """The variables that a target changes: those it binds, and those it sets an element or attribute of; the former alone with `through`
    Starred alone."""
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, (ast.Tuple, ast.List)):
        for part in target.elts:
            yield from target_names(part, through)
    elif isinstance(target, through):
        yield from target_names(target.value, through)


def bound_by_head(statement: Any) -> list[str]:
    """The names that a statement binds itself, not by the block it holds, in the order in which it does."""
    found: list[Any] = []
    _add_own([statement], found, NUMBERED)
    return list(dict.fromkeys(name for node in found for name in _bound_by(node)))


def _bound_by(node: Any) -> list[str]:
    """The names that a node itself binds."""
    if isinstance(node, ast.Name):
        return [node.id] if isinstance(node.ctx, ast.Store) else []
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [alias.asname or alias.name.split(".")[0] for alias in node.names]
    if isinstance(node, ast.alias):
        return []
    name = node.rest if isinstance(node, ast.MatchMapping) else getattr(node, "name", None)
    return [name] if isinstance(name, str) else []


def own_nodes(node: Any) -> list[Any]:
    """The nodes of a function's own scope in the order in which they bind: not those of functions inside, nor comprehensions'
    variables."""
    found: list[Any] = []
    _add_own(children(node), found)
    return found


def _add_own(nodes: list[Any], found: list[Any], without: tuple[type, ...] = ()) -> None:
    for child in nodes:
        if isinstance(child, _BIND_LAST):
            _add_own(children(child), found, without)
            found.append(child)
            continue
        found.append(child)
        if isinstance(child, ast.comprehension):
            _add_own([child.iter, *child.ifs], found, without)
        elif not isinstance(child, (*FUNCTIONS, ast.ClassDef, ast.Lambda)):
            first = getattr(child, _EVALUATED_FIRST.get(type(child), ""), None)
            inner = [n for n in children(child) if not isinstance(n, without)] if without else children(child)
            _add_own(inner if first is None else [first, *(n for n in inner if n is not first)], found, without)
