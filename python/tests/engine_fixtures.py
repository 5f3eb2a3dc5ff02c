"""What the engine's tests share: a place for the base model, a random adapter, and a server of their own."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import torch
from safetensors.torch import save_file

from nextune_model import base


def base_folder() -> Path:
    """The base model, unpacked once in a clone, not once a run."""
    return Path(base.write_base(Path(__file__).parents[2] / ".bootstrap" / "base-model")["dir"])


def write_adapter(folder: Path, seed: int, strength: float = 0.05) -> Path:
    """A PEFT adapter with random matrices on two kinds of layer."""
    generator = torch.Generator().manual_seed(seed)
    matrices = {}
    for layer in range(30):
        for part, rows in (("self_attn.q_proj", 576), ("mlp.gate_proj", 1536)):
            at = f"base_model.model.model.layers.{layer}.{part}"
            matrices[f"{at}.lora_A.weight"] = torch.randn(4, 576, generator=generator) * strength
            matrices[f"{at}.lora_B.weight"] = torch.randn(rows, 4, generator=generator) * strength
    folder.mkdir(parents=True)
    save_file(matrices, folder / "adapter_model.safetensors")
    config = {"peft_type": "LORA", "r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "gate_proj"], "bias": "none"}
    (folder / "adapter_config.json").write_text(json.dumps({**config, "task_type": "CAUSAL_LM"}))
    return folder


class Server:
    """An engine process on a free port, and requests to it."""

    def __init__(self, adapters: Path, *options: str):
        command = [sys.executable, "-m", "nextune_model.server", "--base", str(base_folder())]
        command += ["--adapters", str(adapters), "--threads", "2", "--precision", "fp32", "--until-stdin-closes"]
        package = str(Path(__file__).parents[1])
        environment = {**os.environ, "PYTHONPATH": package}
        self.process = subprocess.Popen(
            [*command, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )
        self.url = json.loads(self.process.stdout.readline())["listening"]

    def ask(self, path: str, body: object = None) -> tuple[int, dict]:
        """Status and JSON of a GET, or of a POST when there is a body (bytes are sent as they are)."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        address = self.url.removesuffix("/v1") + path
        try:
            with urllib.request.urlopen(urllib.request.Request(address, data)) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def close(self) -> int:
        """Closes the server's standard input and waits for its end."""
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait(timeout=300)
