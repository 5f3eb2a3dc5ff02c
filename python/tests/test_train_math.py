"""The trainer's own forward and backward passes, against those of PEFT and transformers."""

import pytest
import torch
from peft import LoraConfig, get_peft_model
from torch.nn.functional import cross_entropy, scaled_dot_product_attention
from train_fixtures import tiny_config, tiny_model

from nextune_train import packed_attention
from nextune_train.completion_loss import completion_loss
from nextune_train.loop import make_optimizer, train_step
from nextune_train.model import TARGETS, adapter_parameters, random_model
from nextune_train.packing import Sequence, pack

SETTINGS = type("Settings", (), {"rank": 4, "alpha": 8})


def draw_sequences():
    torch.manual_seed(3)
    return [Sequence(torch.randint(3, 259, (length,)).tolist(), length - 9) for length in (23, 31, 12)]


def trained_parts(model):
    """Adapters start with B = 0, where A has no gradient: move them away from there."""
    torch.manual_seed(11)
    with torch.no_grad():
        for _, parameter in adapter_parameters(model):
            parameter.normal_(std=0.05)
    return dict(adapter_parameters(model))


def reference(sequences):
    """Loss and gradients the straightforward way: PEFT's forward, one sequence at a time, logits at all positions."""
    model = tiny_model()
    model = get_peft_model(model, LoraConfig(r=4, lora_alpha=8, target_modules=TARGETS))
    parts = trained_parts(model)
    rows, targets = [], []
    for sequence in sequences:
        logits = model(input_ids=torch.tensor([sequence.ids])).logits[0]
        rows.append(logits[sequence.prompt_length - 1 : -1])
        targets += sequence.ids[sequence.prompt_length :]
    loss = cross_entropy(torch.cat(rows), torch.tensor(targets))
    loss.backward()
    return loss, {name: parameter.grad for name, parameter in parts.items()}


def test_loss_and_gradients_equal_those_of_peft_with_each_sequence_alone():
    sequences = draw_sequences()
    wanted_loss, wanted = reference(sequences)
    model = random_model(tiny_config(), 2, SETTINGS, "fp32")
    model.load_state_dict(get_peft_model(tiny_model(), LoraConfig(r=4, target_modules=TARGETS)).state_dict())
    parts = trained_parts(model)
    loss = completion_loss(model, pack(sequences))
    loss.backward()
    torch.testing.assert_close(loss, wanted_loss)
    assert parts.keys() == wanted.keys()
    for name, parameter in parts.items():
        torch.testing.assert_close(parameter.grad, wanted[name], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("block", [5, 192])
def test_packed_attention_equals_attention_of_each_sequence_alone(block, monkeypatch):
    monkeypatch.setattr(packed_attention, "QUERY_BLOCK", block)
    torch.manual_seed(1)
    lengths = [13, 1, 22]
    tensors = [torch.randn(1, heads, sum(lengths), 8, requires_grad=True) for heads in (6, 2, 2)]
    weight = torch.randn(1, sum(lengths), 6, 8)
    out, _ = packed_attention.packed_attention(None, *tensors, None, 0.25, lengths)
    gradients = torch.autograd.grad((out * weight).sum(), tensors)
    parts = zip(*(tensor.split(lengths, dim=2) for tensor in tensors), strict=True)
    alone = [scaled_dot_product_attention(*part, is_causal=True, scale=0.25, enable_gqa=True) for part in parts]
    wanted = torch.cat(alone, dim=2).transpose(1, 2)
    torch.testing.assert_close(out, wanted)
    for got, expected in zip(gradients, torch.autograd.grad((wanted * weight).sum(), tensors), strict=True):
        torch.testing.assert_close(got, expected)


def one_step(tokens_a_pass):
    torch.manual_seed(2)
    model = random_model(tiny_config(), 2, SETTINGS, "fp32")
    trained_parts(model)
    loss = train_step(model, make_optimizer(model, 0.01), draw_sequences(), 0.01, tokens_a_pass)
    return loss, [parameter.detach().clone() for _, parameter in adapter_parameters(model)]


def test_a_batch_in_several_passes_takes_the_same_step_as_in_one():
    loss_in_one, in_one = one_step(1000)
    loss_in_three, in_three = one_step(10)
    assert loss_in_three == pytest.approx(loss_in_one, rel=1e-5)
    for got, wanted in zip(in_three, in_one, strict=True):
        torch.testing.assert_close(got, wanted, rtol=1e-3, atol=1e-4)


def test_the_base_and_its_output_matrix_are_never_trained():
    names = [name for name, _ in adapter_parameters(random_model(tiny_config(), 2, SETTINGS, "bf16"))]
    assert len(names) == 2 * 2 * len(TARGETS)
    assert all("lora_" in name for name in names)
