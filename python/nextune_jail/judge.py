"""The trusted judge, in a jail of its own: holds what is expected, and asks candidates' processes for what they return.

Jobs come as JSON lines on stdin, and one answer a job goes to stdout. It reaches the candidates' jail only through the
control sockets of its zygotes, one a hash seed, and through one fresh socket a candidate.
"""

import json
import os
import select
import signal
import socket
import sys
import time
from collections import OrderedDict

from . import plan as plans
from . import trial, wire
from .values import Decoder, TooMuch, decode_untrusted
from .zygote import CPU, END, ENDED, EXITED, NOT_STARTED, SIGNALLED, START, WALL, order, report

WALL_FACTOR = 10
# As much as a socket's buffer surely takes: calls beyond it go one by one, lest both sides wait to be read.
PIPELINE_BYTES = 64 * 1024
_DECODE_SECONDS = 2.0


class Infrastructure(Exception):
    """Ours to answer for, not the candidate's: no verdict."""


class Supervisor:
    """The judge's side of one zygote."""

    def __init__(self, fd):
        self._control = socket.socket(fileno=fd)
        self._control.setblocking(True)
        self._number = 0
        self._reports = {}

    def start(self, cpu_ms):
        """A new candidate process: its number and the judge's end of its socket."""
        self._drain(0)
        self._reports.clear()
        self._number += 1
        ours, theirs = socket.socketpair()
        with theirs:
            message = order.pack(self._number, START, cpu_ms, cpu_ms * WALL_FACTOR)
            socket.send_fds(self._control, [message], [theirs.fileno()])
        return self._number, ours

    def end(self, number):
        self._control.sendall(order.pack(number, END, 0, 0))

    def _drain(self, seconds):
        if not select.select([self._control], [], [], seconds)[0]:
            return False
        data = self._control.recv(report.size, socket.MSG_WAITALL)
        if len(data) < report.size:
            raise SystemExit("the candidates' jail has ended")
        number, *rest = report.unpack(data)
        self._reports[number] = rest
        return self._drain(0)

    def why(self, number):
        """Why a candidate's process is gone. One that only hung up is ended here."""
        for grace_seconds in (0.1, 10.0):
            deadline = time.monotonic() + grace_seconds
            while number not in self._reports and time.monotonic() < deadline:
                self._drain(deadline - time.monotonic())
            if number in self._reports:
                return _reason(*self._reports[number][:2])
            self.end(number)
        raise Infrastructure("a candidate's process could not be ended")


def _reason(happened, code):
    if happened == NOT_STARTED:
        raise Infrastructure("no process could be started: %s" % os.strerror(code))
    if happened in (CPU, WALL) or code == -signal.SIGXCPU:
        return "timeout"
    if happened == SIGNALLED and code == -signal.SIGKILL:
        return "memory"
    if code < 0 and code != -signal.SIGKILL:
        return "exception"
    assert happened in (EXITED, ENDED)
    return "protocol"


class Run:
    """One candidate process, from its first to its last test."""

    def __init__(self, supervisor, plan, job, seed):
        self._supervisor, self._plan, self._job = supervisor, plan, job
        self._first = {
            "program": job["program"],
            "imports": plan.imports,
            "identity": plan.plain is None,
            "seed": seed,
            "cpuMs": job["cpuMs"],
            "memoryBytes": job["memoryBytes"],
        }

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
            self._supervisor.end(number)
            sock.close()
        return done + ["notRun"] * (len(self._plan.tests) - len(done))

    def _plain(self, sock):
        frames = [wire.pack(test.call) for test in self._plan.plain]
        first = wire.pack(self._first)
        at_once = len(first) + sum(map(len, frames)) <= PIPELINE_BYTES
        self._send(sock, b"".join([first, *frames]) if at_once else first)
        reader = wire.Reader(sock)
        yield self._ready(reader)
        for test, frame in zip(self._plan.plain, frames):
            if not at_once:
                self._send(sock, frame)
            yield _compare(reader.next(), test.expected)

    def _send(self, sock, data):
        try:
            sock.sendall(data)
        except OSError as error:
            raise wire.Gone(str(error)) from None

    def _ready(self, reader):
        if reader.next() != {"ready": True}:
            raise Infrastructure("a candidate's process did not get ready")
        return True

    def _with_stubs(self, sock):
        wire.send(sock, self._first)
        yield self._ready(wire.Reader(sock))
        wall_seconds = self._job["cpuMs"] * WALL_FACTOR / 1000 + 5
        pid, pipe = trial.start(self._plan, sock, int(wall_seconds) + 1)
        try:
            yield from _read_outcomes(pipe, len(self._plan.tests), wall_seconds)
        finally:
            os.close(pipe)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


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


def _tick():
    deadline = time.monotonic() + _DECODE_SECONDS

    def tick():
        if time.monotonic() > deadline:
            raise TooMuch("too slow to read")

    return tick


def _compare(answer, expected):
    """A plain test's outcome: what came back as data of exact types, compared here, where no candidate's code is."""
    if type(answer) is not dict:
        raise wire.Malformed("no answer")
    if "x" in answer:
        return "exception"
    if "o" in answer:
        return answer["o"] if answer["o"] in ("memory", "output") else "assertion"
    try:
        value = decode_untrusted(Decoder(tick=_tick()), answer.get("v"))
    except TooMuch:
        return "output"
    except ValueError:
        raise wire.Malformed("no value") from None
    try:
        return "ok" if value == expected else "assertion"
    except Exception:
        return "exception"


class Judge:
    """Judges one job after another. Plans are kept, for a task comes with many candidates."""

    def __init__(self, fds):
        self._supervisors = [Supervisor(fd) for fd in fds]
        self._plans = OrderedDict()

    def _plan(self, task):
        key = json.dumps(task, sort_keys=True)
        plan = self._plans.pop(key, None) or plans.Plan(task)
        self._plans[key] = plan
        while len(self._plans) > 256:
            self._plans.popitem(last=False)
        return plan

    def answer(self, job):
        try:
            plan = self._plan(job["task"])
        except plans.BadTest as error:
            return {"badTask": str(error)}
        if "program" not in job:
            return {}
        refused = _refusal(job["program"], job["task"].get("buggy"))
        if refused:
            return {"verdict": "fail", "reason": refused, "outcomes": []}
        try:
            return self._judge(plan, job)
        except Infrastructure as error:
            return {"verdict": "none", "reason": "infrastructure", "outcomes": [], "detail": str(error)}

    def _judge(self, plan, job):
        outcomes = []
        for seed, supervisor in enumerate(self._supervisors, 1):
            before, outcomes = outcomes, Run(supervisor, plan, job, seed).outcomes()
            if any(outcome != "ok" for outcome in outcomes):
                if before:
                    outcomes = [outcome if outcome in ("ok", "notRun") else "flaky" for outcome in outcomes]
                break
        reason = next((outcome for outcome in outcomes if outcome != "ok"), "ok")
        return {"verdict": "pass" if reason == "ok" else "fail", "reason": reason, "outcomes": outcomes}


def _refusal(program, buggy):
    try:
        mine = plans.normalised(program)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "unparsable"
    if buggy is None:
        return None
    try:
        return "unchanged" if mine == plans.normalised(buggy) else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def main(fds):
    judge = Judge([int(fd) for fd in fds.split(",")])
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    for line in source:
        sink.write(json.dumps(judge.answer(json.loads(line))).encode() + b"\n")
        sink.flush()
