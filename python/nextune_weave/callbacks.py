"""Functions that a call is given to be called: `sorted(xs, key=f)`, `map(f, xs)`. Only a name of the program tells what one does."""

from __future__ import annotations

import ast

from .names import Names
from .words import CALLED_WORDS, CALLERS, LOUD_FUNCTIONS, METHODS


def gives_known_functions(node: ast.Call, names: Names) -> bool:
    return all(_is_known_function(given, names) for given in _given_functions(node, names))


def _given_functions(node: ast.Call, names: Names) -> list[ast.expr]:
    """What a call gives to be called."""
    called = node.func
    word = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
    name = names.renamed.get(word, word)
    builtin = isinstance(called, ast.Name) and name in names.builtins
    given = [k.value for k in node.keywords if k.arg == "key" or k.arg in CALLED_WORDS and not builtin]
    if name not in CALLERS or name == "iter" and len(node.args) == 1:
        return given
    at = CALLERS[name]
    if isinstance(called, ast.Attribute) and not (
        isinstance(called.value, ast.Name) and called.value.id in names.modules
    ):
        at = 0  # a pattern's `sub` is given no pattern
    return [*given, *node.args[at : at + 1], *(a for a in node.args if isinstance(a, ast.Starred))]


def _is_known_function(given: ast.AST, names: Names) -> bool:
    """Whether a call of it does what its text tells, and was judged with it."""
    if isinstance(given, ast.Name):
        return given.id in names.builtins or given.id in names.imported or given.id in names.functions
    if isinstance(given, ast.Attribute):
        owner = given.value
        is_module = isinstance(owner, ast.Name) and owner.id in names.modules
        return given.attr not in LOUD_FUNCTIONS if is_module else given.attr in METHODS
    if isinstance(given, ast.Call):
        called = given.func.value if isinstance(given.func, ast.Attribute) else given.func
        return isinstance(called, ast.Name) and (called.id in names.imported or called.id in names.modules)
    return isinstance(given, (ast.Lambda, ast.Constant, ast.JoinedStr))
