"""Runs a program, its setup and one test in this process; under the tracer, or plainly to learn which test fails."""

from __future__ import annotations

import ast
import os
import sys
import types
from collections.abc import Callable
from types import CodeType
from typing import Any

from .layout import PROGRAM
from .recorder import Recorder
from .statements import Unit
from .text import exception_text, text_of
from .variables import RECORDED_LENGTH

Job = dict[str, Any]
Write = Callable[[dict[str, Any]], object]
_exit = os._exit
RETURNED = "__nextune_returned__"


def find_failing(job: Job, write: Write) -> None:
    """Runs each test plainly, up to the first that fails; tells `{"passed": index}` as it goes, then `{"failed": index}`."""
    for index, test in enumerate(job["tests"]):
        try:
            namespace = _load(compile(job["program"], "<program>", "exec", dont_inherit=True), job)
            exec(compile(test, "<test>", "exec", dont_inherit=True), namespace)
        except BaseException:
            write({"failed": index})
            return
        write({"passed": index})


def trace(job: Job, write: Write) -> None:
    """Traces the test `job["testIndex"]`. Writes events, then `{"end": …}`; or `{"refused": reason}` alone."""
    units = _compile(job, write)
    if units is None:
        return
    program, test, returned = units
    recorder = None
    exception = None
    try:
        namespace = _load(program.code, job)
        namespace[RETURNED] = returned.append
        recorder = Recorder(program, test, namespace, write, (lambda: _exit(0)) if job.get("leaveAtCap") else None)
        recorder.start()
        exec(test.code, namespace)
    except BaseException as error:
        exception = error
    if recorder is not None:
        recorder.stop()
    write({"end": _ending(exception, recorder, test, returned.text)})


class Returned:
    """Keeps the text of the entry point's last result, as it was when the call returned."""

    def __init__(self) -> None:
        self.text: str | None = None

    def append(self, value: Any) -> Any:
        self.text = text_of(value, RECORDED_LENGTH)
        return value


class _ReportCalls(ast.NodeTransformer):
    """Passes the result of each of the test's calls of the entry point through RETURNED; the program is left as it is."""

    def __init__(self, entry_point: str) -> None:
        self.entry_point = entry_point

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if not (isinstance(node.func, ast.Name) and node.func.id == self.entry_point):
            return node
        reporter = ast.copy_location(ast.Name(RETURNED, ast.Load()), node)
        return ast.copy_location(ast.Call(reporter, [node], []), node)


def _compile(job: Job, write: Write) -> tuple[Unit, Unit, Returned] | None:
    index, returned = job["testIndex"], Returned()
    what = "the program"
    try:
        program = Unit("program", job["program"])
        program.find_quiet([job.get("setup") or "", job["tests"][index]])
        what = "the test"
        return program, Unit("test", job["tests"][index], _ReportCalls(job["entryPoint"]).visit), returned
    except SyntaxError as error:
        write({"refused": f"{what} does not compile: {type(error).__name__} in line {error.lineno}"})
    except Exception as error:
        write({"refused": f"{what} does not compile: {type(error).__name__}"})
    return None


def _load(code: CodeType, job: Job) -> dict[str, Any]:
    """A fresh module that holds the program, after setup. In sys.modules, where dataclasses look for it."""
    module = types.ModuleType(PROGRAM)
    sys.modules[PROGRAM] = module
    exec(code, module.__dict__)
    if job.get("setup"):
        exec(compile(job["setup"], "<setup>", "exec", dont_inherit=True), module.__dict__)
    return module.__dict__


def _ending(
    exception: BaseException | None, recorder: Recorder | None, test: Unit, returned: str | None
) -> dict[str, Any]:
    line, raised_in_test = _place(exception, test)
    return {
        "steps": recorder.steps if recorder else 0,
        "exception": None if exception is None else exception_text(exception, RECORDED_LENGTH),
        "exceptionLine": line,
        # An exception from inside the last call means that what was kept is an earlier call's.
        "returned": returned if exception is None or raised_in_test else None,
        "truncated": recorder.truncated if recorder else False,
        "skipped": recorder.skipped() if recorder else [],
    }


def _place(exception: BaseException | None, test: Unit) -> tuple[int | None, bool]:
    """Last physical line of the test's statement that the exception left, and whether that statement raised it itself."""
    line, in_test, entry = None, False, exception.__traceback__ if exception is not None else None
    while entry is not None:
        in_test = entry.tb_frame.f_code.co_filename == "<test>"
        if in_test and entry.tb_lineno in test.statements:
            line = test.statements[entry.tb_lineno].last_line
        entry = entry.tb_next
    return line, in_test
