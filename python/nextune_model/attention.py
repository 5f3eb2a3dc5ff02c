"""Attention over keys and values that lie in several places: a shared header, a prompt's rest, a sequence's own tail."""

import torch

# A part's output [batch, queries, size], and the log of its softmax's denominator [batch, queries, 1] in float32.
Part = tuple[torch.Tensor, torch.Tensor]


def causal_mask(past: int, new: int, dtype: torch.dtype) -> torch.Tensor:
    """What is added to scores [new, past + new]: each query sees all past keys, and the new ones up to itself."""
    hidden = torch.ones(new, past + new, dtype=torch.bool).triu(past + 1)
    return torch.zeros(new, past + new, dtype=dtype).masked_fill_(hidden, float("-inf"))


def prompt_attention(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """A chunk of one prompt: query [new, heads, size], keys and values [kv heads, past + new, size].

    Plain matrix products: torch's flash kernel took five times as long in bf16 at 128 queries and 1,200 keys.
    """
    new, heads, size = query.shape
    kv = len(keys)
    by_kv = query.mul(size**-0.5).view(new, kv, heads // kv, size).permute(1, 2, 0, 3)
    scores = torch.bmm(by_kv.reshape(kv, -1, size), keys.transpose(1, 2))
    scores.view(heads, new, -1).add_(mask)
    mixed = torch.bmm(scores.softmax(-1), values).view(heads, new, size)
    return mixed.transpose(0, 1)


def padding_mask(lengths: torch.Tensor, longest: int, dtype: torch.dtype) -> torch.Tensor:
    """What is added to scores [lengths, 1, longest]: minus infinity beyond each length."""
    beyond = torch.arange(longest)[None, :] >= lengths[:, None]
    return torch.zeros(beyond.shape, dtype=dtype).masked_fill_(beyond, float("-inf"))[:, None, :]


def part_attention(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, mask: torch.Tensor | None) -> Part:
    """Attention over one part [batch, keys, size], of which the first key is never masked."""
    scores = torch.bmm(query * query.shape[-1] ** -0.5, keys.transpose(1, 2))
    if mask is not None:
        scores.add_(mask)
    shares = scores.softmax(-1)
    # The denominator follows from any key's score and share, which saves a second pass over all scores.
    weight = scores[..., :1].float() - shares[..., :1].float().log()
    return torch.bmm(shares, values), weight


def merge_parts(first: Part, second: Part) -> Part:
    """Attention over both parts: each weighs as much as its share of the common denominator."""
    mixed = torch.lerp(first[0], second[0], torch.sigmoid(second[1] - first[1]).to(first[0].dtype))
    return mixed, torch.logaddexp(first[1], second[1])
