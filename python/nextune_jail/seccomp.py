"""The system-call filter of a candidate: what a Python program needs to compute, and nothing that reaches further.

An allow list in classic BPF. The rest fails with EPERM, so that a library's probing is an error, not a death.
Numbers: Linux's arch/x86/entry/syscalls/syscall_64.tbl, and include/uapi/asm-generic/unistd.h for arm64.
"""

import ctypes
import errno
import platform
import struct

# Reading and writing what is open, memory, time, signals to itself, threads. No getrandom: entropy would let a
# program that guesses pass by luck, and come out differently when it is judged again. No sendmsg: a descriptor under
# way counts against everybody of this user, and holds a socket open that its sender's death should close. No flock: it
# needs no more than a file opened to be read, and those are the host's.
_x86_64 = [
    range(0, 8), range(8, 29), [32, 33, 34, 35, 36, 37, 38, 39], [44, 45, 47, 48], range(51, 56), [60, 62,
    63, 72], range(74, 93), range(95, 101), [102, 104, 107, 108, 110, 111, 127, 128, 130, 131, 132, 137, 138, 158, 186,
    200, 201, 202, 204, 217, 218, 219], range(228, 236), [257, 258], range(262, 270), range(270, 272), [273, 274, 280,
    281, 290, 291, 292, 293, 302, 316, 324, 332, 334, 436, 437, 439],
]  # fmt: skip
_arm64 = [
    [17], range(19, 26), [29], range(33, 39), [43, 44, 45, 46, 48, 49, 50, 52, 53, 56, 57, 59], range(61, 64),
    range(64, 70), [72, 73, 78, 79, 80, 82, 83, 88, 93, 94, 96, 98, 99, 100, 101, 102, 103, 113, 114, 115, 123, 124,
    128], range(129, 140), [153, 160, 163, 165, 166, 169], range(172, 180), [199], range(204, 211), [212, 214, 215, 216,
    222, 226, 233, 261, 276, 283, 291, 293, 436, 437, 439],
]  # fmt: skip
_machines = {
    "x86_64": {"audit": 0xC000003E, "clone": 56, "clone3": 435, "allowed": _x86_64},
    "aarch64": {"audit": 0xC00000B7, "clone": 220, "clone3": 435, "allowed": _arm64},
}

_LOAD, _JEQ, _JGE, _JSET, _RET = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_CLONE_THREAD = 0x10000
_NR, _ARCH, _ARG0 = 0, 4, 16


def _ranges(numbers):
    """Sorted half-open ranges that cover exactly these numbers."""
    result = []
    for number in sorted(numbers):
        if result and result[-1][1] == number:
            result[-1][1] = number + 1
        else:
            result.append([number, number + 1])
    return result


def _instruction(code, k, on_true=0, on_false=0):
    return struct.pack("HBBI", code, on_true, on_false, k & 0xFFFFFFFF)


def build(machine=None):
    """The filter program for this machine's architecture, or None where it is not known."""
    known = _machines.get(machine or platform.machine())
    if known is None:
        return None
    program = [
        _instruction(_LOAD, _ARCH),
        _instruction(_JEQ, known["audit"], 1, 0),
        _instruction(_RET, _KILL),
        _instruction(_LOAD, _NR),
        # A thread is allowed, a process is not: one process is one clock and one kill.
        _instruction(_JEQ, known["clone"], 0, 4),
        _instruction(_LOAD, _ARG0),
        _instruction(_JSET, _CLONE_THREAD, 0, 1),
        _instruction(_RET, _ALLOW),
        _instruction(_RET, _ERRNO | errno.EPERM),
        # Flags by pointer can't be filtered; on ENOSYS libc uses clone.
        _instruction(_JEQ, known["clone3"], 0, 1),
        _instruction(_RET, _ERRNO | errno.ENOSYS),
    ]
    for low, high in _ranges({number for group in known["allowed"] for number in group}):
        program.append(_instruction(_JGE, low, 0, 2))
        program.append(_instruction(_JGE, high, 1, 0))
        program.append(_instruction(_RET, _ALLOW))
    program.append(_instruction(_RET, _ERRNO | errno.EPERM))
    return b"".join(program)


class Filter:
    """A built program as prctl(2) takes it; made once in the zygote, installed in each child."""

    def __init__(self, program):
        self._code = ctypes.create_string_buffer(program, len(program))
        self._fprog = ctypes.create_string_buffer(
            struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(self._code))
        )

    def install(self, prctl):
        """PR_SET_NO_NEW_PRIVS (38), then PR_SET_SECCOMP (22) in filter mode (2)."""
        if prctl(38, 1, 0, 0, 0) != 0 or prctl(22, 2, self._fprog, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "the system-call filter could not be installed")
