"""How many tokens each text on stdin is to the embedded model's tokenizer."""

import json
import sys
import tempfile
from pathlib import Path

from gguf import GGUFReader
from nextune_model.base import bundled_gguf
from nextune_model.gguf_weights import read_metadata
from nextune_model.vocabulary import save_tokenizer
from tokenizers import Tokenizer

texts = json.load(sys.stdin)
with tempfile.TemporaryDirectory() as folder:
    save_tokenizer(read_metadata(GGUFReader(bundled_gguf())), Path(folder))
    tokenizer = Tokenizer.from_file(str(Path(folder, "tokenizer.json")))
print(json.dumps([len(tokenizer.encode(text, add_special_tokens=False).ids) for text in texts]))
