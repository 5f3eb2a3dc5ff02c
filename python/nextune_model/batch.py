"""Keys and values of the sequences under way: one copy of each prompt's, and a tail for each sequence."""

from dataclasses import dataclass

import torch

from nextune_model.attention import padding_mask
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
    longest_tail: int
    longest_prompt: int


class Slots:
    """A growing tensor [layers, 2, slots, kv heads, positions, size]; slots in use come first."""

    def __init__(self, shape: Shape, dtype: torch.dtype):
        self._shape = shape
        self.data = torch.empty(shape.layers, 2, 0, shape.kv_heads, 0, shape.head_size, dtype=dtype)

    def reserve(self, slots: int, positions: int) -> None:
        """Room for so many slots of so many positions, all that are in use included. What is there stays."""
        old = self.data
        if slots <= old.shape[2] and positions <= old.shape[4]:
            return
        # Doubling is for the slots only: positions are known when a slot is taken, and memory is their product.
        slots = slots if slots <= old.shape[2] else max(slots, 2 * old.shape[2])
        shape = self._shape
        self.data = torch.zeros(shape.layers, 2, slots, shape.kv_heads, positions, shape.head_size, dtype=old.dtype)
        kept = (slice(None), slice(None), slice(0, slots), slice(None), slice(0, positions))
        part = old[kept]
        self.data[:, :, : part.shape[2], :, : part.shape[4]] = part

    def move(self, source: int, target: int, positions: int) -> None:
        """Copies one slot over another."""
        self.data[:, :, target, :, :positions] = self.data[:, :, source, :, :positions]

    def view(self, layer: int, slots: int, positions: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Keys and values as batches of matrices [slots * kv heads, positions, size]."""
        keys, values = self.data[layer].flatten(1, 2)[:, : slots * self._shape.kv_heads, :positions]
        return keys, values


@dataclass
class Row:
    """One sequence: the token to evaluate next, its prompt's slot, and how many tokens its tail holds."""

    group: int
    token: int
    room: int
    tail: int = 0


class Batch:
    """The sequences under way. Rows and groups are dense: the last one moves into a gap."""

    def __init__(self, shape: Shape, dtype: torch.dtype):
        self._kv_heads, self._dtype = shape.kv_heads, dtype
        self._tails, self._prompts = Slots(shape, dtype), Slots(shape, dtype)
        self.rows: list[Row] = []
        self.prompt_lengths: list[int] = []

    def add_prompt(self, state: torch.Tensor, length: int) -> int:
        """Takes in a prompt's keys and values [layers, 2, kv heads, positions, size]; its slot."""
        slot = len(self.prompt_lengths)
        self._prompts.reserve(slot + 1, max(length, *self.prompt_lengths, 0))
        self._prompts.data[:, :, slot, :, :length] = state[:, :, :, :length]
        self.prompt_lengths.append(length)
        return slot

    def add_row(self, group: int, token: int, room: int) -> None:
        """A sequence that goes on from its prompt with `token`, and takes at most `room` tokens."""
        self._tails.reserve(len(self.rows) + 1, max(room, *(row.room for row in self.rows), 0))
        self.rows.append(Row(group, token, room))

    def drop_row(self, index: int) -> None:
        """The last row takes its place."""
        last = self.rows.pop()
        if index < len(self.rows):
            self._tails.move(len(self.rows), index, last.tail)
            self.rows[index] = last

    def drop_prompt(self, slot: int) -> None:
        """The last prompt takes its place; its rows follow."""
        length = self.prompt_lengths.pop()
        last = len(self.prompt_lengths)
        if slot < last:
            self._prompts.move(last, slot, length)
            self.prompt_lengths[slot] = length
            for row in self.rows:
                if row.group == last:
                    row.group = slot

    def plan(self) -> Plan:
        """Indices for the next step. Sizes depend on what is under way only, never on what was: the same work gives
        the same bits."""
        members: list[list[int]] = [[] for _ in self.prompt_lengths]
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
        lengths = torch.tensor(self.prompt_lengths[:groups])
        longest_tail, longest_prompt = int(tail_ends.max()) + 1, int(lengths.max())
        return Plan(
            tokens=torch.tensor([row.token for row in self.rows]),
            positions=torch.tensor([self.prompt_lengths[row.group] + row.tail for row in self.rows]),
            tail_ends=tail_ends,
            rows=torch.arange(len(self.rows)),
            tail_mask=self._mask(tail_ends + 1, longest_tail),
            prompt_mask=self._mask(lengths, longest_prompt),
            by_group=torch.tensor(by_group),
            to_rows=torch.tensor(to_rows),
            groups=groups,
            rows_per_group=per_group,
            longest_tail=longest_tail,
            longest_prompt=longest_prompt,
        )

    def _mask(self, lengths: torch.Tensor, longest: int) -> torch.Tensor:
        return padding_mask(lengths, longest, self._dtype).repeat_interleave(self._kv_heads, 0)

    def append(self, layer: int, plan: Plan, key: torch.Tensor, value: torch.Tensor) -> None:
        """Puts each row's new key and value [rows, kv heads, size] at the end of its tail."""
        place = self._tails.data[layer]
        place[0][plan.rows, :, plan.tail_ends] = key
        place[1][plan.rows, :, plan.tail_ends] = value

    def tails(self, layer: int, plan: Plan) -> tuple[torch.Tensor, torch.Tensor]:
        """Keys and values of the rows' own tails."""
        return self._tails.view(layer, len(self.rows), plan.longest_tail)

    def prompts(self, layer: int, plan: Plan) -> tuple[torch.Tensor, torch.Tensor]:
        """Keys and values of the prompts."""
        return self._prompts.view(layer, plan.groups, plan.longest_prompt)

    def advance(self, tokens: list[int]) -> None:
        """After a step: each row's next token."""
        for row, token in zip(self.rows, tokens):
            row.token = token
            row.tail += 1
