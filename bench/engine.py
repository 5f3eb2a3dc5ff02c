"""How fast the embedded engine answers over HTTP, against its own loop and transformers called directly.

All three draw the same number of answers to prompts of the same length, in turns, so that other work on the machine
slows them alike; each figure is the median over the rounds. The last lines say how many times as fast the engine is.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from functools import partial
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch
from nextune_model.base import write_base
from nextune_model.batch import Batch
from nextune_model.jobs import Choice
from nextune_model.models import LoadedModel
from nextune_model.prefix import evaluate_prompt
from nextune_model.sampling import Sampler, pick_tokens
from nextune_model.service import native_bf16
from nextune_model.text import Text
from transformers import AutoModelForCausalLM

ROOT = Path(__file__).parents[1]
BASE = ROOT / ".bootstrap" / "base-model"
HEADER = "You mend Python programs. Say in one sentence what is wrong, then write the whole program.\n"
TASK = """def merge(a, b):\n    out = []\n    while a and b:\n        out.append(a.pop(0) if a[0] < b[0] else b.pop(0))
    return out\n\nassert merge([1, 4], [2, 3]) == [1, 2, 3, 4]\n# the list [1, 2, 3] came out\n"""


def prompt_of(text: Text, label: str, tokens: int) -> tuple[str, list[int]]:
    """A prompt of about so many tokens that begins with its label, so that no round finds another's in a cache."""
    content = f"{label}. {HEADER}"
    while len(text.of_chat([{"role": "user", "content": content + TASK}])) <= tokens:
        content += TASK
    return content, text.of_chat([{"role": "user", "content": content}])


class EngineProcess:
    """The server, as the supervisor starts it."""

    def __init__(self, threads: int):
        command = [sys.executable, "-m", "nextune_model.server", "--base", str(BASE), "--until-stdin-closes"]
        command += ["--adapters", str(BASE / "none"), "--threads", str(threads)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._url = json.loads(self._process.stdout.readline())["listening"]

    def ask(self, content: str, n: int, max_tokens: int, seed: int) -> int:
        """Sends one request; how many tokens came back."""
        body = {"model": "smollm2-135m-instruct", "messages": [{"role": "user", "content": content}], "n": n}
        body |= {"seed": seed, "temperature": 0.8, "top_p": 0.95, "max_tokens": max_tokens}
        request = urllib.request.Request(self._url + "/chat/completions", json.dumps(body).encode())
        with urllib.request.urlopen(request) as response:
            return json.load(response)["usage"]["completion_tokens"]

    def ask_many(self, contents: list[str], n: int, max_tokens: int) -> int:
        """Sends one request for each prompt at once; how many tokens came back in all."""
        counts: list[int] = []
        ask = lambda seed, content: counts.append(self.ask(content, n, max_tokens, seed))  # noqa: E731
        threads = [threading.Thread(target=ask, args=pair) for pair in enumerate(contents)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum(counts)

    def close(self) -> None:
        """Ends the server."""
        self._process.stdin.close()
        self._process.wait()


def run_library(model: LoadedModel, text: Text, prompt: list[int], n: int, max_tokens: int, seed: int) -> int:
    """The engine's own loop without HTTP, queue and scheduler."""
    batch = Batch(model.transformer.shape, model.transformer.dtype)
    state, logits = evaluate_prompt(model.transformer, model.cache, prompt, lambda: False)
    batch.prompts.add(prompt, state)
    choices = [Choice(Sampler(seed, index, 0.8, 0.95), max_tokens, []) for index in range(n)]
    under_way = list(choices)
    tokens = pick_tokens(logits.expand(n, -1), [choice.sampler for choice in under_way])
    for token in tokens:
        batch.add_row(0, token)
    while True:
        for choice, token in zip(under_way, tokens):
            choice.take(token, text)
        for index in reversed(range(len(under_way))):
            if under_way[index].finish:
                batch.drop_row(index)
                under_way[index] = under_way[-1]
                under_way.pop()
        if not under_way:
            return sum(choice.tokens for choice in choices)
        tokens = pick_tokens(model.transformer.step(batch), [choice.sampler for choice in under_way])
        batch.advance(tokens)


def run_transformers(model, prompt: list[int], n: int, max_tokens: int) -> int:
    """transformers' generate with the same settings."""
    settings = {"do_sample": True, "temperature": 0.8, "top_p": 0.95, "top_k": 0, "max_new_tokens": max_tokens}
    ids = torch.tensor([prompt])
    drawn = model.generate(ids, attention_mask=torch.ones_like(ids), num_return_sequences=n, **settings)
    ends = model.generation_config.eos_token_id
    return sum((row[len(prompt) :].tolist() + [ends]).index(ends) + 1 for row in drawn)


def rate_of(work) -> float:
    """Tokens a second of one piece of work."""
    started = time.perf_counter()
    return work() / (time.perf_counter() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tokens", type=int, default=128, help="new tokens of an answer")
    settings = parser.parse_args()
    torch.set_num_threads(settings.threads)
    write_base(BASE)
    text, dtype = Text(BASE), torch.bfloat16 if native_bf16() else torch.float32
    engine = EngineProcess(settings.threads)
    loop = LoadedModel(BASE, None, dtype, 64)
    transformers = AutoModelForCausalLM.from_pretrained(BASE, dtype=dtype)
    rates: dict[str, list[float]] = {"engine": [], "library": [], "transformers": [], "campaign": []}
    with torch.inference_mode():
        for index in range(settings.rounds):
            content, prompt = prompt_of(text, f"Round {index}", 550)
            many = [f"Campaign {index}. {HEADER}{TASK * 3}Task {task}: {TASK * 3}" for task in range(8)]
            rates["engine"].append(rate_of(partial(engine.ask, content, 16, settings.tokens, index)))
            rates["library"].append(rate_of(partial(run_library, loop, text, prompt, 16, settings.tokens, index)))
            rates["transformers"].append(rate_of(partial(run_transformers, transformers, prompt, 16, settings.tokens)))
            rates["campaign"].append(rate_of(partial(engine.ask_many, many, 8, settings.tokens)))
            print(
                f"round {index}:", ", ".join(f"{name} {values[-1]:.0f}" for name, values in rates.items()), flush=True
            )
    engine.close()
    middle = {name: statistics.median(values) for name, values in rates.items()}
    print(f"{dtype}, {settings.threads} threads; tokens a second, 16 answers to a {len(prompt)}-token prompt:")
    for name in ("engine", "library", "transformers"):
        print(f"  {name:12} {middle[name]:7.1f}")
    print(f"  engine, 8 prompts x 8 answers: {middle['campaign']:.1f}")
    for name in ("library", "transformers"):
        ratios = [ours / theirs for ours, theirs in zip(rates["engine"], rates[name])]
        print(f"{name} {statistics.median(ratios):.2f}x")


if __name__ == "__main__":
    main()
