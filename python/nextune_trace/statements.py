"""Numbers a program's statements and compiles it so that each one is a line of its own to the tracer.

CPython reports lines, and differs between versions in how it reports statements that share or span lines. With the
syntax tree's line numbers replaced by statement numbers, `a = 1; b = 2` are two lines, a call over five lines is one,
and 3.10 to 3.13 report the same.
"""
import ast
import io
import tokenize
from types import CodeType

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
LOOPS = (ast.For, ast.AsyncFor)
BINDS_NO_VALUE = (*FUNCTIONS, ast.ClassDef, ast.Import, ast.ImportFrom)
HIDDEN_CODE = {"<lambda>", "<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"}
NUMBERED = (ast.stmt, ast.ExceptHandler, ast.match_case)


class Statement:
    """One statement, `except` clause or `case`: where its head stands, and what the recorder must know of it."""

    __slots__ = ("number", "node", "parent", "line", "last_line", "body", "targets")

    def __init__(self, number, node, parent, line, last_line):
        self.number = number
        self.node = node
        self.parent = parent
        self.line = line
        self.last_line = last_line
        self.body = frozenset()
        self.targets = [n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)] if isinstance(node, LOOPS) else []

    def is_a(self, kinds):
        return isinstance(self.node, kinds)

    def is_loop(self):
        return isinstance(self.node, (*LOOPS, ast.While))


class FunctionInfo:
    """What the recorder must know of a function's code object."""

    __slots__ = ("statement", "name", "parameters", "order", "global_names")

    def __init__(self, statement, code):
        arguments = statement.node.args
        listed = [*arguments.posonlyargs, *arguments.args, arguments.vararg, *arguments.kwonlyargs, arguments.kwarg]
        self.statement = statement
        self.name = code.co_name
        self.parameters = [a.arg for a in listed if a is not None]
        self.order = binding_order(statement.node, code, self.parameters)
        self.global_names = [n for n in dict.fromkeys(code.co_names) if not n.startswith("__")]


class Unit:
    """A compiled text (`program` or `test`) and its statements by number. `functions` and `codes` are by id of code object."""

    def __init__(self, name, source, transform=None):
        compile(source, f"<{name}>", "exec", dont_inherit=True)  # a SyntaxError with the author's line numbers
        tree = ast.parse(source, f"<{name}>")
        if transform is not None:
            tree = transform(tree)
        self.name = name
        self.statements = {}
        self._ends = logical_line_ends(source)
        self._number(tree, None)
        self.code = compile(tree, f"<{name}>", "exec", dont_inherit=True)
        self.functions = {}
        self.codes = set()
        self._collect(self.code)

    def _number(self, node, owner):
        for child in ast.iter_child_nodes(node):
            statement = self._add(child, owner) if isinstance(child, NUMBERED) else owner
            if hasattr(child, "lineno"):
                child.lineno = child.end_lineno = statement.number
                child.col_offset = child.end_col_offset = 0
            self._number(child, statement)
        if owner is not None and owner.node is node and hasattr(node, "body"):
            owner.body = frozenset(range(node.body[0].lineno, 1 + max(self._numbers_in(node.body[-1]))))

    def _numbers_in(self, node):
        return [n.lineno for n in ast.walk(node) if hasattr(n, "lineno")]

    def _add(self, node, owner):
        line = node.pattern.lineno if isinstance(node, ast.match_case) else node.lineno
        number = len(self.statements) + 1
        statement = Statement(number, node, owner, line, self._ends.get(line, line))
        self.statements[number] = statement
        return statement

    def _collect(self, code):
        if code.co_name not in HIDDEN_CODE:
            self.codes.add(id(code))
        statement = self.statements.get(code.co_firstlineno)
        if statement is not None and statement.is_a(FUNCTIONS) and code.co_name not in HIDDEN_CODE:
            self.functions[id(code)] = FunctionInfo(statement, code)
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                self._collect(constant)


def logical_line_ends(source):
    """Last physical line of the logical line that each physical line belongs to: where a comment may stand."""
    ends = {}
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


def binding_order(function, code, parameters):
    """Rank of each variable of a function, outer ones included, by where the source first binds it."""
    names = dict.fromkeys(parameters)
    for node in own_nodes(function):
        name = node.id if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else getattr(node, "name", None)
        if isinstance(name, str):
            names.setdefault(name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update((alias.asname or alias.name.split(".")[0], None) for alias in node.names)
    names.update(dict.fromkeys(code.co_freevars))
    return {name: rank for rank, name in enumerate(names)}


def own_nodes(node):
    """The nodes of a function's own scope in source order: not those of functions inside, nor comprehensions' variables."""
    for child in ast.iter_child_nodes(node):
        yield child
        if isinstance(child, (*FUNCTIONS, ast.ClassDef, ast.Lambda)):
            continue
        if isinstance(child, ast.comprehension):
            yield from own_nodes(ast.Tuple([child.iter, *child.ifs], ast.Load()))
        else:
            yield from own_nodes(child)
