"""Failures a person can act on. Their kind and message go out as the last line of output."""


class TrainFailure(Exception):
    """kind: job, examples, base, locked, out-of-memory or internal."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def classify(error: BaseException) -> tuple[str, str]:
    """(kind, message) of any exception: memory that ran out is told apart from a fault of the program."""
    if isinstance(error, TrainFailure):
        return error.kind, str(error)
    text = str(error)
    # torch raises a RuntimeError with this text when the CPU allocator fails, OutOfMemoryError on a GPU.
    memory = "can't allocate memory" in text or type(error).__name__ == "OutOfMemoryError"
    if memory or isinstance(error, MemoryError):
        return "out-of-memory", f"memory ran out: {text.splitlines()[0] if text else 'MemoryError'}"
    return "internal", f"{type(error).__name__}: {text}"
