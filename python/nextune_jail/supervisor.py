"""The judge's side of one zygote: starts candidates' processes, ends them, and learns why they ended."""

import os
import select
import signal
import socket
import time

from .control import CPU, END, ENDED, EXITED, NOT_STARTED, SIGNALLED, START, STARVED, WALL, order, report

WALL_FACTOR = 10


class Infrastructure(Exception):
    """Ours to answer for, not the candidate's: no verdict."""


class Supervisor:
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

    def finish(self, number):
        """Ends a candidate's process; its CPU time in milliseconds."""
        self.end(number)
        deadline = time.monotonic() + 10.0
        while number not in self._reports and time.monotonic() < deadline:
            self._drain(deadline - time.monotonic())
        return self._reports[number][2] if number in self._reports else 0

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
    if happened == STARVED:
        raise Infrastructure("the machine had no time for a candidate's process")
    if happened in (CPU, WALL) or code == -signal.SIGXCPU:
        return "timeout"
    if happened == SIGNALLED and code == -signal.SIGKILL:
        return "memory"
    if code < 0 and code != -signal.SIGKILL:
        return "exception"
    assert happened in (EXITED, ENDED)
    return "protocol"
