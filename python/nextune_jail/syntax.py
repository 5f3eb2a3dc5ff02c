"""A program's syntax tree as text, without what no run can see: layout, comments, docstrings."""

import ast

# Statements of statements: where else a definition can stand.
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
_DOCUMENTED = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def bare_text(program):
    """Equal for two programs that differ only in layout, comments and docstrings; compare it within one Python version.
    Raises SyntaxError, ValueError, RecursionError or MemoryError for what is no Python or beyond the parser."""
    tree = ast.parse(program)
    _strip_docstrings(tree)
    return repr(_plain(tree))


def _strip_docstrings(tree):
    blocks = [tree]
    while blocks:
        node = blocks.pop()
        if isinstance(node, _DOCUMENTED) and node.body and _is_text(node.body[0]):
            node.body = node.body[1:] or [ast.Pass()]
        for name in _BLOCKS:
            blocks.extend(getattr(node, name, ()))


def _is_text(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and type(node.value.value) is str


def _plain(part):
    """A node as a tuple, whose repr says what `ast.dump` says in less than half of its time."""
    if isinstance(part, ast.AST):
        return (type(part).__name__, *[_plain(getattr(part, name, None)) for name in part._fields])
    return [_plain(one) for one in part] if type(part) is list else part
