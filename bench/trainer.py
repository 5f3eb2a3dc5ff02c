"""How fast the trainer is against a plain loop: `npm run bench:trainer [-- --steps N] [--device cuda]`.

The plain loop is what one writes first: transformers and PEFT, a padded batch, bfloat16 autocast, logits at every
position, the library's loss. Both train the same adapter on the same batches (4 sequences of 350 to 650 tokens, 80 of
them the completion), each in a process of its own, taking turns step by step, so that a busy machine slows both alike.
Tokens a second count real tokens; the first step, which warms up, does not count. On a GPU the peak is of its memory.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EMBEDDED = ROOT / ".nextune" / "models" / "smollm2-135m-instruct"
SETTINGS = {"rank": 16, "alpha": 32, "learningRate": 1e-3, "epochs": 1, "batchSize": 4, "maxTokens": 1024}
COMPLETION, VOCABULARY = 80, 49152


def batches(steps, lengths):
    """[[token ids]], the same for both sides; `lengths` are the least and the most of a sequence."""
    draw = random.Random(1)
    lengths = [[draw.randint(*lengths) for _ in range(SETTINGS["batchSize"])] for _ in range(steps)]
    return [[[draw.randrange(VOCABULARY) for _ in range(length)] for length in batch] for batch in lengths]


def plain_loop(base_dir, device):
    """(a step on a batch, its precision) of the loop that one writes first."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    lora = LoraConfig(r=SETTINGS["rank"], lora_alpha=SETTINGS["alpha"], target_modules=targets, task_type="CAUSAL_LM")
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(base_dir, dtype=torch.float32), lora).to(device)
    optimizer = torch.optim.AdamW([part for part in model.parameters() if part.requires_grad], lr=1e-3)

    def step(batch):
        width = max(map(len, batch))
        padded = [sequence + [0] * (width - len(sequence)) for sequence in batch]
        labels = [
            [-100] * (len(sequence) - COMPLETION) + sequence[-COMPLETION:] + [-100] * (width - len(sequence))
            for sequence in batch
        ]
        mask = [[1] * len(sequence) + [0] * (width - len(sequence)) for sequence in batch]
        ids, labels, mask = (torch.tensor(values, device=device) for values in (padded, labels, mask))
        with torch.autocast(device, torch.bfloat16):
            loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        return loss.item()

    return step, "bf16 autocast"


def trainer(base_dir, device):
    """(a step on a batch, its precision) of this project's trainer, with the precision it chooses here."""
    from nextune_train.job import Hyperparameters
    from nextune_train.loop import make_optimizer, train_step
    from nextune_train.model import load_config, load_model
    from nextune_train.packing import Sequence
    from nextune_train.plan import PASS_TOKENS
    from nextune_train.process import keep_freed_memory, make_deterministic
    from nextune_train.setting import choose_precision

    keep_freed_memory()
    make_deterministic("1")
    settings = Hyperparameters(**SETTINGS, precision="auto")
    precision, _ = choose_precision(device, load_config(base_dir), settings)
    model = load_model(base_dir, settings, precision, device)
    optimizer = make_optimizer(model, settings.learningRate)

    def step(batch):
        sequences = [Sequence(ids, len(ids) - COMPLETION) for ids in batch]
        return train_step(model, optimizer, sequences, settings.learningRate, PASS_TOKENS[device], device)

    return step, precision


SIDES = {"plain-loop": plain_loop, "nextune": trainer}


def peak_bytes(device):
    """The most memory so far: the GPU's as torch's allocator took it, else the process's."""
    import torch

    if device == "cuda":
        return torch.cuda.max_memory_reserved()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def work(side, options):
    """Takes a step for each line of input and answers with its seconds, loss and the peak memory so far."""
    if side == "nextune":
        from nextune_train.process import let_threads_sleep

        let_threads_sleep()
    import torch

    torch.set_num_threads(options.threads)
    step, precision = SIDES[side](options.base, options.device)
    finish = torch.cuda.synchronize if options.device == "cuda" else lambda: None
    print(json.dumps({"precision": precision}), flush=True)
    for batch in batches(options.steps, options.lengths):
        sys.stdin.readline()
        begin = time.perf_counter()
        loss = step(batch)
        finish()
        seconds = time.perf_counter() - begin
        print(json.dumps({"seconds": seconds, "loss": loss, "peakBytes": peak_bytes(options.device)}), flush=True)


class Side:
    """A process that takes steps when it is told to."""

    def __init__(self, name, options):
        flags = ["--worker", name, "--steps", str(options.steps), "--threads", str(options.threads)]
        flags += ["--device", options.device, "--lengths", *map(str, options.lengths)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "python"), "HF_HUB_OFFLINE": "1"}
        self.name, self.seconds, self.tokens, self.answer = name, 0.0, 0, {}
        self._process = subprocess.Popen(
            [sys.executable, __file__, *flags, "--base", str(options.base)],
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if not options.verbose else None,
        )
        self.precision = self._read()["precision"]

    def _read(self):
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended with status {self._process.wait()}: run again with --verbose")
        return json.loads(line)

    def step(self, tokens, counts):
        """One step of `tokens` tokens, which counts or not."""
        self._process.stdin.write("step\n")
        self._process.stdin.flush()
        self.answer = self._read()
        if counts:
            self.seconds += self.answer["seconds"]
            self.tokens += tokens

    def close(self):
        self._process.stdin.close()
        self._process.wait()

    @property
    def rate(self):
        return self.tokens / self.seconds


def compare(options):
    """Runs both sides and prints what they did."""
    sides = [Side(name, options) for name in SIDES]
    for number, batch in enumerate(batches(options.steps, options.lengths)):
        for side in sides:
            side.step(sum(map(len, batch)), counts=number > 0)
        losses = ", ".join(f"{side.name} {side.answer['loss']:.4f}" for side in sides)
        print(f"step {number + 1}/{options.steps}: loss {losses}", flush=True)
    for side in sides:
        side.close()
        peak = side.answer["peakBytes"] / 1e9
        place = f"{options.device}, {options.threads} threads"
        print(f"{side.name}: {side.rate:.0f} tokens/s, peak {peak:.1f} GB, {side.precision}, {place}")
    plain, ours = sides
    print(f"plain-loop {ours.rate / plain.rate:.1f}x")


def main():
    parser = argparse.ArgumentParser(prog="bench:trainer", description=__doc__)
    parser.add_argument("--steps", type=int, default=6, help="steps of each side, the first of which does not count")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--lengths", type=int, nargs=2, default=[350, 650], help="least and most tokens of a sequence")
    parser.add_argument("--base", type=Path, help="folder of another model in Hugging Face layout")
    parser.add_argument("--verbose", action="store_true", help="show what the two sides say on standard error")
    parser.add_argument("--worker", choices=SIDES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not 0 < COMPLETION < options.lengths[0] <= options.lengths[1]:
        parser.error(f"--lengths: the least must be above {COMPLETION}, the completion, and no more than the most")
    if options.steps < 2:
        parser.error("--steps: at least 2 are needed, the first does not count")
    sys.path.insert(0, str(ROOT / "python"))
    if options.worker:
        work(options.worker, options)
        return
    if options.base is None:
        from nextune_model.base import write_base

        options.base = EMBEDDED
        write_base(options.base)
    compare(options)


if __name__ == "__main__":
    main()
