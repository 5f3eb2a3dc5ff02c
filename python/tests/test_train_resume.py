"""The trainer as a process: killed, resumed, superseded, orphaned."""

import json
import os
import signal
from pathlib import Path

import pytest
from train_fixtures import finish, start, tiny_model, wait_for_step, write_job, write_rows, write_tiny_base

from nextune_train.checkpoint import load_checkpoint, save_checkpoint
from nextune_train.loop import make_optimizer
from nextune_train.model import with_adapter

STEPS = 8


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("train")
    return folder, write_tiny_base(folder / "base"), write_rows(folder / "rows.jsonl")


@pytest.fixture(scope="module")
def undisturbed(place):
    folder, base, rows = place
    status, lines = finish(start(write_job(folder, base, rows, "undisturbed")))
    assert status == 0, lines
    first = next(line for line in lines if line.get("phase") == "train")
    assert lines[-1]["finalLoss"] < first["loss"]
    return lines[-1]


def adapter_bytes(folder):
    names = ("adapter_model.safetensors", "adapter_config.json", "adapter.gguf")
    return {name: (folder / "adapter" / name).read_bytes() for name in names}


def kill_at(job, step):
    process = start(job)
    wait_for_step(process, step)
    process.kill()
    process.communicate()


def test_a_run_reports_each_step_and_its_result(undisturbed):
    assert undisturbed["type"] == "done"
    assert undisturbed["steps"] == STEPS
    assert undisturbed["examples"] == 12
    names = {file.name for file in Path(undisturbed["adapterDir"]).iterdir()}
    assert names == {"adapter.gguf", "adapter_config.json", "adapter_model.safetensors"}


def test_a_run_goes_on_from_another_ones_adapter(place, undisturbed):
    folder, base, rows = place
    job = write_job(folder, base, rows, "further")
    content = json.loads(job.read_text())
    job.write_text(json.dumps({**content, "startDir": undisturbed["adapterDir"]}))
    status, lines = finish(start(job))
    assert status == 0, lines
    first = next(line for line in lines if line.get("phase") == "train" and line["loss"] is not None)
    # Its first step begins where the other ended, far below the loss of a fresh adapter.
    assert first["loss"] < undisturbed["finalLoss"] * 1.2
    assert lines[-1]["finalLoss"] < undisturbed["finalLoss"]


def test_an_adapter_of_another_rank_is_refused(place, undisturbed):
    folder, base, rows = place
    job = write_job(folder, base, rows, "other-rank", rank=2)
    job.write_text(json.dumps({**json.loads(job.read_text()), "startDir": undisturbed["adapterDir"]}))
    status, lines = finish(start(job))
    assert status == 1
    assert lines[-1]["kind"] == "job"
    assert "another shape" in lines[-1]["message"]


def test_a_run_killed_midway_ends_with_the_bytes_of_an_undisturbed_one(place, undisturbed):
    folder, base, rows = place
    job = write_job(folder, base, rows, "killed")
    kill_at(job, 5)
    status, lines = finish(start(job))
    steps = [line["step"] for line in lines if line.get("phase") == "train"]
    assert status == 0
    assert steps[0] > 4
    assert steps[-1] == STEPS
    assert adapter_bytes(folder / "killed") == adapter_bytes(folder / "undisturbed")
    assert lines[-1]["trainTokens"] == undisturbed["trainTokens"]
    assert lines[-1]["finalLoss"] == undisturbed["finalLoss"]


def test_a_damaged_checkpoint_is_passed_over_for_the_one_before(place):
    folder, base, rows = place
    job = write_job(folder, base, rows, "damaged")
    kill_at(job, 5)
    *_, last = sorted((folder / "damaged").glob("checkpoint-*.pt"))
    data = bytearray(last.read_bytes())
    data[len(data) // 2] ^= 1
    last.write_bytes(data)
    (folder / "damaged" / "checkpoint-half.pt.new").touch()
    status, _ = finish(start(job))
    assert status == 0
    assert not list((folder / "damaged").glob("checkpoint-*"))
    assert adapter_bytes(folder / "damaged") == adapter_bytes(folder / "undisturbed")


def test_a_checkpoint_of_another_job_is_not_resumed(tmp_path):
    model = with_adapter(tiny_model(), type("Settings", (), {"rank": 2, "alpha": 4}))
    save_checkpoint(tmp_path, "this", model, make_optimizer(model, 0.1), {"step": 3})
    assert load_checkpoint(tmp_path, "this")["position"] == {"step": 3}
    assert load_checkpoint(tmp_path, "another") is None


def test_a_finished_job_only_repeats_its_result(place, undisturbed):
    folder, base, rows = place
    before = (folder / "undisturbed" / "adapter" / "adapter.gguf").stat()
    status, lines = finish(start(write_job(folder, base, rows, "undisturbed")))
    assert (status, lines[-1]) == (0, undisturbed)
    assert [line["phase"] for line in lines[:-1]] == ["load"]
    assert (folder / "undisturbed" / "adapter" / "adapter.gguf").stat() == before


def test_a_second_trainer_ends_the_first_and_goes_on_from_its_checkpoint(place):
    folder, base, rows = place
    job = write_job(folder, base, rows, "contested")
    first = start(job)
    wait_for_step(first, 2)
    os.kill(first.pid, signal.SIGSTOP)  # It cannot answer SIGTERM: only SIGKILL ends it.
    status, lines = finish(start(job))
    assert status == 0
    assert first.wait() in (-signal.SIGKILL, -signal.SIGTERM)
    first.communicate()
    assert lines[1]["step"] >= 2
    assert json.loads((folder / "contested" / "lock.json").read_text())["fence"] == 2
    assert adapter_bytes(folder / "contested") == adapter_bytes(folder / "undisturbed")


def test_a_trainer_whose_parent_closes_its_input_ends_with_its_group(place):
    folder, base, rows = place
    process = start(write_job(folder, base, rows, "orphan"), "--with-parent")
    wait_for_step(process, 1)
    process.stdin.close()
    assert process.wait() == -signal.SIGKILL
    process.stdout.close()


def test_rows_that_cannot_be_trained_on_end_with_a_named_error(place):
    folder, base, rows = place
    status, lines = finish(start(write_job(folder, base, rows, "refused", maxTokens=5)))
    assert status == 1
    assert (lines[-1]["type"], lines[-1]["kind"]) == ("error", "examples")
