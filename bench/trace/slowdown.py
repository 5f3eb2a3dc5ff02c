"""Times the programs of programs.py: plainly, traced, and beyond the cap. Prints one line of JSON.

`python slowdown.py [--only NAME]…`. CPU time of this process, the least of several runs; compiling and weaving are in
neither side. The traced time holds everything from an empty namespace to the last event written.
"""

import argparse
import json
import math
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "python"), str(Path(__file__).parent)]

from nextune_trace import run  # noqa: E402
from nextune_trace.zygote import event_writer  # noqa: E402
from programs import PROGRAMS  # noqa: E402

CAP = 100_000
LONG = 100 * CAP
# 100 caps long: each turn of the loops is a step or more.
LONG_PROGRAMS = [
    ("a sum", f"def f(n):\n    t = 0\n    for i in range(n):\n        t += i\n    return t\n", f"f({LONG // 2})"),
    ("a countdown", "def f(n):\n    while n > 0:\n        n -= 1\n    return n\n", f"f({LONG})"),
    (
        "calls",
        "def g(k):\n    return k + 1\ndef f(n):\n    t = 0\n    while t < n:\n        t = g(t)\n    return t\n",
        f"f({LONG // 3})",
    ),
    (
        "a list",
        "def f(n):\n    xs = [0] * 10\n    for i in range(n):\n        xs[i % 10] = i\n    return xs\n",
        f"f({LONG // 2})",
    ),
]


def least(action, seconds=0.5, at_least=3):
    """CPU seconds of the fastest of several runs; `action` returns its own measure."""
    times = []
    while len(times) < at_least or sum(times) < seconds and len(times) < 50:
        times.append(action())
    return min(times)


def plainly(source, test):
    namespace = {"__name__": "program"}
    exec(compile(source, "<program>", "exec"), namespace)
    code = compile(test, "<test>", "exec")

    def once():
        begun = time.process_time()
        exec(code, namespace)
        return time.process_time() - begun

    return least(once)


def traced(source, test, cap=100_000):
    """(CPU seconds, numbered steps, whether it was woven, whether the cap was met)."""
    write = event_writer(os.open(os.devnull, os.O_WRONLY))
    told = {}

    def once():
        begun = [0.0]
        weave, load = run.TwoPasses, run._load

        def first_load(*arguments):
            begun[0] = begun[0] or time.process_time()
            return load(*arguments)

        def tell(event):
            told.update(event)
            write(event)

        way = {"woven": True}
        watched = run._trace_watched

        def noted(*arguments):
            way["woven"] = False
            watched(*arguments)

        run._load, run._trace_watched = first_load, noted
        try:
            job = {"program": source, "tests": [test], "testIndex": 0, "entryPoint": "f", "stepsCap": cap, "streams": cap == CAP}
            run.trace(job, tell)
        finally:
            run._load, run._trace_watched, run.TwoPasses = load, watched, weave
        told["woven"] = way["woven"]
        return time.process_time() - begun[0]

    spent = least(once)
    return spent, told.get("end", {}).get("steps"), told["woven"], "capped" in told


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--only", action="append")
    only = options.parse_args().only
    rows = []
    for name, source, test in PROGRAMS:
        if only and name not in only:
            continue
        plain = plainly(source, test)
        spent, steps, woven, _ = traced(source, test)
        rows.append({"name": name, "plainMs": plain * 1000, "tracedMs": spent * 1000, "steps": steps, "woven": woven})
        print(f"{name}: {steps} steps, {spent / plain:.1f}x{'' if woven else ' (watched)'}", file=sys.stderr, flush=True)
    beyond = []
    for name, source, test in LONG_PROGRAMS if not only else []:
        plain = plainly(source, test)
        spent, _, _, capped = traced(source, test, CAP)
        # What a campaign does: the plain run, which it needs to find the failing test, and the recording up to the cap.
        beyond.append({"name": name, "plainMs": plain * 1000, "ratio": (plain + spent) / plain, "capped": capped})
        print(f"100 caps long, {name}: {(plain + spent) / plain:.2f}x in all", file=sys.stderr, flush=True)
    ratios = [row["tracedMs"] / row["plainMs"] for row in rows]
    result = {"python": sys.version.split()[0], "programs": rows, "geometricMean": geometric_mean(ratios), "beyond": beyond}
    print(json.dumps(result))


main()
