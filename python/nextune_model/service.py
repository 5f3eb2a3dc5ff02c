"""What the server knows of itself: engine, models, text, and the figures of /health."""

from pathlib import Path
from typing import Any

import torch

from nextune_model.base import MODEL_NAME, read_marker
from nextune_model.engine import Engine
from nextune_model.models import Models
from nextune_model.session import Limits
from nextune_model.text import Text
from nextune_model.weights import Shape


def native_bf16() -> bool:
    """Whether this processor multiplies bfloat16 itself. Without that it is slower than float32, not faster."""
    try:
        flags = set(Path("/proc/cpuinfo").read_text(encoding="utf-8").split())
    except OSError:
        return False
    return bool(flags & {"avx512_bf16", "amx_bf16"})


class Service:
    """All that answers requests. The base is loaded before the constructor returns."""

    def __init__(self, base: Path, adapters: Path, precision: str, limits: Limits):
        marker = read_marker(base) or {}
        self.dtype = torch.bfloat16 if precision == "bf16" or (precision == "auto" and native_bf16()) else torch.float32
        self.digest = marker.get("digest")
        self.text = Text(base)
        self.context = Shape.read(base).context
        self.models = Models(base, marker.get("model", MODEL_NAME), adapters, self.dtype)
        with torch.inference_mode():
            self.models.load(self.models.base_name)
        self.engine = Engine(self.models, self.text, limits)

    def health(self) -> dict[str, Any]:
        """State and figures. `rate` is tokens a second over the last seconds of work, null before any."""
        return {
            "ready": True,
            "model": self.models.base_name,
            "digest": self.digest,
            "rate": self.engine.rate.tokens_per_second(),
            "totalTokens": self.engine.rate.total_tokens,
            "device": "cpu",
            "precision": "bf16" if self.dtype is torch.bfloat16 else "fp32",
            "threads": torch.get_num_threads(),
            **self.engine.load,
        }

    def model_list(self) -> dict[str, Any]:
        """Base and adapters, in OpenAI's form."""
        entries = [{"id": name, "object": "model", "owned_by": "nextune"} for name in self.models.names()]
        return {"object": "list", "data": entries}
