"""What an expression may do to values in place, judged by its text alone.

Only for programs whose names are known (names.py). Where the text does not tell, the answer is UNKNOWN, or the whole
program is not woven.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from nextune_trace.functions import target_names
from nextune_trace.nodes import children, walk

from .callbacks import gives_known_functions
from .names import Names, NotWoven
from .words import BY_CONTENT, BY_LENGTH, LAZY, LOUD_FUNCTIONS, METHODS

QUIET, CALLS, UNKNOWN = 0, 1, 2  # nothing in place; only by functions of the program; anything


class Effect:
    """`level`, and the receivers of mutating methods: (expression, method)."""

    def __init__(self) -> None:
        self.level = QUIET
        self.mutated: list[tuple[ast.expr, str]] = []

    def is_quiet(self) -> bool:
        return self.level == QUIET and not self.mutated


def effect_of(parts: Iterable[ast.AST | None], names: Names) -> Effect:
    effect = Effect()
    for part in parts:
        if part is not None:
            _judge(part, names, effect, nested=False, consumed=False)
    if effect.mutated and (effect.level == UNKNOWN or not all(is_path(where) for where, _ in effect.mutated)):
        effect.level, effect.mutated = UNKNOWN, []
    return effect


_PLAIN = (ast.Name, ast.Constant, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop, ast.expr_context, ast.Tuple)


def is_path(node: ast.AST) -> bool:
    """A name, or a part of one by plain indexes: what can be read twice."""
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        if isinstance(node, ast.Subscript) and not all(isinstance(n, _PLAIN) for n in walk(node.slice)):
            return False
        node = node.value
    return isinstance(node, ast.Name)


def root_name(node: ast.AST) -> str | None:
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _judge(node: ast.AST, names: Names, effect: Effect, nested: bool, consumed: bool) -> None:
    """`nested`: in a lambda or comprehension, where a receiver is no name of the function."""
    if isinstance(node, (ast.NamedExpr, ast.YieldFrom, ast.Await)):
        raise NotWoven(type(node).__name__)
    if isinstance(node, ast.Call):
        _judge_call(node, names, effect, nested, consumed)
        return
    if isinstance(node, ast.Name) and node.id in names.functions:
        effect.level = max(effect.level, CALLS)
    elif isinstance(node, ast.Attribute) and node.attr in BY_LENGTH | BY_CONTENT | names.methods:
        effect.level = UNKNOWN
    before = effect.level
    inside = nested or isinstance(node, (ast.Lambda, ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp))
    for child in children(node):
        _judge(child, names, effect, inside, consumed=False)
    if isinstance(node, ast.GeneratorExp) and not consumed and (effect.level > before or effect.level > QUIET):
        raise NotWoven("a lazy call")


def _judge_call(node: ast.Call, names: Names, effect: Effect, nested: bool, consumed: bool) -> None:
    called = node.func
    consumes = False
    if isinstance(called, ast.Name):
        if called.id in names.functions:
            effect.level = max(effect.level, CALLS)
        elif called.id not in names.builtins and called.id not in names.imported:
            effect.level = UNKNOWN
        consumes = called.id in names.builtins and called.id not in LAZY
        lazy = called.id in LAZY or called.id in names.imported
    elif isinstance(called, ast.Attribute):
        lazy = _judge_method(called, names, effect, nested)
        consumes = called.attr in ("join", "extend", "update")
    else:
        effect.level = UNKNOWN
        lazy = False
        _judge(called, names, effect, nested, consumed=False)
    inner = Effect()
    for child in [*node.args, *(word.value for word in node.keywords)]:
        _judge(child, names, inner, nested, consumed=consumes)
    if not gives_known_functions(node, names):
        inner.level = UNKNOWN
    if lazy and inner.level > QUIET and not consumed:
        raise NotWoven("a lazy call")
    effect.level = max(effect.level, inner.level)
    effect.mutated += inner.mutated


def _judge_method(called: ast.Attribute, names: Names, effect: Effect, nested: bool) -> bool:
    """Whether the result may go on calling what it was given."""
    owner, method = called.value, called.attr
    if isinstance(owner, ast.Name) and owner.id in names.modules:
        if method in LOUD_FUNCTIONS:
            effect.level = UNKNOWN
        return True
    _judge(owner, names, effect, nested, consumed=False)
    if method in names.methods:
        effect.level = max(effect.level, CALLS)
    if method in BY_LENGTH or method in BY_CONTENT:
        if nested:
            effect.level = UNKNOWN
        effect.mutated.append((owner, method))
    elif method not in METHODS and method not in names.methods:
        effect.level = UNKNOWN
    return False


def names_in(target: ast.AST) -> Iterator[str]:
    """The names that an assignment to a target binds; those in an index it only reads."""
    return target_names(target, (ast.Starred,))
