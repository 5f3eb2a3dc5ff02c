"""The models that the engine can serve: the base, and adapters in a folder, loaded when first asked for."""

import hashlib
import json
import re
from collections import OrderedDict
from pathlib import Path

import torch

from nextune_model.base import file_digest
from nextune_model.prefix import PrefixCache
from nextune_model.transformer import Transformer
from nextune_model.weights import load_weights

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


class UnknownModel(LookupError):
    """A request named a model that is neither the base nor an adapter in the folder."""


def tree_digest(folder: Path) -> str:
    """SHA-256 over the canonical JSON of a folder's files, as activities/tree.ts names a stored folder."""
    files = [
        {"path": path.name, "digest": file_digest(path), "bytes": path.stat().st_size}
        for path in sorted(folder.iterdir())
        if path.is_file()
    ]
    text = json.dumps({"files": files}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


class LoadedModel:
    """A model in memory with the cache that belongs to it alone."""

    def __init__(self, base: Path, adapter: Path | None, dtype: torch.dtype, cache_chunks: int):
        self.adapter_digest = tree_digest(adapter) if adapter else None
        self.transformer = Transformer(load_weights(base, adapter, dtype))
        self.cache = PrefixCache(cache_chunks)


class Models:
    """Names to models. At most `max_loaded` stay in memory, the longest unused is dropped."""

    def __init__(self, base: Path, base_name: str, adapters: Path, dtype: torch.dtype, max_loaded=2, cache_chunks=64):
        self._base, self._adapters, self._dtype = base, adapters, dtype
        self._max_loaded, self._cache_chunks = max_loaded, cache_chunks
        self._loaded: OrderedDict[tuple[str, int], LoadedModel] = OrderedDict()
        self.base_name = base_name

    def _folder(self, name: str) -> Path | None:
        """The adapter's folder, or None for the base. Raises UnknownModel."""
        if name == self.base_name:
            return None
        folder = self._adapters / name
        if not _NAME.fullmatch(name) or not (folder / "adapter_config.json").is_file():
            raise UnknownModel(f"the model {name!r} does not exist; GET /v1/models lists those that do")
        return folder

    def check(self, name: str) -> None:
        """Raises UnknownModel when the name stands for nothing."""
        self._folder(name)

    def names(self) -> list[str]:
        """The base and every adapter in the folder."""
        found = sorted(self._adapters.glob("*/adapter_config.json")) if self._adapters.is_dir() else []
        return [self.base_name, *(file.parent.name for file in found if _NAME.fullmatch(file.parent.name))]

    def load(self, name: str) -> LoadedModel:
        """The model, read into memory unless it is there. Called by the engine's thread only."""
        folder = self._folder(name)
        # A folder that was laid out anew is another one of the same name.
        key = (name, folder.stat().st_ino if folder else 0)
        if key not in self._loaded:
            while len(self._loaded) >= self._max_loaded:
                self._loaded.popitem(last=False)
            self._loaded[key] = LoadedModel(self._base, folder, self._dtype, self._cache_chunks)
        self._loaded.move_to_end(key)
        return self._loaded[key]
