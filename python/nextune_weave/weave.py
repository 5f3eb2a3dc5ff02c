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
from types import CodeType
from typing import Any

from nextune_trace.nodes import deep_trees, walk
from nextune_trace.owned import stored_attributes
from nextune_trace.statements import Unit

from .effects import CALLS, QUIET, UNKNOWN
from .names import Names, NotWoven
from .plan import Layout
from .reach import refuse_by_reach
from .weaver import Weaver


def weave(unit: Unit, other_sources: list[str]) -> tuple[CodeType, Layout]:
    """@raises NotWoven for a program that the recorder must trace."""
    tree: Any = unit._tree  # weaving copies what it changes
    others = [ast.parse(source) for source in other_sources]
    refuse_by_reach([tree, *others])
    names = Names(tree)
    names.refuse_other_meanings(others)
    if any(isinstance(node, (ast.ClassDef, ast.Yield)) for other in others for node in walk(other)):
        raise NotWoven("a class of the test's")
    if stored_attributes(others):
        raise NotWoven("an attribute of a class or function")
    layout = Layout(unit)
    try:
        with deep_trees():
            return compile(_woven(tree, names, layout), "<program>", "exec", dont_inherit=True), layout
    except (SyntaxError, RecursionError):
        raise NotWoven("blocks that can't be nested deeper") from None


def _woven(tree: ast.Module, names: Names, layout: Layout) -> ast.Module:
    infos = {info.statement.number: info for info in layout.unit.functions.values()}
    weaver = Weaver(names, infos, layout, calls=CALLS)
    woven = weaver.module(tree)
    if weaver.found_calls and (weaver.found_unknown or not weaver.found_changes):
        # A function of the program may do what any statement in it may, and no more.
        means = UNKNOWN if weaver.found_unknown else QUIET
        layout.trusts_calls = means == QUIET
        woven = Weaver(names, infos, layout, calls=means).module(tree)
    return woven
