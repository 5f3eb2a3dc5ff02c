"""Failures a person can act on. Their kind and message go out as the last line of output."""

# What torch's RuntimeErrors say where OutOfMemoryError is not raised: its CPU allocator, CUDA before torch's own allocator
# has anything to hand out, and cuBLAS when its workspace does not fit.
_MEMORY_SIGNS = ("can't allocate memory", "CUDA error: out of memory", "CUBLAS_STATUS_ALLOC_FAILED")


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
    memory = type(error).__name__ == "OutOfMemoryError" or any(sign in text for sign in _MEMORY_SIGNS)
    if memory or isinstance(error, MemoryError):
        return "out-of-memory", f"memory ran out: {text.splitlines()[0] if text else 'MemoryError'}"
    return "internal", f"{type(error).__name__}: {text}"
