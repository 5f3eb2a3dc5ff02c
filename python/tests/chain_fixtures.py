"""A base model of two tiny layers that solves tasks: whatever the prompt, each token decides alone which may follow it.

It answers in the form that a campaign asks for, at a length of its own each time, and is right in six of ten answers. In the
place of the embedded model it makes a campaign with the real engine take seconds.
"""

import json
import math
from pathlib import Path

import torch
from train_fixtures import byte_level, tiny_model, tiny_tokenizer

from nextune_model.base import LAYOUT, MARKER, MODEL_NAME, bundled_gguf, file_digest

_END = "<|im_end|>"
_RATIONALE = "The last line goes the wrong way, as the trace shows"
_LOOK, _FENCED = ", look", ".\n\n```python\ndef add(a, b):\n"
_NOTES = {"# one\n": 0.5, "# another\n": 0.5}
# What follows each piece, with its share. The empty piece stands for all that a prompt may end with.
_FOLLOWING = {
    "": {_RATIONALE: 1},
    _RATIONALE: {_LOOK: 1},
    _LOOK: {_LOOK: 0.98, _FENCED: 0.02},
    _FENCED: {"    return a + b\n": 0.6, "    return a - b\n": 0.2, "    return b - a\n": 0.2},
    "    return a + b\n": _NOTES,
    "    return a - b\n": _NOTES,
    "    return b - a\n": _NOTES,
    "# one\n": {"```": 1},
    "# another\n": {"```": 1},
    "```": {_END: 1},
}
# Above every token that may not follow: nobody draws one of those.
_LEAD = 30


def _chain(tokens):
    """The model: blocks that add nothing, a place of its own in the embedding for each piece, shares in the output."""
    places = {piece: place for place, piece in enumerate(_FOLLOWING)}
    model = tiny_model(vocab_size=max(tokens.values()) + 1, tie_word_embeddings=False, max_position_embeddings=32768)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.endswith(("o_proj.weight", "down_proj.weight", "embed_tokens.weight", "lm_head.weight")):
                weight.zero_()
        model.model.embed_tokens.weight[:, 0] = 1
        for piece, following in _FOLLOWING.items():
            if piece:
                model.model.embed_tokens.weight[tokens[piece]] = torch.eye(64)[places[piece]]
            for after, share in following.items():
                # The norm makes a place's 1 the root of the hidden size.
                model.lm_head.weight[tokens[after], places[piece]] = (_LEAD + math.log(share)) / math.sqrt(64)
    return model


def write_chain_base(folder: Path) -> None:
    """Writes the model where the engine looks for the embedded one, with the mark by which it leaves a folder as it is."""
    pieces = [piece for piece in _FOLLOWING if piece]
    tokenizer = tiny_tokenizer(pieces)
    tokens = {piece: tokenizer.convert_tokens_to_ids(byte_level(piece)) for piece in pieces}
    folder.mkdir(parents=True)
    _chain({**tokens, _END: tokenizer.convert_tokens_to_ids(_END)}).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    marker = {"digest": file_digest(bundled_gguf()), "layout": LAYOUT, "model": MODEL_NAME}
    (folder / MARKER).write_text(json.dumps(marker))
