"""Calls references on new inputs, inside the jail. One job a line in, one list of answers a line out.

A job is `{"program", "calls": ["<expression>", …], "wanted"?, "callMs"?, "cpuMs"?}`; an answer is a literal's source
text, `{"near": "<float>"}` for a float that has no short form, or null where the call raised, took too long, or returned
no short plain data. A job out of time, or whose first answers are not those `wanted`, leaves the rest of its calls: the
list is shorter then. Each job runs in a process of its own. The programs are references that a person chose to trust as
the truth, and small edits of them: the jail guards the host, not the answers.
"""

import json
import os
import resource
import select
import signal
import sys
import time

CALL_MS = 300
JOB_CPU_MS = 10_000
JOB_WALL_SECONDS = 15
# A module of these names makes subclasses of builtin data that equal their plain form.
DATA_MODULE = "collections"
MAX_TEXT = 200


class TooSlow(BaseException):
    """A call's time is over. No Exception, so that few programs catch it."""


def _raise_too_slow(signum, frame):
    raise TooSlow


def source_of(value):
    """A literal of plain data; ValueError for anything else, and for a float that has no short form."""
    kind = type(value)
    if kind.__module__ == DATA_MODULE:
        kind = dict if issubclass(kind, dict) else kind
    if kind is set or kind is frozenset:
        items = ", ".join(sorted(map(source_of, value)))
        literal = "{%s}" % items if items else "set()"
        return literal if kind is set else "frozenset(%s)" % (literal if items else "")
    if kind is dict:
        return "{%s}" % ", ".join("%s: %s" % (source_of(key), source_of(item)) for key, item in value.items())
    if kind is list:
        return "[%s]" % ", ".join(map(source_of, value))
    if kind is tuple:
        return "(%s%s)" % (", ".join(map(source_of, value)), "," if len(value) == 1 else "")
    if kind is complex:
        return repr(complex(_short(value.real), _short(value.imag)))
    if kind is float:
        return repr(_short(value))
    if kind in (int, str, bytes, bool) or value is None:
        return repr(value)
    raise ValueError("no plain data")


def _short(value):
    if value - value != 0 or value != round(value, 6):
        raise ValueError("another order of the same sum could end in another digit")
    return value


def _answer(value):
    if type(value) is float and value - value == 0 and value != round(value, 6):
        return {"near": repr(value)}
    text = source_of(value)
    return text if len(text) <= MAX_TEXT else None


def _call(code, text, seconds):
    names = {"__name__": "program"}
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
        exec(code, names)
        answer = _answer(eval(text, names))
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    except (Exception, SystemExit, TooSlow):
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        return None
    return answer


def _answer_all(job, out):
    cpu_ms = job.get("cpuMs", JOB_CPU_MS)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_ms // 1000 + 1,) * 2)
    signal.signal(signal.SIGVTALRM, _raise_too_slow)
    code = compile(job["program"], "<program>", "exec")
    answers, wanted = [], job.get("wanted", [])
    for text in job["calls"]:
        if time.process_time() * 1000 > cpu_ms or answers[: len(wanted)] != wanted[: len(answers)]:
            break
        answers.append(_call(code, compile(text, "<call>", "eval"), job.get("callMs", CALL_MS) / 1000))
    os.write(out, json.dumps(answers).encode())


def _read_all(fd):
    chunks = []
    while select.select([fd], [], [], JOB_WALL_SECONDS)[0]:
        chunk = os.read(fd, 65536)
        if not chunk:
            return b"".join(chunks)
        chunks.append(chunk)
    return b""


def _run(job):
    """The answers of a job's own process; all null where it did not end well."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        try:
            _answer_all(job, write)
        finally:
            os._exit(0)
    os.close(write)
    text = _read_all(read)
    os.close(read)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    try:
        return json.loads(text)
    except ValueError:
        return [None] * len(job["calls"])


def main():
    out = os.dup(1)
    silence = os.open("/dev/null", os.O_RDWR)
    jobs = [json.loads(line) for line in sys.stdin]
    for fd in (0, 1, 2):
        os.dup2(silence, fd)
    for job in jobs:
        os.write(out, (json.dumps(_run(job)) + "\n").encode())


if __name__ == "__main__":
    main()
