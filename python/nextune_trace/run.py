"""Runs a program, its setup and a test in this process: plainly to learn which tests fail, woven, or watched."""

from __future__ import annotations

import ast
import os
import sys
import types
from collections.abc import Callable
from types import CodeType
from typing import Any

from nextune_weave.names import NotWoven
from nextune_weave.plan import Endless, Unsure
from nextune_weave.two_pass import TwoPasses

from .layout import PROGRAM
from .nodes import walk
from .recorder import FIRST_STEPS, KEPT_VISITS, STEPS_CAP, Recorder
from .statements import Unit
from .text import exception_text, text_of

Job = dict[str, Any]
Write = Callable[[dict[str, Any]], object]
_exit = os._exit
RETURNED = "__nextune_returned__"
RETURNED_LENGTH = 1000  # characters of the entry point's result, of which a prompt shows more than of a step's values


def try_tests(job: Job, write: Write) -> None:
    """Runs the tests from `job["from"]` on plainly, until `job["failures"]` have failed.

    Tells `{"passed": index}` or `{"failed": index, "ending": …}` after each, and with the first one its ending in any case.
    """
    failures = 0
    for index in range(job["from"], len(job["tests"])):
        returned = Returned()
        exception = None
        try:
            namespace = _load(compile(job["program"], "<program>", "exec", dont_inherit=True), job)
            namespace[RETURNED] = returned.append
            test = Unit("test", job["tests"][index], _reporting(job["entryPoint"]))
            exec(test.code, namespace)
        except BaseException as error:
            exception = error
        told = {"failed" if exception else "passed": index}
        write({**told, "ending": _plain_ending(exception, job["tests"][index], returned.text)})
        failures += exception is not None
        if failures >= job["failures"]:
            return


def _plain_ending(exception: BaseException | None, test: str, returned: str | None) -> dict[str, Any] | None:
    try:
        return _ending(exception, Unit("test", test), returned)
    except Exception:
        return None  # a test that does not compile, or an exception that can't be read


def trace(job: Job, write: Write) -> bool | None:
    """Traces the test `job["testIndex"]`. Writes events, then `{"end": …}`; or `{"refused": reason}` alone.

    At the cap `{"capped": skipped}` ends it, where `job["streams"]` says that the writer's reader knows a plain run's ending.
    @returns Whether the test failed, where a plain run of it is sure to end alike: a woven one that came to its end.
    @raises Endless when a woven run was proven never to end: a plain one would meet its CPU limit.
    @raises Unsure, with `streams`, when a woven run must be told again by the recorder: `{**job, "way": "watched"}`; with
        `way` set to `woven`, also before anything ran, when the program is one for the recorder.
    """
    units = _compile(job, write)
    if units is None:
        return None
    if job.get("way") != "watched":
        try:
            return _trace_woven(job, write, *units)
        except NotWoven:
            if job.get("way") == "woven":
                raise Unsure from None
        except Unsure:
            if job.get("streams"):
                raise
            units = _compile(job, write) or units
    _trace_watched(job, write, *units)
    return None


def _trace_woven(job: Job, write: Write, program: Unit, test: Unit, returned: Returned) -> bool | None:
    sources = [job.get("setup") or "", job["tests"][job["testIndex"]]]
    passes = TwoPasses(program, test, sources, _first_steps(job), KEPT_VISITS, job.get("stepsCap", STEPS_CAP))

    def load(code: CodeType, hooks: dict[str, Any]) -> dict[str, Any]:
        returned.text = None
        return _load(code, job, {**hooks, RETURNED: returned.append})

    told: list[dict[str, Any]] = []
    exception, counted, capped = passes.run(load, write if job.get("streams") else told.append)
    for event in told:
        write(event)
    truth: dict[str, Any] = {
        "steps": counted.steps,
        "truncated": "events" if capped else None,
        "skipped": counted.skipped(),
    }
    if not capped:
        write({"end": {**_ending(exception, test, returned.text), **truth}})
        return exception is not None
    write({"capped": truth["skipped"]})
    if counted.endless:
        raise Endless
    if not job.get("streams"):
        plainly: list[dict[str, Any]] = []
        index = job["testIndex"]
        try_tests({**job, "tests": [job["tests"][index]], "from": 0, "failures": 1}, plainly.append)
        write({"end": {**plainly[0]["ending"], **truth}})
    return None


def _trace_watched(job: Job, write: Write, program: Unit, test: Unit, returned: Returned) -> None:
    recorder = None
    exception = None
    program.find_quiet([job.get("setup") or "", test.source])
    try:
        namespace = _load(program.code, job, {RETURNED: returned.append})
        leave = (lambda: _exit(0)) if job.get("streams") else None
        recorder = Recorder(
            program, test, namespace, write, leave, _first_steps(job), steps_cap=job.get("stepsCap", STEPS_CAP)
        )
        recorder.start()
        exec(test.code, namespace)
    except BaseException as error:
        exception = error
    if recorder is not None:
        recorder.stop(exception)
    truth = {
        "steps": recorder.steps if recorder else 0,
        "truncated": recorder.truncated if recorder else None,
        "skipped": recorder.skipped() if recorder else [],
    }
    write({"end": {**_ending(exception, test, returned.text), **truth}})


def _first_steps(job: Job) -> int:
    return int(job.get("firstSteps", FIRST_STEPS))


class Returned:
    """Keeps the text of the entry point's last result, as it was when the call returned."""

    def __init__(self) -> None:
        self.text: str | None = None

    def append(self, value: Any) -> Any:
        self.text = text_of(value, RETURNED_LENGTH)
        return value


def _reporting(entry_point: str) -> Callable[[ast.AST], ast.AST]:
    """Passes the result of each of the test's calls of the entry point through RETURNED; the program is left as it is."""

    def report(tree: ast.AST) -> ast.AST:
        for node in walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == entry_point:
                call = ast.copy_location(ast.Call(node.func, node.args, node.keywords), node)
                node.func = ast.copy_location(ast.Name(RETURNED, ast.Load()), node)
                node.args, node.keywords = [call], []
        return tree

    return report


def _compile(job: Job, write: Write) -> tuple[Unit, Unit, Returned] | None:
    index, returned = job["testIndex"], Returned()
    what = "the program"
    try:
        program = Unit("program", job["program"])
        what = "the test"
        return program, Unit("test", job["tests"][index], _reporting(job["entryPoint"])), returned
    except SyntaxError as error:
        write({"refused": f"{what} does not compile: {type(error).__name__} in line {error.lineno}"})
    except Exception as error:
        write({"refused": f"{what} does not compile: {type(error).__name__}"})
    return None


def _load(code: CodeType, job: Job, more: dict[str, Any] | None = None) -> dict[str, Any]:
    """A fresh module that holds the program, after setup. In sys.modules, where dataclasses look for it."""
    module = types.ModuleType(PROGRAM)
    module.__dict__.update(more or {})
    sys.modules[PROGRAM] = module
    exec(code, module.__dict__)
    if job.get("setup"):
        exec(compile(job["setup"], "<setup>", "exec", dont_inherit=True), module.__dict__)
    return module.__dict__


def _ending(exception: BaseException | None, test: Unit, returned: str | None) -> dict[str, Any]:
    line, raised_in_test = _place(exception, test)
    return {
        "exception": None if exception is None else exception_text(exception, RETURNED_LENGTH),
        "exceptionLine": line,
        # An exception from inside the last call means that what was kept is an earlier call's.
        "returned": returned if exception is None or raised_in_test else None,
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
