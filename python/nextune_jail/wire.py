"""Frames on a stream socket: four bytes of length (big endian), then JSON in ASCII. Mirrored by nobody outside Python."""

import json
import struct

# The largest frame either side takes: a program, or one returned value.
MAX_FRAME_BYTES = 8 * 1024 * 1024

_length = struct.Struct(">I")
_dumps = json.JSONEncoder(separators=(",", ":")).encode
_loads = json.JSONDecoder().decode


class Gone(BaseException):
    """The other side is no more. Not an Exception: no test's `except Exception` may take it for a result."""


class Malformed(BaseException):
    """The other side sent what is no frame. Untrusted, so an outcome, never a crash."""


def pack(message):
    body = _dumps(message).encode("ascii")
    return _length.pack(len(body)) + body


def send(sock, message):
    try:
        sock.sendall(pack(message))
    except OSError as error:
        raise Gone(str(error)) from None


class Reader:
    """Whole frames from a socket, with what was read ahead kept for the next."""

    def __init__(self, sock):
        self._sock = sock
        self._buffer = bytearray()

    def _fill(self, size):
        while len(self._buffer) < size:
            try:
                chunk = self._sock.recv(65536)
            except OSError as error:
                raise Gone(str(error)) from None
            if not chunk:
                raise Gone("end of stream")
            self._buffer += chunk

    def next(self):
        self._fill(4)
        size = _length.unpack_from(self._buffer)[0]
        if size > MAX_FRAME_BYTES:
            raise Malformed("a frame of %d bytes" % size)
        self._fill(4 + size)
        body = bytes(self._buffer[4 : 4 + size])
        del self._buffer[: 4 + size]
        try:
            return _loads(body.decode("ascii"))
        except (ValueError, RecursionError, MemoryError):
            raise Malformed("no JSON") from None
