"""The first process of the tracer's jail: warm, takes jobs on stdin, and forks a confined child for each run.

A job is a line of JSON: program, setup, tests, entryPoint, failures (how many failing tests to trace), cpuMs, memoryBytes.
The answer, for each traced test, is a line of JSON that says how the traced run ended, whether it is the job's last, and how
many bytes of events follow; the events, like the plain run's ending, are the child's own words, unread here.
"""

import gc
import json
import os
import random
import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any, NoReturn

from nextune_jail.confine import Confinement

from . import run
from .child import Child, Outcome
from .failing import ENDLESS, FAILED, PASSED, TEST_FAILED, TEST_PASSED, UNSURE, FailingTests
from .rehearsal import rehearse

RANDOM_SEED = 0
# A traced run is slower than a plain one; it should end by itself or at the cap, lest its text depend on the machine.
TRACED_CPU_FACTOR = 5
RECURSION_LIMIT = 1000  # what a program has on its own, whatever lies below it here

_modules = """abc array bisect calendar cmath collections copy dataclasses datetime decimal enum fractions functools
heapq itertools json math numbers operator queue random re statistics string textwrap time typing unicodedata""".split()
Job = run.Job
Write = run.Write
Action = Callable[[Job, Write], "bool | None"]
_encode = json.JSONEncoder(separators=(",", ":")).encode
_write = os.write


def main(options: str = "") -> None:
    """`options`: parts of the isolation that a person accepted to do without, as for nextune_jail's zygote."""
    for name in _modules:
        __import__(name)
    zygote = Zygote(Confinement("no-namespaces" not in options, "no-filter" not in options))
    rehearse(event_writer)
    gc.collect()
    gc.freeze()
    for line in sys.stdin.buffer:
        zygote.answer(json.loads(line))


class Zygote:
    def __init__(self, confinement: Confinement) -> None:
        self._confinement = confinement
        self._null = os.open("/dev/null", os.O_RDWR)

    def answer(self, job: Job) -> None:
        woven = {0: self._trace(job, 0, "woven")}
        found = FailingTests(job, woven, partial(self._trace, job, way="woven"), self._try_plainly).find()
        for at, (index, ending) in enumerate(found):
            outcome = woven.get(index) or self._trace(job, index)
            if outcome.how == "exited" and outcome.status == UNSURE:
                outcome = self._trace(job, index, "watched")
            head = {"testIndex": index, "how": outcome.how, "status": outcome.status, "bytes": len(outcome.output)}
            head |= {"last": at == len(found) - 1, "ending": ending}
            sys.stdout.buffer.write(_encode(head).encode("ascii") + b"\n" + outcome.output)
        sys.stdout.buffer.flush()

    def _trace(self, job: Job, index: int, way: str | None = None) -> Outcome:
        cpu_ms = job["cpuMs"] * TRACED_CPU_FACTOR
        return self._run(
            {**job, "testIndex": index, "streams": True, "cpuMs": cpu_ms, "way": way}, run.trace, event_writer
        )

    def _try_plainly(self, job: Job) -> Outcome:
        return self._run(job, run.try_tests, progress_writer, PASSED)

    def _run(
        self,
        job: Job,
        action: Action,
        writer: Callable[[int], Write],
        renewed_by: bytes | None = None,
    ) -> Outcome:
        read_end, write_end = os.pipe()
        pid = self._confinement.spawn()
        if pid == 0:
            self._become_child(job, action, writer, write_end)
        os.close(write_end)
        return Child(pid, read_end, job["cpuMs"], renewed_by).finish()

    def _become_child(self, job: Job, action: Action, writer: Callable[[int], Write], fd: int) -> NoReturn:
        leave = os._exit
        try:
            for standard in (0, 1, 2):
                os.dup2(self._null, standard)
            os.dup2(fd, 3)
            os.closerange(4, 256)
            self._confinement.enter()
            self._confinement.seal(job["cpuMs"] * (1 + len(job["tests"])), job["memoryBytes"])
            random.seed(RANDOM_SEED)
            sys.setrecursionlimit(RECURSION_LIMIT + _depth())
            try:
                said = action(job, writer(3))
            except run.Unsure:
                leave(UNSURE)
            except run.Endless:
                leave(ENDLESS)
            leave(0 if said is None else TEST_FAILED if said else TEST_PASSED)
        finally:
            leave(70)


def event_writer(fd: int) -> Write:
    """Every event goes out at once: a run that is killed leaves what it did."""

    def write(event: dict[str, Any]) -> None:
        data = _encode(event).encode("ascii") + b"\n"
        while data:
            data = data[_write(fd, data) :]

    return write


def progress_writer(fd: int) -> Write:
    """A line for each test: one letter, and how it ended as JSON."""
    return lambda event: _write(
        fd, (PASSED if "passed" in event else FAILED) + _encode(event["ending"]).encode("ascii") + b"\n"
    )


def _depth() -> int:
    frame: FrameType | None = sys._getframe()
    depth = 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    return depth
