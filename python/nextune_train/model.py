"""Base model with an adapter on all linear layers, set up for training."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import torch

from nextune_train import lora_linear, packed_attention
from nextune_train.failures import TrainFailure
from nextune_train.gguf_adapter import architecture
from nextune_train.job import Hyperparameters

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}
TARGETS = ["down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"]


def load_config(base_dir: Path) -> Any:
    """The base's configuration. Raises TrainFailure `base` before any work if its adapter could not be exported."""
    from transformers import AutoConfig

    try:
        config = AutoConfig.from_pretrained(base_dir)
    except (OSError, ValueError) as error:
        raise TrainFailure("base", f"{base_dir} holds no model: {error}") from error
    architecture(config)
    return config


def with_adapter(base: Any, settings: Hyperparameters) -> Any:
    """The base, frozen, with a fresh adapter. The adapter's start is drawn from torch's global generator."""
    from peft import LoraConfig, get_peft_model

    lora = LoraConfig(
        r=settings.rank, lora_alpha=settings.alpha, lora_dropout=0.0, target_modules=TARGETS, task_type="CAUSAL_LM"
    )
    # autocast_adapter_dtype keeps the adapter in float32 whatever the base's dtype.
    model = get_peft_model(base, lora, autocast_adapter_dtype=True)
    lora_linear.speed_up_lora(model)
    model.train()
    return model


def load_model(base_dir: Path, settings: Hyperparameters, precision: str, device: str) -> Any:
    """The base from its folder, with an adapter."""
    from transformers import AutoModelForCausalLM

    packed_attention.register()
    base = AutoModelForCausalLM.from_pretrained(
        base_dir, dtype=DTYPES[precision], attn_implementation=packed_attention.NAME
    )
    # The adapter is drawn on the CPU, so that it starts with the same values on every device.
    return with_adapter(base, settings).to(device)


def go_on_from(model: Any, folder: Path) -> None:
    """Puts the weights of a finished adapter in the place of the fresh ones. It must have the same shape."""
    from peft import set_peft_model_state_dict
    from safetensors.torch import load_file

    path = folder / "adapter_model.safetensors"
    weights = load_file(path)
    expected = {name: parameter.shape for name, parameter in adapter_parameters(model)}
    given = {name.replace(".weight", ".default.weight"): values.shape for name, values in weights.items()}
    if given != expected:
        raise TrainFailure("job", f"the adapter {path} has another shape than rank and base ask for")
    set_peft_model_state_dict(model, weights)


def random_model(config: Any, layers: int, settings: Hyperparameters, precision: str) -> Any:
    """A model of the same shape with few layers and random weights: enough to measure a step's speed."""
    from transformers import AutoModelForCausalLM

    packed_attention.register()
    small = deepcopy(config)
    small.num_hidden_layers = layers
    base = AutoModelForCausalLM.from_config(small, dtype=DTYPES[precision], attn_implementation=packed_attention.NAME)
    return with_adapter(base, settings)


def adapter_parameters(model: Any) -> list[tuple[str, Any]]:
    """Name and parameter of what is trained, in a fixed order."""
    return [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]
