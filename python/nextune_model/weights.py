"""A Llama model's weights as the engine computes with them: norms folded in, projections that share an input joined."""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open

from nextune_model.gguf_weights import permute
from nextune_model.lora import AdapterError, Lora


@dataclass(frozen=True)
class Shape:
    """The sizes that the computation needs."""

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_size: int
    context: int
    norm_epsilon: float
    rope_theta: float

    @staticmethod
    def read(base: Path) -> "Shape":
        """From config.json. Raises ValueError where the model needs what the engine does not compute."""
        config = json.loads((base / "config.json").read_text(encoding="utf-8"))
        if config["model_type"] != "llama" or config["hidden_act"] != "silu" or config["attention_bias"]:
            raise ValueError(f"the engine serves Llama models without biases; {base} holds a {config['model_type']}")
        if config["rope_parameters"]["rope_type"] != "default":
            raise ValueError("the engine does not serve scaled rotary embeddings")
        return Shape(
            layers=config["num_hidden_layers"],
            hidden=config["hidden_size"],
            heads=config["num_attention_heads"],
            kv_heads=config["num_key_value_heads"],
            head_size=config["head_dim"],
            context=config["max_position_embeddings"],
            norm_epsilon=config["rms_norm_eps"],
            rope_theta=config["rope_parameters"]["rope_theta"],
        )


@dataclass(frozen=True)
class Layer:
    """One block. `qkv` and `gate_up` have the norm before them folded in; q and k rows interleave rotary pairs."""

    qkv: torch.Tensor
    out: torch.Tensor
    gate_up: torch.Tensor
    down: torch.Tensor


@dataclass(frozen=True)
class Weights:
    """All weights of one model, in the precision it computes in."""

    shape: Shape
    embedding: torch.Tensor
    layers: list[Layer]
    norm: torch.Tensor
    head: torch.Tensor


def _read_layer(get, shape: Shape, index: int, dtype: torch.dtype) -> Layer:
    at = f"model.layers.{index}."
    before_attention, before_mlp = get(at + "input_layernorm.weight"), get(at + "post_attention_layernorm.weight")
    query = permute(get(at + "self_attn.q_proj.weight"), shape.heads)
    key = permute(get(at + "self_attn.k_proj.weight"), shape.kv_heads)
    qkv = torch.cat([query, key, get(at + "self_attn.v_proj.weight")]) * before_attention
    gate_up = torch.cat([get(at + "mlp.gate_proj.weight"), get(at + "mlp.up_proj.weight")]) * before_mlp
    out, down = get(at + "self_attn.o_proj.weight"), get(at + "mlp.down_proj.weight")
    return Layer(qkv=qkv.to(dtype), out=out.to(dtype), gate_up=gate_up.to(dtype), down=down.to(dtype))


def load_weights(base: Path, adapter: Path | None, dtype: torch.dtype) -> Weights:
    """The base model, or the base with an adapter merged in before anything is rounded to `dtype`."""
    shape = Shape.read(base)
    lora = Lora(adapter) if adapter else None
    with safe_open(base / "model.safetensors", framework="pt") as file:
        names = set(file.keys())
        if lora and not lora.names() <= names - {"model.embed_tokens.weight"}:
            wrong = sorted(lora.names() - names | (lora.names() & {"model.embed_tokens.weight"}))[0]
            raise AdapterError(f"the adapter changes {wrong}, which is no linear layer of the base model")

        def get(name: str) -> torch.Tensor:
            weight = file.get_tensor(name).float()
            return lora.apply(name, weight) if lora else weight

        embedding = get("model.embed_tokens.weight").to(dtype)
        return Weights(
            shape=shape,
            embedding=embedding,
            layers=[_read_layer(get, shape, index, dtype) for index in range(shape.layers)],
            norm=get("model.norm.weight").to(dtype),
            head=get("lm_head.weight").to(dtype) if "lm_head.weight" in names else embedding,
        )
