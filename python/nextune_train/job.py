"""The job file: the same shape as contract/train.ts, checked again here because it is a boundary."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nextune_train.failures import TrainFailure

_PRECISIONS = ("auto", "fp32", "bf16")
_DEVICES = ("auto", "cpu", "cuda")


@dataclass(frozen=True)
class Hyperparameters:
    rank: int
    alpha: int
    learningRate: float
    epochs: int
    batchSize: int
    maxTokens: int
    precision: str


@dataclass(frozen=True)
class Job:
    baseDir: Path
    examplesPath: Path
    workDir: Path
    startDir: Path | None
    seed: str
    device: str
    threads: int
    checkpointSeconds: float
    config: Hyperparameters


def _whole(source: dict[str, Any], key: str, least: int = 1) -> int:
    value = source.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise TrainFailure("job", f"{key} is {value!r}: a whole number of at least {least} is needed")
    return value


def _number(source: dict[str, Any], key: str, least: float) -> float:
    value = source.get(key)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not value >= least:
        raise TrainFailure("job", f"{key} is {value!r}: a number of at least {least} is needed")
    return float(value)


def _choice(source: dict[str, Any], key: str, allowed: tuple[str, ...]) -> str:
    value = source.get(key)
    if value not in allowed:
        raise TrainFailure("job", f"{key} is {value!r}: allowed are {', '.join(allowed)}")
    return value


def _path(source: dict[str, Any], key: str) -> Path:
    value = source.get(key)
    if not isinstance(value, str) or not value:
        raise TrainFailure("job", f"{key} is {value!r}: a path is needed")
    return Path(value)


def _hyperparameters(source: Any) -> Hyperparameters:
    if not isinstance(source, dict):
        raise TrainFailure("job", f"config is {source!r}: the trainer's hyperparameters are needed")
    whole = {key: _whole(source, key) for key in ("rank", "alpha", "epochs", "batchSize", "maxTokens")}
    rate = _number(source, "learningRate", 0)
    return Hyperparameters(**whole, learningRate=rate, precision=_choice(source, "precision", _PRECISIONS))


def parse_job(source: Any) -> Job:
    """A Job from the parsed JSON. Raises TrainFailure `job` that names the key."""
    if not isinstance(source, dict):
        raise TrainFailure("job", f"the job is {source!r}: a JSON object is needed")
    seed = source.get("seed")
    if not isinstance(seed, str) or not seed.isdecimal():
        raise TrainFailure("job", f"seed is {seed!r}: a string of digits is needed")
    return Job(
        baseDir=_path(source, "baseDir"),
        examplesPath=_path(source, "examplesPath"),
        workDir=_path(source, "workDir"),
        startDir=_path(source, "startDir") if source.get("startDir") is not None else None,
        seed=seed,
        device=_choice(source, "device", _DEVICES),
        threads=_whole(source, "threads"),
        checkpointSeconds=_number(source, "checkpointSeconds", 0),
        config=_hyperparameters(source.get("config")),
    )


def read_job(path: Path | str) -> Job:
    """The job in the file `path`."""
    try:
        return parse_job(json.loads(Path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise TrainFailure("job", f"the job file {path} cannot be read: {error}") from error


def fingerprint(job: Job) -> str:
    """What decides the adapter: hyperparameters, seed, training rows, the base's weights and the adapter it goes on
    from. A checkpoint of another
    fingerprint is not resumed."""
    running = hashlib.sha256(json.dumps([vars(job.config), job.seed], sort_keys=True).encode())
    running.update(job.examplesPath.read_bytes())
    if job.startDir is not None:
        running.update((job.startDir / "adapter_model.safetensors").read_bytes())
    marker = job.baseDir / "nextune-base.json"
    running.update((marker if marker.exists() else job.baseDir / "config.json").read_bytes())
    return running.hexdigest()
