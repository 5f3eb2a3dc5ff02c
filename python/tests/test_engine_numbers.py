"""The engine's arithmetic against transformers and peft, in float32."""

import json

import pytest
import torch
from engine_fixtures import base_folder, write_adapter
from peft import PeftModel
from transformers import AutoModelForCausalLM

from nextune_model.batch import Batch
from nextune_model.lora import AdapterError
from nextune_model.prefix import CHUNK, PrefixCache, evaluate_prompt
from nextune_model.transformer import Transformer
from nextune_model.weights import load_weights

TOKENS = [
    int(token) for token in torch.randint(20, 49000, (CHUNK * 2 + 30,), generator=torch.Generator().manual_seed(1))
]


@pytest.fixture(scope="module")
def engine():
    with torch.inference_mode():
        yield Transformer(load_weights(base_folder(), None, torch.float32))


@pytest.fixture(scope="module")
def library():
    return AutoModelForCausalLM.from_pretrained(base_folder())


def evaluate(model, tokens, cache=None):
    return evaluate_prompt(model, cache or PrefixCache(8), tokens, lambda: False)


def expected(model, tokens):
    with torch.inference_mode():
        return model(torch.tensor([tokens])).logits[0, -1]


def test_logits_of_a_prompt_in_chunks_are_those_of_transformers(engine, library):
    logits = evaluate(engine, TOKENS)[1]
    torch.testing.assert_close(logits[0], expected(library, TOKENS), atol=2e-3, rtol=1e-3)


def test_sequences_of_two_prompts_in_one_batch_have_the_logits_they_would_have_alone(engine, library):
    prompts = [TOKENS[:200], TOKENS[50:90]]
    batch = Batch(engine.shape, engine.dtype)
    for prompt in prompts:
        batch.prompts.add(prompt, evaluate(engine, prompt)[0])
    said = [[7], [8], [9]]
    for group, tokens in zip((1, 0, 1), said):
        batch.add_row(group, tokens[0])
    for _ in range(3):
        logits = engine.step(batch)
        drawn = logits.argmax(-1).tolist()
        for group, tokens, row in zip((1, 0, 1), said, logits):
            torch.testing.assert_close(row, expected(library, prompts[group] + tokens), atol=2e-3, rtol=1e-3)
        batch.advance(drawn)
        for tokens, token in zip(said, drawn):
            tokens.append(token)


def test_rows_and_prompts_that_leave_do_not_disturb_those_that_stay(engine, library):
    prompts = [TOKENS[:40], TOKENS[40:70], TOKENS[70:120]]
    batch = Batch(engine.shape, engine.dtype)
    for prompt in prompts:
        batch.add_row(batch.prompts.add(prompt, evaluate(engine, prompt)[0]), token=7)
    engine.step(batch)
    batch.advance([8, 8, 8])
    batch.drop_row(0)
    batch.drop_prompt(0)
    batch.add_row(batch.prompts.add(prompts[0], evaluate(engine, prompts[0])[0]), token=9)
    logits = engine.step(batch)
    order = [prompts[2] + [7, 8], prompts[1] + [7, 8], prompts[0] + [9]]
    for row, tokens in zip(logits, order):
        torch.testing.assert_close(row, expected(library, tokens), atol=2e-3, rtol=1e-3)


def test_prompts_that_share_their_beginning_come_and_go_without_a_trace_in_the_logits(engine):
    header = TOKENS[:150]
    prompts = [header + TOKENS[200:230], header + TOKENS[160:165], TOKENS[:100] + TOKENS[230:260], TOKENS[40:70]]
    batch, under_way = Batch(engine.shape, engine.dtype), []
    headers = []

    def step_and_compare():
        headers.append(batch.prompts.header)
        logits = engine.step(batch)
        for row, tokens in zip(logits, under_way, strict=True):
            torch.testing.assert_close(row, evaluate(engine, tokens)[1][0], atol=2e-3, rtol=1e-3)
        batch.advance([11] * len(under_way))
        for tokens in under_way:
            tokens.append(11)

    for prompt in prompts:
        batch.add_row(batch.prompts.add(prompt, evaluate(engine, prompt)[0]), token=7)
        under_way.append([*prompt, 7])
        step_and_compare()
    for gone in (3, 0, 0):
        batch.drop_row(gone)
        batch.drop_prompt(gone)
        last = under_way.pop()
        if gone < len(under_way):
            under_way[gone] = last
        step_and_compare()
    assert headers == [0, 128, 64, 0, 64, 64, 0]


def test_a_prompt_evaluated_from_the_cache_has_the_very_bits_of_a_new_one(engine):
    cache = PrefixCache(8)
    new = evaluate(engine, TOKENS, cache)
    again = evaluate(engine, TOKENS, cache)
    assert torch.equal(new[0], again[0]) and torch.equal(new[1], again[1])


def test_the_cache_gives_what_two_prompts_share_and_no_more(engine):
    cache = PrefixCache(8)
    evaluate(engine, TOKENS, cache)
    other = TOKENS[: CHUNK + 5] + [99] * CHUNK
    state = torch.zeros_like(evaluate(engine, other)[0])
    assert cache.restore(other, state) == CHUNK
    assert cache.restore(TOKENS[:CHUNK], state) == 0


def test_a_full_cache_drops_the_beginning_last(engine):
    cache = PrefixCache(2)
    evaluate(engine, TOKENS, cache)
    evaluate(engine, TOKENS[:CHUNK] + TOKENS[:CHUNK] + [5], cache)
    state = evaluate(engine, TOKENS)[0]
    assert cache.restore(TOKENS, state) == CHUNK


def test_a_merged_adapter_has_the_logits_of_peft(library, tmp_path):
    folder = write_adapter(tmp_path / "adapter", seed=3)
    tuned = AutoModelForCausalLM.from_pretrained(base_folder())
    tuned = PeftModel.from_pretrained(tuned, folder)
    with torch.inference_mode():
        ours = Transformer(load_weights(base_folder(), folder, torch.float32))
        logits = evaluate(ours, TOKENS[:60])[1]
    torch.testing.assert_close(logits[0], expected(tuned, TOKENS[:60]), atol=5e-3, rtol=1e-3)
    assert not torch.allclose(logits[0], expected(library, TOKENS[:60]), atol=0.1)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"use_dora": True}, "use_dora"),
        ({"peft_type": "IA3"}, "IA3"),
        ({"rank_pattern": {"q_proj": 2}}, "another rank"),
        ({"modules_to_save": ["lm_head"]}, "modules_to_save"),
    ],
)
def test_an_adapter_that_needs_more_than_lora_is_refused(tmp_path, change, says):
    folder = write_adapter(tmp_path / "adapter", seed=3)
    config = json.loads((folder / "adapter_config.json").read_text())
    (folder / "adapter_config.json").write_text(json.dumps({**config, **change}))
    with pytest.raises(AdapterError, match=says):
        load_weights(base_folder(), folder, torch.float32)
