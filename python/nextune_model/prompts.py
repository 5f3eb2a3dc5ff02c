"""Keys and values of the prompts under way: the header that all of them begin with once, and each one's rest."""

import torch

from nextune_model.slots import GRAIN, Slots
from nextune_model.weights import Shape


def shared_header(prompts: list[list[int]]) -> int:
    """How many tokens all of several prompts begin with, rounded down; each keeps at least one of its own."""
    if len(prompts) < 2:
        return 0
    first, last = min(prompts), max(prompts)
    longest = min(map(len, prompts)) - 1
    length = next((at for at in range(longest) if first[at] != last[at]), longest)
    return length // GRAIN * GRAIN


class Prompts:
    """Prompts are dense: the last one moves into a gap."""

    def __init__(self, shape: Shape, dtype: torch.dtype):
        self._rests = Slots(shape, dtype)
        self._header = torch.zeros(shape.layers, 2, shape.kv_heads, 0, shape.head_size, dtype=dtype)
        self.tokens: list[list[int]] = []

    @property
    def header(self) -> int:
        """Tokens that all prompts begin with."""
        return self._header.shape[3]

    def add(self, tokens: list[int], state: torch.Tensor) -> int:
        """Takes in a prompt with its keys and values [layers, 2, kv heads, positions, size]; its slot."""
        slot = len(self.tokens)
        states = self._states_if_moved([*self.tokens, tokens])
        self.tokens.append(tokens)
        if states is not None:
            self._lay_out([*states, state])
        else:
            self._fit()
            self._rests.put(slot, state[:, :, :, self.header : len(tokens)])
        return slot

    def drop(self, slot: int) -> int:
        """The last prompt takes its place; the slot it had."""
        last = len(self.tokens) - 1
        left = [tokens for at, tokens in enumerate(self.tokens) if at != last]
        if slot < last:
            left[slot] = self.tokens[last]
            self._rests.move(last, slot)
            self.tokens[slot] = self.tokens[last]
        states = self._states_if_moved(left)
        self.tokens = left
        if states is not None:
            self._lay_out(states[:last])
        else:
            self._fit()
        return last

    def rests(self, layer: int, groups: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Keys and values of the first prompts behind their header."""
        return self._rests.view(layer, groups)

    def headers(self, layer: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Keys and values of the header, [kv heads, positions, size] each."""
        return self._header[layer, 0], self._header[layer, 1]

    def rest_lengths(self, groups: int) -> torch.Tensor:
        """Tokens behind the header of the first prompts."""
        return torch.tensor([len(tokens) - self.header for tokens in self.tokens[:groups]])

    @property
    def room(self) -> int:
        """Positions of each rest, padding included."""
        return self._rests.data.shape[4]

    def _states_if_moved(self, prompts: list[list[int]]) -> list[torch.Tensor] | None:
        """Whole states of the prompts held now, where these prompts' header is another one."""
        if shared_header(prompts) == self.header:
            return None
        return [
            torch.cat([self._header, self._rests.get(slot, len(tokens) - self.header)], 3)
            for slot, tokens in enumerate(self.tokens)
        ]

    def _fit(self) -> None:
        longest = max(map(len, self.tokens), default=self.header) - self.header
        self._rests.fit(len(self.tokens), longest)

    def _lay_out(self, states: list[torch.Tensor]) -> None:
        header = shared_header(self.tokens)
        self._header = states[0][:, :, :, :header].clone()
        self._fit()
        for slot, (tokens, state) in enumerate(zip(self.tokens, states, strict=True)):
            self._rests.put(slot, state[:, :, :, header : len(tokens)])
