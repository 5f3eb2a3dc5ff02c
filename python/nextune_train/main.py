"""Fine-tunes an adapter: `python -m nextune_train.main --job JOB.json [--with-parent]`.

Standard output carries JSON lines: {"type": "progress", …}, then one {"type": "done", …} or {"type": "error", …}.
"""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from typing import TYPE_CHECKING, Any

from nextune_train.failures import TrainFailure, classify
from nextune_train.process import end_with_parent, keep_freed_memory, let_threads_sleep, make_deterministic

if TYPE_CHECKING:
    from nextune_train.job import Job
    from nextune_train.lock import WorkLock
    from nextune_train.loop import Run


def emit(line_type: str, /, **values: Any) -> None:
    """Writes one line of output."""
    print(json.dumps({"type": line_type, **values}), flush=True)


def _progress(phase: str, **known: Any) -> None:
    unknown = {"step": 0, "totalSteps": 0, "loss": None, "tokensPerSecond": None}
    emit("progress", phase=phase, **{**unknown, **known})


def _train(job: Job, mark: str, lock: WorkLock) -> tuple[Run, dict[str, Any]]:
    from transformers import AutoTokenizer

    from nextune_train.examples import load_sequences
    from nextune_train.export import export_adapter
    from nextune_train.loop import Run
    from nextune_train.model import go_on_from, load_config, load_model
    from nextune_train.setting import decide

    config = load_config(job.baseDir)
    tokenizer = AutoTokenizer.from_pretrained(job.baseDir)
    sequences, left_out = load_sequences(job.examplesPath, tokenizer, job.config.maxTokens)
    setting = decide(job, config, mark)
    make_deterministic(job.seed)
    model = load_model(job.baseDir, job.config, setting["precision"], setting["device"])
    if job.startDir is not None:
        go_on_from(model, job.startDir)
    run = Run(job, mark, lock, model, sequences, setting["device"])
    run.to_end(lambda **values: _progress("train", **values))
    total = run.position["step"]
    _progress("export", step=total, totalSteps=total, loss=run.final_loss())
    lock.check()
    folder = export_adapter(job.workDir, job.baseDir, model, config, job.config.alpha)
    result = {
        "adapterDir": str(folder.absolute()),
        "steps": total,
        "trainTokens": run.position["trainTokens"],
        "finalLoss": run.final_loss(),
        "seconds": round(run.position["seconds"], 3),
        "precision": setting["precision"],
        "examples": len(sequences),
        "leftOut": left_out,
    }
    return run, result


def run_job(path: str) -> None:
    """The whole job, from its file to the line `done`. A job that has ended before only says so again."""
    from nextune_train.export import finished, record_result
    from nextune_train.job import fingerprint, read_job
    from nextune_train.lock import WorkLock

    job = read_job(path)
    _progress("load")
    try:
        job.workDir.mkdir(parents=True, exist_ok=True)
        mark = fingerprint(job)
    except OSError as error:
        raise TrainFailure("job", f"the job's files cannot be read: {error}") from error
    lock = WorkLock(job.workDir)
    result = finished(job.workDir, mark)
    if result is None:
        run, result = _train(job, mark, lock)
        record_result(job.workDir, mark, result)
        run.forget()
    emit("done", **result)


def main() -> int:
    parser = argparse.ArgumentParser(prog="nextune_train.main", description=__doc__)
    parser.add_argument("--job", required=True, help="the job, a JSON file")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input closes or the parent dies")
    arguments = parser.parse_args()
    if arguments.with_parent:
        end_with_parent()
    let_threads_sleep()
    keep_freed_memory()
    try:
        run_job(arguments.job)
        return 0
    except Exception as error:
        traceback.print_exc()
        kind, message = classify(error)
        emit("error", kind=kind, message=message)
        return 1


if __name__ == "__main__":
    sys.exit(main())
