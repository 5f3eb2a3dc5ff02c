"""Compiles a program with calls of the hooks (hooks.py) after each of its statements.

`x = y + 1` becomes

    _nx_s = 4
    x = y + 1
    if x is not _nx_v_x:
        _nx_bind(_nx_a, 4, _nx_v_x, x)
        _nx_v_x = x

with 4 the statement's number and `_nx_v_x` what x held before. A statement that may change values in place tells the
hooks what to measure before it, in `_nx_p`.
"""

from __future__ import annotations

import ast
import copy
from types import CodeType
from typing import Any

from nextune_trace.functions import FunctionInfo, own_nodes
from nextune_trace.statements import Unit

from .effects import (
    BY_LENGTH,
    CALLS,
    QUIET,
    UNKNOWN,
    Effect,
    Names,
    NotWoven,
    effect_of,
    is_path,
    names_in,
    refuse_by_names,
    root_name,
)
from .hooks import Layout

_HANDLED = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return, ast.If, ast.While, ast.For, ast.Try,
            ast.Raise, ast.Assert, ast.Delete, ast.FunctionDef)  # fmt: skip
_MADE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)  # always a new object


def weave(unit: Unit, other_sources: list[str]) -> tuple[CodeType, Layout]:
    """@raises NotWoven for a program that the recorder must trace."""
    tree: Any = copy.deepcopy(unit._tree)
    others = [ast.parse(source) for source in other_sources]
    refuse_by_names([tree, *others])
    if any(isinstance(node, (ast.ClassDef, ast.Yield)) for other in others for node in ast.walk(other)):
        raise NotWoven("a class of the test's")
    infos = {info.statement.number: info for info in unit.functions.values()}
    layout = Layout(unit)
    weaver = _Weaver(Names(tree), infos, layout, calls=CALLS)
    woven = weaver.module(tree)
    if weaver.found_calls and (weaver.found_unknown or not weaver.found_changes):
        # A function of the program may do what any statement in it may, and no more.
        means = UNKNOWN if weaver.found_unknown else QUIET
        layout.trusts_calls = means == QUIET
        woven = _Weaver(Names(tree), infos, layout, calls=means).module(tree)
    return compile(ast.fix_missing_locations(woven), "<program>", "exec", dont_inherit=True), layout


def _parse(source: str) -> list[ast.stmt]:
    return ast.parse(source).body


def _text(node: ast.AST) -> str:
    return ast.unparse(node)


def _tuple(parts: list[str]) -> str:
    return f"({', '.join(parts)}{',' * (len(parts) == 1)})"


class _Weaver:
    def __init__(self, names: Names, infos: dict[int, FunctionInfo], layout: Layout, calls: int) -> None:
        self.names = names
        self.infos = infos
        self.layout = layout
        self.calls = calls
        self.found_unknown = False
        self.found_calls = False
        self.found_changes = False

    def module(self, tree: ast.Module) -> ast.Module:
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
                if any(isinstance(node, ast.FunctionDef) for node in ast.walk(statement)):
                    raise NotWoven("a function within a statement of the module")
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

    def function(self, node: Any) -> ast.FunctionDef:
        info = self.infos.get(node.lineno)
        if (
            info is None
            or not self.effect(*node.decorator_list, *node.args.defaults, *node.args.kw_defaults).is_quiet()
        ):
            raise NotWoven("a definition that calls")
        return _Function(self, info, node).woven()


