"""What this machine trains with. Decided once for a job and kept, so that a retry computes the same bits."""

import time
from typing import Any

import torch

from nextune_train.atomic import read_json, write_json
from nextune_train.completion_loss import completion_loss
from nextune_train.failures import TrainFailure
from nextune_train.job import Hyperparameters, Job
from nextune_train.model import random_model
from nextune_train.packing import Sequence, pack

FILE = "setting.json"
_PROBE_TOKENS, _PROBE_COMPLETION, _PROBE_LAYERS, _PROBE_RUNS = 512, 96, 2, 3


def _probe_seconds(config: Any, settings: Hyperparameters, precision: str) -> float:
    """The best of a few forward and backward passes. bfloat16's backward can be slower than float32's on a CPU
    without instructions for it."""
    model = random_model(config, _PROBE_LAYERS, settings, precision)
    ids = [7 * index % config.vocab_size for index in range(_PROBE_TOKENS)]
    batch = pack([Sequence(ids, _PROBE_TOKENS - _PROBE_COMPLETION)])
    best = float("inf")
    for _ in range(_PROBE_RUNS):
        start = time.perf_counter()
        completion_loss(model, batch).backward()
        best = min(best, time.perf_counter() - start)
    return best


def choose_device(wanted: str) -> str:
    """cpu or cuda. Raises TrainFailure `job` when a GPU is asked for by name and there is none."""
    if torch.cuda.is_available():
        return "cuda" if wanted == "auto" else wanted
    if wanted == "cuda":
        reason = f"PyTorch {torch.__version__} sees no CUDA GPU here; `nextune doctor` says what it sees"
        raise TrainFailure("job", f"device is 'cuda', but {reason}; 'auto' takes the CPU then")
    return "cpu"


def choose_precision(device: str, config: Any, settings: Hyperparameters) -> tuple[str, dict[str, float] | None]:
    if settings.precision != "auto":
        return settings.precision, None
    if device == "cuda":
        # A GPU without instructions for bfloat16 emulates it, slowly.
        return ("bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp32"), None
    measured = {precision: round(_probe_seconds(config, settings, precision), 4) for precision in ("fp32", "bf16")}
    return min(measured, key=lambda precision: measured[precision]), measured


def _still_fits(device: str, wanted: str) -> bool:
    return wanted in ("auto", device) and (device == "cpu" or torch.cuda.is_available())


def decide(job: Job, config: Any, mark: str) -> dict[str, Any]:
    """{"device", "threads", "precision", "measuredSeconds"}: the kept one if it fits the job and this machine."""
    kept = read_json(job.workDir / FILE)
    if kept and kept["job"] == mark and _still_fits(kept["device"], job.device):
        torch.set_num_threads(kept["threads"])
        return kept
    device = choose_device(job.device)
    torch.set_num_threads(job.threads)
    precision, measured = choose_precision(device, config, job.config)
    made = {"job": mark, "device": device, "threads": job.threads, "precision": precision, "measuredSeconds": measured}
    write_json(job.workDir / FILE, made)
    return made
