"""Weaves one function: its arguments are told at its start, and the end of its body returns None."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING, Any

from nextune_trace.functions import FunctionInfo, own_nodes

from .assignments import Assignments
from .compound import CompoundStatements
from .simple import SimpleStatements
from .snippets import parsed, returning, tuple_text

if TYPE_CHECKING:
    from .weaver import Weaver


class Function(Assignments, SimpleStatements, CompoundStatements):
    def __init__(self, weaver: Weaver, info: FunctionInfo, node: ast.FunctionDef) -> None:
        super().__init__(weaver, info)
        self.node = node
        self.own = list(own_nodes(ast.Module(body=node.body, type_ignores=[])))
        stored = {n.id for n in self.own if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
        stored |= {n.name for n in self.own if isinstance(n, ast.ExceptHandler) and n.name}
        self.shadowed = sorted(stored)

    def woven(self) -> ast.FunctionDef:
        node, info = self.node, self.info
        body = self.block(node.body)
        number = node.lineno
        self.weaver.layout.orders[number] = info.order
        inner = self.bound_here()
        outer = [name for name in info.order if name not in info.parameters and name not in inner]
        start = [f"_nx_s = {number}; _nx_p = None; _nx_l = 0"]
        start += [f"_nx_v_{name} = {name if name in info.parameters else '_nx_missing'}" for name in self.shadowed]
        known, values = (*info.parameters, *outer), tuple_text(list(info.parameters))
        start.append(f"_nx_a = _nx_enter({number}, {known!r}, {values})")
        if info.name != "__init__" and not any(isinstance(n, ast.Yield) for n in self.own):
            body += returning("_nx_returned(_nx_a, _nx_s, None)")
        elif info.name == "__init__" and info.parameters:
            start.append(f"_nx_bear({info.parameters[0]})")
        if self.watched:
            guarded: Any = parsed("try:\n pass\nexcept BaseException:\n _nx_unwound(_nx_a, _nx_p)\n raise")[0]
            guarded.body = body
            body = [guarded]
        woven = copy.copy(node)
        woven.body = [*parsed("\n".join(start)), *body]
        return woven

    def bound_here(self) -> set[str]:
        return set(self.shadowed) | {
            n.name if isinstance(n, ast.FunctionDef) else (n.asname or n.name).split(".")[0]
            for n in self.own
            if isinstance(n, (ast.FunctionDef, ast.alias))
        }
