"""Frames on a stream socket: four bytes of length (big endian), then a message. Mirrored by nobody outside Python.

Towards a candidate a message is marshal, which costs its process least; what comes from one is JSON in ASCII, for it is
untrusted and marshal is not made for that.
"""

import json
import marshal
import os
import struct

# The largest frame the judge takes: one returned value.
MAX_FRAME_BYTES = 8 * 1024 * 1024
# Of one process, over all its tests: reading costs the judge more than sending does the candidate.
MAX_ANSWERS_BYTES = 32 * 1024 * 1024

_length = struct.Struct(">I")
_dumps = json.JSONEncoder(separators=(",", ":")).encode
_loads = json.JSONDecoder().decode


class Gone(BaseException):
    """The other side is no more. Not an Exception: no test's `except Exception` may take it for a result."""


class Malformed(BaseException):
    """The other side sent what is no frame. Untrusted, so an outcome, never a crash."""


def pack_order(message):
    """A frame for a candidate's process: a job or a call."""
    body = marshal.dumps(message)
    return _length.pack(len(body)) + body


def pack_answer(message):
    body = _dumps(message).encode("ascii")
    return _length.pack(len(body)) + body


class _Frames:
    """Whole frames, with what was read ahead kept for the next."""

    def __init__(self, receive, largest):
        self._receive, self._largest = receive, largest
        self._buffer = bytearray()

    def _fill(self, size):
        while len(self._buffer) < size:
            try:
                chunk = self._receive(65536)
            except OSError as error:
                raise Gone(str(error)) from None
            if not chunk:
                raise Gone("end of stream")
            self._buffer += chunk

    def next(self):
        self._fill(4)
        size = _length.unpack_from(self._buffer)[0]
        if size > self._largest:
            raise Malformed("a frame of %d bytes" % size)
        self._fill(4 + size)
        body = bytes(self._buffer[4 : 4 + size])
        del self._buffer[: 4 + size]
        return body


class Answers:
    """The judge's end: answers of a candidate's process, one at a time."""

    def __init__(self, sock):
        self._sock = sock
        self._frames = _Frames(sock.recv, MAX_FRAME_BYTES)
        self._left_bytes = MAX_ANSWERS_BYTES

    def send(self, data):
        try:
            self._sock.sendall(data)
        except OSError as error:
            raise Gone(str(error)) from None

    def next(self):
        body = self._frames.next()
        self._left_bytes -= len(body)
        if self._left_bytes < 0:
            return {"o": "output", "m": "too large in all"}
        try:
            return _loads(body.decode("ascii"))
        except (ValueError, RecursionError, MemoryError):
            raise Malformed("no JSON") from None


class Orders:
    """A candidate's end, on a bare descriptor: a socket object costs a fresh process more than its messages do."""

    def __init__(self, fd):
        self._frames = _Frames(lambda size: os.read(fd, size), 1 << 32)
        self._fd = fd

    def next(self):
        return marshal.loads(self._frames.next())

    def send(self, data):
        fd, write = self._fd, os.write
        while data:
            data = data[write(fd, data) :]
