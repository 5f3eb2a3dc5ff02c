"""Names programs by their AST: one JSON string a line in, one digest or null a line out.

Programs are parsed and never run. Docstrings, comments and layout do not count, nor do
annotations' positions; everything that can change behaviour does.
"""

from __future__ import annotations

import ast
import hashlib
import json
import sys

MAX_SOURCE_CHARS = 200_000


class _WithoutDocstrings(ast.NodeTransformer):
    def _strip(self, node: ast.AST) -> ast.AST:
        self.generic_visit(node)
        body = getattr(node, "body", [])
        if body and _is_text(body[0]):
            node.body = body[1:] or [ast.Pass()]  # type: ignore[attr-defined]
        return node

    visit_Module = visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = _strip


def _is_text(node: ast.stmt) -> bool:
    value = getattr(node, "value", None)
    return isinstance(node, ast.Expr) and isinstance(value, ast.Constant) and isinstance(value.value, str)


def normalised(source: str) -> str | None:
    """SHA-256 of the AST without docstrings, as hex; None for what does not parse or is absurdly large."""
    if len(source) > MAX_SOURCE_CHARS:
        return None
    try:
        tree = _WithoutDocstrings().visit(ast.parse(source))
        return hashlib.sha256(ast.dump(tree).encode("utf-8", "surrogatepass")).hexdigest()
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(normalised(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
