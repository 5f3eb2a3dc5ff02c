"""A LoRA adapter as a GGUF file that llama.cpp loads beside its base.

Layout (llama.cpp, common adapters): general.type "adapter", adapter.type "lora", adapter.lora.alpha; two tensors a
layer, NAME.weight.lora_a [rank, in] and NAME.weight.lora_b [out, rank], NAME by gguf's own tensor name map.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nextune_train.failures import TrainFailure

# model_type in Hugging Face's configuration: (architecture in GGUF, whether rows of query and key are permuted there).
_ARCHITECTURES = {"llama": ("llama", True), "mistral": ("llama", True), "qwen2": ("qwen2", False)}
_KEY = re.compile(r"base_model\.model\.(.+)\.lora_([AB])(?:\.default)?\.weight")


def architecture(config: Any) -> tuple[str, bool]:
    """(name, permuted) for a model's configuration. Raises TrainFailure `base` for one that is not supported."""
    if config.model_type not in _ARCHITECTURES:
        known = ", ".join(_ARCHITECTURES)
        raise TrainFailure("base", f"model type {config.model_type!r} has no GGUF adapter here; supported: {known}")
    return _ARCHITECTURES[config.model_type]


def _permute(rows: np.ndarray, heads: int) -> np.ndarray:
    """Rows in GGUF's order, where the two halves that rotary embedding pairs are interleaved within each head."""
    return rows.reshape(heads, 2, -1, rows.shape[-1]).swapaxes(1, 2).reshape(rows.shape)


def _heads(module: str, config: Any) -> int | None:
    kind = module.rpartition(".")[2]
    return {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}.get(kind)


def gguf_tensors(adapter: Mapping[str, np.ndarray], config: Any) -> list[tuple[str, np.ndarray]]:
    """(name, values) in float32 for each tensor of a PEFT state, sorted by name."""
    import gguf

    name, permuted = architecture(config)
    kind = next(key for key, value in gguf.MODEL_ARCH_NAMES.items() if value == name)
    names = gguf.get_tensor_name_map(kind, config.num_hidden_layers)
    tensors = []
    for key, values in adapter.items():
        match = _KEY.fullmatch(key)
        if match is None:
            raise TrainFailure("internal", f"the adapter has a tensor that is no LoRA part: {key}")
        module, side = match.groups()
        values = np.asarray(values, dtype=np.float32)
        heads = _heads(module, config)
        if permuted and side == "B" and heads is not None:
            values = _permute(values, heads)
        tensors.append((f"{names.get_name(module)}.weight.lora_{side.lower()}", np.ascontiguousarray(values)))
    return sorted(tensors, key=lambda tensor: tensor[0])


def write_gguf(path: Path, adapter: Mapping[str, np.ndarray], config: Any, alpha: int) -> None:
    """Writes the adapter {PEFT name: array} as GGUF."""
    import gguf

    writer = gguf.GGUFWriter(path, architecture(config)[0])
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, float(alpha))
    for name, values in gguf_tensors(adapter, config):
        writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
