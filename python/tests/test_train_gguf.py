"""The adapter as GGUF against the same adapter as PEFT keeps it."""

import numpy as np
import pytest
import torch
from gguf import GGUFReader, dequantize
from peft import LoraConfig, get_peft_model, get_peft_model_state_dict
from train_fixtures import tiny_config, tiny_model

from nextune_model.gguf_weights import hugging_face_name, unpermute
from nextune_train.failures import TrainFailure
from nextune_train.gguf_adapter import architecture, write_gguf
from nextune_train.model import TARGETS, adapter_parameters

HEADS = {"attn_q": 4, "attn_k": 2}


@pytest.fixture(scope="module")
def adapter():
    """A PEFT model whose adapter is not zero."""
    model = get_peft_model(tiny_model(), LoraConfig(r=4, lora_alpha=8, target_modules=TARGETS))
    torch.manual_seed(9)
    with torch.no_grad():
        for _, parameter in adapter_parameters(model):
            parameter.normal_()
    return model


@pytest.fixture(scope="module")
def reader(adapter, tmp_path_factory):
    path = tmp_path_factory.mktemp("gguf") / "adapter.gguf"
    state = {name: values.numpy() for name, values in get_peft_model_state_dict(adapter).items()}
    write_gguf(path, state, tiny_config(), alpha=8)
    return GGUFReader(path)


def test_the_deltas_read_back_are_those_that_peft_adds_to_the_weights(adapter, reader):
    parts = {tensor.name: dequantize(tensor.data, tensor.tensor_type) for tensor in reader.tensors}
    names = sorted(name.removesuffix(".lora_a") for name in parts if name.endswith(".lora_a"))
    assert len(names) == 2 * len(TARGETS)
    for name in names:
        lora_a, lora_b = parts[f"{name}.lora_a"], parts[f"{name}.lora_b"]
        delta = lora_b @ lora_a * (8 / 4)
        heads = HEADS.get(name.split(".")[2])
        delta = unpermute(delta, heads) if heads else delta
        module = "base_model.model." + hugging_face_name(name).removesuffix(".weight")
        wanted = adapter.get_submodule(module).get_delta_weight("default").detach().numpy()
        np.testing.assert_allclose(delta, wanted, rtol=1e-5, atol=1e-5)


def test_query_rows_are_permuted(adapter, reader):
    wanted = get_peft_model_state_dict(adapter)["base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight"]
    stored = next(tensor for tensor in reader.tensors if tensor.name == "blk.0.attn_q.weight.lora_b")
    assert not np.array_equal(stored.data, wanted.numpy())
    assert np.array_equal(unpermute(np.array(stored.data), 4), wanted.numpy())


def test_the_header_says_what_llama_cpp_asks_of_an_adapter(reader):
    wanted = {
        "general.type": "adapter",
        "general.architecture": "llama",
        "adapter.type": "lora",
        "adapter.lora.alpha": 8.0,
    }
    assert {key: reader.fields[key].contents() for key in wanted} == wanted


def test_a_model_of_an_unknown_type_is_refused_before_training():
    with pytest.raises(TrainFailure, match="'gpt2'"):
        architecture(type("Config", (), {"model_type": "gpt2"}))
