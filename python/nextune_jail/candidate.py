"""Inside a candidate's own process: loads the program, then answers calls until it is killed.

The program shares this interpreter, so nothing this file says is trusted by anyone: an answer is only data, and to
forge one is no more than to return it.
"""

import collections.abc
import os
import socket
import sys
import types

from . import wire
from .decode import Decoder
from .encode import Encoder
from .kinds import Replicas, TooMuch, Unencodable

_iterators = (collections.abc.Iterator,)
_rehearsal = """import math
def g(x):
    return {i: str(i) for i in range(x)}
def f(x, y):
    total = 0
    for i in sorted(x[:1]):
        total += math.sqrt(i) + y
    return [len(g(3)), tuple(x), total, None, True]
"""
_ready = wire.pack_answer({"ready": True})


def _error(error):
    names = [kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins"]
    try:
        text = str(error)[:500]
    except BaseException:
        text = ""
    return {"x": names, "m": text}


class _Program:
    """The module that holds the candidate's names, and the objects it has handed out by number."""

    def __init__(self, job):
        self.module = types.ModuleType("candidate")
        sys.modules["candidate"] = self.module
        self.replicas = Replicas(-1) if job["identity"] else None
        self._objects = []
        self._numbers = {}

    def load(self, job):
        sys.setrecursionlimit(1000 + _depth())
        exec(compile(job["program"], "candidate.py", "exec", dont_inherit=True), self.module.__dict__)
        for line in job["imports"]:
            try:
                exec(line, self.module.__dict__)
            except Exception:
                pass

    def _foreign(self, value):
        """One object has one number, so that what is the same here is the same to a test; kept objects keep their ids."""
        number = self._numbers.setdefault(id(value), len(self._objects))
        if number == len(self._objects):
            self._objects.append(value)
        return ["@", number, type(value).__name__, isinstance(value, _iterators)]

    def _decoder(self):
        return Decoder(self.replicas, {"@": lambda number, *_: self._objects[number]})

    def _target(self, target):
        return getattr(self.module, target) if type(target) is str else self._objects[target]

    def plain(self, call):
        """A call of literals, which came as they are."""
        value = getattr(self.module, call["f"])(*call["p"], **call["k"])
        return {"v": Encoder().encode(value)}

    def answer(self, call):
        if "p" in call:
            return self.plain(call)
        decoder = self._decoder()
        target = self._target(call["f"])
        args = [decoder.decode(part) for part in call["a"]]
        named = {name: decoder.decode(part) for name, part in call.get("k", {}).items()}
        op = call.get("op")
        value = _operations[op](target, *args) if op else target(*args, **named)
        if self.replicas is None:
            return {"v": Encoder().encode(value)}
        encoder = Encoder(self.replicas, self._foreign)
        return {"v": encoder.encode(value), "u": [encoder.encode(arg) for arg in [*args, *named.values()]]}


def _depth():
    """A program has the 1000 levels it would have on its own, whatever lies below it here."""
    frame, depth = sys._getframe(), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1
    return depth


_operations = {
    "next": next,
    "iter": iter,
    "len": len,
    "bool": bool,
    "str": str,
    "repr": repr,
    "getattr": getattr,
    "setattr": setattr,
    "getitem": lambda target, key: target[key],
}


def _attempt(action):
    try:
        return action()
    except MemoryError:
        return {"o": "memory"}
    except TooMuch as error:
        return {"o": "output", "m": str(error)}
    except Unencodable as error:
        return {"o": "foreign", "m": str(error)}
    except BaseException as error:
        return _error(error)


def _answer_all(orders, seal):
    """The first message is the job, the rest are calls; each gets one answer, in order, until the judge hangs up."""
    pack, too_large = wire.pack_answer, wire.MAX_FRAME_BYTES
    job = orders.next()
    seal(job["cpuMs"], job["memoryBytes"])
    program = _Program(job)
    orders.send(_ready)
    failed = _attempt(lambda: program.load(job))
    while True:
        call = orders.next()
        answer = failed or _attempt(lambda call=call: program.answer(call))
        try:
            frame = pack(answer)
        except BaseException as error:
            frame = pack(_error(error))
        orders.send(frame if len(frame) <= too_large else pack({"o": "output", "m": "too large"}))


def serve(fd, confinement):
    """Never returns."""
    leave = os._exit
    try:
        _answer_all(wire.Orders(fd), confinement.seal)
    except BaseException:
        leave(0)


def rehearse():
    """Runs what every child will, in the zygote: the interpreter specialises code as it runs, and each child would pay
    for that in pages of its own."""
    job = {"program": _rehearsal, "cpuMs": 0, "memoryBytes": 0, "imports": [], "identity": False}
    calls = [{"f": "f", "p": [[n, "a"], 0.5], "k": {}} for n in range(4)]
    frames = b"".join(wire.pack_order(message) for message in [job, *calls])
    limit = sys.getrecursionlimit()
    for _ in range(16):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.sendall(frames)
            ours.shutdown(socket.SHUT_WR)
            try:
                _answer_all(wire.Orders(theirs.fileno()), lambda cpu_ms, memory_bytes: None)
            except wire.Gone:
                pass
    sys.setrecursionlimit(limit)
    del sys.modules["candidate"]
