"""What the names of a program stand for, and which programs are refused for the names they use."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from nextune_trace.nodes import walk

from .words import BUILTINS, EXCEPTIONS, LOUD_FUNCTIONS, MODULES, PREFIX, REFUSED, REFUSED_SYNTAX


class NotWoven(Exception):
    """A program that is left to the recorder."""


def refuse_by_names(trees: Iterable[ast.AST]) -> None:
    for node in (node for tree in trees for node in walk(tree)):
        if isinstance(node, REFUSED_SYNTAX):
            raise NotWoven(type(node).__name__)
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        if isinstance(node, ast.Name) and name in REFUSED or name.startswith(("__", PREFIX)):
            raise NotWoven(name)


class Names:
    """What the names of a program stand for."""

    def __init__(self, tree: ast.AST) -> None:
        self.functions: set[str] = set()
        self.modules: set[str] = set()
        self.imported: set[str] = set()
        self.methods: set[str] = set()
        self.yields = False
        self.bases: set[str] = set()
        bound: set[str] = set()
        for node in walk(tree):
            if isinstance(node, ast.FunctionDef):
                self.functions.add(node.name)
            elif isinstance(node, ast.ClassDef):
                self._class(node)
            elif isinstance(node, ast.Yield):
                self.yields = True
            elif isinstance(node, ast.Import):
                self._module(node)
            elif isinstance(node, ast.ImportFrom):
                self._from(node)
            elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                bound.add(node.id)
            elif isinstance(node, (ast.arg, ast.ExceptHandler)):
                bound.add((node.arg if isinstance(node, ast.arg) else node.name) or "")
        self.functions -= self.methods - bound
        if (bound | self.functions) & (self.modules | self.imported) or bound & self.functions:
            raise NotWoven("a name that is bound twice")
        self.builtins = BUILTINS - bound - self.functions
        if not self.bases <= self.functions | EXCEPTIONS | {"object"}:
            raise NotWoven("a class with a base of its own kind")

    def _class(self, node: ast.ClassDef) -> None:
        """A class of plain methods: no descriptor, no operator, no attribute of its own."""
        self.functions.add(node.name)
        if node.keywords or node.decorator_list or not all(isinstance(base, ast.Name) for base in node.bases):
            raise NotWoven("a class with a base of its own kind")
        for part in node.body:
            if isinstance(part, ast.Pass) or isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant):
                continue
            if not isinstance(part, ast.FunctionDef) or part.decorator_list:
                raise NotWoven("a class with more than methods")
            if part.name.startswith("__") and part.name != "__init__":
                raise NotWoven(part.name)
            self.methods.add(part.name)
        self.bases |= {base.id for base in node.bases if isinstance(base, ast.Name)}

    def _module(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.name not in MODULES:
                raise NotWoven(alias.name)
            self.modules.add(alias.asname or alias.name)

    def _from(self, node: ast.ImportFrom) -> None:
        if node.module not in MODULES:
            raise NotWoven(node.module or ".")
        for alias in node.names:
            if alias.name == "*":
                raise NotWoven("*")
            if alias.name in LOUD_FUNCTIONS:
                continue
            self.imported.add(alias.asname or alias.name)
