"""Device and precision of a job, and passes that a GPU has no memory for. The GPU is played."""

from functools import partial

import pytest
import torch
from train_fixtures import tiny_config, tiny_model, write_job, write_rows, write_tiny_base

from nextune_train import loop, setting
from nextune_train.checkpoint import load_checkpoint
from nextune_train.failures import TrainFailure
from nextune_train.job import read_job
from nextune_train.lock import WorkLock
from nextune_train.model import adapter_parameters, with_adapter
from nextune_train.packing import Sequence


@pytest.fixture
def gpu(monkeypatch):
    """Plays a GPU that is there and has bfloat16, or not."""

    def play(there, bf16=True):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: there)
        supported = lambda including_emulation=True: bf16 or including_emulation  # noqa: E731
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", supported)

    return play


def job_of(folder, device, precision="auto"):
    (folder / "work").mkdir(exist_ok=True)
    path = write_job(folder, "base", "rows", precision=precision)
    path.write_text(path.read_text().replace('"device": "cpu"', f'"device": "{device}"'))
    return read_job(path)


def decided(folder, device, precision="auto"):
    made = setting.decide(job_of(folder, device, precision), tiny_config(), "mark")
    return made["device"], made["precision"]


@pytest.mark.parametrize(("bf16", "precision"), [(True, "bf16"), (False, "fp32")])
def test_auto_takes_the_gpu_and_bfloat16_where_it_is_not_emulated(tmp_path, gpu, bf16, precision):
    gpu(True, bf16)
    assert decided(tmp_path, "auto") == ("cuda", precision)


def test_a_gpu_asked_for_by_name_that_is_not_there_is_refused(tmp_path, gpu):
    gpu(False)
    with pytest.raises(TrainFailure, match="sees no CUDA GPU here") as failure:
        decided(tmp_path, "cuda")
    assert failure.value.kind == "job"


def test_a_retry_keeps_its_device_while_it_is_there_and_no_other_is_asked_for(tmp_path, gpu):
    gpu(False)
    assert decided(tmp_path, "auto", "fp32") == ("cpu", "fp32")
    gpu(True)
    assert decided(tmp_path, "auto", "fp32") == ("cpu", "fp32")
    assert decided(tmp_path, "cuda", "fp32") == ("cuda", "fp32")
    assert decided(tmp_path, "auto", "fp32") == ("cuda", "fp32")
    gpu(False)
    assert decided(tmp_path, "auto", "fp32") == ("cpu", "fp32")


def run_of(folder, sequences, kept=None):
    base, rows = write_tiny_base(folder / "base"), write_rows(folder / "rows.jsonl")
    job = read_job(write_job(folder, base, rows, epochs=1))
    job.workDir.mkdir(exist_ok=True)
    model = with_adapter(tiny_model(), job.config)
    run = loop.Run(job, "mark", WorkLock(job.workDir), model, sequences, "cpu")
    run.position |= kept or {}
    return run


def adapter_of(run):
    return {name: parameter.detach().clone() for name, parameter in adapter_parameters(run.model)}


def without_memory_for(tokens, batch_loss, model, batch):
    if len(batch.ids) > tokens:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
    return batch_loss(model, batch)


SEQUENCES = [Sequence([1 + (7 * index + place) % 250 for place in range(20)], 12) for index in range(6)]


def test_passes_without_memory_are_halved_until_they_fit_and_the_checkpoint_keeps_it(tmp_path, monkeypatch):
    wanted = run_of(tmp_path / "wanted", SEQUENCES, {"passTokens": 40})
    wanted.to_end(lambda **_: None)
    run = run_of(tmp_path / "halved", SEQUENCES, {"passTokens": 160})
    monkeypatch.setattr(loop, "completion_loss", partial(without_memory_for, 40, loop.completion_loss))
    run.to_end(lambda **_: None)
    assert run.position["passTokens"] == 40
    assert run.final_loss() == wanted.final_loss()
    for name, values in adapter_of(run).items():
        torch.testing.assert_close(values, adapter_of(wanted)[name], rtol=0, atol=0)
    assert load_checkpoint(run.job.workDir, "mark")["position"]["passTokens"] == 40


def test_a_single_row_without_memory_fails(tmp_path, monkeypatch):
    run = run_of(tmp_path / "full", SEQUENCES, {"passTokens": 160})
    monkeypatch.setattr(loop, "completion_loss", partial(without_memory_for, 10, loop.completion_loss))
    with pytest.raises(torch.OutOfMemoryError):
        run.to_end(lambda **_: None)
