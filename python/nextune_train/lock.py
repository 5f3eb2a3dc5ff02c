"""One trainer a work folder: a newcomer ends the former holder, and the holder proves it still is before it writes."""

import fcntl
import json
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from nextune_train.failures import TrainFailure

FILE = "lock.json"
_GRACE_SECONDS, _LIMIT_SECONDS, _POLL_SECONDS = 2.0, 20.0, 0.05


def started_at(pid: int) -> int | None:
    """Start time of a process in clock ticks since boot, to tell a reused pid; None when it is gone, or without /proc."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return None


class WorkLock:
    """Held through flock, which the kernel releases with the process; the file says who holds it, under which fence."""

    def __init__(self, work_dir: Path) -> None:
        self._path = work_dir / FILE
        self._file = self._path.open("a+", encoding="utf-8")
        self._take()
        self.fence = (self._owner() or {}).get("fence", 0) + 1
        self._file.truncate(0)
        self._file.write(json.dumps({"pid": os.getpid(), "startedAt": started_at(os.getpid()), "fence": self.fence}))
        self._file.flush()
        os.fsync(self._file.fileno())

    def _owner(self) -> dict[str, Any] | None:
        try:
            owner: dict[str, Any] = json.loads(self._path.read_text(encoding="utf-8"))
            return owner
        except (OSError, ValueError):
            return None

    def _try(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            return False

    def _end_owner(self, with_signal: signal.Signals) -> None:
        owner = self._owner()
        if owner and owner["pid"] != os.getpid() and started_at(owner["pid"]) == owner["startedAt"]:
            with suppress(ProcessLookupError):
                os.kill(owner["pid"], with_signal)

    def _take(self) -> None:
        begin = time.monotonic()
        wanted = signal.SIGTERM
        while not self._try():
            waited = time.monotonic() - begin
            if waited > _LIMIT_SECONDS:
                raise TrainFailure("locked", f"another trainer holds {self._path} and does not end: {self._owner()}")
            if wanted == signal.SIGTERM or waited > _GRACE_SECONDS:
                self._end_owner(wanted)
                wanted = signal.SIGKILL
            time.sleep(_POLL_SECONDS)

    def check(self) -> None:
        """Raises TrainFailure `locked` when the work folder has another holder by now."""
        owner = self._owner()
        if owner is None or owner["fence"] != self.fence:
            raise TrainFailure("locked", f"{self._path} belongs to another trainer now: {owner}")
