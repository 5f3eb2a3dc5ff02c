"""Gives one candidate a process of its own: namespaces, an empty writable folder, limits, no capability, a filter."""

import ctypes
import os
import resource
import signal

from . import seccomp

libc = ctypes.PyDLL(None, use_errno=True)
_before_fork = ctypes.pythonapi.PyOS_BeforeFork
_after_fork_parent = ctypes.pythonapi.PyOS_AfterFork_Parent
_after_fork_child = ctypes.pythonapi.PyOS_AfterFork_Child

_SYS_CLONE = {"x86_64": 56, "aarch64": 220}
_NEWNS, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000
# The network namespace is the jail's own, empty, and shared: one for each candidate costs more than all the others
# together, and the filter lets no candidate make a socket.
NAMESPACES = _NEWUSER | _NEWPID | _NEWNS | _NEWIPC

_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_RDONLY = 2, 4, 8, 1
_TMPFS_BYTES = 16 * 1024 * 1024
_FILE_BYTES = 8 * 1024 * 1024


def spawn(namespaces):
    """Forks; in the child returns 0. With namespaces the child is the first process of its own."""
    if not namespaces:
        return os.fork()
    number = _SYS_CLONE[os.uname().machine]
    _before_fork()
    pid = libc.syscall(number, NAMESPACES | signal.SIGCHLD, 0, 0, 0, 0)
    error = ctypes.get_errno()
    if pid == 0:
        _after_fork_child()
        return 0
    _after_fork_parent()
    if pid < 0:
        raise OSError(error, os.strerror(error))
    return pid


def _write(path, text):
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, text)
    finally:
        os.close(fd)


def _mount(target, options, flags):
    if libc.mount(b"none", target, b"tmpfs", flags, options) != 0:
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


def _drop_capabilities():
    """All sets empty (capset(2), version 3). No new ones come: no_new_privs is on and nothing can be executed."""
    header, nothing = _CapHeader(0x20080522, 0), (ctypes.c_uint32 * 6)()
    if libc.capset(ctypes.byref(header), nothing) != 0:
        raise OSError(ctypes.get_errno(), "capabilities could not be dropped")


def _limit(cpu_ms, memory_bytes):
    # The supervisor's clock ends the process; this whole-second limit is the second line.
    cpu_seconds = cpu_ms // 1000 + 2
    limits = [
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, _FILE_BYTES),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_NPROC, 64),
        (resource.RLIMIT_CORE, 0),
    ]
    for name, value in limits:
        _, hard = resource.getrlimit(name)
        bounded = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (bounded, bounded))


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
            self._filter.install(libc)
