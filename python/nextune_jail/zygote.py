"""The first process of a candidates' jail: warm, and forks one confined child for each candidate it is told of.

It reads no program and no test, only a number, limits in milliseconds and a socket to hand on, so what its children
inherit holds nothing about any candidate. Its clock, not the child's word, says that a child ran too long.
"""

import array
import os
import select
import signal
import socket
import struct
import sys
import time

from . import candidate
from .confine import Confinement

# number, what (0 start, 1 end), CPU limit, wall limit; a start brings one descriptor.
order = struct.Struct("<QIII")
# number, what happened, status of the exit or the errno, CPU milliseconds
report = struct.Struct("<QIiI")
EXITED, SIGNALLED, CPU, WALL, NOT_STARTED, ENDED = range(6)
START, END = 0, 1

_modules = """abc array bisect calendar cmath collections copy dataclasses datetime decimal enum fractions functools
heapq itertools json math numbers operator queue random re statistics string textwrap time typing unicodedata""".split()


class _Child:
    def __init__(self, number, pid, cpu_ms, wall_ms):
        self.number, self.pid = number, pid
        self.pidfd = os.pidfd_open(pid)
        self.cpu_ms, self.wall_ms = cpu_ms, wall_ms
        self.started = time.monotonic()
        # Linux's clock id of another process's CPU time: (~pid << 3) | CPUCLOCK_SCHED.
        self._clock = (~pid << 3) | 2
        self.killed = None

    def cpu_used_ms(self):
        try:
            return time.clock_gettime(self._clock) * 1000
        except OSError:
            return 0.0

    def check(self):
        """Kills it when it is over a limit; else returns the milliseconds in which it can't get over one."""
        cpu_left = self.cpu_ms - self.cpu_used_ms()
        wall_left = self.wall_ms - (time.monotonic() - self.started) * 1000
        if cpu_left <= 0 or wall_left <= 0:
            self.kill(CPU if cpu_left <= 0 else WALL)
            return 1000.0
        return max(1.0, min(cpu_left, wall_left))

    def kill(self, why):
        self.killed = self.killed or why
        try:
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        except ProcessLookupError:
            pass


class Zygote:
    def __init__(self, control, confinement):
        self._control = control
        self._confinement = confinement
        self._children = {}
        self._null = os.open("/dev/null", os.O_RDWR)
        self._poll = select.poll()
        self._poll.register(control.fileno(), select.POLLIN)

    def run(self):
        while True:
            left = min((child.check() for child in self._children.values()), default=None)
            for fd, _ in self._poll.poll(left):
                if fd == self._control.fileno():
                    self._obey()
                elif fd in self._children:
                    self._reap(fd)

    def _obey(self):
        try:
            message, ancillary, _, _ = self._control.recvmsg(order.size, socket.CMSG_SPACE(4), socket.MSG_WAITALL)
        except ConnectionError:
            message = b""
        if len(message) < order.size:
            os._exit(0)
        number, what, cpu_ms, wall_ms = order.unpack(message)
        fds = array.array("i")
        for _, _, data in ancillary:
            fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
        if what == START:
            self._start(number, cpu_ms, wall_ms, fds[0])
            return
        for child in [child for child in self._children.values() if child.number == number]:
            child.kill(ENDED)

    def _start(self, number, cpu_ms, wall_ms, fd):
        try:
            pid = self._confinement.spawn()
        except OSError as error:
            os.close(fd)
            self._control.sendall(report.pack(number, NOT_STARTED, error.errno or 0, 0))
            return
        if pid == 0:
            self._become_candidate(fd)
        os.close(fd)
        child = _Child(number, pid, cpu_ms, wall_ms)
        self._children[child.pidfd] = child
        self._poll.register(child.pidfd, select.POLLIN)

    def _become_candidate(self, fd):
        try:
            for standard in (0, 1, 2):
                os.dup2(self._null, standard)
            os.dup2(fd, 3)
            os.closerange(4, 256)
            self._children.clear()
            self._confinement.enter()
            candidate.serve(socket.socket(fileno=3), self._confinement)
        finally:
            os._exit(70)

    def _reap(self, pidfd):
        child = self._children.pop(pidfd)
        self._poll.unregister(pidfd)
        os.close(pidfd)
        _, status, usage = os.wait4(child.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        happened = child.killed or (EXITED if code >= 0 else SIGNALLED)
        used_ms = int((usage.ru_utime + usage.ru_stime) * 1000)
        self._control.sendall(report.pack(child.number, happened, code, used_ms))


def _start_twin(fd, seed, options):
    """The second run of a pass needs an interpreter with another hash seed: a zygote of its own in the same jail."""
    if os.fork() == 0:
        argv = [sys.executable, *sys.orig_argv[1:-2], str(fd), options]
        os.execve(sys.executable, argv, {**os.environ, "PYTHONHASHSEED": seed})


def main(fds, options):
    """`fds`: control sockets, one a hash seed, comma-separated. `options`: what is left out, `no-namespaces` or `no-filter`."""
    own, *others = [int(fd) for fd in fds.split(",")]
    os.set_inheritable(own, False)
    for seed, fd in enumerate(others, 2):
        os.set_inheritable(fd, True)
        _start_twin(fd, str(seed), options)
        os.close(fd)
    import gc

    for name in _modules:
        __import__(name)
    confinement = Confinement("no-namespaces" not in options, "no-filter" not in options)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.collect()
    gc.freeze()
    control = socket.socket(fileno=own)
    control.setblocking(True)
    Zygote(control, confinement).run()
