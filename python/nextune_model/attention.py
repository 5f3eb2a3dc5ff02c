"""Attention over keys and values that lie in two places: those of a shared prompt and those of a sequence's own tail."""

import torch
from torch.nn.functional import scaled_dot_product_attention


def causal_mask(past: int, new: int) -> torch.Tensor:
    """Which of `past + new` keys each of `new` queries sees: all past ones, and the new ones up to itself."""
    return torch.ones(new, past + new, dtype=torch.bool).tril(past)


def prompt_attention(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """A chunk of one prompt: query [new, heads, size], keys and values [kv heads, past + new, size]."""
    mixed = scaled_dot_product_attention(
        query.transpose(0, 1)[None], keys[None], values[None], attn_mask=mask, enable_gqa=True
    )
    return mixed[0].transpose(0, 1)


def padding_mask(lengths: torch.Tensor, longest: int, dtype: torch.dtype) -> torch.Tensor:
    """What is added to scores [lengths, 1, longest]: minus infinity beyond each length."""
    beyond = torch.arange(longest)[None, :] >= lengths[:, None]
    return torch.zeros(beyond.shape, dtype=dtype).masked_fill_(beyond, float("-inf"))[:, None, :]


def part_attention(
    query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, mask: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Attention over one part [batch, keys, size], and the log of its softmax's denominator, to merge it by."""
    scores = torch.baddbmm(mask, query, keys.transpose(1, 2), alpha=query.shape[-1] ** -0.5)
    return torch.bmm(scores.softmax(-1), values), scores.logsumexp(-1, keepdim=True)


def merge_parts(first: tuple[torch.Tensor, torch.Tensor], second: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    """Attention over both parts: each weighs as much as its share of the common denominator."""
    return torch.lerp(first[0], second[0], torch.sigmoid(second[1] - first[1]))
