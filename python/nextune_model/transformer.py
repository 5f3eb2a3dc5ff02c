"""The forward pass of a Llama model: prompts in chunks, and one step of many sequences that share prompts."""

import torch
from torch.nn.functional import linear, rms_norm, silu

from nextune_model.attention import causal_mask, merge_parts, part_attention, prompt_attention
from nextune_model.batch import Batch
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
        mask = causal_mask(past, len(tokens))
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

    def _mix(self, batch: Batch, plan, index: int, query: torch.Tensor) -> torch.Tensor:
        """Own tail and shared prompt. Queries of one prompt's sequences meet its keys in one product."""
        rows, groups, per_group = len(plan.tokens), plan.groups, plan.rows_per_group
        kv, size = self.shape.kv_heads, self.shape.head_size
        share = self.shape.heads // kv
        tails = part_attention(query.reshape(rows * kv, share, size), *batch.tails(index, plan), plan.tail_mask)
        by_group = query[plan.by_group].view(groups, per_group, kv, share, size).transpose(1, 2)
        mixed, weight = part_attention(
            by_group.reshape(groups * kv, per_group * share, size), *batch.prompts(index, plan), plan.prompt_mask
        )
        back = [
            part.view(groups, kv, per_group, share, -1).transpose(1, 2).reshape(groups * per_group, kv * share, -1)
            for part in (mixed, weight)
        ]
        prompt = [part[plan.to_rows].view(rows * kv, share, -1) for part in back]
        return merge_parts((prompt[0], prompt[1]), tails).view(rows, -1)
