"""`python -m nextune_doctor LOCK…`: its last line is a JSON object; each part is {"ok": …} or {"error": "…"}.

LOCK is a requirements file; a package counts as right when its installed version is the locked one.
"""

import importlib
import importlib.metadata
import json
import platform
import re
import sys
from pathlib import Path


def locked_versions(lock):
    """Name and version of every line of a requirements file that is meant for this Python and platform."""
    from packaging.markers import Marker

    pins = re.finditer(r"^([\w.-]+)==([^\s;\\]+)(?:\s*;\s*([^\\\n]+))?", Path(lock).read_text("utf-8"), re.MULTILINE)
    return {name: version for name, version, marker in (pin.groups() for pin in pins) if not marker or Marker(marker.strip()).evaluate()}


def installed_version(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def packages(locks):
    """How many are locked, and those that are missing or of another version."""
    wanted = {name: version for lock in locks for name, version in locked_versions(lock).items()}
    found = {name: installed_version(name) for name in wanted}
    wrong = [{"name": name, "locked": wanted[name], "installed": found[name]} for name in wanted if found[name] != wanted[name]]
    return {"locked": len(wanted), "wrong": wrong}


def model():
    from nextune_model.base import MODEL_NAME, bundled_gguf

    path = bundled_gguf()
    with path.open("rb") as file:
        magic = file.read(4)
    if magic != b"GGUF":
        raise ValueError(f"{path} is no GGUF file")
    return {"name": MODEL_NAME, "path": str(path), "bytes": path.stat().st_size}


def trainer():
    import torch

    for name in ("transformers", "peft", "safetensors"):
        importlib.import_module(name)
    cuda = torch.cuda.is_available()
    device = torch.cuda.get_device_name(0) if cuda else None
    return {"torch": torch.__version__, "threads": torch.get_num_threads(), "cuda": device}


def attempt(part, *arguments):
    try:
        return {"ok": part(*arguments)}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main():
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
