"""The forward pass of a Llama model: prompts in chunks, and one step of many sequences that share prompts."""

import torch
from torch.nn.functional import linear, rms_norm, silu

from nextune_model.attention import Part, causal_mask, merge_parts, part_attention, prompt_attention
from nextune_model.batch import Batch, Plan
from nextune_model.weights import Layer, Weights


class Transformer:
    """One model's computation. Holds weights and rotary angles only: state lies with the caller."""

    def __init__(self, weights: Weights):
        self.weights = weights
        self.shape = shape = weights.shape
        self.dtype = weights.embedding.dtype
        steps = torch.arange(0, shape.head_size, 2, dtype=torch.float64) / shape.head_size
        angles = torch.outer(torch.arange(shape.context, dtype=torch.float64), shape.rope_theta**-steps)
        # Rotary pairs lie side by side, so that turning a pair is one complex product.
        self._turns = torch.polar(torch.ones_like(angles), angles).to(torch.complex64)

    def _norm(self, hidden: torch.Tensor, weight: torch.Tensor | None = None) -> torch.Tensor:
        return rms_norm(hidden, (self.shape.hidden,), weight, self.shape.norm_epsilon)

    def _project(self, layer: Layer, hidden: torch.Tensor, turns: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Query, key and value of each token: [tokens, heads, size], turned to their positions."""
        shape = self.shape
        turned = shape.heads + shape.kv_heads
        joined = linear(self._norm(hidden), layer.qkv).view(-1, turned + shape.kv_heads, shape.head_size)
        pairs = torch.view_as_complex(joined[:, :turned].float().unflatten(-1, (-1, 2)))
        turned_pairs = torch.view_as_real(pairs * turns).flatten(-2).to(self.dtype)
        return turned_pairs[:, : shape.heads], turned_pairs[:, shape.heads :], joined[:, turned:]

    def _finish(self, layer: Layer, hidden: torch.Tensor, mixed: torch.Tensor) -> torch.Tensor:
        hidden = hidden + linear(mixed, layer.out)
        gate, up = linear(self._norm(hidden), layer.gate_up).chunk(2, -1)
        return hidden + linear(silu(gate).mul_(up), layer.down)

    def logits(self, hidden: torch.Tensor) -> torch.Tensor:
        """Scores of the next token, in float32."""
        return linear(self._norm(hidden, self.weights.norm), self.weights.head).float()

    def prefill(self, tokens: list[int], past: int, state: torch.Tensor) -> torch.Tensor:
        """Evaluates tokens at positions from `past`; writes their keys and values into `state`; the last hidden state.

        `state` is [layers, 2, kv heads, positions, size], filled up to `past`.
        """
        end = past + len(tokens)
        hidden = self.weights.embedding[torch.tensor(tokens)]
        turns = self._turns[past:end, None]
        mask = causal_mask(past, len(tokens), self.dtype)
        for layer, place in zip(self.weights.layers, state):
            query, key, value = self._project(layer, hidden, turns)
            place[0, :, past:end] = key.transpose(0, 1)
            place[1, :, past:end] = value.transpose(0, 1)
            mixed = prompt_attention(query, place[0, :, :end], place[1, :, :end], mask)
            hidden = self._finish(layer, hidden, mixed.flatten(1))
        return hidden[-1:]

    def step(self, batch: Batch) -> torch.Tensor:
        """One token more of every sequence in the batch: the logits that follow it, [rows, vocabulary]."""
        plan = batch.plan()
        hidden = self.weights.embedding[plan.tokens]
        turns = self._turns[plan.positions][:, None]
        for index, layer in enumerate(self.weights.layers):
            query, key, value = self._project(layer, hidden, turns)
            batch.append(index, plan, key, value)
            mixed = self._mix(batch, plan, index, query)
            hidden = self._finish(layer, hidden, mixed)
        return self.logits(hidden)

    def _mix(self, batch: Batch, plan: Plan, index: int, query: torch.Tensor) -> torch.Tensor:
        """Header of all prompts, own prompt, own tail: queries that meet the same keys do so in one product."""
        rows, kv, size = len(plan.tokens), self.shape.kv_heads, self.shape.head_size
        by_kv = query.view(rows, kv, -1, size)
        parts = self._mix_prompts(batch, plan, index, by_kv)
        if batch.prompts.header > 0:
            everyone = by_kv.transpose(0, 1).reshape(kv, -1, size)
            header = part_attention(everyone, *batch.prompts.headers(index), None)
            parts = merge_parts(
                (_by_row(header[0].view(kv, rows, -1, size)), _by_row(header[1].view(kv, rows, -1, 1))), parts
            )
        tails = part_attention(by_kv.flatten(0, 1), *batch.tails(index), plan.tail_mask)
        return merge_parts(parts, tails)[0].view(rows, -1)

    def _mix_prompts(self, batch: Batch, plan: Plan, index: int, by_kv: torch.Tensor) -> Part:
        """Each prompt behind the header, with the queries of all its sequences; a part [rows * kv heads, share, …]."""
        _, kv, share, size = by_kv.shape
        groups, per_group = plan.groups, plan.rows_per_group
        by_group = by_kv[plan.by_group].view(groups, per_group, kv, share, size).transpose(1, 2)
        part = part_attention(
            by_group.reshape(groups * kv, -1, size), *batch.prompts.rests(index, groups), plan.prompt_mask
        )
        mixed, weight = (
            values.view(groups, kv, per_group, share, -1).transpose(1, 2).flatten(0, 1)[plan.to_rows].flatten(0, 1)
            for values in part
        )
        return mixed, weight


def _by_row(values: torch.Tensor) -> torch.Tensor:
    """[kv heads, rows, share, …] as [rows * kv heads, share, …]."""
    return values.transpose(0, 1).flatten(0, 1)
