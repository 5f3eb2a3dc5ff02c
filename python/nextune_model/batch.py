"""The sequences under way: prompts with their keys and values, and a tail of its own for each sequence."""

from dataclasses import dataclass

import torch

from nextune_model.attention import padding_mask
from nextune_model.prompts import Prompts
from nextune_model.slots import Slots
from nextune_model.weights import Shape


@dataclass
class Plan:
    """One step's indices, the same for every layer."""

    tokens: torch.Tensor
    positions: torch.Tensor
    tail_ends: torch.Tensor
    rows: torch.Tensor
    tail_mask: torch.Tensor
    prompt_mask: torch.Tensor
    by_group: torch.Tensor
    to_rows: torch.Tensor
    groups: int
    rows_per_group: int


@dataclass
class Row:
    """One sequence: the token to evaluate next, its prompt's slot, and how many tokens its tail holds."""

    group: int
    token: int
    tail: int = 0


class Batch:
    """The sequences under way. Rows and groups are dense: the last one moves into a gap."""

    def __init__(self, shape: Shape, dtype: torch.dtype):
        self._kv_heads, self._dtype = shape.kv_heads, dtype
        self._tails, self.prompts = Slots(shape, dtype), Prompts(shape, dtype)
        self.rows: list[Row] = []

    def add_row(self, group: int, token: int) -> None:
        """A sequence that goes on from its prompt with `token`."""
        self.rows.append(Row(group, token))

    def drop_row(self, index: int) -> None:
        """The last row takes its place."""
        last = self.rows.pop()
        if index < len(self.rows):
            self._tails.move(len(self.rows), index)
            self.rows[index] = last

    def drop_prompt(self, slot: int) -> None:
        """The last prompt takes its place; its rows follow."""
        moved = self.prompts.drop(slot)
        for row in self.rows:
            if row.group == moved:
                row.group = slot

    def plan(self) -> Plan:
        """Indices for the next step, and room for it."""
        lengths = [len(tokens) for tokens in self.prompts.tokens]
        members: list[list[int]] = [[] for _ in lengths]
        for index, row in enumerate(self.rows):
            members[row.group].append(index)
        used = [group for group, rows in enumerate(members) if rows]
        per_group = max(len(rows) for rows in members)
        groups = max(used) + 1
        by_group, to_rows = [0] * (groups * per_group), [0] * len(self.rows)
        for group in used:
            for place, index in enumerate(members[group]):
                by_group[group * per_group + place] = index
                to_rows[index] = group * per_group + place
        tail_ends = torch.tensor([row.tail for row in self.rows])
        self._tails.fit(len(self.rows), int(tail_ends.max()) + 1)
        return Plan(
            tokens=torch.tensor([row.token for row in self.rows]),
            positions=torch.tensor([lengths[row.group] + row.tail for row in self.rows]),
            tail_ends=tail_ends,
            rows=torch.arange(len(self.rows)),
            tail_mask=self._mask(tail_ends + 1, self._tails.data.shape[4]),
            prompt_mask=self._mask(self.prompts.rest_lengths(groups), self.prompts.room),
            by_group=torch.tensor(by_group),
            to_rows=torch.tensor(to_rows),
            groups=groups,
            rows_per_group=per_group,
        )

    def _mask(self, lengths: torch.Tensor, longest: int) -> torch.Tensor:
        return padding_mask(lengths, longest, self._dtype).repeat_interleave(self._kv_heads, 0)

    def append(self, layer: int, plan: Plan, key: torch.Tensor, value: torch.Tensor) -> None:
        """Puts each row's new key and value [rows, kv heads, size] at the end of its tail."""
        place = self._tails.data[layer]
        place[0][plan.rows, :, plan.tail_ends] = key
        place[1][plan.rows, :, plan.tail_ends] = value

    def tails(self, layer: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Keys and values of the rows' own tails."""
        return self._tails.view(layer, len(self.rows))

    def advance(self, tokens: list[int]) -> None:
        """After a step: each row's next token."""
        for row, token in zip(self.rows, tokens):
            row.token = token
            row.tail += 1
