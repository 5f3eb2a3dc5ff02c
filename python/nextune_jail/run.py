"""One candidate process, from its first to its last test: the calls that go in, and what is made of the answers."""

import json
import os
import select
import signal
import time

from . import trial, wire
from .decode import Decoder, decode_untrusted
from .kinds import TooMuch
from .supervisor import WALL_FACTOR, Infrastructure

# As much as a socket's buffer surely takes: calls beyond it go one by one, lest both sides wait to be read.
PIPELINE_BYTES = 64 * 1024


class Run:
    """One candidate process, from its first to its last test."""

    def __init__(self, supervisor, plan, job):
        self._supervisor, self._plan, self._job = supervisor, plan, job
        # CPU milliseconds of the process, where the job asks for it: to wait for that costs time.
        self.used_ms = None

    def outcomes(self):
        number, sock = self._supervisor.start(self._job["cpuMs"])
        ready = False
        done = []
        try:
            judge = self._plain(sock) if self._plan.plain is not None else self._with_stubs(sock)
            for outcome in judge:
                # Nothing of the candidate's has run before it says so: a process that ends earlier is our fault.
                if not ready:
                    ready = True
                    continue
                done.append(outcome)
        except wire.Gone:
            why = self._supervisor.why(number)
            if not ready:
                raise Infrastructure("a candidate's process ended before its program: %s" % why) from None
            done.append(why)
        except wire.Malformed:
            done.append("protocol")
        finally:
            if self._job.get("measure"):
                self.used_ms = self._supervisor.finish(number)
            else:
                self._supervisor.end(number)
            sock.close()
        return done + ["notRun"] * (len(self._plan.tests) - len(done))

    def _first(self):
        names = ("program", "cpuMs", "memoryBytes")
        job = {name: self._job[name] for name in names}
        return wire.pack_order({**job, "imports": self._plan.imports, "identity": self._plan.plain is None})

    def _plain(self, sock):
        answers, first, tests = wire.Answers(sock), self._first(), self._plan.plain
        at_once = len(first) + self._plan.plain_bytes <= PIPELINE_BYTES
        answers.send(b"".join([first, *[test.frame for test in tests]]) if at_once else first)
        yield _ready(answers)
        for test in tests:
            if not at_once:
                answers.send(test.frame)
            yield _compare(answers.next(), test.expected)

    def _with_stubs(self, sock):
        answers = wire.Answers(sock)
        answers.send(self._first())
        yield _ready(answers)
        wall_seconds = self._job["cpuMs"] * WALL_FACTOR / 1000
        pid, pipe = trial.start(self._plan, answers, int(wall_seconds) + 6)
        try:
            # A starved candidate is given as long again.
            yield from _read_outcomes(pipe, len(self._plan.tests), 2 * wall_seconds + 5)
        finally:
            os.close(pipe)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _ready(answers):
    if answers.next() != {"ready": True}:
        raise Infrastructure("a candidate's process did not get ready")
    return True


def _read_outcomes(pipe, count, wall_seconds):
    """Outcomes a judge process names. One that falls silent was kept busy by a test: a timeout of that test."""
    deadline = time.monotonic() + wall_seconds
    buffer = b""
    while count:
        line, found, rest = buffer.partition(b"\n")
        if found:
            outcome, buffer, count = json.loads(line), rest, count - 1
            if outcome == "gone":
                raise wire.Gone()
            yield outcome
            if outcome == "protocol":
                return
            continue
        if not select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
            yield "timeout"
            return
        chunk = os.read(pipe, 65536)
        if not chunk:
            yield "timeout"
            return
        buffer += chunk


def _compare(answer, expected):
    """A plain test's outcome: what came back as data of exact types, compared here, where no candidate's code is."""
    if type(answer) is not dict:
        raise wire.Malformed("no answer")
    if "x" in answer:
        return "exception"
    if "o" in answer:
        return answer["o"] if answer["o"] in ("memory", "output") else "assertion"
    try:
        value = decode_untrusted(Decoder(), answer.get("v"))
    except TooMuch:
        return "output"
    except ValueError:
        raise wire.Malformed("no value") from None
    try:
        return "ok" if value == expected else "assertion"
    except Exception:
        return "exception"
