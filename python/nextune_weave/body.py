"""What weaving a function's statements has in common: their dispatch, and the checks around one that may change values."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from nextune_trace.functions import FunctionInfo

from .effects import UNKNOWN, Effect, root_name
from .names import NotWoven
from .snippets import parsed, text_of_node, tuple_text
from .words import BY_LENGTH

if TYPE_CHECKING:
    from .weaver import Weaver

_HANDLED = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return, ast.If, ast.While, ast.For, ast.Try,
            ast.Raise, ast.Assert, ast.Delete, ast.FunctionDef)  # fmt: skip


class Body:
    """`watched`: some statement's check must be ended when an exception leaves it."""

    def __init__(self, weaver: Weaver, info: FunctionInfo) -> None:
        self.weaver = weaver
        self.info = info
        self.watched = False

    def block(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        return [part for statement in statements for part in self.statement(statement)]

    def statement(self, node: Any) -> list[ast.stmt]:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return [node]
        self.weaver.layout.orders[node.lineno] = self.info.order
        begun = parsed(f"_nx_s = {node.lineno}")
        if isinstance(node, (ast.Pass, ast.Break, ast.Continue, ast.Import, ast.ImportFrom)):
            return [*begun, node]
        if isinstance(node, ast.AnnAssign) and node.value is None:
            return [node]
        if not isinstance(node, _HANDLED):
            raise NotWoven(type(node).__name__)
        method = getattr(self, "_" + type(node).__name__.lower())
        return [*begun, *method(node)]

    def _distrust(self, effect: Effect) -> None:
        effect.level, effect.mutated = UNKNOWN, []
        self.weaver.found_unknown = True

    def _bound(self, node: Any, bound: list[str]) -> list[ast.stmt]:
        number = node.lineno
        if len(bound) == 1:
            name, at = bound[0], self.weaver.layout.place[number]
            # Whole numbers, the most frequent values of all, are counted here, unless the visit is one to look at.
            return [node, *parsed(
                f"if {name} is not _nx_v_{name}:\n"
                f" if {name}.__class__ is _nx_int and _nx_v_{name}.__class__ is _nx_int and {name} != _nx_v_{name}"
                f" and _nx_n[{at}] + 1 < _nx_d[{at}]: _nx_n[{at}] += 1\n"
                f" else: _nx_bind(_nx_a, {number}, _nx_v_{name}, {name})\n"
                f" _nx_v_{name} = {name}"
            )]  # fmt: skip
        differs = " or ".join(f"{name} is not _nx_v_{name}" for name in bound)
        kept = "; ".join(f"_nx_v_{name} = {name}" for name in bound)
        olds, news = tuple_text([f"_nx_v_{name}" for name in bound]), tuple_text(bound)
        return [node, *parsed(f"if {differs}:\n _nx_binds(_nx_a, {number}, {olds}, {news})\n {kept}")]

    def _before(self, node: Any, effect: Effect) -> list[ast.stmt]:
        return parsed(f"_nx_p = {self._measured(node, effect)}")

    def _measured(self, node: Any, effect: Effect) -> str:
        if not effect.mutated:
            return f"({node.lineno}, _nx_len(_nx_log), (), ())"
        # Two methods in one statement may leave a length as it was.
        single = len(effect.mutated) == 1
        receivers = tuple_text([f"({text_of_node(where)}, {single and m in BY_LENGTH})" for where, m in effect.mutated])
        return f"_nx_before({node.lineno}, {receivers})"

    def _after(self, node: Any, effect: Effect, bound: list[str]) -> list[ast.stmt]:
        self.watched = True
        if any(root_name(where) not in self.info.order for where, _ in effect.mutated):
            raise NotWoven("a change of what is no variable")
        kept = "; ".join(f"_nx_v_{name} = {name}" for name in bound)
        olds, news = tuple_text([f"_nx_v_{name}" for name in bound]), tuple_text(bound)
        done = f"_nx_p = _nx_after(_nx_a, _nx_p, {olds}, {news})"
        if not effect.mutated:
            # Where nothing was changed by what was called, it is a statement like any.
            bind: Any = self._bound(node, bound)[1:] if bound else []
            choice: Any = parsed(f"if _nx_len(_nx_log) != _nx_p[1]:\n {done}; {kept or 'pass'}")
            choice[0].orelse = [*bind, *parsed("_nx_p = None")]
            return [*self._before(node, effect), node, *choice]
        return [*self._before(node, effect), node, *parsed(f"{done}; {kept}" if kept else done)]

    def _unknown(self, node: Any, bound: list[str]) -> list[ast.stmt]:
        self.watched = True
        kept = "".join(f"; _nx_v_{name} = {name}" for name in bound)
        return [
            *parsed(f"_nx_p = _nx_look({node.lineno})"), node, *parsed(f"_nx_p = _nx_looked(_nx_a, _nx_p){kept}"),
        ]  # fmt: skip

    def _plain(self, node: Any, effect: Effect) -> list[ast.stmt]:
        """A statement that binds nothing."""
        if effect.level == UNKNOWN:
            return self._unknown(node, [])
        return [node] if effect.is_quiet() else self._after(node, effect, [])

    def _headed(self, known: str, test: ast.expr) -> ast.expr:
        call: Any = ast.parse(f"_nx_headed(_nx_a, {known}, 0)", mode="eval").body
        call.args[2] = test
        return call  # type: ignore[no-any-return]
