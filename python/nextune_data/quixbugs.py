"""One program of QuixBugs (Lin et al., 2017): two files of Python, cases as JSON or as pytest functions, a Node class.

Nothing is run: what the set's own pytest files do to compare odd results is known here by name, or seen in the program.
"""

import ast
import json
from typing import Any

from .inputs import source_of
from .source import is_docstring, parse

_VISIBLE = 3
# How results are compared where `f(arguments) == expected` is not it; from the set's own tests.
_TOLERANCES = {"sqrt": -1}
_TUPLES = {"hanoi"}


def _function(tree: ast.Module, name: str) -> ast.FunctionDef:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return node
    raise ValueError(f"no function {name} in its program")


def _is_generator(function: ast.FunctionDef) -> bool:
    inner = {
        part
        for node in ast.walk(function)
        if node is not function and isinstance(node, (ast.FunctionDef, ast.Lambda))
        for part in ast.walk(node)
    }
    return any(isinstance(part, (ast.Yield, ast.YieldFrom)) and part not in inner for part in ast.walk(function))


def _code_and_text(program: str) -> tuple[str, str]:
    """A program without the bare strings at its top level, which describe it or hold other solutions, and the first of them."""
    program = program.replace("\r\n", "\n")
    lines, texts = program.split("\n"), []
    for node in reversed(parse(program).body):
        if is_docstring(node):
            texts.append(node.value.value)  # type: ignore[attr-defined]
            del lines[node.lineno - 1 : node.end_lineno]
    code = "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"
    return code, (texts[-1] if texts else "").strip()


def _with_node(code: str, node_class: str) -> str:
    """The program with the Node class in place of its import, so that it stands alone."""
    lines = code.split("\n")
    for statement in reversed(parse(code).body):
        if isinstance(statement, ast.ImportFrom) and statement.module == "node":
            del lines[statement.lineno - 1 : statement.end_lineno]
    return f"{node_class}\n\n" + "\n".join(lines).strip("\n") + "\n"


def _json_test(name: str, line: str, generates: bool) -> str:
    case = json.loads(line)
    if not isinstance(case, list) or len(case) != 2:
        raise ValueError("a case is no list of arguments and expected value")
    arguments, expected = case if isinstance(case[0], list) else ([case[0]], case[1])
    call = f"{name}({', '.join(map(source_of, arguments))})"
    if name in _TOLERANCES:
        return f"assert abs({call} - {source_of(expected)}) <= {source_of(arguments[_TOLERANCES[name]])}"
    if name in _TUPLES:
        expected = [tuple(part) for part in expected]
    return f"assert {f'list({call})' if generates else call} == {source_of(expected)}"


def _skipped(test_file: str) -> list[Any]:
    """Arguments that the set's own test skips because they take minutes: `input_data == […]` before a skip."""
    found = []
    for node in ast.walk(parse(test_file)):
        if isinstance(node, ast.If) and any(
            isinstance(part, ast.Attribute) and part.attr == "skip" for part in ast.walk(node)
        ):
            for part in ast.walk(node.test):
                if isinstance(part, ast.Compare) and isinstance(part.left, ast.Name) and part.left.id == "input_data":
                    found.append(ast.literal_eval(part.comparators[0]))
    return found


def _json_tests(name: str, cases: str, test_file: str, generates: bool) -> tuple[list[str], int]:
    slow = _skipped(test_file)
    tests, left_out = [], 0
    for number, line in enumerate(cases.splitlines(), 1):
        if not line.strip():
            continue
        try:
            if json.loads(line)[0] in slow:
                left_out += 1
            else:
                tests.append(_json_test(name, line, generates))
        except (ValueError, TypeError, LookupError) as error:
            raise ValueError(f"case {number}: {error}") from None
    return tests, left_out


def _is_wiring(node: ast.stmt) -> bool:
    """What connects a pytest file to the programs: imports, and the choice between correct and buggy ones."""
    return isinstance(node, (ast.Import, ast.ImportFrom, ast.If)) or is_docstring(node)


def _pytest_tests(test_file: str) -> tuple[str, list[str]]:
    """What stands beside the test functions, and each function's body as a test."""
    beside: list[ast.stmt] = []
    tests = []
    for node in parse(test_file).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            body = [item for item in node.body if not is_docstring(item)]
            tests.append("\n".join(ast.unparse(item) for item in body))
        elif not _is_wiring(node):
            beside.append(node)
    return "\n".join(ast.unparse(node) for node in beside), tests


def _visible(count: int) -> list[int]:
    """First, middle and last: a file's cases go from simple to hard, and most bugs spare the simple ones."""
    return sorted({at * (count - 1) // (_VISIBLE - 1) if count > 1 else 0 for at in range(_VISIBLE)})


def _imports_node(*files: str) -> bool:
    return any(
        isinstance(node, ast.ImportFrom) and node.module == "node" for text in files for node in ast.walk(parse(text))
    )


def read(name: str, files: dict[str, str | None]) -> dict[str, Any]:
    """The parts of a repair task. ValueError, in words, for a program that makes none."""
    reference, other_text = _code_and_text(files["correct"] or "")
    buggy, text = _code_and_text(files["buggy"] or "")
    generates = _is_generator(_function(parse(reference), name))
    test_file, cases = files.get("tests") or "", files.get("cases")
    setup, left_out = "", 0
    if cases is not None:
        tests, left_out = _json_tests(name, cases, test_file, generates)
    else:
        setup, tests = _pytest_tests(test_file)
    if not tests:
        raise ValueError("it has no test cases")
    if _imports_node(reference, buggy, test_file):
        node_class = _code_and_text(files.get("node") or "")[0].strip("\n")
        if not node_class:
            raise ValueError("it needs python_programs/node.py, which is not there")
        reference, buggy = _with_node(reference, node_class), _with_node(buggy, node_class)
    visible = _visible(len(tests))
    return {
        "intent": text or other_text,
        "buggy": buggy,
        "reference": reference,
        "setup": setup,
        "tests": [tests[at] for at in visible],
        "hiddenTests": [test for at, test in enumerate(tests) if at not in visible],
        "leftOut": left_out,
    }
