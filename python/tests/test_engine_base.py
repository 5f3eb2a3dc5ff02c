"""The embedded base model as a Hugging Face folder, against transformers' own reading of the same GGUF file."""

import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from nextune_model import base
from nextune_model.gguf_weights import hugging_face_name, unpermute


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return base.write_base(tmp_path_factory.mktemp("model") / "base")


@pytest.fixture(scope="module")
def by_transformers():
    gguf = base.bundled_gguf()
    folder, name = str(gguf.parent), gguf.name
    return (
        AutoModelForCausalLM.from_pretrained(folder, gguf_file=name),
        AutoTokenizer.from_pretrained(folder, gguf_file=name),
    )


def test_weights_equal_those_that_transformers_reads(written, by_transformers):
    ours = AutoModelForCausalLM.from_pretrained(written["dir"]).state_dict()
    theirs = by_transformers[0].state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_tokens_of_a_program_equal_those_that_transformers_reads(written, by_transformers):
    ours, theirs = AutoTokenizer.from_pretrained(written["dir"]), by_transformers[1]
    text = "def f(x):\n    return x + 12345  # it's 3.14\n\n\tassert f(1) == 12346 or 'Übung'\n<|im_end|>\n"
    assert ours(text)["input_ids"] == theirs(text)["input_ids"]
    assert ours.decode(ours(text)["input_ids"]) == text


def test_every_numeric_character_is_a_token_of_its_own_word(written):
    # transformers reads the file without SmolLM's digit split: " ½" would start with a token that holds the space.
    tokenizer = AutoTokenizer.from_pretrained(written["dir"])
    assert tokenizer.tokenize("a ½") == ["a", "Ġ", "Â½"]


def test_chat_template_is_chatml(written):
    tokenizer = AutoTokenizer.from_pretrained(written["dir"])
    messages = [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}]
    text = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
    assert text == "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\n"


def test_digest_is_that_of_the_gguf_file_and_a_finished_folder_is_left_alone(written):
    before = (base.Path(written["dir"]) / "model.safetensors").stat()
    assert written["digest"] == base.file_digest(base.bundled_gguf())
    assert base.write_base(base.Path(written["dir"])) == written
    assert (base.Path(written["dir"]) / "model.safetensors").stat() == before


def test_a_folder_of_another_digest_makes_way_and_leaves_no_trace(tmp_path, monkeypatch):
    monkeypatch.setattr(base, "_fill", lambda folder, _, marker: (folder / base.MARKER).write_text(json.dumps(marker)))
    gguf = tmp_path / "a.gguf"
    gguf.write_bytes(b"one")
    first = base.write_base(tmp_path / "out", gguf)
    gguf.write_bytes(b"two")
    second = base.write_base(tmp_path / "out", gguf)
    assert first["digest"] != second["digest"]
    assert base.read_marker(tmp_path / "out")["digest"] == second["digest"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.gguf", "out"]


def test_what_a_killed_writer_left_is_removed(tmp_path, monkeypatch):
    script = (
        "import os, signal, sys; from pathlib import Path; from nextune_model import base\n"
        "def fill(folder, *_):\n    (folder / 'model.safetensors').write_bytes(b'half')\n    os.kill(os.getpid(), signal.SIGKILL)\n"
        "base._fill = fill; base.write_base(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    gguf = tmp_path / "a.gguf"
    gguf.write_bytes(b"one")
    killed = [sys.executable, "-c", script, str(tmp_path / "models" / "out"), str(gguf)]
    environment = {**os.environ, "PYTHONPATH": str(base.Path(__file__).parents[1])}
    assert subprocess.run(killed, env=environment).returncode == -signal.SIGKILL
    (left,) = (tmp_path / "models").iterdir()
    assert list(left.rglob("model.safetensors"))
    monkeypatch.setattr(base, "_fill", lambda folder, _, marker: (folder / base.MARKER).write_text(json.dumps(marker)))
    base.write_base(tmp_path / "models" / "out", gguf)
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["out"]


def test_unpermute_undoes_the_interleaving_of_gguf():
    rows = np.arange(2 * 8 * 3).reshape(16, 3)
    interleaved = rows.reshape(2, 2, 4, 3).swapaxes(1, 2).reshape(16, 3)
    assert not np.array_equal(interleaved, rows)
    assert np.array_equal(unpermute(interleaved, 2), rows)


def test_an_unknown_tensor_is_refused_by_name():
    with pytest.raises(ValueError, match="blk.0.attn_qkv.weight"):
        hugging_face_name("blk.0.attn_qkv.weight")
