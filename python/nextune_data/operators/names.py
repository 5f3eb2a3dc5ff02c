"""The bug of a wrong variable: another one that is bound by then stands in its place."""

import ast
from collections.abc import Iterator

from ..source import Edit, Source

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _bound_names(source: Source) -> dict[ast.AST, dict[str, int]]:
    """Arguments and variables of each scope, each with the line from where it has a value."""
    bound: dict[ast.AST, dict[str, int]] = {}
    for node in source.nodes:
        if isinstance(node, ast.arg):
            bound.setdefault(_scope(source, node), {}).setdefault(node.arg, 0)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.setdefault(_scope(source, node), {}).setdefault(node.id, node.lineno)
    return bound


def _scope(source: Source, node: ast.AST) -> ast.AST:
    """The innermost function, lambda or comprehension around a node, or the module.

    What a comprehension first iterates over belongs to the scope outside it.
    """
    outer = False
    while node in source.parents:
        child, node = node, source.parents[node]
        if isinstance(node, ast.comprehension):
            whole = source.parents[node]
            outer = child is node.iter and isinstance(whole, _COMPREHENSIONS) and node is whole.generators[0]
        elif isinstance(node, (*_FUNCTIONS, *_COMPREHENSIONS, ast.Lambda)) and not outer:
            break
        elif isinstance(node, _COMPREHENSIONS):
            outer = False
    return node


def _scopes(source: Source, node: ast.AST) -> Iterator[ast.AST]:
    """The scopes whose variables a node can see, innermost first, up to its function."""
    while not isinstance(node, ast.Module):
        node = _scope(source, node)
        yield node
        if isinstance(node, _FUNCTIONS):
            return


def wrong_variable(source: Source) -> Iterator[Edit]:
    """`total + best` for `total + x`."""
    bound = _bound_names(source)
    for node in source.of(ast.Name):
        scopes = list(_scopes(source, node))
        if not isinstance(node.ctx, ast.Load) or not any(isinstance(scope, _FUNCTIONS) for scope in scopes):
            continue
        visible = {name: line for scope in reversed(scopes) for name, line in bound.get(scope, {}).items()}
        if node.id not in visible:
            continue
        inner = {name for scope in scopes if not isinstance(scope, _FUNCTIONS) for name in bound.get(scope, ())}
        for name, line in visible.items():
            if name not in (node.id, "self", "_") and (name in inner or line < node.lineno):
                yield source.replace(node, name)