class _Function:
    """Weaves one function's body."""

    def __init__(self, weaver: _Weaver, info: FunctionInfo, node: ast.FunctionDef) -> None:
        self.weaver = weaver
        self.info = info
        self.node = node
        own = list(own_nodes(ast.Module(body=node.body, type_ignores=[])))
        stored = {n.id for n in own if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
        stored |= {n.name for n in own if isinstance(n, ast.ExceptHandler) and n.name}
        self.shadowed = sorted(stored)
        self.watched = False

    def woven(self) -> ast.FunctionDef:
        node, info = self.node, self.info
        body = self.block(node.body)
        number = node.lineno
        self.weaver.layout.orders[number] = info.order
        outer = [name for name in info.order if name not in info.parameters and name not in self.bound_here()]
        start = [f"_nx_s = {number}; _nx_p = None; _nx_l = 0"]
        start += [f"_nx_v_{name} = {name if name in info.parameters else '_nx_missing'}" for name in self.shadowed]
        start.append(f"_nx_a = _nx_enter({number}, {(*info.parameters, *outer)!r}, {_tuple(list(info.parameters))})")
        own = own_nodes(ast.Module(body=node.body, type_ignores=[]))
        if info.name != "__init__" and not any(isinstance(n, ast.Yield) for n in own):
            body += _parse("def _():\n return _nx_returned(_nx_a, _nx_s, None)")[0].body  # type: ignore[attr-defined]
        elif info.name == "__init__" and info.parameters:
            start.append(f"_nx_bear({info.parameters[0]})")
        if self.watched:
            guarded: Any = _parse("try:\n pass\nexcept BaseException:\n _nx_unwound(_nx_a, _nx_p)\n raise")[0]
            guarded.body = body
            body = [guarded]
        woven = copy.copy(node)
        woven.body = [*_parse("\n".join(start)), *body]
        return woven

    def bound_here(self) -> set[str]:
        return set(self.shadowed) | {
            n.name if isinstance(n, ast.FunctionDef) else (n.asname or n.name).split(".")[0]
            for n in own_nodes(ast.Module(body=self.node.body, type_ignores=[]))
            if isinstance(n, (ast.FunctionDef, ast.alias))
        }

    def block(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        return [part for statement in statements for part in self.statement(statement)]

    def statement(self, node: Any) -> list[ast.stmt]:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return [node]
        self.weaver.layout.orders[node.lineno] = self.info.order
        begun = _parse(f"_nx_s = {node.lineno}")
        if isinstance(node, (ast.Pass, ast.Break, ast.Continue, ast.Import, ast.ImportFrom)):
            return [*begun, node]
        if isinstance(node, ast.AnnAssign) and node.value is None:
            return [node]
        if not isinstance(node, _HANDLED):
            raise NotWoven(type(node).__name__)
        method = getattr(self, "_" + type(node).__name__.lower())
        return [*begun, *method(node)]

    # -- simple statements

    def _functiondef(self, node: Any) -> list[ast.stmt]:
        return [self.weaver.function(node)]

    def _assign(self, node: Any) -> list[ast.stmt]:
        return self._binding(node, node.targets, node.value)

    def _annassign(self, node: Any) -> list[ast.stmt]:
        return self._binding(node, [node.target], node.value)

    def _augassign(self, node: Any) -> list[ast.stmt]:
        return self._binding(node, [node.target], node.value)

    def _binding(self, node: Any, targets: list[Any], value: ast.AST) -> list[ast.stmt]:
        parts = (ast.Subscript, ast.Attribute)
        elements = [n for t in targets for n in ast.walk(t) if isinstance(n, parts) and isinstance(n.ctx, ast.Store)]
        if any(isinstance(n, ast.Attribute) and n.attr in self.weaver.names.methods for n in elements):
            raise NotWoven("a method that is replaced")
        bound = list(dict.fromkeys(name for target in targets for name in names_in(target)))
        self.weaver.layout.targets[node.lineno] = bound
        effect = self.weaver.effect(value, *(part for e in elements for part in (e.value, getattr(e, "slice", None))))
        changes_names = isinstance(node, ast.AugAssign) and bound
        if elements and (bound or not all(self._is_element(e, effect) for e in elements)):
            self._distrust(effect)
        if effect.mutated and (changes_names or any(root_name(where) in bound for where, _ in effect.mutated)):
            self._distrust(effect)
        if changes_names and effect.level == CALLS:
            self._distrust(effect)
        if effect.level == UNKNOWN:
            return self._unknown(node, bound)
        self.weaver.found_changes |= bool(elements)
        if elements:
            return self._stores(node, elements, effect)
        if not effect.is_quiet():
            return self._after(node, effect, bound)
        if self.weaver.calls == CALLS and len(bound) == 1 and isinstance(value, _MADE) and not changes_names:
            return [*self._bound(node, bound), *_parse(f"_nx_bear({bound[0]})")]
        return self._augmented(node, bound[0]) if changes_names else self._bound(node, bound)

    def _is_element(self, element: Any, effect: Effect) -> bool:
        """One that can be read before and after."""
        index = getattr(element, "slice", element.value)
        if any(isinstance(n, ast.Slice) for n in ast.walk(index)) or not is_path(element.value):
            return False
        if not self.weaver.effect(index).is_quiet():
            return False
        return root_name(element.value) in self.info.order and (
            effect.is_quiet() or isinstance(element.value, ast.Name) and not effect.mutated
        )

    def _distrust(self, effect: Effect) -> None:
        effect.level, effect.mutated = UNKNOWN, []
        self.weaver.found_unknown = True

    def _bound(self, node: Any, bound: list[str]) -> list[ast.stmt]:
        number = node.lineno
        if len(bound) == 1:
            name, at = bound[0], self.weaver.layout.place[number]
            # Whole numbers, the most frequent values of all, are counted here, unless the visit is one to look at.
            return [node, *_parse(
                f"if {name} is not _nx_v_{name}:\n"
                f" if {name}.__class__ is _nx_int and _nx_v_{name}.__class__ is _nx_int and {name} != _nx_v_{name}"
                f" and _nx_n[{at}] + 1 < _nx_d[{at}]: _nx_n[{at}] += 1\n"
                f" else: _nx_bind(_nx_a, {number}, _nx_v_{name}, {name})\n"
                f" _nx_v_{name} = {name}"
            )]  # fmt: skip
        differs = " or ".join(f"{name} is not _nx_v_{name}" for name in bound)
        kept = "; ".join(f"_nx_v_{name} = {name}" for name in bound)
        olds, news = _tuple([f"_nx_v_{name}" for name in bound]), _tuple(bound)
        return [node, *_parse(f"if {differs}:\n _nx_binds(_nx_a, {number}, {olds}, {news})\n {kept}")]

    def _augmented(self, node: Any, name: str) -> list[ast.stmt]:
        first = _parse(f"if {name}.__class__ is _nx_list: _nx_l = _nx_len({name})")
        last: Any = self._bound(node, [name])
        last[-1].orelse = _parse(f"_nx_aug(_nx_a, {node.lineno}, _nx_l, {name})")
        return [*first, *last]

    def _stores(self, node: Any, elements: list[Any], effect: Effect) -> list[ast.stmt]:
        first, known = [], []
        for i, element in enumerate(elements):
            if isinstance(element, ast.Attribute):
                first += _parse(
                    f"try:\n _nx_c{i} = {_text(element.value)}; _nx_o{i} = _nx_c{i}.{element.attr}\n"
                    f"except Exception: _nx_o{i} = _nx_missing"
                )
                known.append((f"_nx_c{i}", f"_nx_o{i}", f"_nx_c{i}.{element.attr}"))
                continue
            first += _parse(
                f"try:\n _nx_c{i} = {_text(element.value)}; _nx_i{i} = {_text(element.slice)}; _nx_o{i} = _nx_c{i}[_nx_i{i}]\n"
                f"except Exception: _nx_o{i} = _nx_missing"
            )
            known.append((f"_nx_c{i}", f"_nx_o{i}", f"_nx_c{i}[_nx_i{i}]"))
        told = _tuple([_tuple(list(parts)) for parts in known])
        if not effect.is_quiet():
            self.watched = True
            before = self._before(node, effect)
            return [*before, *first, node, *_parse(f"_nx_p = _nx_after(_nx_a, _nx_p, (), (), {told})")]
        if len(elements) > 1:
            return [*first, node, *_parse(f"_nx_stores(_nx_a, {node.lineno}, {told})")]
        call = f"_nx_store(_nx_a, {node.lineno}, {', '.join(known[0])})"
        guard = "" if isinstance(node, ast.AugAssign) else f"if {known[0][2]} is not _nx_o0: "
        return [*first, node, *_parse(guard + call)]

    def _before(self, node: Any, effect: Effect) -> list[ast.stmt]:
        return _parse(f"_nx_p = {self._measured(node, effect)}")

    def _measured(self, node: Any, effect: Effect) -> str:
        if not effect.mutated:
            return f"({node.lineno}, _nx_len(_nx_log), (), ())"
        # Two methods in one statement may leave a length as it was.
        single = len(effect.mutated) == 1
        receivers = _tuple([f"({_text(where)}, {single and m in BY_LENGTH})" for where, m in effect.mutated])
        return f"_nx_before({node.lineno}, {receivers})"

    def _after(self, node: Any, effect: Effect, bound: list[str]) -> list[ast.stmt]:
        self.watched = True
        if any(root_name(where) not in self.info.order for where, _ in effect.mutated):
            raise NotWoven("a change of what is no variable")
        kept = "; ".join(f"_nx_v_{name} = {name}" for name in bound)
        olds, news = _tuple([f"_nx_v_{name}" for name in bound]), _tuple(bound)
        done = f"_nx_p = _nx_after(_nx_a, _nx_p, {olds}, {news})"
        if not effect.mutated:
            # Where nothing was changed by what was called, it is a statement like any.
            bind: Any = self._bound(node, bound)[1:] if bound else []
            choice: Any = _parse(f"if _nx_len(_nx_log) != _nx_p[1]:\n {done}; {kept or 'pass'}")
            choice[0].orelse = [*bind, *_parse("_nx_p = None")]
            return [*self._before(node, effect), node, *choice]
        return [*self._before(node, effect), node, *_parse(f"{done}; {kept}" if kept else done)]

    def _unknown(self, node: Any, bound: list[str]) -> list[ast.stmt]:
        self.watched = True
        kept = "".join(f"; _nx_v_{name} = {name}" for name in bound)
        return [
            *_parse(f"_nx_p = _nx_look({node.lineno})"), node, *_parse(f"_nx_p = _nx_looked(_nx_a, _nx_p){kept}"),
        ]  # fmt: skip

    def _plain(self, node: Any, effect: Effect) -> list[ast.stmt]:
        """A statement that binds nothing."""
        if effect.level == UNKNOWN:
            return self._unknown(node, [])
        return [node] if effect.is_quiet() else self._after(node, effect, [])

    def _expr(self, node: Any) -> list[ast.stmt]:
        effect = self.weaver.effect(node.value)
        if effect.level == QUIET and len(effect.mutated) == 1 and self._always(node.value):
            where = _text(effect.mutated[0][0])
            if isinstance(effect.mutated[0][0], ast.Name):
                return [node, *_parse(f"_nx_grow(_nx_a, {node.lineno}, {where})")]
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
            return [node, *_parse("; ".join(f"_nx_v_{name} = _nx_missing" for name in names))]
        effect = self.weaver.effect(*node.targets)
        self._distrust(effect)
        if names:
            raise NotWoven("del")
        return self._unknown(node, [])

    def _return(self, node: Any) -> list[ast.stmt]:
        value = _text(node.value) if node.value is not None else "None"
        effect = self.weaver.effect(node.value)
        if effect.is_quiet():
            done = f"return _nx_returned(_nx_a, {node.lineno}, {value})"
            return _parse(f"def _():\n {done}")[0].body  # type: ignore[attr-defined, no-any-return]
        self.watched = True
        first = _parse(f"_nx_p = _nx_look({node.lineno})") if effect.level == UNKNOWN else self._before(node, effect)
        last: Any = _parse("def _():\n return _nx_returned_after(_nx_a, _nx_p, 0)")[0]
        last.body[0].value.args[2] = node.value
        return [*first, *last.body]

    # -- compound statements

    def _if(self, node: Any) -> list[ast.stmt]:
        effect = self.weaver.effect(node.test)
        first: list[ast.stmt] = []
        woven = copy.copy(node)
        if not effect.is_quiet():
            self.watched = True
            first = (
                _parse(f"_nx_p = _nx_look({node.lineno})") if effect.level == UNKNOWN else self._before(node, effect)
            )
            woven.test = self._headed("_nx_p", node.test)
        settled = _parse("_nx_p = None") if first else []
        woven.body = [*settled, *self.block(node.body)]
        woven.orelse = [*copy.deepcopy(settled), *self.block(node.orelse)]
        return [*first, woven]

    def _headed(self, known: str, test: ast.expr) -> ast.expr:
        call: Any = ast.parse(f"_nx_headed(_nx_a, {known}, 0)", mode="eval").body
        call.args[2] = test
        return call  # type: ignore[no-any-return]

    def _while(self, node: Any) -> list[ast.stmt]:
        effect = self.weaver.effect(node.test)
        woven = copy.copy(node)
        settled = []
        if not effect.is_quiet():
            self.watched = True
            unknown = effect.level == UNKNOWN
            known = f"_nx_look({node.lineno})" if unknown else self._measured(node, effect)
            woven.test = self._headed(f"(_nx_p := {known})", node.test)
            settled = _parse("_nx_p = None")
        woven.body = [
            *settled,
            *_parse("_nx_n[-1] += 1\nif _nx_n[-1] >= _nx_d[-1]: _nx_turn()"),
            *self.block(node.body),
        ]
        woven.orelse = [*settled, *_parse(f"_nx_s = {node.lineno}"), *self.block(node.orelse)]
        return [woven]

    def _for(self, node: Any) -> list[ast.stmt]:
        names = list(dict.fromkeys(names_in(node.target)))
        if any(isinstance(n, (ast.Subscript, ast.Attribute)) for n in ast.walk(node.target)):
            raise NotWoven("a loop over elements")
        self.weaver.layout.targets[node.lineno] = names
        effect = self.weaver.effect(node.iter)
        woven = copy.copy(node)
        first: list[ast.stmt] = []
        if not effect.is_quiet():
            self.watched = True
            unknown = effect.level == UNKNOWN
            first = _parse(f"_nx_p = _nx_look({node.lineno})") if unknown else self._before(node, effect)
            evaluated: Any = _parse("_nx_it = 0")
            evaluated[0].value = node.iter
            first += [*evaluated, *_parse("_nx_p = _nx_iterated(_nx_p)")]
            woven.iter = ast.Name("_nx_it", ast.Load())
        kept = "".join(f"; _nx_v_{name} = {name}" for name in names)
        at = self.weaver.layout.place[node.lineno]
        unbound = "".join(f" or _nx_v_{name} is _nx_missing" for name in names)
        turn = _parse(
            f"_nx_n[{at}] += 1\nif _nx_n[{at}] >= _nx_d[{at}]{unbound}: _nx_loop(_nx_a, {node.lineno}, {_tuple(names)})\n{kept[2:]}"
        )
        woven.body = [*turn, *self.block(node.body)]
        woven.orelse = [*_parse(f"_nx_s = {node.lineno}"), *self.block(node.orelse)]
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
        kept = f"; _nx_v_{name} = _nx_missing" if name else ""
        woven = copy.copy(handler)
        begun = f"_nx_s = {number}; _nx_p = _nx_caught(_nx_a, {number}, _nx_p, {name!r}){kept}"
        woven.body = [*_parse(begun), *self.block(handler.body)]
        return woven
