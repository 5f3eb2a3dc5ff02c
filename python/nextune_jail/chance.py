"""Takes chance away from candidates: clocks and entropy that come out the same in every run with the same seed.

A program that guesses by the clock or by random bytes would pass now and then, and come out differently when it is
judged again. The second run of a pass has another seed, so another clock and other entropy. This bounds luck; it is no
wall: ctypes still reaches the machine's clock, and what that reads differs in the second run too.
"""

import ctypes
import gc
import os
import random
import resource
import time

# 2024-01-01T00:00:00Z, and a least step a read, which lets a loop that waits for the clock end.
_EPOCH_NS = 1_704_067_200_000_000_000
_LEAST_STEP_NS = 10_000
_RUN_APART_NS = 40_000_000_000_000_123


class _Clock:
    """Moves by a step each time it is read, and by what is slept. Steps are uneven, so that no digit stands still."""

    def __init__(self, seed):
        self.origin = self.now = _EPOCH_NS + seed * _RUN_APART_NS
        self._state = seed

    def read(self):
        # Knuth's MMIX generator; its high bits are the good ones.
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        self.now += _LEAST_STEP_NS + (self._state >> 50)
        return self.now


def _install_time(clock):
    real_sleep = time.sleep

    def sleep(seconds):
        """time.sleep, which really waits: a sleeping program is to meet its limit."""
        real_sleep(seconds)
        clock.now += int(seconds * 1e9)

    def wall_ns():
        return clock.read()

    def steady_ns():
        return clock.read() - clock.origin

    time.sleep = sleep
    time.time_ns, time.time = wall_ns, lambda: wall_ns() / 1e9
    for name in ("monotonic", "perf_counter", "process_time", "thread_time"):
        setattr(time, name + "_ns", steady_ns)
        setattr(time, name, lambda: steady_ns() / 1e9)
    time.clock_gettime, time.clock_gettime_ns = (lambda which: wall_ns() / 1e9), (lambda which: wall_ns())
    for name in ("gmtime", "localtime"):
        _install_default(name, getattr(time, name))
    asctime, strftime, localtime = time.asctime, time.strftime, time.localtime
    time.asctime = lambda parts=None: asctime(localtime() if parts is None else parts)
    time.strftime = lambda text, parts=None: strftime(text, localtime() if parts is None else parts)
    time.ctime = lambda seconds=None: asctime(localtime(seconds))


def _install_default(name, real):
    setattr(time, name, lambda seconds=None: real(time.time() if seconds is None else seconds))


def _set_on_type(kind, names):
    """Replaces methods of a type that is written in C, whose dictionary Python guards."""
    (own,) = gc.get_referents(kind.__dict__)
    own.update(names)
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(kind))


def _install_datetime():
    import datetime

    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)

    def utcnow(cls):
        return cls.fromtimestamp(time.time(), datetime.timezone.utc).replace(tzinfo=None)

    def today(cls):
        return cls.fromtimestamp(time.time())

    clocked = {"now": classmethod(now), "utcnow": classmethod(utcnow), "today": classmethod(today)}
    _set_on_type(datetime.datetime, clocked)
    _set_on_type(datetime.date, {"today": classmethod(today)})


def _install_usage():
    """What a process used is the machine's to say, so another clock; only its time is told."""
    real_usage = resource.getrusage

    def getrusage(who):
        real_usage(who)
        return resource.struct_rusage((time.process_time(),) + (0.0,) + (0,) * 14)

    resource.getrusage = getrusage
    os.times = lambda: os.times_result((time.process_time(), 0.0, 0.0, 0.0, time.monotonic()))


def _install_entropy(seed):
    source = random.Random(seed)

    def urandom(size):
        """os.urandom, from a seed: the jail has no entropy to give."""
        return source.randbytes(size)

    import posix

    for module in (os, posix):
        module.urandom = urandom
        module.getrandom = lambda size, flags=0: urandom(size)
    random._urandom = urandom
    seed_generator = random.Random.seed

    def seed_from_us(self, a=None, version=2):
        seed_generator(self, source.getrandbits(64) if a is None else a, version)

    random.Random.seed = seed_from_us
    random.seed = random._inst.seed
    random.seed(seed)


def install(seed):
    """In a zygote, before other modules are imported: what its candidates inherit."""
    _install_time(_Clock(seed))
    _install_datetime()
    _install_usage()
    _install_entropy(seed)
