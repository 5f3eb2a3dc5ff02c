"""Checkpoints of a run: adapter, optimizer and position. Nothing is drawn at random after the adapter's start, and the
learning rate is a function of the step, so there is no other state."""

import hashlib
import io
import re
from pathlib import Path
from typing import Any

import torch

from nextune_train.atomic import write_bytes
from nextune_train.model import adapter_parameters

_NAME = re.compile(r"checkpoint-(\d{8})-([0-9a-f]{64})\.pt")
# The one before the last is kept: should the last be damaged, less is lost than everything.
_KEPT = 2


def _newest_first(work_dir: Path) -> list[tuple[re.Match[str], Path]]:
    found = [(match, path) for path in work_dir.iterdir() if (match := _NAME.fullmatch(path.name))]
    return sorted(found, key=lambda entry: int(entry[0][1]), reverse=True)


def save_checkpoint(work_dir: Path, mark: str, model: Any, optimizer: Any, position: dict[str, Any]) -> None:
    """Writes the state after `position["step"]` steps. The digest of the bytes is part of the name."""
    buffer = io.BytesIO()
    adapter = {name: parameter.detach() for name, parameter in adapter_parameters(model)}
    state = {"job": mark, "adapter": adapter, "optimizer": optimizer.state_dict(), "position": position}
    torch.save(state, buffer)
    data = buffer.getvalue()
    write_bytes(work_dir / f"checkpoint-{position['step']:08d}-{hashlib.sha256(data).hexdigest()}.pt", data)
    for _, old in _newest_first(work_dir)[_KEPT:]:
        old.unlink(missing_ok=True)


def load_checkpoint(work_dir: Path, mark: str) -> dict[str, Any] | None:
    """The newest state whose bytes are whole and that belongs to this job, or None."""
    for match, path in _newest_first(work_dir):
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() == match[2]:
            state: dict[str, Any] = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
            if state["job"] == mark:
                return state
    return None


def restore(state: dict[str, Any], model: Any, optimizer: Any) -> dict[str, Any]:
    """Puts a loaded state into model and optimizer; returns its position."""
    with torch.no_grad():
        for name, parameter in adapter_parameters(model):
            parameter.copy_(state["adapter"][name])
    optimizer.load_state_dict(state["optimizer"])
    return state["position"]


def remove_checkpoints(work_dir: Path) -> None:
    """After the adapter is in place nobody resumes. What a kill left half written goes too."""
    for path in work_dir.glob("checkpoint-*"):
        path.unlink(missing_ok=True)
