"""The linear layers of a PEFT model as one function each: fewer passes over memory than PEFT's own forward.

The result is PEFT's (base(x) + B(A(x)) * scaling); the adapter's master weights stay in float32, products run in the
dtype of the base. The base is frozen, so no gradient of its weights is computed or kept.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch.nn.functional import linear


class LoraLinear(torch.autograd.Function):
    """x W' + bias + (x A') B' * scaling, for x of two dimensions."""

    @staticmethod
    def forward(
        ctx: Any,
        x: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
        lora_a: torch.Tensor,
        lora_b: torch.Tensor,
        scaling: float,
    ) -> torch.Tensor:
        down, up = lora_a.to(x.dtype), (lora_b * scaling).to(x.dtype)
        inner = linear(x, down)
        out = linear(x, weight, bias)
        out.addmm_(inner, up.t())
        ctx.save_for_backward(x, weight, inner, down, up)
        ctx.scaling = scaling
        return out

    @staticmethod
    def backward(ctx: Any, grad_out: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        x, weight, inner, down, up = ctx.saved_tensors
        grad_inner = grad_out @ up
        grad_a = (grad_inner.t() @ x).float()
        grad_b = (grad_out.t() @ inner).float().mul_(ctx.scaling)
        grad_x = None
        if ctx.needs_input_grad[0]:
            grad_x = torch.addmm(grad_out @ weight, grad_inner, down)
        return grad_x, None, None, grad_a, grad_b, None


def _fast_forward(layer: Any, adapter: str) -> Callable[[torch.Tensor], torch.Tensor]:
    def forward(x: torch.Tensor) -> torch.Tensor:
        base = layer.base_layer
        flat = x.reshape(-1, x.shape[-1])
        lora_a, lora_b = layer.lora_A[adapter].weight, layer.lora_B[adapter].weight
        out = LoraLinear.apply(flat, base.weight, base.bias, lora_a, lora_b, layer.scaling[adapter])
        return out.view(*x.shape[:-1], -1)

    return forward


def speed_up_lora(model: Any, adapter: str = "default") -> None:
    """Replaces the forward of each LoRA layer of a PEFT model. Dropout and adapter variants are not supported."""
    from peft.tuners.lora import Linear

    for layer in model.modules():
        if isinstance(layer, Linear):
            layer.forward = _fast_forward(layer, adapter)
