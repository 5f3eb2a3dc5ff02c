"""The first process of a candidates' jail: warm, and forks one confined child for each candidate it is told of.

It reads no program and no test, only a number, limits in milliseconds and a socket to hand on, so what its children
inherit holds nothing about any candidate. Its clock, not the child's word, says that a child ran too long.
"""

import array
import os
import select
import signal
import socket
import sys
import time

from . import candidate
from .confine import Confinement
from .control import CPU, ENDED, EXITED, NOT_STARTED, SIGNALLED, START, STARVED, WALL, order, report

# What most programs import. Each fork copies the page tables of all of it, so that the rest is left to who needs it.
_modules = """array bisect cmath collections copy datetime enum functools heapq itertools json math operator random re
string time typing""".split()

# Taken before the candidates' own clock is put in their place.
_now, _clock_of = time.monotonic, time.clock_gettime
# How long the supervisor sleeps at most while candidates run, and how late it may wake before that counts as a stall.
_TICK_SECONDS, _LATE_SECONDS = 0.25, 0.25
# How often one is looked at that is over its wall limit and owed time.
_STARVING_MS = 250.0


class _Child:
    def __init__(self, number, pid, cpu_ms, wall_ms):
        self.number, self.pid = number, pid
        self.pidfd = os.pidfd_open(pid)
        self.cpu_ms, self.wall_ms = cpu_ms, wall_ms
        self.started = _now()
        self.stalled_ms = 0.0
        # Linux's clock id of another process's CPU time: (~pid << 3) | CPUCLOCK_SCHED.
        self._clock = (~pid << 3) | 2
        self.killed = None

    def cpu_used_ms(self):
        try:
            return _clock_of(self._clock) * 1000
        except OSError:
            return 0.0

    def check(self):
        """Kills it when it is over a limit; else returns the milliseconds in which it can't get over one."""
        used = self.cpu_used_ms()
        cpu_left = self.cpu_ms - used
        elapsed = (_now() - self.started) * 1000 - self.stalled_ms
        wall_left = self.wall_ms - elapsed
        if cpu_left <= 0:
            self.kill(CPU)
        elif wall_left <= 0:
            wall_left = _STARVING_MS
            why = STARVED if self.stalled_ms >= self.wall_ms else over_wall(self, used, *self._account(), elapsed)
            if why is not None:
                self.kill(why)
        return 1000.0 if self.killed else max(1.0, min(cpu_left, wall_left))

    def _account(self):
        """The kernel's account of the first thread: milliseconds it ran, and waited for a processor."""
        try:
            with open("/proc/%d/schedstat" % self.pid) as account:
                ran, waited = account.read().split()[:2]
                return int(ran) / 1e6, int(waited) / 1e6
        except (OSError, ValueError):
            return 0.0, 0.0

    def kill(self, why):
        self.killed = self.killed or why
        try:
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        except ProcessLookupError:
            pass


def over_wall(limits, used_ms, ran_ms, waited_ms, elapsed_ms):
    """What a process that has met its wall limit is killed for, or None where the machine owes it time: what it waited
    for a processor, up to as long again. `ran_ms` and `waited_ms` are its first thread's; what the other threads ran is
    not owed, for the first may have waited for them: no process starves itself. One that is still owed time at the end
    is starved where, going on like that, it would have come to its CPU limit; else it slept or blocked."""
    waited_ms = max(0.0, waited_ms - max(0.0, used_ms - ran_ms))
    own_ms = elapsed_ms - waited_ms
    if own_ms >= limits.wall_ms:
        return WALL
    if elapsed_ms < 2 * limits.wall_ms:
        return None
    return STARVED if used_ms * limits.wall_ms >= limits.cpu_ms * own_ms else WALL


class Zygote:
    def __init__(self, control, confinement):
        self._control = control
        self._confinement = confinement
        self._children = {}
        self._null = os.open("/dev/null", os.O_RDWR)
        for standard in (0, 1):
            os.dup2(self._null, standard)
        self._poll = select.poll()
        self._poll.register(control.fileno(), select.POLLIN)

    def run(self):
        while True:
            for fd, _ in self._wait():
                if fd == self._control.fileno():
                    self._obey()
                elif fd in self._children:
                    self._reap(fd)

    def _wait(self):
        """What happened, when something did; a late awakening is no candidate's fault, and put to their credit."""
        if not self._children:
            return self._poll.poll()
        left = min(child.check() for child in self._children.values()) / 1000
        asked, before = min(left, _TICK_SECONDS), _now()
        events = self._poll.poll(asked * 1000)
        late = _now() - before - asked
        if late > _LATE_SECONDS:
            for child in self._children.values():
                child.stalled_ms += late * 1000
        return events

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
            os.dup2(self._null, 2)
            os.dup2(fd, 3)
            os.closerange(4, 256)
            self._confinement.enter()
            candidate.serve(3, self._confinement)
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


def _warm_up(seed):
    """Imports what programs use. Modules' own hooks after a fork are left out: they would write new entropy and new
    locks into each child, which has one thread and gets its entropy from us, at a third of the cost of starting it."""
    register, os.register_at_fork = os.register_at_fork, lambda **hooks: None
    try:
        from . import chance

        chance.install(seed)
        for name in _modules:
            __import__(name)
    finally:
        os.register_at_fork = register


def main(fds, options):
    """`fds`: control sockets, one a hash seed, comma-separated. `options`: what is left out, `no-namespaces` or `no-filter`."""
    own, *others = [int(fd) for fd in fds.split(",")]
    os.set_inheritable(own, False)
    for seed, fd in enumerate(others, 2):
        os.set_inheritable(fd, True)
        _start_twin(fd, str(seed), options)
        os.close(fd)
    import gc

    _warm_up(int(os.environ["PYTHONHASHSEED"]))
    confinement = Confinement("no-namespaces" not in options, "no-filter" not in options)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    candidate.rehearse()
    gc.collect()
    gc.freeze()
    control = socket.socket(fileno=own)
    control.setblocking(True)
    Zygote(control, confinement).run()
