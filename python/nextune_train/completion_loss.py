"""Cross-entropy at the completion's positions only: logits over a vocabulary of 49152 cost a token as much as eight
layers do."""

from typing import Any

import torch

from nextune_train.packing import Batch

# Rows of logits at a time: 256 x 49152 in float32 is 50 MB.
ROWS = 256


class CompletionLoss(torch.autograd.Function):
    """Mean cross-entropy of hidden states [rows, size] against targets [rows], through a frozen output matrix."""

    @staticmethod
    def forward(ctx: Any, hidden: torch.Tensor, weight: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        total = torch.zeros((), dtype=torch.float32, device=hidden.device)
        gradient = torch.empty_like(hidden)
        for rows, wanted, place in zip(hidden.split(ROWS), targets.split(ROWS), gradient.split(ROWS), strict=True):
            logits = (rows @ weight.t()).float()
            log_sum = torch.logsumexp(logits, -1, keepdim=True)
            total += (log_sum - logits.gather(1, wanted[:, None])).sum()
            slope = logits.sub_(log_sum).exp_()
            slope.scatter_add_(1, wanted[:, None], torch.full_like(log_sum, -1.0))
            place.copy_(slope.to(weight.dtype) @ weight)
        ctx.save_for_backward(gradient)
        ctx.count = targets.numel()
        return total / ctx.count

    @staticmethod
    def backward(ctx: Any, grad_loss: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        (gradient,) = ctx.saved_tensors
        return gradient * (grad_loss / ctx.count), None, None


def completion_loss(model: Any, batch: Batch) -> torch.Tensor:
    """Mean loss over the completion tokens of a packed batch (see packing.py)."""
    causal = model.get_base_model()
    hidden = causal.model(
        input_ids=batch.ids[None], position_ids=batch.positions[None], use_cache=False, lengths=batch.lengths
    ).last_hidden_state[0]
    return CompletionLoss.apply(hidden.index_select(0, batch.sources), causal.lm_head.weight, batch.targets)
