"""A Hugging Face tokenizer from a GGUF file's metadata (byte-level BPE)."""

from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

# Token types of the GGUF format: 3 is control, 4 is defined by the user. Both are matched before the text is split.
_CONTROL, _USER_DEFINED = 3, 4

# GGUF names the split by the model family; SmolLM splits single digits off, then splits as GPT-2 does.
_DIGIT_SPLITTING = {"smollm", "starcoder", "refact"}


def _pre_tokenizer(name: str) -> pre_tokenizers.PreTokenizer:
    if name not in _DIGIT_SPLITTING:
        raise ValueError(f"the GGUF file asks for the pre-tokenizer {name!r}, which is not supported")
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )


def build_tokenizer(metadata: dict[str, Any]) -> PreTrainedTokenizerFast:
    """The tokenizer of the GGUF file, with its ChatML template. Raises ValueError for a vocabulary of another kind."""
    if metadata["tokenizer.ggml.model"] != "gpt2":
        raise ValueError(
            f"the GGUF file has a {metadata['tokenizer.ggml.model']!r} vocabulary; byte-level BPE is needed"
        )
    tokens: list[str] = metadata["tokenizer.ggml.tokens"]
    types: list[int] = metadata["tokenizer.ggml.token_type"]
    merges = [tuple(merge.split(" ", 1)) for merge in metadata["tokenizer.ggml.merges"]]
    core = Tokenizer(models.BPE(vocab={token: index for index, token in enumerate(tokens)}, merges=merges))
    core.pre_tokenizer = _pre_tokenizer(metadata["tokenizer.ggml.pre"])
    core.decoder = decoders.ByteLevel()
    core.add_special_tokens(
        [AddedToken(token, normalized=False, special=True) for token, kind in zip(tokens, types) if kind == _CONTROL]
    )
    core.add_tokens(
        [AddedToken(token, normalized=False) for token, kind in zip(tokens, types) if kind == _USER_DEFINED]
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core,
        bos_token=tokens[metadata["tokenizer.ggml.bos_token_id"]],
        eos_token=tokens[metadata["tokenizer.ggml.eos_token_id"]],
        unk_token=tokens[metadata["tokenizer.ggml.unknown_token_id"]],
        pad_token=tokens[metadata["tokenizer.ggml.padding_token_id"]],
        model_max_length=metadata["llama.context_length"],
        clean_up_tokenization_spaces=False,
    )
    tokenizer.chat_template = metadata["tokenizer.chat_template"]
    return tokenizer


def save_tokenizer(metadata: dict[str, Any], folder: Path) -> None:
    """Writes tokenizer.json, its configuration and the chat template."""
    build_tokenizer(metadata).save_pretrained(folder)
