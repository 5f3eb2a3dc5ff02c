"""The engine: one thread that evaluates prompts and draws tokens for all requests of a model in one batch.

Requests join between steps and leave when their choices end. The batch holds one model's requests; when another model's
request has waited too long, nothing joins any more and the batch runs out before the engine changes models.
"""

import threading
import time
from collections import deque
from dataclasses import dataclass, field

import torch

from nextune_model.batch import Batch
from nextune_model.jobs import Choice, Job
from nextune_model.models import LoadedModel, Models
from nextune_model.prefix import evaluate_prompt
from nextune_model.rate import Rate
from nextune_model.sampling import pick_tokens
from nextune_model.text import Text


@dataclass(frozen=True)
class Limits:
    """How much is under way at once. `kv_tokens` bounds memory: keys and values of one token take 23 kB in bf16."""

    rows: int = 64
    kv_tokens: int = 65_536
    patience_seconds: float = 20.0


@dataclass
class Group:
    """A job whose prompt lies in the batch, and its choices that have no row yet, each with its first token."""

    job: Job
    unseated: deque[tuple[Choice, int]] = field(default_factory=deque)


class Engine:
    """Serves jobs in the background. `submit` and `cancel` may be called from any thread."""

    def __init__(self, models: Models, text: Text, limits: Limits = Limits()):
        self._models, self._text, self._limits = models, text, limits
        self._waiting: deque[Job] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._model: LoadedModel | None = None
        self._model_name = ""
        self._batch: Batch | None = None
        self._groups: list[Group] = []
        self._choices: list[Choice] = []
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
        with self._changed:
            job.cancelled.set()
            self._changed.notify()

    def close(self) -> None:
        """Ends the thread after the step under way."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    @property
    def load(self) -> dict[str, int]:
        """Requests that wait and sequences under way."""
        return {"waiting": len(self._waiting), "running": len(self._choices)}

    def _run(self) -> None:
        with torch.inference_mode():
            while self._await_work():
                try:
                    self._turn()
                except Exception as error:  # a fault must reach the callers, and must not end the engine
                    self._fail_all(error)

    def _await_work(self) -> bool:
        with self._changed:
            while not (self._closed or self._waiting or self._groups):
                self._changed.wait()
            return not self._closed

    def _fail_all(self, error: Exception) -> None:
        for group in self._groups:
            group.job.fail(error)
        self._groups, self._choices, self._batch = [], [], None

    def _turn(self) -> None:
        self._drop_cancelled()
        started = time.monotonic()
        while job := self._take_next():
            self._admit(job)
            self._drop_cancelled()
        self._seat()
        if self._choices:
            self._step()
        self.rate.add(len(self._choices), time.monotonic() - started)
        self._drop_ended()

    def _take_next(self) -> Job | None:
        """The next job that fits, or None. Changes models when the batch is empty."""
        with self._changed:
            while self._waiting and self._waiting[0].cancelled.is_set():
                self._waiting.popleft()
            if not self._waiting:
                return None
            oldest = self._waiting[0]
            if not self._groups:
                self._waiting.popleft()
                return oldest
            if oldest.model != self._model_name and self._is_impatient(oldest):
                return None
            for job in self._waiting:
                if job.model == self._model_name and self._fits(job):
                    self._waiting.remove(job)
                    return job
                if job.model == self._model_name:
                    return None
            return None

    def _is_impatient(self, job: Job) -> bool:
        return time.monotonic() - job.arrived > self._limits.patience_seconds

    def _fits(self, job: Job) -> bool:
        """Whether the job's prompt and at least one of its choices have room beside what is under way."""
        if len(self._choices) + sum(len(group.unseated) for group in self._groups) >= self._limits.rows:
            return False
        jobs = [*(group.job for group in self._groups), job]
        prompts = len(jobs) * max(len(other.prompt) for other in jobs)
        tails = self._rows_in(jobs) * max(other.room for other in jobs)
        return prompts + tails <= self._limits.kv_tokens

    def _rows_in(self, jobs: list[Job]) -> int:
        return min(self._limits.rows, sum(len(job.choices) for job in jobs))

    def _admit(self, job: Job) -> None:
        """Evaluates the prompt, draws the first tokens, and takes the job into the batch."""
        try:
            if not self._groups:
                self._change_model(job.model)
            evaluated = evaluate_prompt(self._model.transformer, self._model.cache, job.prompt, job.cancelled.is_set)
        except Exception as error:  # of this job alone: the others go on
            job.fail(error)
            return
        if evaluated is None:
            return
        state, logits = evaluated
        samplers = [choice.sampler for choice in job.choices]
        tokens = pick_tokens(logits.expand(len(samplers), -1), samplers)
        group = Group(job)
        for choice, token in zip(job.choices, tokens):
            choice.take(token, self._text)
            if not choice.finish:
                group.unseated.append((choice, token))
        self.rate.add(len(tokens), 0)
        if group.unseated:
            self._batch.add_prompt(state, len(job.prompt))
            self._groups.append(group)
        job.finish_if_ended()

    def _change_model(self, name: str) -> None:
        """An empty batch of this model. What the last batch held is given back first."""
        self._batch = None
        if name != self._model_name:
            self._model_name, self._model = "", None
            self._model = self._models.load(name)
            self._model_name = name
        self._batch = Batch(self._model.transformer.shape, self._model.transformer.dtype)

    def _seat(self) -> None:
        """Rows for choices that have none, as far as there is room for their tails."""
        room = max((group.job.room for group in self._groups), default=1)
        rows = min(self._limits.rows, max(1, self._limits.kv_tokens // room))
        for slot, group in enumerate(self._groups):
            while group.unseated and len(self._choices) < rows:
                choice, token = group.unseated.popleft()
                self._batch.add_row(slot, token, group.job.room)
                self._choices.append(choice)

    def _step(self) -> None:
        logits = self._model.transformer.step(self._batch)
        tokens = pick_tokens(logits, [choice.sampler for choice in self._choices])
        self._batch.advance(tokens)
        for choice, token in zip(self._choices, tokens):
            choice.take(token, self._text)

    def _drop_ended(self) -> None:
        for index in reversed(range(len(self._choices))):
            if self._choices[index].finish:
                self._drop_row(index)
        self._drop_groups()

    def _drop_row(self, index: int) -> None:
        self._batch.drop_row(index)
        last = self._choices.pop()
        if index < len(self._choices):
            self._choices[index] = last

    def _drop_groups(self) -> None:
        used = {row.group for row in self._batch.rows} if self._batch else set()
        for slot in reversed(range(len(self._groups))):
            group = self._groups[slot]
            group.job.finish_if_ended()
            if slot not in used and not group.unseated:
                self._batch.drop_prompt(slot)
                last = self._groups.pop()
                if slot < len(self._groups):
                    self._groups[slot] = last

    def _drop_cancelled(self) -> None:
        for group in self._groups:
            if group.job.cancelled.is_set():
                group.unseated.clear()
        for index in reversed(range(len(self._choices))):
            if self._groups[self._batch.rows[index].group].job.cancelled.is_set():
                self._drop_row(index)
        self._drop_groups()
