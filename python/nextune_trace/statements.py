"""Numbers a program's statements and compiles it so that each one is a line of its own to the tracer.

CPython reports lines, and differs between versions in how it reports statements that share or span lines. With the
syntax tree's line numbers replaced by statement numbers, `a = 1; b = 2` are two lines, a call over five lines is one,
and 3.10 to 3.13 report the same.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterable
from types import CodeType
from typing import Any

from .functions import FUNCTIONS, FunctionInfo, bound_by_head, target_names
from .nodes import NUMBERED, children, deep_trees, walk
from .quiet import is_plain, quietness

LOOPS = (ast.For, ast.AsyncFor)
BINDS_NO_VALUE = (*FUNCTIONS, ast.ClassDef, ast.Import, ast.ImportFrom)
HIDDEN_CODE = {"<lambda>", "<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"}
_TEXTS = re.compile(r"""'[^']*'|"[^"]*\"""")
_BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"))


class Statement:
    """One statement, `except` clause or `case`: where its head stands, and what the recorder must know of it."""

    __slots__ = ("number", "node", "line", "last_line", "quiet", "body", "targets")

    def __init__(self, number: int, node: Any, line: int, last_line: int) -> None:
        self.number = number
        self.node = node
        self.quiet: bool | str = False
        self.line = line
        self.last_line = last_line
        self.body: frozenset[int | None] = frozenset()
        self.targets = list(target_names(node.target)) if isinstance(node, LOOPS) else []

    def is_a(self, kinds: type | tuple[type, ...]) -> bool:
        return isinstance(self.node, kinds)

    def in_binding_order(self, names: list[str], rank: dict[str, int]) -> list[str]:
        """Names that were bound when it ran: its own as it binds them, then what others bound by their `rank`."""
        if len(names) < 2:
            return names
        own = {name: at for at, name in enumerate(bound_by_head(self.node))}
        return sorted(names, key=lambda name: (own.get(name, len(own)), rank.get(name, len(rank))))

    def is_loop(self) -> bool:
        return isinstance(self.node, (*LOOPS, ast.While))


class Unit:
    """A compiled text (`program` or `test`) and its statements by number. `functions` and `codes` are by id of code object."""

    def __init__(self, name: str, source: str, transform: Callable[[ast.AST], Any] | None = None) -> None:
        with deep_trees():
            tree = ast.parse(source, f"<{name}>")
        if transform is not None:
            tree = transform(tree)
        self.name = name
        self.source = source
        self.statements: dict[int, Statement] = {}
        self._tree = tree
        self._ends = logical_line_ends(source)
        with deep_trees():
            self._number(tree, None)
        self.code = self._compile()
        self.functions: dict[int, FunctionInfo] = {}
        self.codes: set[int] = set()
        with deep_trees():
            self._collect(self.code)

    def _compile(self) -> CodeType:
        file = f"<{self.name}>"
        try:
            return compile(self._tree, file, "exec", dont_inherit=True)
        except (SyntaxError, RecursionError):
            # The same, with the author's line numbers; or a tree that is deeper than one of objects may be.
            compile(self.source, file, "exec", dont_inherit=True)
            with deep_trees():
                return compile(self._tree, file, "exec", dont_inherit=True)

    def _number(self, node: Any, owner: Statement | None) -> None:
        for child in children(node):
            statement = self._add(child) if isinstance(child, NUMBERED) else owner
            if hasattr(child, "lineno"):
                _place(child, statement)
            self._number(child, statement)
        if owner is not None and owner.node is node and hasattr(node, "body"):
            owner.body = frozenset(range(node.body[0].lineno, 1 + max(self._numbers_in(node.body[-1]))))

    def find_quiet(self, other_sources: Iterable[str]) -> None:
        """Marks the statements that change nothing in place; needs to know what else runs beside the program."""
        if is_plain([self.source, *other_sources], self._tree):
            for statement in self.statements.values():
                statement.quiet = quietness(statement.node)

    def _numbers_in(self, node: Any) -> list[int]:
        return [n.lineno for n in walk(node) if hasattr(n, "lineno")]

    def _add(self, node: Any) -> Statement:
        line = node.pattern.lineno if isinstance(node, ast.match_case) else node.lineno
        number = len(self.statements) + 1
        statement = Statement(number, node, line, self._ends.get(line, line))
        self.statements[number] = statement
        return statement

    def _collect(self, code: CodeType) -> None:
        if code.co_name not in HIDDEN_CODE:
            self.codes.add(id(code))
        statement = self.statements.get(code.co_firstlineno)
        if statement is not None and statement.is_a(FUNCTIONS) and code.co_name not in HIDDEN_CODE:
            self.functions[id(code)] = FunctionInfo(statement, code)
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                self._collect(constant)


def _place(node: Any, statement: Statement | None) -> None:
    node.lineno = node.end_lineno = statement.number if statement is not None else 1
    node.col_offset = node.end_col_offset = 0


def _is_line_by_line(source: str) -> bool:
    """Whether it is plain to see that no logical line has a second physical one; spares most programs the tokenizer."""
    if "\\" in source or "'''" in source or '"""' in source:
        return False
    for line in source.split("\n"):
        code = _TEXTS.sub("", line).partition("#")[0]
        if (
            "'" in code
            or '"' in code
            or any(code.count(opening) != code.count(closing) for opening, closing in _BRACKETS)
        ):
            return False
    return "\r" not in source.replace("\r\n", "")


def logical_line_ends(source: str) -> dict[int, int]:
    """Last physical line of the logical line that each physical line belongs to: where a comment may stand.

    A line that is not named is a logical line of its own.
    """
    if _is_line_by_line(source):
        return {}
    ends: dict[int, int] = {}
    first = None
    for token in tokenize.generate_tokens(io.StringIO(source, newline=None).readline):
        if token.type in (tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT):
            continue
        if first is None:
            first = token.start[0]
        if token.type == tokenize.NEWLINE:
            ends.update((line, token.start[0]) for line in range(first, token.start[0] + 1))
            first = None
    return ends
