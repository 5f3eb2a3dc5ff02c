"""Causal attention over sequences that lie behind one another in one row, without padding between them.

On a CPU torch's flash kernel spent a third of the whole step here (bfloat16 without AMX, 2.12): plain matrix products
over blocks of queries are several times faster. Only the keys that a block may see are touched, probabilities are
computed again in the backward pass instead of kept.
"""

from collections.abc import Iterator
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention

NAME = "nextune_packed"
# Rows of queries a product takes: small enough to skip most of the masked half, large enough to fill the cores.
QUERY_BLOCK = 192


def _blocks(lengths: list[int]) -> Iterator[tuple[int, int, int]]:
    """(start of the sequence, start and end of the queries), all as positions in the row."""
    start = 0
    for length in lengths:
        for first in range(0, length, QUERY_BLOCK):
            yield start, start + first, start + min(first + QUERY_BLOCK, length)
        start += length


def _probabilities(queries: torch.Tensor, keys: torch.Tensor, rows: int) -> torch.Tensor:
    """Softmax of scores [kv heads, group * rows, keys]; the last `rows` keys are the queries' own positions."""
    scores = queries @ keys.transpose(1, 2)
    own = scores.view(scores.shape[0], -1, rows, scores.shape[2])[..., -rows:]
    future = torch.ones(rows, rows, dtype=torch.bool, device=scores.device).triu_(1)
    own.masked_fill_(future, float("-inf"))
    return torch.softmax(scores, -1)


class PackedCausalAttention(torch.autograd.Function):
    """Attention of query [heads, tokens, size] to key and value [kv heads, tokens, size], each sequence on its own."""

    @staticmethod
    def forward(
        ctx: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, lengths: list[int], scale: float
    ) -> torch.Tensor:
        kv_heads, heads, size = key.shape[0], query.shape[0], query.shape[2]
        grouped = (query * scale).view(kv_heads, heads // kv_heads, -1, size)
        out = torch.empty(grouped.shape, dtype=query.dtype, device=query.device)
        for start, first, end in _blocks(lengths):
            rows = end - first
            probabilities = _probabilities(
                grouped[:, :, first:end].reshape(kv_heads, -1, size), key[:, start:end], rows
            )
            out[:, :, first:end] = (probabilities @ value[:, start:end]).view(kv_heads, -1, rows, size)
        ctx.save_for_backward(grouped, key, value)
        ctx.lengths, ctx.scale = lengths, scale
        return out.view(query.shape)

    @staticmethod
    def backward(ctx: Any, grad_out: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        grouped, key, value = ctx.saved_tensors
        kv_heads, _, _, size = grouped.shape
        grad_out = grad_out.reshape(grouped.shape)
        grad_query = torch.empty_like(grouped)
        grad_key = torch.zeros(key.shape, dtype=torch.float32, device=key.device)
        grad_value = torch.zeros_like(grad_key)
        for start, first, end in _blocks(ctx.lengths):
            rows = end - first
            queries = grouped[:, :, first:end].reshape(kv_heads, -1, size)
            outer = grad_out[:, :, first:end].reshape(kv_heads, -1, size)
            keys, values = key[:, start:end], value[:, start:end]
            probabilities = _probabilities(queries, keys, rows)
            grad_value[:, start:end] += probabilities.transpose(1, 2) @ outer
            grad_scores = torch._softmax_backward_data(
                outer @ values.transpose(1, 2), probabilities, -1, probabilities.dtype
            )
            grad_query[:, :, first:end] = (grad_scores @ keys).view(kv_heads, -1, rows, size)
            grad_key[:, start:end] += grad_scores.transpose(1, 2) @ queries
        heads = (-1, *grouped.shape[2:])
        grad_query = (grad_query * ctx.scale).view(heads)
        return grad_query, grad_key.to(key.dtype), grad_value.to(value.dtype), None, None


def _by_library(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, lengths: list[int], scale: float
) -> torch.Tensor:
    parts = zip(*(tensor.split(lengths, dim=2) for tensor in (query, key, value)), strict=True)
    return torch.cat(
        [scaled_dot_product_attention(q, k, v, is_causal=True, scale=scale, enable_gqa=True) for q, k, v in parts],
        dim=2,
    )


def packed_attention(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: None,
    scaling: float,
    lengths: list[int],
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """Attention as transformers calls it: [1, heads, tokens, size] in, ([1, tokens, heads, size], None) out."""
    if query.device.type == "cpu":
        out = PackedCausalAttention.apply(query[0], key[0], value[0], lengths, scaling)[None]
    else:
        out = _by_library(query, key, value, lengths, scaling)
    return out.transpose(1, 2), None


def register() -> None:
    """Makes NAME a value of attn_implementation. Without a mask function of that name, transformers makes no mask."""
    from transformers import AttentionInterface

    AttentionInterface.register(NAME, packed_attention)
