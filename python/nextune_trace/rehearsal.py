"""Does in the zygote what every child will do. Code that ran before is compiled for its types, patterns and tables that are
made on first use are there, and children share the pages of all that instead of making their own."""

import os
import sys
from collections.abc import Callable
from typing import Any

from . import run
from .layout import PROGRAM

ROUNDS = 12  # CPython 3.11 specialises a function from its eighth call on
# One for each of the tracer's two ways, with what most programs have.
WOVEN = """from collections import deque
class Box:
    def __init__(self, item):
        self.item = item
    def get(self):
        return self.item
def g(xs, k=1):
    xs.append(k)
    return xs[-1]
def f(n):
    found, seen = [], {}
    for i, c in enumerate('abc' * n):
        if c not in seen and len(found) < 9:
            seen[c] = i
            found.append(g(found, i) + 1)
        elif i % 2 == 0:
            found[0] += 1
        found[0], found[-1] = found[-1], found[0]
    box = Box([x * 2 for x in sorted(found)])
    items = box.get()
    left = deque(items)
    while left:
        n -= left.popleft()
        try:
            n = int('x')
        except ValueError as error:
            box.item = tuple(left)
    total = max(seen.values(), key=lambda v: -v) + n * 0.5
    return ' '.join(str(x) for x in (total, *found[:2], len(set(found))))
"""
WATCHED = """import re
from collections import Counter
def f(n):
    counts = Counter(re.findall('[a-z]', 'abca' * n))
    best = ''
    for c, k in counts.most_common():
        if k > 1:
            best += c
    counts['z'] = [n]
    return best, dict(counts)
"""
TEST = "assert f(3) == 0"


def jobs() -> list[dict[str, Any]]:
    common = {"setup": None, "tests": [TEST], "testIndex": 0, "entryPoint": "f", "from": 0, "failures": 1}
    return [{**common, "program": program} for program in (WOVEN, WATCHED)]


def rehearse(writer: Callable[[int], run.Write]) -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    write = writer(null)
    for job in jobs() * ROUNDS:
        run.trace(job, write)
        run.try_tests(job, write)
    os.close(null)
    del sys.modules[PROGRAM]
