"""Which tests of a job fail: as plain runs tell it, and woven ones where a plain run is sure to end alike.

What a process says of its end is its program's word too, unless it is woven: such a program's text reaches nothing that
could end the process or write to its pipe (nextune_weave/reach.py). A plain run's word is believed all the same: a
program that writes to its pipe can hide a failing test of its own, and so choose which one is traced, or none.
"""

from __future__ import annotations

from collections.abc import Callable

from .child import Outcome
from .run import Job

PASSED, FAILED = b"p", b"f"
# Statuses of a woven run: it must be told by the recorder instead; it came to its end, and the test failed or passed; it is
# proven to have no end.
UNSURE, TEST_FAILED, TEST_PASSED, ENDLESS = 75, 76, 77, 78
HASTY_MS = (
    100  # of CPU time: a test that a plain run does not end in it is woven first, and may be proven to have no end
)


class FailingTests:
    """`woven`: outcomes of woven runs by test. `weave` makes one; `try_plainly` runs tests from `job["from"]` on."""

    def __init__(
        self,
        job: Job,
        woven: dict[int, Outcome],
        weave: Callable[[int], Outcome],
        try_plainly: Callable[[Job], Outcome],
    ) -> None:
        self.woven = woven
        self._job = job
        self._weave = weave
        self._try_plainly = try_plainly
        self._count = len(job["tests"])
        self._begun = 0
        self._failed: list[tuple[int, str]] = []
        self._first = ""  # the first test's ending

    def find(self) -> list[tuple[int, str]]:
        """(index, ending as told by a plain run) of the first tests that fail, else of the first test.

        Most bugs fail in the first test: where its woven run tells so, or that it never ends, no plain one is needed.
        """
        full_ms = self._job["cpuMs"]
        limit_ms = hasty_ms = min(HASTY_MS, full_ms)
        while not self._is_done():
            woven = self.woven.get(self._begun)
            if woven is not None and _tells_ending(woven, self._job):
                self._next(None if woven.status == TEST_PASSED else "")
                limit_ms = hasty_ms
                continue
            plain = self._try(limit_ms)
            if self._is_done():
                break
            if limit_ms < full_ms and plain.how in ("cpu", "wall"):
                self.woven[self._begun] = self.woven.get(self._begun) or self._weave(self._begun)
                limit_ms = full_ms
            else:
                self._next("")  # it ended its process, or was ended
                limit_ms = hasty_ms
        return self._failed[: self._job["failures"]] or [(0, self._first)]

    def _is_done(self) -> bool:
        return self._begun >= self._count or len(self._failed) >= self._job["failures"]

    def _next(self, failed: str | None) -> None:
        if failed is not None and self._begun < self._count:
            self._failed.append((self._begun, failed))
        self._begun += 1

    def _try(self, limit_ms: int) -> Outcome:
        failures = self._job["failures"] - len(self._failed)
        plain = self._try_plainly({**self._job, "from": self._begun, "failures": failures, "cpuMs": limit_ms})
        for line in plain.output.split(b"\n")[:-1]:
            ending = line[1:].decode("ascii", "replace")
            self._first = self._first if self._begun else ending
            self._next(ending if line[:1] == FAILED else None)
        return plain


def _tells_ending(woven: Outcome, job: Job) -> bool:
    """Whether a woven run tells how a plain one ends, but for its text."""
    if woven.how != "exited":
        return False
    # A woven run within the plain one's limit says that a plain one, which takes less, is so too.
    ended = woven.status in (TEST_FAILED, TEST_PASSED) and woven.cpu_ms < job["cpuMs"]
    return ended or woven.status == ENDLESS
