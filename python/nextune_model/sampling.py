"""Draws the next token of each sequence, every sequence with random numbers of its own."""

import random
from dataclasses import dataclass, field

import torch

_BLOCK = 256
# After so many draws outside the nucleus, the row is sorted: a small top_p would be drawn for too long.
_DRAWS = 6


@dataclass
class Sampler:
    """How one sequence draws. Its numbers depend on the request's seed and the choice's index only."""

    seed: int
    index: int
    temperature: float
    top_p: float
    _numbers: random.Random = field(init=False)

    def __post_init__(self) -> None:
        # Seeding by text goes through SHA-512 and a fixed generator: the same on every platform and version.
        self._numbers = random.Random(f"{self.seed}:{self.index}")

    def uniform(self) -> float:
        """The next number of this sequence's stream, in [0, 1)."""
        return self._numbers.random()


def _inverse(weights: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
    """In each row, the index at which the running sum passes the point (a share of the row's sum)."""
    running = weights.cumsum(-1)
    found = torch.searchsorted(running, (points * running[:, -1])[:, None], right=True)
    return found.clamp_(max=weights.shape[-1] - 1)[:, 0]


def _draw(shares: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
    """A token of each row by its share: first the block, then within it, so that no long running sum is made."""
    blocks = shares.unflatten(-1, (-1, _BLOCK))
    sums = blocks.sum(-1)
    block = _inverse(sums, points)
    rows = torch.arange(len(shares))
    before = sums.cumsum(-1)[rows, block] - sums[rows, block]
    within = (points * sums.sum(-1) - before) / sums[rows, block]
    return block * _BLOCK + _inverse(blocks[rows, block], within.clamp_(0, 1))


def _nucleus(shares: torch.Tensor, sampler: Sampler) -> int:
    """One row's draw by sorting: only the likeliest tokens that together reach top_p."""
    ordered, tokens = shares.sort(descending=True, stable=True)
    kept = ordered.where(ordered.cumsum(-1) - ordered < sampler.top_p, 0)
    return int(tokens[_inverse(kept[None], torch.tensor([sampler.uniform()]))[0]])


def pick_tokens(logits: torch.Tensor, samplers: list[Sampler]) -> list[int]:
    """The next token of each row of `logits` [rows, vocabulary].

    A token is drawn from all tokens and drawn again while it lies outside the nucleus: the same distribution as
    drawing within the nucleus, without sorting the vocabulary. A token is in the nucleus when those likelier than it
    sum up to less than top_p. Temperature 0 takes the likeliest.
    """
    picked = logits.argmax(-1).tolist() if any(s.temperature == 0 for s in samplers) else [0] * len(samplers)
    left = [row for row, sampler in enumerate(samplers) if sampler.temperature > 0]
    if not left:
        return picked
    heat = torch.tensor([samplers[row].temperature for row in left])[:, None]
    shares = (logits[left] / heat).softmax(-1)
    if shares.shape[-1] % _BLOCK:
        shares = torch.nn.functional.pad(shares, (0, _BLOCK - shares.shape[-1] % _BLOCK))
    places = list(range(len(left)))
    for _ in range(_DRAWS):
        points = torch.tensor([samplers[left[place]].uniform() for place in places])
        part = shares if len(places) == len(left) else shares[places]
        tokens = _draw(part, points)
        share = part.gather(1, tokens[:, None])
        likelier = part.where(part > share, 0).sum(-1)
        outside = []
        for place, token, above, own in zip(places, tokens.tolist(), likelier.tolist(), share[:, 0].tolist()):
            if own > 0 and above < samplers[left[place]].top_p:
                picked[left[place]] = token
            else:
                outside.append(place)
        places = outside
        if not places:
            return picked
    for place in places:
        picked[left[place]] = _nucleus(shares[place], samplers[left[place]])
    return picked
