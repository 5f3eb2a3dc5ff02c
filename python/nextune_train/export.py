"""The finished adapter's folder: PEFT's two files and the GGUF. The same adapter gives the same bytes."""

import json
import shutil
from pathlib import Path
from typing import Any

from nextune_train.atomic import read_json, sync, write_json
from nextune_train.gguf_adapter import write_gguf

ADAPTER_DIR, RESULT = "adapter", "result.json"


def _plain(value: Any) -> Any:
    """PEFT keeps sets, whose order changes from run to run, and enums."""
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return getattr(value, "value", value)


def _adapter_config(model: Any, base_dir: Path) -> dict[str, Any]:
    settings = {key: _plain(value) for key, value in model.peft_config["default"].to_dict().items()}
    # A path of this machine says nothing elsewhere; the model's name does.
    base = (read_json(base_dir / "nextune-base.json") or {}).get("model")
    return {**settings, "base_model_name_or_path": base, "inference_mode": True}


def export_adapter(work_dir: Path, base_dir: Path, model: Any, config: Any, alpha: int) -> Path:
    """Writes the folder aside, then renames it into place. Returns its path."""
    from peft import get_peft_model_state_dict
    from safetensors.torch import save_file

    state = {name: values.detach().cpu().contiguous() for name, values in get_peft_model_state_dict(model).items()}
    target, new = work_dir / ADAPTER_DIR, work_dir / f"{ADAPTER_DIR}.new"
    for folder in (new, target):
        shutil.rmtree(folder, ignore_errors=True)
    new.mkdir()
    save_file(state, new / "adapter_model.safetensors", metadata={"format": "pt"})
    text = json.dumps(_adapter_config(model, base_dir), indent=2, sort_keys=True)
    (new / "adapter_config.json").write_text(text, encoding="utf-8")
    write_gguf(new / "adapter.gguf", {name: values.numpy() for name, values in state.items()}, config, alpha)
    for file in new.iterdir():
        sync(file)
    new.rename(target)
    sync(work_dir)
    return target


def finished(work_dir: Path, mark: str) -> dict[str, Any] | None:
    """The result of this very job if it has ended before, else None."""
    kept = read_json(work_dir / RESULT)
    there = (work_dir / ADAPTER_DIR / "adapter.gguf").exists()
    return kept["result"] if kept and kept["job"] == mark and there else None


def record_result(work_dir: Path, mark: str, result: dict[str, Any]) -> None:
    """The last thing a job writes."""
    write_json(work_dir / RESULT, {"job": mark, "result": result})
