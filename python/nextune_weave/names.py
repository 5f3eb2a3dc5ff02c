"""What the names of a program stand for."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from nextune_trace.nodes import walk

from .words import BUILTINS, EXCEPTIONS, LOUD_FUNCTIONS


class NotWoven(Exception):
    """A program that is left to the recorder."""


class Names:
    """What the names of a program stand for."""

    def __init__(self, tree: ast.AST) -> None:
        self.functions: set[str] = set()
        self.modules: set[str] = set()
        self.imported: set[str] = set()
        self.renamed: dict[str, str] = {}  # imported names by what they are called here
        self.origins: set[tuple[str, str, str]] = set()
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
        self.modules.update(alias.asname or alias.name for alias in node.names)
        self.origins |= origins(node)

    def _from(self, node: ast.ImportFrom) -> None:
        self.imported.update(a.asname or a.name for a in node.names if a.name not in LOUD_FUNCTIONS)
        self.renamed.update((a.asname, a.name) for a in node.names if a.asname)
        self.origins |= origins(node)

    def refuse_other_meanings(self, others: Iterable[ast.AST]) -> None:
        """@raises NotWoven where setup or test give a name that the program's text was judged by to something else."""
        given: set[str] = set()
        for node in (node for other in others for node in walk(other)):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                given.update(name for name, *_ in origins(node) - self.origins)
            elif isinstance(node, ast.FunctionDef):
                given.add(node.name)
            elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                given.add(node.id)
        if given & (self.functions | self.builtins | self.imported | self.modules):
            raise NotWoven("a name that is bound twice")


def origins(node: ast.Import | ast.ImportFrom) -> set[tuple[str, str, str]]:
    """The names that an import binds, each with its module and the name that it has there."""
    if isinstance(node, ast.Import):
        return {(alias.asname or alias.name, alias.name, "") for alias in node.names}
    return {(alias.asname or alias.name, node.module or "", alias.name) for alias in node.names}
