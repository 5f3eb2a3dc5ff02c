"""Weaves assignments: to names, to elements and attributes, plain and augmented."""

from __future__ import annotations

import ast
from typing import Any

from nextune_trace.nodes import walk

from .body import Body
from .effects import CALLS, UNKNOWN, Effect, is_path, names_in, root_name
from .names import NotWoven
from .snippets import parsed, text_of_node, tuple_text

_MADE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)  # always a new object


class Assignments(Body):
    def _assign(self, node: Any) -> list[ast.stmt]:
        return self._binding(node, node.targets, node.value)

    def _annassign(self, node: Any) -> list[ast.stmt]:
        return self._binding(node, [node.target], node.value)

    def _augassign(self, node: Any) -> list[ast.stmt]:
        return self._binding(node, [node.target], node.value)

    def _binding(self, node: Any, targets: list[Any], value: ast.AST) -> list[ast.stmt]:
        parts = (ast.Subscript, ast.Attribute)
        elements = [n for t in targets for n in walk(t) if isinstance(n, parts) and isinstance(n.ctx, ast.Store)]
        if any(isinstance(n, ast.Attribute) and n.attr in self.weaver.names.methods for n in elements):
            raise NotWoven("a method that is replaced")
        if any(isinstance(n, ast.Attribute) and root_name(n) not in self.info.order for n in elements):
            raise NotWoven("an attribute of a class or function")
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
            return [*self._bound(node, bound), *parsed(f"_nx_bear({bound[0]})")]
        return self._augmented(node, bound[0]) if changes_names else self._bound(node, bound)

    def _is_element(self, element: Any, effect: Effect) -> bool:
        """One that can be read before and after."""
        index = getattr(element, "slice", element.value)
        if any(isinstance(n, ast.Slice) for n in walk(index)) or not is_path(element.value):
            return False
        if not self.weaver.effect(index).is_quiet():
            return False
        return root_name(element.value) in self.info.order and (
            effect.is_quiet() or isinstance(element.value, ast.Name) and not effect.mutated
        )

    def _augmented(self, node: Any, name: str) -> list[ast.stmt]:
        first = parsed(f"if {name}.__class__ is _nx_list: _nx_l = _nx_len({name})")
        last: Any = self._bound(node, [name])
        last[-1].orelse = parsed(f"_nx_aug(_nx_a, {node.lineno}, _nx_l, {name})")
        return [*first, *last]

    def _stores(self, node: Any, elements: list[Any], effect: Effect) -> list[ast.stmt]:
        first, known = [], []
        for i, element in enumerate(elements):
            container, read = f"_nx_c{i} = {text_of_node(element.value)}", f"_nx_c{i}.{getattr(element, 'attr', '')}"
            if isinstance(element, ast.Subscript):
                container, read = f"{container}; _nx_i{i} = {text_of_node(element.slice)}", f"_nx_c{i}[_nx_i{i}]"
            first += parsed(f"try:\n {container}; _nx_o{i} = {read}\nexcept Exception: _nx_o{i} = _nx_missing")
            known.append((f"_nx_c{i}", f"_nx_o{i}", read))
        told = tuple_text([tuple_text(list(parts)) for parts in known])
        if not effect.is_quiet():
            self.watched = True
            before = self._before(node, effect)
            return [*before, *first, node, *parsed(f"_nx_p = _nx_after(_nx_a, _nx_p, (), (), {told})")]
        if len(elements) > 1:
            return [*first, node, *parsed(f"_nx_stores(_nx_a, {node.lineno}, {told})")]
        call = f"_nx_store(_nx_a, {node.lineno}, {', '.join(known[0])})"
        guard = "" if isinstance(node, ast.AugAssign) else f"if {known[0][2]} is not _nx_o0: "
        return [*first, node, *parsed(guard + call)]
