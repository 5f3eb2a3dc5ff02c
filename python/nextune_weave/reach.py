"""What a program can reach: only modules that are known here, and of those only what they offer.

A woven program can't end its process, start a clock, read a frame or learn that it is woven, nor can its setup or its test.
So what a woven run says of its end is believed (nextune_trace/failing.py), and nothing can end a loop that is proven endless
from outside it (endless.py).
"""

from __future__ import annotations

import ast
import types
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from nextune_trace.nodes import walk

from .names import NotWoven
from .words import MODULES, PREFIX, REACHING, REFUSED, REFUSED_OF_MODULES, REFUSED_SYNTAX


def refuse_by_reach(trees: Iterable[ast.AST]) -> None:
    """`trees`: a program, its setup and its test. @raises NotWoven"""
    nodes: list[Any] = [node for tree in trees for node in walk(tree)]
    modules: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            modules |= _modules_of(node)
        elif isinstance(node, ast.ImportFrom):
            _refuse_names_of(node)
    owners: set[int] = set()
    for node in nodes:  # one that holds others comes before them
        if isinstance(node, ast.Name):
            if node.id in REFUSED or node.id in modules and id(node) not in owners:
                raise NotWoven(node.id)
            _refuse_word(node.id)
        elif isinstance(node, ast.Attribute):
            _refuse_attribute(node, modules)
            owners.add(id(node.value))
        elif isinstance(node, REFUSED_SYNTAX) or isinstance(node, ast.Call) and _makes_a_class(node):
            raise NotWoven(type(node).__name__)


def _refuse_word(name: str) -> None:
    if name in REACHING or name.startswith(("__", PREFIX)):
        raise NotWoven(name)


def _refuse_attribute(node: ast.Attribute, modules: dict[str, str]) -> None:
    _refuse_word(node.attr)
    owner = node.value
    if isinstance(owner, ast.Name) and owner.id in modules:
        _refuse_part(modules[owner.id], node.attr)
    if node.attr == "format" and not (isinstance(owner, ast.Constant) and "__" not in str(owner.value)):
        raise NotWoven("a text whose fields may read code")


def _makes_a_class(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == "type" and len(node.args) != 1


def _modules_of(node: ast.Import) -> dict[str, str]:
    for alias in node.names:
        if alias.name not in MODULES:
            raise NotWoven(alias.name)
    return {alias.asname or alias.name: alias.name for alias in node.names}


def _refuse_names_of(node: ast.ImportFrom) -> None:
    if node.level or node.module not in MODULES:
        raise NotWoven(node.module or ".")
    for alias in node.names:
        _refuse_part(node.module, alias.name)


def _refuse_part(module: str, name: str) -> None:
    """One that a module keeps for itself, that is a module itself, or that does what its call does not tell."""
    _refuse_word(name)
    if name.startswith("_") or name == "*" or name in REFUSED_OF_MODULES:
        raise NotWoven(name)
    if isinstance(getattr(import_module(module), name, None), types.ModuleType):
        raise NotWoven(name)
