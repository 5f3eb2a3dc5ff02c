"""What an importer asks about a program: which function its tests call, and whether all of it parses."""

import ast
import hashlib
import re
from collections.abc import Iterator

from .source import is_docstring, normal_form, parse

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _defined(tree: ast.Module) -> dict[str, bool]:
    """Names that a program defines at its top level, and whether each is a function."""
    names: dict[str, bool] = {}
    for node in tree.body:
        if isinstance(node, _DEFINITIONS):
            names[node.name] = not isinstance(node, ast.ClassDef)
        elif isinstance(node, ast.Assign):
            names.update({target.id: True for target in node.targets if isinstance(target, ast.Name)})
    return names


def _called(test: ast.AST) -> Iterator[str]:
    """Names of called functions, outer calls before inner ones, left before right."""
    if isinstance(test, ast.Call) and isinstance(test.func, ast.Name):
        yield test.func.id
    for child in ast.iter_child_nodes(test):
        yield from _called(child)


def entry_point(program: str, tests: list[str]) -> str:
    """The function of the program that every test calls; wrapped calls such as `set(f(x))` count.

    Raises ValueError, in words, where program or tests don't parse, or call no function in common.
    """
    defined = _defined(_parsed(program, "the program"))
    calls = [list(_called(_parsed(test, f"test {at}"))) for at, test in enumerate(tests)]
    shared = [name for name in calls[0] if name in defined and all(name in names for names in calls)] if calls else []
    if not shared:
        raise ValueError("the tests call no function that the program defines")
    return next((name for name in shared if defined[name]), shared[0])


def _parsed(text: str, what: str) -> ast.Module:
    try:
        return parse(text)
    except ValueError as error:
        raise ValueError(f"{what} does not parse: {error}") from None


def check(task: dict) -> None:
    """Raises ValueError where a task's reference, setup or tests don't parse, or its entry point is not defined.

    A buggy program may be one that doesn't parse.
    """
    reference: str | None = task.get("reference")
    for at, test in enumerate([*task["tests"], *task.get("hiddenTests", [])]):
        _parsed(test, f"test {at}")
    _parsed(task.get("setup", ""), "setup")
    if reference is not None and task["entryPoint"] not in _defined(_parsed(reference, "reference")):
        raise ValueError(f"reference does not define {task['entryPoint']} at its top level")


def tidy(program: str) -> str:
    """The program with LF line ends, no blanks at line ends, four spaces for a tab of indentation, and a last newline.

    Only what leaves the syntax tree as it is: a string over several lines keeps its blanks and tabs.
    """
    unix = program.replace("\r\n", "\n").replace("\r", "\n").strip("\n") + "\n"
    wanted = ast.dump(parse(unix))
    lines = unix.split("\n")
    for candidate in (
        "\n".join(_with_spaces(line.rstrip()) for line in lines),
        "\n".join(line.rstrip() for line in lines),
    ):
        try:
            if ast.dump(parse(candidate)) == wanted:
                return candidate
        except ValueError:
            continue
    return unix


def _with_spaces(line: str) -> str:
    code = line.lstrip(" \t")
    return line[: len(line) - len(code)].expandtabs(4) + code


def _tries_out(node: ast.stmt) -> bool:
    """Whether a statement at the top level only tries the program out: a call, an assert, a `__main__` block."""
    if isinstance(node, ast.If):
        return any(isinstance(item, ast.Name) and item.id == "__name__" for item in ast.walk(node.test))
    return isinstance(node, ast.Assert) or (isinstance(node, ast.Expr) and not is_docstring(node))


def form(program: str) -> str:
    """A digest of the program's normal form: equal for two that differ only in layout, comments and docstrings."""
    return hashlib.sha256(normal_form(parse(program)).encode("utf-8", "surrogatepass")).hexdigest()


def solution(program: str, name: str) -> str:
    """A written solution, tidy, without what stands at its top level only to try it out.

    Raises ValueError, in words, where it doesn't parse or doesn't define `name` at its top level.
    """
    tree = parse(program)
    if not _defined(tree).get(name, False):
        raise ValueError(f"it does not define the function {name}")
    lines = re.split(r"\r\n|\r|\n", program)
    for node in tree.body:
        if _tries_out(node):
            lines[node.lineno - 1 : node.end_lineno] = [""] * ((node.end_lineno or node.lineno) - node.lineno + 1)
    kept = ast.Module([node for node in tree.body if not _tries_out(node)], [])
    text = re.sub(r"\n{3,}", "\n\n\n", "\n".join(lines))
    try:
        same = ast.dump(parse(text)) == ast.dump(kept)
    except ValueError:
        same = False
    return tidy(text if same else ast.unparse(kept))
