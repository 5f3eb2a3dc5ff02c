"""Files that are there whole or not at all."""

import json
import os
from pathlib import Path
from typing import Any


def sync(path: Path) -> None:
    """Waits until a file, or the entries of a folder, are on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_bytes(path: Path, data: bytes) -> None:
    """Temporary file, fsync, rename."""
    new = Path(f"{path}.new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    sync(new.parent)


def write_json(path: Path, value: Any) -> None:
    write_bytes(path, json.dumps(value, indent=2, sort_keys=True).encode())


def read_json(path: Path) -> Any:
    """The parsed file, or None when there is none or it holds no JSON."""
    try:
        return json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None
