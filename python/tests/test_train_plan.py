"""Order, learning rate, tokens and the checks of the job file."""

import json

import pytest
import torch
from train_fixtures import tiny_tokenizer, write_job, write_rows

from nextune_train import plan
from nextune_train.examples import load_sequences, tokenize
from nextune_train.failures import TrainFailure, classify
from nextune_train.job import fingerprint, parse_job, read_job
from nextune_train.packing import Sequence


def test_an_epoch_takes_every_row_once_in_batches_of_nearly_one_size():
    batches = plan.batches_of_epoch(10, 4, "1", 0)
    assert sorted(index for batch in batches for index in batch) == list(range(10))
    assert sorted(len(batch) for batch in batches) == [3, 3, 4]


def test_the_order_depends_on_seed_and_epoch_only():
    assert plan.epoch_order(20, "1", 0) == plan.epoch_order(20, "1", 0)
    assert plan.epoch_order(20, "1", 0) != plan.epoch_order(20, "1", 1)
    assert plan.epoch_order(20, "1", 0) != plan.epoch_order(20, "2", 0)


def test_the_learning_rate_rises_to_its_peak_and_falls_towards_zero():
    rates = [plan.learning_rate(step, 100, 2.0) for step in range(100)]
    assert max(rates) == rates[10] == 2.0
    assert rates[:10] == sorted(rates[:10])
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert 0 < rates[-1] < 0.01


def test_a_run_of_one_step_has_a_learning_rate():
    assert plan.learning_rate(0, 1, 2.0) == 2.0


def test_passes_hold_the_rows_in_order_and_a_long_row_goes_alone():
    rows = [Sequence([0] * length, 1) for length in (4, 6, 1, 30, 2)]
    assert [[len(row.ids) for row in group] for group in plan.passes(rows, 10)] == [[4, 6], [1], [30], [2]]


def test_a_prompt_is_the_chat_template_and_a_completion_ends_with_the_end_of_the_turn():
    tokenizer = tiny_tokenizer()
    row = {"messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}], "completion": "ok"}
    sequence = tokenize(row, tokenizer)
    prompt = "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\n"
    assert tokenizer.decode(sequence.ids[: sequence.prompt_length]) == prompt
    assert tokenizer.decode(sequence.ids[sequence.prompt_length :]) == "ok<|im_end|>"


def test_a_row_that_is_too_long_is_left_out_whole_and_counted(tmp_path):
    path = write_rows(tmp_path / "rows.jsonl", 4)
    with path.open("a") as file:
        file.write(json.dumps({"messages": [{"role": "user", "content": "long " * 100}], "completion": "x"}) + "\n")
    kept, left_out = load_sequences(path, tiny_tokenizer(), 400)
    assert (len(kept), left_out) == (4, 1)


def test_rows_that_are_all_too_long_are_refused_by_the_limit(tmp_path):
    with pytest.raises(TrainFailure, match="all 2 rows are longer than maxTokens = 10"):
        load_sequences(write_rows(tmp_path / "rows.jsonl", 2), tiny_tokenizer(), 10)


def test_a_row_that_is_no_training_row_is_refused_by_its_line(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"messages": [{"role": "user", "content": "a"}], "completion": "b"}\n{"completion": "b"}\n')
    with pytest.raises(TrainFailure, match="rows.jsonl:2"):
        load_sequences(path, tiny_tokenizer(), 100)


@pytest.mark.parametrize(
    ("key", "value"),
    [("seed", 5), ("threads", 0), ("device", "tpu"), ("baseDir", ""), ("checkpointSeconds", -1), ("config", None)],
)
def test_a_job_with_a_wrong_value_is_refused_by_its_key(tmp_path, key, value):
    source = json.loads(write_job(tmp_path, "base", "rows").read_text())
    with pytest.raises(TrainFailure, match=key):
        parse_job({**source, key: value})


def test_the_fingerprint_changes_with_what_decides_the_adapter_and_with_nothing_else(tmp_path):
    (tmp_path / "nextune-base.json").write_text("{}")
    rows = write_rows(tmp_path / "rows.jsonl")

    def mark(*place, **changes):
        return fingerprint(read_job(write_job(tmp_path, tmp_path, rows, *place, **changes)))

    first = mark()
    assert first == mark("elsewhere")
    assert first != mark(rank=8)
    write_rows(rows, 13)
    assert first != mark()


def test_memory_that_ran_out_is_told_apart_from_a_fault():
    text = "[enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate memory: you tried …"
    assert classify(RuntimeError(text))[0] == "out-of-memory"
    assert classify(MemoryError())[0] == "out-of-memory"
    assert classify(torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"))[0] == "out-of-memory"
    assert classify(RuntimeError("CUDA error: out of memory\nCUDA kernel errors …"))[0] == "out-of-memory"
    full = "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"
    assert classify(RuntimeError(full)) == ("out-of-memory", f"memory ran out: {full}")
    assert classify(RuntimeError("shape mismatch"))[0] == "internal"
