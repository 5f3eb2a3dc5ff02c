"""Batches as one row of tokens: sequences behind one another, no padding."""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Sequence:
    """Token ids of prompt and completion; the loss is taken on ids[prompt_length:]."""

    ids: list[int]
    prompt_length: int

    @property
    def completion_length(self) -> int:
        return len(self.ids) - self.prompt_length


@dataclass(frozen=True)
class Batch:
    """`sources` are the positions whose hidden state predicts `targets`."""

    ids: torch.Tensor
    positions: torch.Tensor
    lengths: list[int]
    sources: torch.Tensor
    targets: torch.Tensor


def pack(sequences: list[Sequence], device: str = "cpu") -> Batch:
    """One row of all sequences, with what the loss needs."""
    lengths = [len(sequence.ids) for sequence in sequences]
    positions: list[int] = []
    sources: list[int] = []
    targets: list[int] = []
    start = 0
    for sequence, length in zip(sequences, lengths, strict=True):
        positions += range(length)
        sources += range(start + sequence.prompt_length - 1, start + length - 1)
        targets += sequence.ids[sequence.prompt_length :]
        start += length
    ids = [token for sequence in sequences for token in sequence.ids]
    tensors = [torch.tensor(values, device=device) for values in (ids, positions, sources, targets)]
    return Batch(tensors[0], tensors[1], lengths, tensors[2], tensors[3])
