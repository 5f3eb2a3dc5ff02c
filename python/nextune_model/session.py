"""The jobs of one model that are under way together: their prompts and sequences in one batch."""

from collections import deque
from dataclasses import dataclass, field

from nextune_model.batch import Batch
from nextune_model.jobs import Choice, Job
from nextune_model.models import LoadedModel
from nextune_model.prefix import evaluate_prompt
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


class Session:
    """Groups and choices lie in the order of the batch's prompts and rows, and move as they move."""

    def __init__(self, name: str, model: LoadedModel, text: Text, limits: Limits):
        self.name = name
        self._model, self._text, self._limits = model, text, limits
        self._batch = Batch(model.transformer.shape, model.transformer.dtype)
        self._groups: list[Group] = []
        self._choices: list[Choice] = []

    @property
    def is_empty(self) -> bool:
        """Whether every job has left."""
        return not self._groups

    @property
    def running(self) -> int:
        """How many sequences are under way."""
        return len(self._choices)

    def fits(self, job: Job) -> bool:
        """Whether the job's prompt and at least one of its choices have room beside what is under way."""
        if self.running + sum(len(group.unseated) for group in self._groups) >= self._limits.rows:
            return False
        jobs = [*(group.job for group in self._groups), job]
        rows = min(self._limits.rows, sum(len(other.choices) for other in jobs))
        prompts = len(jobs) * max(len(other.prompt) for other in jobs)
        tails = rows * max(other.room for other in jobs)
        return prompts + tails <= self._limits.kv_tokens

    def admit(self, job: Job) -> int:
        """Evaluates the prompt, draws the first tokens (how many is the result), and takes the job in."""
        evaluated = evaluate_prompt(self._model.transformer, self._model.cache, job.prompt, job.cancelled.is_set)
        if evaluated is None:
            return 0
        state, logits = evaluated
        job.adapter_digest = self._model.adapter_digest
        samplers = [choice.sampler for choice in job.choices]
        tokens = pick_tokens(logits.expand(len(samplers), -1), samplers)
        group = Group(job)
        for choice, token in zip(job.choices, tokens, strict=True):
            choice.take(token, self._text)
            if not choice.finish:
                group.unseated.append((choice, token))
        if group.unseated:
            self._batch.prompts.add(job.prompt, state)
            self._groups.append(group)
        job.finish_if_ended()
        return len(tokens)

    def step(self) -> int:
        """One token more for every sequence (how many is the result); those that ended leave."""
        self._seat()
        if not self._choices:
            return 0
        logits = self._model.transformer.step(self._batch)
        tokens = pick_tokens(logits, [choice.sampler for choice in self._choices])
        self._batch.advance(tokens)
        for choice, token in zip(self._choices, tokens, strict=True):
            choice.take(token, self._text)
        self._drop_rows([choice.finish is not None for choice in self._choices])
        return len(tokens)

    def drop_cancelled(self) -> None:
        """What nobody waits for any more leaves."""
        gone = [group.job.cancelled.is_set() for group in self._groups]
        if any(gone):
            for group, is_gone in zip(self._groups, gone, strict=True):
                if is_gone:
                    group.unseated.clear()
            self._drop_rows([gone[row.group] for row in self._batch.rows])

    def fail(self, error: Exception) -> None:
        """Ends every job with an error."""
        for group in self._groups:
            group.job.fail(error)

    def _seat(self) -> None:
        """Rows for choices that have none, as far as there is room for their tails."""
        room = max((group.job.room for group in self._groups), default=1)
        rows = min(self._limits.rows, max(1, self._limits.kv_tokens // room))
        for slot, group in enumerate(self._groups):
            while group.unseated and self.running < rows:
                choice, token = group.unseated.popleft()
                self._batch.add_row(slot, token)
                self._choices.append(choice)

    def _drop_rows(self, leaving: list[bool]) -> None:
        for index in reversed(range(len(leaving))):
            if leaving[index]:
                self._batch.drop_row(index)
                _drop(self._choices, index)
        used = {row.group for row in self._batch.rows}
        for slot in reversed(range(len(self._groups))):
            group = self._groups[slot]
            group.job.finish_if_ended()
            if slot not in used and not group.unseated:
                self._batch.drop_prompt(slot)
                _drop(self._groups, slot)


def _drop(entries: list, index: int) -> None:
    """The last entry takes the place, as in the batch."""
    last = entries.pop()
    if index < len(entries):
        entries[index] = last
