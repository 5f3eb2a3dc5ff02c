"""Text to tokens and back: the chat template, and tokens as bytes so that stop strings are found as they appear."""

import json
from pathlib import Path

from jinja2.sandbox import ImmutableSandboxedEnvironment
from tokenizers import Tokenizer


def _byte_alphabet() -> dict[str, int]:
    """Byte-level BPE writes each byte as a printable character: itself where it is one, else from 256 on."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    rest = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + i): byte for i, byte in enumerate(rest)}


class Text:
    """The tokenizer and template in a base model's folder."""

    def __init__(self, base: Path):
        self._tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
        template = (base / "chat_template.jinja").read_text(encoding="utf-8")
        self._template = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True).from_string(template)
        special = self._tokenizer.get_added_tokens_decoder()
        alphabet = _byte_alphabet()
        vocabulary = self._tokenizer.get_vocab(with_added_tokens=True)
        self._bytes = [b""] * (max(vocabulary.values()) + 1)
        for token, index in vocabulary.items():
            self._bytes[index] = b"" if index in special else bytes(alphabet[char] for char in token)
        generation = json.loads((base / "generation_config.json").read_text(encoding="utf-8"))
        # A model that ends a document instead of a turn has ended as well.
        self.ends = frozenset({generation["eos_token_id"], vocabulary.get("<|endoftext|>", generation["eos_token_id"])})

    def of_chat(self, messages: list[dict[str, str]]) -> list[int]:
        """Tokens of a conversation, up to where the assistant's answer starts."""
        return self.of_text(self._template.render(messages=messages, add_generation_prompt=True))

    def of_text(self, text: str) -> list[int]:
        """Tokens of a text. Names of special tokens in it become these tokens."""
        return self._tokenizer.encode(text, add_special_tokens=False).ids

    def bytes_of(self, token: int) -> bytes:
        """What a token adds to the text: nothing for a special one."""
        return self._bytes[token]
