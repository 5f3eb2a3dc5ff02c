"""Weights and configuration of a Llama model, from GGUF to the names and layout of Hugging Face."""

import re
from typing import Any

import numpy as np
from gguf import GGUFReader, dequantize

_OUTER = {"token_embd.weight": "model.embed_tokens.weight", "output_norm.weight": "model.norm.weight"}
_OUTER["output.weight"] = "lm_head.weight"
_INNER = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def hugging_face_name(gguf_name: str) -> str:
    """`blk.3.attn_q.weight` is `model.layers.3.self_attn.q_proj.weight`. Raises ValueError for an unknown tensor."""
    if gguf_name in _OUTER:
        return _OUTER[gguf_name]
    block = re.fullmatch(r"blk\.(\d+)\.(\w+)\.weight", gguf_name)
    if block is None or block[2] not in _INNER:
        raise ValueError(f"the GGUF file has a tensor that a Llama model has not: {gguf_name}")
    return f"model.layers.{block[1]}.{_INNER[block[2]]}.weight"


def unpermute(rows: np.ndarray, heads: int) -> np.ndarray:
    """Query or key rows in Hugging Face's order: GGUF interleaves the two halves that rotary embedding pairs."""
    return rows.reshape(heads, -1, 2, rows.shape[-1]).swapaxes(1, 2).reshape(rows.shape)


def permute(rows, heads: int):
    """The opposite of `unpermute`, for arrays and tensors: rotary pairs side by side."""
    return rows.reshape(heads, 2, -1, rows.shape[-1]).swapaxes(1, 2).reshape(rows.shape)


def read_metadata(reader: GGUFReader) -> dict[str, Any]:
    """The file's key-value pairs as plain Python values."""
    return {name: field.contents() for name, field in reader.fields.items()}


def read_weights(reader: GGUFReader, metadata: dict[str, Any]) -> dict[str, np.ndarray]:
    """Every tensor in float32 (exactly what the quantized blocks stand for), by Hugging Face name."""
    heads = {
        "attn_q": metadata["llama.attention.head_count"],
        "attn_k": metadata["llama.attention.head_count_kv"],
    }
    weights = {}
    for tensor in reader.tensors:
        values = dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        part = tensor.name.split(".")[-2]
        weights[hugging_face_name(tensor.name)] = unpermute(values, heads[part]) if part in heads else values
    return {name: np.ascontiguousarray(values) for name, values in weights.items()}


def model_config(metadata: dict[str, Any], tied: bool) -> dict[str, Any]:
    """The config.json of a LlamaForCausalLM. Raises ValueError when the GGUF file holds another architecture."""
    if metadata["general.architecture"] != "llama":
        raise ValueError(f"the GGUF file holds a {metadata['general.architecture']!r} model; a Llama model is needed")
    theta = float(metadata["llama.rope.freq_base"])
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": len(metadata["tokenizer.ggml.tokens"]),
        "hidden_size": metadata["llama.embedding_length"],
        "intermediate_size": metadata["llama.feed_forward_length"],
        "num_hidden_layers": metadata["llama.block_count"],
        "num_attention_heads": metadata["llama.attention.head_count"],
        "num_key_value_heads": metadata["llama.attention.head_count_kv"],
        "head_dim": metadata["llama.rope.dimension_count"],
        "hidden_act": "silu",
        "rms_norm_eps": round(metadata["llama.attention.layer_norm_rms_epsilon"], 12),
        "max_position_embeddings": metadata["llama.context_length"],
        "rope_theta": theta,
        "rope_parameters": {"rope_type": "default", "rope_theta": theta},
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": tied,
        "bos_token_id": metadata["tokenizer.ggml.bos_token_id"],
        "eos_token_id": metadata["tokenizer.ggml.eos_token_id"],
        "pad_token_id": metadata["tokenizer.ggml.padding_token_id"],
        "dtype": "float32",
    }
