"""What test code sees of a candidate: calls into its process, iterators over what it yields, handles of its objects.

No handle takes part in a comparison or in arithmetic, so no method of a candidate's can decide what equals what.
"""

import builtins
import weakref

from . import wire
from .decode import Decoder, decode_untrusted
from .encode import Encoder
from .kinds import Replicas, TooMuch


class CandidateError(Exception):
    """A candidate's exception of a type that Python does not have."""


class OverLimit(BaseException):
    """A value too large, too deep or cyclic, or memory at its end; the outcome's name is the message."""


def _exception(names, message):
    for name in names if isinstance(names, list) else []:
        kind = getattr(builtins, str(name), None)
        if isinstance(kind, type) and issubclass(kind, Exception) and kind is not Exception:
            try:
                return kind(message)
            except TypeError:
                return CandidateError(message)
    return CandidateError(message)


class Session:
    """Calls into one candidate's process, one at a time."""

    def __init__(self, answers, has_objects):
        self._answers = answers
        self._replicas = Replicas(1)
        self._has_objects = has_objects
        # One handle a number: an object that comes back is the one that came before.
        self._handles = weakref.WeakValueDictionary()
        # Why the candidate's process no longer counts: said for good, whatever the test makes of the exception.
        self.broken = None
        # The same for the test that runs now only: the process goes on.
        self.over = None
        # The exception that came from the candidate last, so that a test's own can be told from it.
        self.raised = None

    def call(self, target, args, named=None, op=None):
        encoder = Encoder(self._replicas, _handle_of)
        request = {"f": target, "a": [encoder.encode(arg) for arg in args]}
        if named:
            request["k"] = {name: encoder.encode(value) for name, value in named.items()}
        if op is not None:
            request["op"] = op
        try:
            self._answers.send(wire.pack_order(request))
            return self._take(self._answers.next())
        except TooMuch:
            self.over = "output"
            raise OverLimit("output") from None
        except wire.Gone:
            self.broken = self.broken or "gone"
            raise
        except (wire.Malformed, ValueError):
            self.broken = self.broken or "protocol"
            raise wire.Malformed() from None

    def _take(self, answer):
        if type(answer) is not dict:
            raise ValueError("no answer")
        if "x" in answer:
            self.raised = _exception(answer["x"], str(answer.get("m"))[:500])
            raise _Raised(self.raised)
        if answer.get("o") in ("memory", "output"):
            self.over = answer["o"]
            raise OverLimit(answer["o"])
        if "o" in answer:
            self.raised = TypeError("the candidate returned a %s" % answer.get("m"))
            raise _Raised(self.raised)
        updates = answer.get("u", [])
        if "v" not in answer or type(updates) is not list:
            raise ValueError("no answer")
        decoder = Decoder(self._replicas, {"@": self._object})
        value = decode_untrusted(decoder, answer["v"])
        for part in updates:
            decode_untrusted(decoder, part)
        return value

    def _object(self, number, name, iterates):
        if type(number) is not int:
            raise ValueError("a handle without a number")
        handle = self._handles.get(number)
        if handle is None:
            kind = RemoteIterator if iterates else RemoteObject if self._has_objects else Opaque
            handle = self._handles[number] = kind(self, number)
        return handle


class _Raised(Exception):
    """Carries a candidate's exception out of the call, past the handling of what is malformed."""

    def __init__(self, error):
        super().__init__()
        self.error = error


def call(session, target, args, named=None, op=None):
    try:
        return session.call(target, args, named, op)
    except _Raised as raised:
        error = raised.error
    if op != "next" and isinstance(error, (StopIteration, StopAsyncIteration)):
        # What runs through the calls of a function, as map() does, takes this one for the end: `all(map(f, …))` is true.
        error = session.raised = RuntimeError("the candidate raised %s" % type(error).__name__)
    raise error from None


def _handle_of(value):
    if isinstance(value, _Handle):
        return ["@", value._number]
    if isinstance(value, Stub):
        raise TypeError("a candidate's function can't be handed to it")
    raise TypeError("a %s can't be handed to a candidate" % type(value).__name__)


class Stub:
    """A function or class of the candidate's, by name."""

    def __init__(self, session, name):
        self._session, self._name = session, name

    def __call__(self, *args, **named):
        return call(self._session, self._name, args, named)


class _Handle:
    def __init__(self, session, number):
        object.__setattr__(self, "_session", session)
        object.__setattr__(self, "_number", number)


class Opaque(_Handle):
    """An object where data was due: equal to nothing but itself, and without truth."""

    def __bool__(self):
        raise TypeError("a candidate's object has no truth value here")


class RemoteIterator(_Handle):
    def __iter__(self):
        return self

    def __next__(self):
        return call(self._session, self._number, [], op="next")


class RemoteObject(_Handle):
    """An instance of a class that the task defines: attributes, methods, length, items and iteration."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return call(self._session, self._number, [name], op="getattr")

    def __call__(self, *args, **named):
        return call(self._session, self._number, args, named)

    def __setattr__(self, name, value):
        call(self._session, self._number, [name, value], op="setattr")

    def __len__(self):
        return call(self._session, self._number, [], op="len")

    def __iter__(self):
        return call(self._session, self._number, [], op="iter")

    def __getitem__(self, key):
        return call(self._session, self._number, [key], op="getitem")

    def __str__(self):
        return call(self._session, self._number, [], op="str")

    def __repr__(self):
        return call(self._session, self._number, [], op="repr")

    def __bool__(self):
        """What it says of itself: no more than a program that returns True could say."""
        return call(self._session, self._number, [], op="bool") is True
