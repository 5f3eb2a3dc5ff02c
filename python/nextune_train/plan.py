"""Order and learning rate of a run: pure functions of seed and step, so that a resumed run takes the same way."""

import hashlib
import math
import random
from itertools import pairwise

from nextune_train.job import Hyperparameters
from nextune_train.packing import Sequence

WARMUP_SHARE = 0.1
# The most tokens in one forward pass. A larger batch is several passes whose gradients add up: same step, less memory.
# A GPU waits for the program between a small model's kernels: with 8192 it made 2.8 times the tokens a second.
PASS_TOKENS = {"cpu": 2048, "cuda": 8192}


def epoch_order(count: int, seed: str, epoch: int) -> list[int]:
    """A permutation of range(count), its own for each epoch."""
    digest = hashlib.sha256(f"order/{seed}/{epoch}".encode()).digest()
    order = list(range(count))
    random.Random(int.from_bytes(digest, "big")).shuffle(order)
    return order


def batches_of_epoch(count: int, batch_size: int, seed: str, epoch: int) -> list[list[int]]:
    """Indices by batch; sizes differ by one at most, so that no last small batch weighs more than the others."""
    order = epoch_order(count, seed, epoch)
    steps = math.ceil(count / batch_size)
    edges = [count * step // steps for step in range(steps + 1)]
    return [order[first:last] for first, last in pairwise(edges)]


def all_batches(count: int, config: Hyperparameters, seed: str) -> list[tuple[int, list[int]]]:
    """Every batch of the run, as (epoch, indices)."""
    return [
        (epoch, indices)
        for epoch in range(config.epochs)
        for indices in batches_of_epoch(count, config.batchSize, seed, epoch)
    ]


def learning_rate(step: int, total: int, peak: float) -> float:
    """Linear warmup over the first tenth, then half a cosine down towards 0; `step` counts from 0."""
    warmup = max(1, round(total * WARMUP_SHARE))
    if step < warmup:
        return peak * (step + 1) / warmup
    return peak * 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, total - warmup)))


def passes(sequences: list[Sequence], most_tokens: int) -> list[list[Sequence]]:
    """The batch's sequences in groups of at most so many tokens; a longer one goes alone."""
    groups: list[list[Sequence]] = []
    size = 0
    for sequence in sequences:
        length = len(sequence.ids)
        if not groups or size + length > most_tokens:
            groups.append([])
            size = 0
        groups[-1].append(sequence)
        size += length
    return groups
