"""A program's bytes, its syntax tree, and the byte span of every node that may be edited in place."""

import ast
import re
import warnings
from collections.abc import Iterator
from typing import NamedTuple, TypeVar

Node = TypeVar("Node", bound=ast.AST)
# Nodes that `ast` gives a position.
Placed = ast.expr | ast.stmt | ast.arg | ast.keyword

# Positions inside f-strings are wrong before Python 3.12; the same bugs must come out of every version.
_OPAQUE = (ast.JoinedStr, getattr(ast, "TemplateStr", ast.JoinedStr), ast.Import, ast.ImportFrom)
_SKIPPED_FIELDS = {"annotation", "returns", "decorator_list", "type_params"}
_LINE_END = re.compile(rb"\r\n|\r|\n")
_OPERATOR = re.compile(rb"[^\s()\\]+(?:\s+(?:in|not)\b)?")
_MAX_BYTES = 200_000


class Edit(NamedTuple):
    """Bytes `start` to `end` of the program give way to `text`."""

    start: int
    end: int
    text: str


def parse(text: str) -> ast.Module:
    """The tree of a program. Raises ValueError, in words, for anything that Python can't parse."""
    try:
        if len(text) > _MAX_BYTES:
            raise ValueError(f"longer than {_MAX_BYTES} characters")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        raise ValueError(f"{error.msg} (line {error.lineno})") from None
    except (RecursionError, MemoryError):
        raise ValueError("nested too deep") from None


def is_docstring(node: ast.AST) -> bool:
    """Whether a statement is a bare string: a docstring, or text that does nothing."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def normal_form(tree: ast.Module) -> str:
    """What two programs share that differ only in layout, comments, docstrings and needless `pass`.

    Compare it within one run only: Python versions dump trees differently. The tree is changed.
    """
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            kept = [item for item in body if not is_docstring(item) and not isinstance(item, ast.Pass)]
            body[:] = kept or [ast.Pass()]
    try:
        return ast.dump(tree)
    except RecursionError:
        raise ValueError("nested too deep") from None


class Source:
    """A parsed program. Offsets count bytes of its UTF-8 form, as the columns of `ast` do."""

    def __init__(self, text: str) -> None:
        self.tree = parse(text)
        self.data = text.encode("utf-8")
        self._line_starts = [0, *(match.end() for match in _LINE_END.finditer(self.data))]
        self.parents: dict[ast.AST, ast.AST] = {}
        self.nodes = list(self._walk())

    def _walk(self) -> Iterator[ast.AST]:
        """Nodes in the order of the text, without those that no bug is put into."""
        stack: list[ast.AST] = [self.tree]
        while stack:
            node = stack.pop()
            yield node
            children = []
            for field, value in ast.iter_fields(node):
                if field in _SKIPPED_FIELDS:
                    continue
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, ast.AST) and not isinstance(child, _OPAQUE) and not is_docstring(child):
                        self.parents[child] = node
                        children.append(child)
            stack.extend(reversed(children))

    def of(self, *kinds: type[Node]) -> Iterator[Node]:
        """Nodes of the given kinds, in order."""
        return (node for node in self.nodes if isinstance(node, kinds))

    def start(self, node: Placed) -> int:
        return self._line_starts[node.lineno - 1] + node.col_offset

    def end(self, node: Placed) -> int:
        return self._line_starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)

    def text(self, node: Placed) -> str:
        return self.data[self.start(node) : self.end(node)].decode("utf-8")

    def line_of(self, offset: int) -> int:
        """The 1-based line that holds a byte."""
        return sum(1 for start in self._line_starts if start <= offset)

    def line_span(self, first: int, last: int) -> tuple[int, int]:
        """Bytes of whole lines `first` to `last`, with the last one's line end."""
        end = self._line_starts[last] if last < len(self._line_starts) else len(self.data)
        return self._line_starts[first - 1], end

    def replace(self, node: Placed, text: str) -> Edit:
        return Edit(self.start(node), self.end(node), text)

    def operator_between(self, left: Placed, right: Placed) -> tuple[int, int] | None:
        """Where the operator between two operands is written; None where a comment stands between them."""
        base = self.end(left)
        gap = self.data[base : self.start(right)]
        match = None if b"#" in gap else _OPERATOR.search(gap)
        return (base + match.start(), base + match.end()) if match else None

    def apply(self, edit: Edit) -> str:
        return (self.data[: edit.start] + edit.text.encode("utf-8") + self.data[edit.end :]).decode("utf-8")


# Written beside a `-`, `+` or comparison without parentheses these keep their meaning.
_TIGHT = (ast.Name, ast.Call, ast.Subscript, ast.Attribute, ast.Constant, ast.List, ast.Dict, ast.Set, ast.ListComp)


def grouped(source: Source, node: ast.expr) -> str:
    """The node's text, in parentheses unless it binds tighter than any operator."""
    text = source.text(node)
    return text if isinstance(node, _TIGHT) else f"({text})"


def int_value(node: ast.AST | None) -> int | None:
    """The value of a written int, which may be negative; None for anything else, bool included."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = int_value(node.operand)
        return None if value is None else -value
    if isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool):
        return node.value
    return None


def is_int(node: ast.AST | None, value: int) -> bool:
    """Whether a node is that int, written out."""
    return int_value(node) == value


def is_text(node: ast.AST) -> bool:
    """Whether a node is surely a string, bytes or list: arithmetic on it would only raise."""
    return isinstance(node, (ast.JoinedStr, ast.List, ast.ListComp)) or (
        isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes))
    )
