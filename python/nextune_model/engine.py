"""The engine: one thread that evaluates prompts and draws tokens for all requests of a model in one batch.

Requests join between steps and leave when their choices end. When another model's request has waited too long, nothing
joins any more, and the batch runs out before the engine changes models.
"""

import threading
import time
from collections import deque

import torch

from nextune_model.jobs import Job
from nextune_model.models import Models
from nextune_model.rate import Rate
from nextune_model.session import Limits, Session
from nextune_model.text import Text


class Engine:
    """Serves jobs in the background. `submit` and `cancel` may be called from any thread."""

    def __init__(self, models: Models, text: Text, limits: Limits):
        self._models, self._text, self._limits = models, text, limits
        self._waiting: deque[Job] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._session: Session | None = None
        self.rate = Rate()
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Queues a job; its `done` says when it ended."""
        with self._changed:
            self._waiting.append(job)
            self._changed.notify()

    def cancel(self, job: Job) -> None:
        """Nobody waits for this job any more: it leaves before the next step."""
        job.cancelled.set()

    def close(self) -> None:
        """Ends the thread after the step under way."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    @property
    def load(self) -> dict[str, int]:
        """Requests that wait and sequences under way."""
        session = self._session
        return {"waiting": len(self._waiting), "running": session.running if session else 0}

    def _run(self) -> None:
        with torch.inference_mode():
            while self._await_work():
                try:
                    self._turn()
                except Exception as error:  # a fault must reach the callers, and must not end the engine
                    if self._session:
                        self._session.fail(error)
                    self._session = None

    def _await_work(self) -> bool:
        with self._changed:
            while not (self._closed or self._waiting or self._session):
                self._changed.wait()
            return not self._closed

    def _turn(self) -> None:
        started, tokens = time.monotonic(), 0
        while job := self._take_next():
            tokens += self._admit(job)
        session = self._session
        if session:
            session.drop_cancelled()
            tokens += session.step()
            if session.is_empty:
                # The next batch starts with empty memory, so that what it gives depends on it alone.
                self._session = None
        self.rate.add(tokens, time.monotonic() - started)

    def _admit(self, job: Job) -> int:
        try:
            if self._session is None:
                self._session = Session(job.model, self._models.load(job.model), self._text, self._limits)
            return self._session.admit(job)
        except Exception as error:  # of this job alone: the others go on
            job.fail(error)
            return 0

    def _take_next(self) -> Job | None:
        """The next job that may join what is under way, or None."""
        with self._changed:
            self._waiting = deque(job for job in self._waiting if not job.cancelled.is_set())
            for job in self._waiting:
                if self._session is None or self._session.name == job.model:
                    if self._session is not None and not self._session.fits(job):
                        return None
                    self._waiting.remove(job)
                    return job
                if time.monotonic() - job.arrived > self._limits.patience_seconds:
                    return None
            return None
