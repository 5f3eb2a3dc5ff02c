"""Weaves a module: every function and method of it, each statement judged by what its text may do."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable
from typing import Any

from nextune_trace.functions import FunctionInfo
from nextune_trace.nodes import walk
from nextune_trace.owned import stored_attributes

from .effects import CALLS, UNKNOWN, Effect, effect_of
from .endless import closed_functions, is_closed
from .function import Function
from .names import Names, NotWoven
from .plan import Layout


class Weaver:
    """`calls`: what a call of the program's own functions is taken to do. `found_…`: what the program was seen to do."""

    def __init__(self, names: Names, infos: dict[int, FunctionInfo], layout: Layout, calls: int) -> None:
        self.names = names
        self.infos = infos
        self.layout = layout
        self.calls = calls
        self.found_unknown = False
        self.found_calls = False
        self.found_changes = False
        self._closed: dict[str, ast.FunctionDef] | None = None

    def module(self, tree: ast.Module) -> ast.Module:
        self._tree = tree
        body: list[ast.stmt] = []
        for statement in tree.body:
            if isinstance(statement, ast.FunctionDef):
                body.append(self.function(statement))
            elif isinstance(statement, ast.ClassDef):
                methods = [self.function(p) if isinstance(p, ast.FunctionDef) else p for p in statement.body]
                woven = copy.copy(statement)
                woven.body = methods
                body.append(woven)
            else:
                if any(isinstance(node, ast.FunctionDef) for node in walk(statement)):
                    raise NotWoven("a function within a statement of the module")
                if stored_attributes([statement]):
                    raise NotWoven("an attribute of a class or function")
                body.append(statement)
        if self.names.yields and (self.found_unknown or self.found_changes):
            raise NotWoven("generators among changes in place")
        return ast.Module(body=body, type_ignores=[])

    def effect(self, *parts: ast.AST | None) -> Effect:
        effect = effect_of(parts, self.names)
        if effect.level == CALLS:
            self.found_calls = True
            if self.calls != CALLS:
                effect.level = self.calls
                effect.mutated = [] if self.calls == UNKNOWN else effect.mutated
        self.found_unknown |= effect.level == UNKNOWN
        self.found_changes |= bool(effect.mutated)
        return effect

    def can_prove_endless(self, loop: ast.While, variables: Iterable[str]) -> bool:
        if self._closed is None:
            self._closed = closed_functions(self._tree)
            self.layout.closed_functions = {name: node.lineno for name, node in self._closed.items()}
        closed = is_closed([loop], set(variables), self._closed)
        self.layout.closed_loops |= closed
        return closed

    def function(self, node: Any) -> ast.FunctionDef:
        info = self.infos.get(node.lineno)
        if (
            info is None
            or not self.effect(*node.decorator_list, *node.args.defaults, *node.args.kw_defaults).is_quiet()
        ):
            raise NotWoven("a definition that calls")
        return Function(self, info, node).woven()
