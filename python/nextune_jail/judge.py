"""The trusted judge, in a jail of its own: holds what is expected, and asks candidates' processes for what they return.

Jobs come as JSON lines on stdin, and one answer a job goes to stdout. It reaches the candidates' jail only through the
control sockets of its zygotes, one a hash seed, and through one fresh socket a candidate.
"""

import json
import sys
from collections import OrderedDict

from . import plan as plans
from .answers import answer_all
from .run import Run
from .supervisor import Infrastructure, Supervisor
from .syntax import bare_text


class Judge:
    """Judges one job after another. Plans are kept, for a task comes with many candidates."""

    def __init__(self, fds):
        self._supervisors = [Supervisor(fd) for fd in fds]
        self._plans = OrderedDict()

    def _plan(self, job):
        """The plan of a task that came before by its key, or comes now; None where it has to be sent again."""
        key = job["taskKey"]
        plan = self._plans.pop(key, None)
        if plan is None:
            if "task" not in job:
                return None
            plan = plans.Plan(job["task"])
        self._plans[key] = plan
        while len(self._plans) > 256:
            self._plans.popitem(last=False)
        return plan

    def answer(self, job):
        if "programs" in job:
            return answer_all(job, self._supervisors)
        try:
            plan = self._plan(job)
        except plans.BadTest as error:
            return {"badTask": str(error)}
        if plan is None:
            return {"needsTask": True}
        if "program" not in job:
            return {} if plan.fault is None else {"badTask": plan.fault}
        refused = _refusal(job["program"], plan)
        if refused:
            return {"verdict": "fail", "reason": refused, "outcomes": []}
        try:
            return self._judge(plan, job)
        except Infrastructure as error:
            return {"verdict": "none", "reason": "infrastructure", "outcomes": [], "detail": str(error)}

    def _judge(self, plan, job):
        outcomes = []
        for supervisor in self._supervisors:
            run = Run(supervisor, plan, job)
            before, outcomes = outcomes, run.outcomes()
            if any(outcome != "ok" for outcome in outcomes):
                if before:
                    outcomes = [outcome if outcome in ("ok", "notRun") else "flaky" for outcome in outcomes]
                break
        reason = next((outcome for outcome in outcomes if outcome != "ok"), "ok")
        verdict = {"verdict": "pass" if reason == "ok" else "fail", "reason": reason, "outcomes": outcomes}
        return verdict if run.used_ms is None else {**verdict, "cpuMs": run.used_ms}


_no_python = (SyntaxError, ValueError, RecursionError, MemoryError)


def _refusal(program, plan):
    """Why a program is judged without a run. Only where there is a buggy program does its syntax tree matter."""
    try:
        if plan.buggy is None:
            compile(program, "candidate.py", "exec", dont_inherit=True)
            return None
        return "unchanged" if bare_text(program) == plan.buggy else None
    except _no_python:
        return "unparsable"


def main(fds):
    judge = Judge([int(fd) for fd in fds.split(",")])
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    for line in source:
        sink.write(json.dumps(judge.answer(json.loads(line))).encode() + b"\n")
        sink.flush()
