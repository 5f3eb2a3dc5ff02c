"""Runs a task's tests as they are written, in a process of its own, with stubs in the candidate's place."""

import json
import os
import resource

from . import stubs, wire


def _outcome(session, error):
    if session.broken or session.over:
        return session.broken or session.over
    if error is None:
        return "ok"
    if isinstance(error, (wire.Gone, wire.Malformed)):
        return "protocol"
    return "assertion" if isinstance(error, AssertionError) and error is not session.raised else "exception"


def _names(plan, session):
    names = {"__name__": "test"}
    for line in plan.known_imports:
        try:
            exec(line, names)
        except Exception:
            pass
    names.update({name: stubs.Stub(session, name) for name in plan.stubs})
    return names


def _run_one(plan, code, names, session):
    session.over = None
    try:
        exec(plan.setup, names)
        # A setup that defines the entry point would have a test judge the setup.
        names.update({name: stubs.Stub(session, name) for name in plan.stubs})
        exec(code, names)
    except BaseException as error:
        return _outcome(session, error)
    return _outcome(session, None)


def _trial(plan, answers, pipe):
    session = stubs.Session(answers, plan.has_objects)
    names = _names(plan, session)
    for code in plan.codes:
        outcome = _run_one(plan, code, names, session)
        os.write(pipe, (json.dumps(outcome) + "\n").encode())
        if session.broken is not None:
            return


def start(plan, answers, cpu_seconds):
    """Forks the judge process, which reads on where `answers` is, so that what came unasked is not passed over.
    Returns its pid and the end of the pipe on which it names one outcome a line."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid != 0:
        os.close(write_end)
        return pid, read_end
    try:
        os.close(read_end)
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
        null = os.open("/dev/null", os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(null, standard)
        _trial(plan, answers, write_end)
    finally:
        os._exit(0)
