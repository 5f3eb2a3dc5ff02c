"""Names programs by their AST: one JSON string a line in, one digest or null a line out.

Programs are parsed and never run. Docstrings, comments and layout do not count; everything that can change behaviour does.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from nextune_jail.syntax import bare_text  # noqa: E402

MAX_SOURCE_CHARS = 200_000


def normalised(source: str) -> str | None:
    """SHA-256 of the AST without docstrings, as hex; None for what does not parse or is absurdly large."""
    if len(source) > MAX_SOURCE_CHARS:
        return None
    try:
        return hashlib.sha256(bare_text(source).encode("utf-8", "surrogatepass")).hexdigest()
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(normalised(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
