"""Where keys and values of the sequences under way lie: dense blocks, for a matrix product copies what is not dense."""

import torch

from nextune_model.weights import Shape

# Lengths are rounded up to this, so that a block is laid out anew once in so many steps.
GRAIN = 64


def rounded_up(positions: int) -> int:
    """The next multiple of GRAIN."""
    return -(-positions // GRAIN) * GRAIN


class Slots:
    """Keys and values [layers, 2, slots, kv heads, positions, size]; slots in use come first."""

    def __init__(self, shape: Shape, dtype: torch.dtype):
        self._shape = shape
        self._used = 0
        self.data = torch.zeros(shape.layers, 2, 0, shape.kv_heads, 0, shape.head_size, dtype=dtype)

    def fit(self, slots: int, positions: int) -> None:
        """So many slots in use, each with room for just so many positions, rounded up.

        The room depends on what is under way only, never on what was: the same work gives the same bits.
        """
        old, room = self.data, rounded_up(positions)
        kept, self._used = min(self._used, slots), slots
        if slots <= old.shape[2] and room == old.shape[4]:
            return
        held = old.shape[2] if slots <= old.shape[2] else max(slots, 2 * old.shape[2])
        shape, both = self._shape, min(room, old.shape[4])
        self.data = torch.zeros(shape.layers, 2, held, shape.kv_heads, room, shape.head_size, dtype=old.dtype)
        self.data[:, :, :kept, :, :both] = old[:, :, :kept, :, :both]

    def put(self, slot: int, state: torch.Tensor) -> None:
        """Fills the beginning of a slot with [layers, 2, kv heads, positions, size]."""
        self.data[:, :, slot, :, : state.shape[3]] = state

    def get(self, slot: int, positions: int) -> torch.Tensor:
        """The beginning of a slot, [layers, 2, kv heads, positions, size]."""
        return self.data[:, :, slot, :, :positions]

    def move(self, source: int, target: int) -> None:
        """Copies one slot over another."""
        self.data[:, :, target] = self.data[:, :, source]

    def view(self, layer: int, slots: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Keys and values as dense batches of matrices [slots * kv heads, positions, size]."""
        keys, values = self.data[layer].flatten(1, 2)[:, : slots * self._shape.kv_heads]
        return keys, values
