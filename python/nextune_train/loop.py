"""The training loop: from the base to an adapter, resumable at any step."""

import time
from collections.abc import Callable
from typing import Any

import torch

from nextune_train.checkpoint import load_checkpoint, remove_checkpoints, restore, save_checkpoint
from nextune_train.completion_loss import completion_loss
from nextune_train.job import Job
from nextune_train.lock import WorkLock
from nextune_train.model import adapter_parameters
from nextune_train.packing import Sequence, pack
from nextune_train.plan import PASS_TOKENS, all_batches, learning_rate, passes

GRADIENT_NORM = 1.0
_START: dict[str, Any] = {"step": 0, "trainTokens": 0, "seconds": 0.0, "epoch": 0, "lossSum": 0.0, "lossTokens": 0}


def train_step(
    model: Any, optimizer: Any, sequences: list[Sequence], rate: float, pass_tokens: int, device: str = "cpu"
) -> float:
    """One optimizer step on a batch, in passes of so many tokens; returns the mean loss over its completion tokens."""
    targets = sum(sequence.completion_length for sequence in sequences)
    losses = []
    for group in passes(sequences, pass_tokens):
        share = sum(sequence.completion_length for sequence in group) / targets
        loss = completion_loss(model, pack(group, device)) * share
        loss.backward()
        losses.append(loss.detach())
    parameters = [parameter for _, parameter in adapter_parameters(model)]
    torch.nn.utils.clip_grad_norm_(parameters, GRADIENT_NORM)
    for settings in optimizer.param_groups:
        settings["lr"] = rate
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    # Only now: each look at a GPU's number waits until all its work is done.
    return float(sum(loss.item() for loss in losses))


def make_optimizer(model: Any, rate: float) -> Any:
    """AdamW without weight decay: the adapter starts at zero and is small."""
    parameters = [parameter for _, parameter in adapter_parameters(model)]
    return torch.optim.AdamW(parameters, lr=rate, betas=(0.9, 0.999), weight_decay=0.0, fused=True)


class Run:
    """A job's position and what it needs to go on."""

    def __init__(self, job: Job, mark: str, lock: WorkLock, model: Any, sequences: list[Sequence], device: str) -> None:
        self.job, self.mark, self.lock = job, mark, lock
        self.model, self.sequences, self.device = model, sequences, device
        self.optimizer = make_optimizer(model, job.config.learningRate)
        self.batches = all_batches(len(sequences), job.config, job.seed)
        state = load_checkpoint(job.workDir, mark)
        self.position = {**_START, "passTokens": PASS_TOKENS[device]}
        if state:
            self.position |= restore(state, model, self.optimizer)
        # A GPU's passes are too large for the CPU that goes on without it.
        self.position["passTokens"] = min(self.position["passTokens"], PASS_TOKENS[device])

    def _count(self, epoch: int, batch: list[Sequence], loss: float, seconds: float) -> None:
        if epoch != self.position["epoch"]:
            self.position |= {"epoch": epoch, "lossSum": 0.0, "lossTokens": 0}
        targets = sum(sequence.completion_length for sequence in batch)
        self.position["step"] += 1
        self.position["trainTokens"] += sum(len(sequence.ids) for sequence in batch)
        self.position["lossSum"] += loss * targets
        self.position["lossTokens"] += targets
        self.position["seconds"] += seconds

    def _step(self, batch: list[Sequence], rate: float) -> float:
        """A step; passes that a GPU has no memory for are halved, for all later steps too, while that splits the batch."""
        while True:
            tokens = self.position["passTokens"]
            try:
                return train_step(self.model, self.optimizer, batch, rate, tokens, self.device)
            except torch.OutOfMemoryError:
                if len(passes(batch, tokens)) == len(batch):
                    raise
            self.position["passTokens"] = tokens // 2
            self.optimizer.zero_grad(set_to_none=True)
            torch.cuda.empty_cache()

    def _save(self) -> None:
        self.lock.check()
        save_checkpoint(self.job.workDir, self.mark, self.model, self.optimizer, dict(self.position))

    def final_loss(self) -> float:
        """Mean loss over the completion tokens of the last epoch."""
        return float(self.position["lossSum"] / max(1, self.position["lossTokens"]))

    def to_end(self, report: Callable[..., None]) -> None:
        """Takes the remaining steps. `report` gets step, totalSteps, loss and tokensPerSecond after each."""
        total, saved = len(self.batches), time.monotonic()
        for step in range(self.position["step"], total):
            epoch, indices = self.batches[step]
            batch = [self.sequences[index] for index in indices]
            begin = time.monotonic()
            rate = learning_rate(step, total, self.job.config.learningRate)
            loss = self._step(batch, rate)
            took = time.monotonic() - begin
            self._count(epoch, batch, loss, took)
            tokens = sum(len(sequence.ids) for sequence in batch)
            report(step=step + 1, totalSteps=total, loss=loss, tokensPerSecond=tokens / took)
            if time.monotonic() - saved >= self.job.checkpointSeconds or step + 1 == total:
                self._save()
                saved = time.monotonic()

    def forget(self) -> None:
        """Removes the checkpoints of a job whose adapter is in place."""
        remove_checkpoints(self.job.workDir)
