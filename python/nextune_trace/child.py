"""One confined child of the tracer's zygote: what it writes is read with limits, and its clocks are not its own word."""

import os
import select
import signal
import time

MAX_OUTPUT_BYTES = 4 * 1024 * 1024
LEAVING_MS = 500  # from the moment that a child closed its pipe: the kernel takes its namespaces apart
WALL_FACTOR = 10  # wall time a child may take for its CPU limit: it may have to wait for a busy machine


class Outcome:
    """`how`: exited, cpu, wall, output, or killed (a signal that nobody here sent: most often the kernel's, for memory)."""

    __slots__ = ("how", "status", "output", "cpu_ms")

    def __init__(self, how: str, status: int, output: bytes, cpu_ms: float) -> None:
        self.how = how
        self.status = status
        self.output = output
        self.cpu_ms = cpu_ms


class Child:
    """`renewed_by`: each such byte that it writes gives it its whole CPU limit again."""

    def __init__(self, pid: int, fd: int, cpu_ms: int, renewed_by: bytes | None = None) -> None:
        self._pid = pid
        self._fd = fd
        self._cpu_ms = cpu_ms
        self._renewed_by = renewed_by
        self._clock = (~pid << 3) | 2  # Linux's clock id of another process's CPU time: (~pid << 3) | CPUCLOCK_SCHED
        self._output = bytearray()
        self._renew()

    def _cpu_used_ms(self) -> float:
        try:
            return time.clock_gettime(self._clock) * 1000
        except OSError:
            return 0.0

    def _renew(self) -> None:
        self._cpu_ends_ms = self._cpu_used_ms() + self._cpu_ms
        self._wall_ends = time.monotonic() + self._cpu_ms * WALL_FACTOR / 1000

    def _exceeded(self) -> str | None:
        if len(self._output) > MAX_OUTPUT_BYTES:
            return "output"
        if self._cpu_used_ms() >= self._cpu_ends_ms:
            return "cpu"
        return "wall" if time.monotonic() >= self._wall_ends else None

    def _wait_ms(self) -> float:
        cpu_left = self._cpu_ends_ms - self._cpu_used_ms()
        wall_left = (self._wall_ends - time.monotonic()) * 1000
        return max(1.0, min(cpu_left, wall_left))

    def finish(self) -> Outcome:
        """Reads it to its end, or ends it at a limit. Its descendants die with it, being in its process namespace."""
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        exceeded = None
        while exceeded is None:
            if poll.poll(self._wait_ms()) and not self._read():
                break
            exceeded = self._exceeded()
        os.close(self._fd)
        # A child that closed its end and goes on has nothing more to tell.
        if exceeded is not None or os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            self._end(exceeded)
        _, ended, usage = os.wait4(self._pid, 0)
        status = os.waitstatus_to_exitcode(ended)
        cpu_ms = (usage.ru_utime + usage.ru_stime) * 1000
        return Outcome(exceeded or ("exited" if status >= 0 else "killed"), status, bytes(self._output), cpu_ms)

    def _end(self, exceeded: str | None) -> None:
        """A moment for one that is just leaving, so that its status is its own."""
        if exceeded is None and self._leaves_within(LEAVING_MS):
            return
        os.kill(self._pid, signal.SIGKILL)

    def _leaves_within(self, milliseconds: int) -> bool:
        pidfd = os.pidfd_open(self._pid)
        try:
            poll = select.poll()
            poll.register(pidfd, select.POLLIN)
            return bool(poll.poll(milliseconds))
        finally:
            os.close(pidfd)

    def _read(self) -> bool:
        chunk = os.read(self._fd, 65536)
        self._output += chunk
        if self._renewed_by is not None and self._renewed_by in chunk:
            self._renew()
        return bool(chunk)
