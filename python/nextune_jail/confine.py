"""Gives one candidate a process of its own: namespaces, an empty writable folder, limits, no capability, a filter."""

import ctypes
import os
import resource
import signal

from . import seccomp

libc = ctypes.PyDLL(None, use_errno=True)
# Looked up once here: each look-up in a child would touch pages of its own.
_clone, _mount_call, _capset, _prctl = libc.syscall, libc.mount, libc.capset, libc.prctl

_SYS_CLONE = {"x86_64": 56, "aarch64": 220}
_machine = os.uname().machine
_NEWNS, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000
# The network namespace is the jail's own, empty, and shared: one for each candidate costs more than all the others
# together, and the filter lets no candidate make a socket.
NAMESPACES = _NEWUSER | _NEWPID | _NEWNS | _NEWIPC

_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_RDONLY = 2, 4, 8, 1
_TMPFS_BYTES = 16 * 1024 * 1024
_FILE_BYTES = 8 * 1024 * 1024


def spawn(namespaces):
    """Forks; in the child returns 0. With namespaces the child is the first process of its own. Its caller has one
    thread: there is no lock and no thread that Python's own steps around a fork would have to make anew."""
    if not namespaces:
        return os.fork()
    pid = _clone(_SYS_CLONE[_machine], NAMESPACES | signal.SIGCHLD, 0, 0, 0, 0)
    if pid < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return pid


def _write(path, text):
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, text)
    finally:
        os.close(fd)


def _mount(target, options, flags):
    if _mount_call(b"none", target, b"tmpfs", flags, options) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), target.decode())


def _enter_namespaces(uid, gid):
    """Maps itself to itself, puts an empty folder on /tmp, and covers /proc, which was needed for the mapping."""
    _write("/proc/self/setgroups", b"deny")
    _write("/proc/self/uid_map", b"%d %d 1" % (uid, uid))
    _write("/proc/self/gid_map", b"%d %d 1" % (gid, gid))
    flags = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
    _mount(b"/tmp", b"size=%d,nr_inodes=1024,mode=0700" % _TMPFS_BYTES, flags)
    _mount(b"/proc", b"size=4096,nr_inodes=2", flags | _MS_RDONLY)
    os.chdir("/tmp")


class _CapHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


# capset(2), version 3: all sets empty.
_no_capability = ctypes.byref(_CapHeader(0x20080522, 0)), (ctypes.c_uint32 * 6)()


def _drop_capabilities():
    """No new ones come: no_new_privs is on and nothing can be executed."""
    if _capset(*_no_capability) != 0:
        raise OSError(ctypes.get_errno(), "capabilities could not be dropped")


def _bounded(name, value):
    """A limit that the process may not raise, within the one it was given."""
    _, hard = resource.getrlimit(name)
    least = value if hard == resource.RLIM_INFINITY else min(value, hard)
    return name, (least, least)


# Files and memory for what a program may write; processes counts threads, for the filter allows no process.
_fixed_limits = [
    _bounded(resource.RLIMIT_FSIZE, _FILE_BYTES),
    _bounded(resource.RLIMIT_NOFILE, 64),
    _bounded(resource.RLIMIT_NPROC, 64),
    _bounded(resource.RLIMIT_CORE, 0),
]


def _limit(cpu_ms, memory_bytes):
    # The supervisor's clock ends the process; this whole-second limit is the second line.
    cpu_seconds = cpu_ms // 1000 + 2
    for name, value in (_bounded(resource.RLIMIT_CPU, cpu_seconds), _bounded(resource.RLIMIT_AS, memory_bytes)):
        resource.setrlimit(name, value)
    for name, value in _fixed_limits:
        resource.setrlimit(name, value)


class Confinement:
    """What every candidate of a zygote gets; prepared once. `namespaces` and `filtered` are off only where a person
    accepted that by name."""

    def __init__(self, namespaces=True, filtered=True):
        self.namespaces = namespaces
        program = seccomp.build() if filtered else None
        if filtered and program is None:
            raise OSError("no system-call filter is known for %s" % os.uname().machine)
        self._filter = seccomp.Filter(program) if program else None
        self._uid, self._gid = os.getuid(), os.getgid()

    def spawn(self):
        return spawn(self.namespaces)

    def enter(self):
        """In the child, before any candidate's code: everything but the limits, whose sizes the job brings."""
        if self.namespaces:
            _enter_namespaces(self._uid, self._gid)
            _drop_capabilities()

    def seal(self, cpu_ms, memory_bytes):
        """The last step: from here on the process can't undo what was done."""
        _limit(cpu_ms, memory_bytes)
        if self._filter is not None:
            self._filter.install(_prctl)
