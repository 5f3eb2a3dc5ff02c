"""Keys and values of prompts' beginnings, kept so that a header shared by many prompts is evaluated once."""

from collections import OrderedDict

import torch

from nextune_model.transformer import Transformer

# Prompts are always evaluated in these pieces, cached or not: a cached piece has the very bits a new one would have.
CHUNK = 128


class PrefixCache:
    """Chunks of one model's prompts by all tokens up to their end. Never shared between models."""

    def __init__(self, max_chunks: int):
        self._max_chunks = max_chunks
        self._chunks: OrderedDict[tuple[int, ...], torch.Tensor] = OrderedDict()

    def restore(self, tokens: list[int], state: torch.Tensor) -> int:
        """Fills the state with what is known of these tokens' beginning; how many positions that are.

        The last token is always left to evaluate, for its logits.
        """
        known = []
        for end in range(CHUNK, len(tokens), CHUNK):
            key = tuple(tokens[:end])
            if key not in self._chunks:
                break
            state[:, :, :, end - CHUNK : end] = self._chunks[key]
            known.append(key)
        # The beginning is worth the most: it is what other prompts share.
        for key in reversed(known):
            self._chunks.move_to_end(key)
        return len(known) * CHUNK

    def keep(self, tokens: list[int], state: torch.Tensor, end: int) -> None:
        """Remembers the chunk that ends at `end`. The one longest unused makes way."""
        self._chunks[tuple(tokens[:end])] = state[:, :, :, end - CHUNK : end].clone()
        if len(self._chunks) > self._max_chunks:
            self._chunks.popitem(last=False)


def evaluate_prompt(model: Transformer, cache: PrefixCache, tokens: list[int], stopped) -> tuple | None:
    """State and last logits of a prompt, chunk by chunk; None as soon as `stopped()` is true."""
    shape = model.shape
    state = torch.empty(shape.layers, 2, shape.kv_heads, len(tokens), shape.head_size, dtype=model.dtype)
    done = cache.restore(tokens, state)
    hidden = None
    while done < len(tokens):
        if stopped():
            return None
        piece = tokens[done : done + CHUNK]
        hidden = model.prefill(piece, done, state)
        done += len(piece)
        if len(piece) == CHUNK and done < len(tokens):
            cache.keep(tokens, state, done)
    return state, model.logits(hidden)
