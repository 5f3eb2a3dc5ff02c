"""Weaves the statements that assign nothing and hold no block."""

from __future__ import annotations

import ast
from typing import Any

from .body import Body
from .effects import QUIET, UNKNOWN
from .names import NotWoven
from .snippets import parsed, returning, text_of_node


class SimpleStatements(Body):
    def _functiondef(self, node: Any) -> list[ast.stmt]:
        return [self.weaver.function(node)]

    def _expr(self, node: Any) -> list[ast.stmt]:
        effect = self.weaver.effect(node.value)
        if effect.level == QUIET and len(effect.mutated) == 1 and self._always(node.value):
            where = text_of_node(effect.mutated[0][0])
            if isinstance(effect.mutated[0][0], ast.Name):
                return [node, *parsed(f"_nx_grow(_nx_a, {node.lineno}, {where})")]
        return self._plain(node, effect)

    def _always(self, call: Any) -> bool:
        """A method that changes its object whenever it returns."""
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            return False
        method = call.func.attr
        return method in ("append", "appendleft", "insert", "popleft", "remove", "popitem") or (
            method == "pop" and len(call.args) < 2 and not call.keywords
        )

    def _assert(self, node: Any) -> list[ast.stmt]:
        return self._plain(node, self.weaver.effect(node.test, node.msg))

    def _raise(self, node: Any) -> list[ast.stmt]:
        return self._plain(node, self.weaver.effect(node.exc, node.cause))

    def _delete(self, node: Any) -> list[ast.stmt]:
        names = [t.id for t in node.targets if isinstance(t, ast.Name)]
        if len(names) == len(node.targets):
            return [node, *parsed("; ".join(f"_nx_v_{name} = _nx_missing" for name in names))]
        effect = self.weaver.effect(*node.targets)
        self._distrust(effect)
        if names:
            raise NotWoven("del")
        return self._unknown(node, [])

    def _return(self, node: Any) -> list[ast.stmt]:
        effect = self.weaver.effect(node.value)
        first: list[ast.stmt] = []
        last: Any = returning(f"_nx_returned(_nx_a, {node.lineno}, None)")
        if not effect.is_quiet():
            self.watched = True
            unknown = effect.level == UNKNOWN
            first = parsed(f"_nx_p = _nx_look({node.lineno})") if unknown else self._before(node, effect)
            last = returning("_nx_returned_after(_nx_a, _nx_p, None)")
        if node.value is not None:
            last[0].value.args[2] = node.value
        return [*first, *last]
