"""Reads a PEFT LoRA adapter and says what it adds to a weight."""

import json
from pathlib import Path

import torch
from safetensors import safe_open

_PREFIX = "base_model.model."
# Settings that change what the two matrices mean. An adapter that uses one is refused: serving it without would be wrong.
_PLAIN = {"use_dora": False, "fan_in_fan_out": False, "bias": "none", "modules_to_save": None, "lora_bias": False}


class AdapterError(ValueError):
    """An adapter that can't be served as it is. The message says why."""


class Lora:
    """The low-rank matrices of one adapter, by the Hugging Face name of the weight that they change."""

    def __init__(self, folder: Path):
        config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
        self._scale = _scale(config)
        self._a: dict[str, torch.Tensor] = {}
        self._b: dict[str, torch.Tensor] = {}
        with safe_open(folder / "adapter_model.safetensors", framework="pt") as file:
            for name in file.keys():
                self._take(name, file.get_tensor(name).float())
        if self._a.keys() != self._b.keys():
            raise AdapterError(f"the adapter in {folder} holds one of a pair of matrices without the other")

    def _take(self, name: str, matrix: torch.Tensor) -> None:
        for end, matrices in ((".lora_A.weight", self._a), (".lora_B.weight", self._b)):
            if name.startswith(_PREFIX) and name.endswith(end):
                matrices[name.removeprefix(_PREFIX).removesuffix(end) + ".weight"] = matrix
                return
        raise AdapterError(f"the adapter holds {name}, which is not a LoRA matrix of a linear layer")

    def names(self) -> set[str]:
        """The weights that this adapter changes."""
        return set(self._a)

    def apply(self, name: str, weight: torch.Tensor) -> torch.Tensor:
        """The weight with the adapter merged in (float32): W + scale * B A."""
        if name not in self._a:
            return weight
        return torch.addmm(weight, self._b[name], self._a[name], alpha=self._scale)


def _scale(config: dict) -> float:
    if config.get("peft_type") != "LORA":
        raise AdapterError(f"the adapter is of type {config.get('peft_type')}; LORA is needed")
    for key, plain in _PLAIN.items():
        if config.get(key, plain) not in (plain, None, []):
            raise AdapterError(f"the adapter sets {key} = {config[key]!r}, which the engine does not serve")
    if config.get("rank_pattern") or config.get("alpha_pattern"):
        raise AdapterError("the adapter sets another rank or alpha for some layers, which the engine does not serve")
    rank = config["r"]
    return config["lora_alpha"] / (rank**0.5 if config.get("use_rslora") else rank)
