"""What a trusted reference returns, as source text: the expected values of tests that come as inputs alone."""

import ast

from . import wire
from .constants import constant
from .decode import Decoder, decode_untrusted
from .kinds import TooMuch
from .literals import source_of

_MAX_TEXT = 256 * 1024


def _is_floats(value):
    """EvalPlus's `is_floats`: a float, or a sequence of nothing but floats; such results are compared with a tolerance."""
    if type(value) in (list, tuple):
        return len(value) > 0 and all(type(item) is float for item in value)
    return type(value) is float


def _described(answer):
    """One answer as data for the importer: its text, or why there is none."""
    if "x" in answer:
        return {"lost": "raised %s" % (answer["x"][0] if answer["x"] else "an exception")}
    if "o" in answer:
        return {"foreign": str(answer.get("m"))} if answer["o"] == "foreign" else {"lost": str(answer["o"])}
    try:
        value = decode_untrusted(Decoder(), answer["v"])
        text = source_of(value)
    except (ValueError, TooMuch, RecursionError) as error:
        return {"lost": "no plain data: %s" % error}
    return {"text": text, "floats": _is_floats(value)} if len(text) <= _MAX_TEXT else {"lost": "output"}


def _arguments(text):
    return [constant(node) for node in ast.parse("(%s,)" % text if text else "()", mode="eval").body.elts]


def _ask(program, job, supervisor):
    """Answers of one process, in order; those after its death are lost, and why."""
    number, sock = supervisor.start(job["cpuMs"])
    given = []
    try:
        answers = wire.Answers(sock)
        limits = {"cpuMs": job["cpuMs"], "memoryBytes": job["memoryBytes"]}
        answers.send(wire.pack_order({"program": program, "imports": [], "identity": False, **limits}))
        answers.next()
        for text in job["calls"]:
            answers.send(wire.pack_order({"f": job["entryPoint"], "p": _arguments(text), "k": {}}))
            given.append(_described(answers.next()))
    except wire.Gone:
        given.append({"lost": supervisor.why(number)})
    finally:
        used_ms = supervisor.finish(number)
        sock.close()
    missing = len(job["calls"]) - len(given)
    return given + [given[-1]] * missing if missing else given, used_ms


def answer_all(job, supervisors):
    """`programs` are run one a zygote, so each with another hash seed, clock and entropy, on the same `calls`."""
    runs = [_ask(program, job, supervisor) for program, supervisor in zip(job["programs"], supervisors)]
    return {"answers": [given for given, _ in runs], "cpuMs": [used_ms for _, used_ms in runs]}
