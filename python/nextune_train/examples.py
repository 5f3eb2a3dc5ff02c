"""Training rows to token ids: the prompt as the engine renders it, then the completion and the end of the turn."""

import json
from pathlib import Path
from typing import Any

from nextune_train.failures import TrainFailure
from nextune_train.packing import Sequence


def read_examples(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON-lines file: {"messages": [{"role", "content"}], "completion"}. Other keys are left alone."""
    rows = []
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                rows.append(_checked(line, f"{path}:{number}"))
    return rows


def _checked(line: str, place: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
        messages = [{"role": message["role"], "content": message["content"]} for message in row["messages"]]
        completion = row["completion"]
    except (ValueError, KeyError, TypeError) as error:
        raise TrainFailure("examples", f"{place}: not a training row: {error!r}") from error
    if not isinstance(completion, str) or not messages:
        raise TrainFailure("examples", f"{place}: a row needs messages and a completion that is text")
    return {"messages": messages, "completion": completion}


def tokenize(row: dict[str, Any], tokenizer: Any) -> Sequence:
    """Prompt and completion are split into tokens apart, as when sampling: no token spans their border."""
    prompt = tokenizer.apply_chat_template(row["messages"], add_generation_prompt=True, tokenize=False)
    prompt_ids = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    completion_ids = tokenizer(row["completion"], add_special_tokens=False)["input_ids"]
    return Sequence([*prompt_ids, *completion_ids, tokenizer.eos_token_id], len(prompt_ids))


def load_sequences(path: Path, tokenizer: Any, max_tokens: int) -> tuple[list[Sequence], int]:
    """(sequences, how many rows were left out). A row longer than max_tokens is left out whole: cut at its start it
    would lack the program to repair, cut at its end it would teach the model not to stop."""
    everything = [tokenize(row, tokenizer) for row in read_examples(path)]
    kept = [sequence for sequence in everything if len(sequence.ids) <= max_tokens]
    if not kept:
        reason = (
            f"all {len(everything)} rows are longer than maxTokens = {max_tokens}" if everything else "it has no rows"
        )
        raise TrainFailure("examples", f"nothing to train on in {path}: {reason}")
    return kept, len(everything) - len(kept)
