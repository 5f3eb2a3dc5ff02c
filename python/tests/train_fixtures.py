"""A tiny base model with a byte-level tokenizer, training rows, and the trainer as a process."""

import json
import os
import subprocess
import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

PYTHON_DIR = Path(__file__).resolve().parent.parent
_SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
_CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def tiny_config(**changes):
    shape = {"num_hidden_layers": 2, "hidden_size": 64, "intermediate_size": 96, "vocab_size": 259}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16}
    return LlamaConfig(**{**shape, **heads, "tie_word_embeddings": True, "eos_token_id": 2, **changes})


def tiny_model(**changes):
    torch.manual_seed(7)
    return LlamaForCausalLM(tiny_config(**changes))


def tiny_tokenizer(pieces=()):
    """A token for each byte. Pieces are tokens too, which a model may say; no text is split into them."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: index for index, token in enumerate([*_SPECIAL, *letters, *map(byte_level, pieces)])}
    core = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    core.add_special_tokens(_SPECIAL)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=core, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    tokenizer.chat_template = _CHATML
    return tokenizer


def byte_level(text):
    """A text as its token is spelled in a byte-level vocabulary."""
    return pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False).pre_tokenize_str(text)[0][0]


def write_tiny_base(folder):
    tiny_model().save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    (folder / "nextune-base.json").write_text('{"digest": "sha256:tiny", "layout": 1, "model": "tiny"}')
    return folder


def write_rows(path, count=12):
    rows = [
        {
            "messages": [{"role": "user", "content": f"def f{index}(x): return x " + "+ 1 " * (index % 5)}],
            "completion": f"It must add {index}.\ndef f{index}(x): return x + {index}",
        }
        for index in range(count)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def write_job(folder, base, rows, work_dir="work", **changes):
    settings = {"rank": 4, "alpha": 8, "learningRate": 0.01, "epochs": 2, "batchSize": 3, "maxTokens": 400}
    job = {
        "baseDir": str(base),
        "examplesPath": str(rows),
        "workDir": str(folder / work_dir),
        "seed": "5",
        "device": "cpu",
        "threads": 1,
        "checkpointSeconds": 0,
        "config": {**settings, "precision": "fp32", **changes},
    }
    path = folder / f"{work_dir}.json"
    path.write_text(json.dumps(job))
    return path


def start(job, *flags, **options):
    environment = {**os.environ, "PYTHONPATH": str(PYTHON_DIR), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "nextune_train.main", "--job", str(job), *flags]
    return subprocess.Popen(
        command,
        env=environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        **options,
    )


def finish(process):
    """(exit status, the lines it had left to say)."""
    lines = [json.loads(line) for line in process.stdout]
    process.stdin.close()
    return process.wait(), lines


def wait_for_step(process, step):
    """Reads up to the report of that step."""
    for line in process.stdout:
        if json.loads(line).get("step") == step:
            return
    raise AssertionError(f"the trainer ended before step {step}")
