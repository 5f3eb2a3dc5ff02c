"""Which statements can't change a value in place, so that what they leave bound to the same object need not be read again.

Only for programs without classes, generators and containers that change when they are read: there, what a statement
does to its values follows from its text. It is a matter of speed alone, and where in doubt a statement is not quiet.
"""

import ast
from collections.abc import Iterable

from .nodes import children, walk

_DISTURBING = ("class", "yield", "await", "collections", "__missing__", "exec", "eval")
_FUNCTIONS = frozenset(
    """abs all any bin bool chr dict divmod enumerate float frozenset hex int isinstance len list max
min oct ord pow print range repr reversed round set sorted str sum tuple type zip""".split()
)
_METHODS = frozenset(
    """bit_length capitalize ceil copy count endswith fabs factorial find floor format gcd get index
isalnum isalpha isdigit islower isnumeric isspace isupper items join keys log lower lstrip replace rfind rstrip split
sqrt startswith strip swapcase title upper values zfill""".split()
)
_LOUD = (
    ast.Delete,
    ast.With,
    ast.AsyncWith,
    ast.Import,
    ast.ImportFrom,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.Try,
)
_PARTS = (ast.Attribute, ast.Subscript)


def is_plain(sources: Iterable[str], tree: ast.AST) -> bool:
    """Whether a program, with what its setup and test bring, is one that can be judged by its text."""
    if any(word in source for source in sources for word in _DISTURBING):
        return False
    bound = {node.id for node in walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    bound.update(node.arg for node in walk(tree) if isinstance(node, ast.arg))
    bound.update(node.name for node in walk(tree) if isinstance(node, (ast.FunctionDef, ast.alias)))
    return not bound & (_FUNCTIONS | {"*"})


def quietness(node: ast.AST) -> bool | str:
    """True, False, or the name whose value tells: `x += y` changes in place unless x is a number or a text."""
    if isinstance(node, _LOUD):
        return False
    head = [child for child in children(node) if not isinstance(child, (ast.stmt, ast.ExceptHandler))]
    if not all(_is_quiet(part) for child in head for part in walk(child)):
        return False
    if isinstance(node, ast.AugAssign):
        return node.target.id if isinstance(node.target, ast.Name) else False
    return True


def _is_quiet(part: ast.AST) -> bool:
    if isinstance(part, ast.Call):
        called = part.func
        named = isinstance(called, ast.Name) and called.id in _FUNCTIONS
        return not part.keywords and (named or isinstance(called, ast.Attribute) and called.attr in _METHODS)
    return not (isinstance(part, _PARTS) and not isinstance(part.ctx, ast.Load))
