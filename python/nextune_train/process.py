"""The process's surroundings: its parent, how memory is handed back, and how arithmetic is done."""

import ctypes
import os
import signal
import sys
import threading

_PR_SET_PDEATHSIG = 1
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_MAX = -1, -2, -4


def end_with_parent() -> None:
    """Ends this process's group when standard input closes, and this process when the kernel says the parent died."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_watch_input, daemon=True).start()


def _watch_input() -> None:
    while os.read(0, 4096):
        pass
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def let_threads_sleep() -> None:
    """Has OpenMP's threads wait without spinning; to be called before torch is imported. While other processes take the
    cores, threads that spin at each of a step's thousands of barriers made it four to seven times slower."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")


def keep_freed_memory() -> None:
    """Tells glibc not to map and unmap each large block: the page faults of every step's tensors cost up to half of the
    time otherwise. Elsewhere this does nothing."""
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_MAX, 0)
        mallopt(_M_TRIM_THRESHOLD, 2**31 - 1)
        mallopt(_M_TOP_PAD, 64 << 20)


def make_deterministic(seed: str) -> None:
    """Has torch compute the same bits again on the same device; to be called before anything runs on a GPU."""
    import torch

    # cuBLAS is deterministic only with a workspace of fixed size, which it reads when it starts.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    # Not warn_only: with it attention on a GPU takes its form that is not deterministic.
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(int(seed) % 2**63)
