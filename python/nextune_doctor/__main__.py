"""`python -m nextune_doctor LOCK…`: its last line is a JSON object; each part is {"ok": …} or {"error": "…"}.

LOCK is a requirements file; a package counts as right when its installed version is the locked one.
"""

import importlib
import importlib.metadata
import json
import platform
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

_PIN = re.compile(r"^([\w.-]+)==([^\s;\\]+)(?:\s*;\s*([^\\\n]+))?", re.MULTILINE)


def locked_versions(lock: str) -> dict[str, str]:
    """Name and version of every line of a requirements file that is meant for this Python and platform."""
    from packaging.markers import Marker

    pins = [match.groups() for match in _PIN.finditer(Path(lock).read_text("utf-8"))]
    return {name: version for name, version, marker in pins if not marker or Marker(marker.strip()).evaluate()}


def installed_version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def packages(locks: list[str]) -> dict[str, Any]:
    """How many are locked, and those that are missing or of another version."""
    wanted = {name: version for lock in locks for name, version in locked_versions(lock).items()}
    found = [{"name": name, "locked": wanted[name], "installed": installed_version(name)} for name in wanted]
    return {"locked": len(wanted), "wrong": [one for one in found if one["installed"] != one["locked"]]}


def model() -> dict[str, Any]:
    from nextune_model.base import MODEL_NAME, bundled_gguf

    path = bundled_gguf()
    with path.open("rb") as file:
        magic = file.read(4)
    if magic != b"GGUF":
        raise ValueError(f"{path} is no GGUF file")
    return {"name": MODEL_NAME, "path": str(path), "bytes": path.stat().st_size}


def trainer() -> dict[str, Any]:
    import torch

    for name in ("transformers", "peft", "safetensors"):
        importlib.import_module(name)
    device = torch.cuda.get_device_name(0) if torch.cuda.is_available() else None
    return {"torch": torch.__version__, "threads": torch.get_num_threads(), "cuda": device}


def attempt(part: Callable[..., dict[str, Any]], *arguments: Any) -> dict[str, Any]:
    try:
        return {"ok": part(*arguments)}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main() -> None:
    report = {
        "python": platform.python_version(),
        "executable": sys.executable,
        "packages": attempt(packages, sys.argv[1:]),
        "model": attempt(model),
        "trainer": attempt(trainer),
    }
    # On a line of its own, the last one: a library may print while it is imported.
    print(f"\n{json.dumps(report)}")


main()
