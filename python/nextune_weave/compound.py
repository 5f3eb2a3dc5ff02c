"""Weaves the statements that hold blocks: branches, loops, `try`."""

from __future__ import annotations

import ast
import copy
from typing import Any

from nextune_trace.nodes import walk

from .body import Body
from .effects import UNKNOWN, names_in
from .endless import counters
from .names import NotWoven
from .snippets import parsed, tuple_text


class CompoundStatements(Body):
    def _if(self, node: Any) -> list[ast.stmt]:
        effect = self.weaver.effect(node.test)
        first: list[ast.stmt] = []
        woven = copy.copy(node)
        if not effect.is_quiet():
            self.watched = True
            first = (
                parsed(f"_nx_p = _nx_look({node.lineno})") if effect.level == UNKNOWN else self._before(node, effect)
            )
            woven.test = self._headed("_nx_p", node.test)
        settled = parsed("_nx_p = None") if first else []
        woven.body = [*settled, *self.block(node.body)]
        woven.orelse = [*copy.deepcopy(settled), *self.block(node.orelse)]
        return [*first, woven]

    def _while(self, node: Any) -> list[ast.stmt]:
        effect = self.weaver.effect(node.test)
        woven = copy.copy(node)
        marker = f"_nx_w_{node.lineno}" if self.weaver.can_prove_endless(node, self.info.order) else ""
        settled = []
        if not effect.is_quiet():
            self.watched = True
            unknown = effect.level == UNKNOWN
            known = f"_nx_look({node.lineno})" if unknown else self._measured(node, effect)
            woven.test = self._headed(f"(_nx_p := {known})", node.test)
            settled = parsed("_nx_p = None")
        woven.body = [
            *settled,
            *parsed(f"_nx_n[-1] += 1\nif _nx_n[-1] >= _nx_d[-1]: _nx_turn({marker})"),
            *self.block(node.body),
        ]
        woven.orelse = [*settled, *parsed(f"_nx_s = {node.lineno}"), *self.block(node.orelse)]
        return [*parsed(f"{marker} = {counters(node)!r}"), woven] if marker else [woven]

    def _for(self, node: Any) -> list[ast.stmt]:
        names = list(dict.fromkeys(names_in(node.target)))
        if any(isinstance(n, (ast.Subscript, ast.Attribute)) for n in walk(node.target)):
            raise NotWoven("a loop over elements")
        self.weaver.layout.targets[node.lineno] = names
        effect = self.weaver.effect(node.iter)
        woven = copy.copy(node)
        first: list[ast.stmt] = []
        if not effect.is_quiet():
            self.watched = True
            unknown = effect.level == UNKNOWN
            first = parsed(f"_nx_p = _nx_look({node.lineno})") if unknown else self._before(node, effect)
            evaluated: Any = parsed("_nx_it = 0")
            evaluated[0].value = node.iter
            first += [*evaluated, *parsed("_nx_p = _nx_iterated(_nx_p)")]
            woven.iter = ast.copy_location(ast.Name("_nx_it", ast.Load()), node)
        kept = "".join(f"; _nx_v_{name} = {name}" for name in names)
        at = self.weaver.layout.place[node.lineno]
        unbound = "".join(f" or _nx_v_{name} is _nx_missing" for name in names)
        turn = parsed(
            f"_nx_n[{at}] += 1\nif _nx_n[{at}] >= _nx_d[{at}]{unbound}: _nx_loop(_nx_a, {node.lineno}, {tuple_text(names)})\n{kept[2:]}"
        )
        woven.body = [*turn, *self.block(node.body)]
        woven.orelse = [*parsed(f"_nx_s = {node.lineno}"), *self.block(node.orelse)]
        return [*first, woven]

    def _try(self, node: Any) -> list[ast.stmt]:
        if node.finalbody:
            raise NotWoven("finally")
        woven = copy.copy(node)
        woven.body = self.block(node.body)
        woven.orelse = self.block(node.orelse)
        woven.handlers = [self._handler(handler) for handler in node.handlers]
        return [woven]

    def _handler(self, handler: Any) -> Any:
        if handler.type is not None and not self.weaver.effect(handler.type).is_quiet():
            raise NotWoven("except")
        number, name = handler.lineno, handler.name
        self.weaver.layout.orders[number] = self.info.order
        if any(isinstance(n, ast.Name) and n.id == name and not isinstance(n.ctx, ast.Load) for n in walk(handler)):
            raise NotWoven("a clause's name that is bound in it")
        old, kept = (f", _nx_v_{name}", f"; _nx_v_{name} = _nx_missing") if name else ("", "")
        woven = copy.copy(handler)
        begun = f"_nx_s = {number}; _nx_p = _nx_caught(_nx_a, {number}, _nx_p, {name!r}{old}){kept}"
        woven.body = [*parsed(begun), *self.block(handler.body)]
        return woven
