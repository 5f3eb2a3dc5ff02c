# ruff: noqa: E501 -- tables of programs, a line each
"""A loop is proven never to end where it can't, and never where it only seems not to."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from nextune_trace import run
from nextune_weave.endless import Turns

CAP = 50  # steps; the turns that are compared come right after it
LATER = 5000  # and a loop that ends does so after those


def is_proven(program, arguments="1", setup=None, before_test=""):
    """Whether a woven run of it says so. It ends in any case: at the cap."""
    job = {
        "program": program,
        "setup": setup,
        "tests": [f"{before_test}assert f({arguments}) == 0"],
        "testIndex": 0,
        "entryPoint": "f",
    }
    told = []
    try:
        run.trace({**job, "streams": True, "way": "woven", "stepsCap": CAP}, told.append)
    except run.Endless:
        return True
    except run.Unsure:
        return False
    assert "capped" in told[-1], f"a run that comes to the cap: {told[-1]}"
    return False


ENDLESS = [
    ("nothing that it reads is changed", "def f(n):\n    while n:\n        n = n\n", "1"),
    ("one that counts its turns", "def f(n):\n    turns = 0\n    while n > 0:\n        turns += 1\n        turns -= 3\n    return turns\n", "1"),
    ("a cycle of several turns", "def f(n):\n    while n != 5:\n        n = (n + 2) % 8\n", "0"),
    ("lists changed and changed back", "def f(xs):\n    while len(xs) > 1:\n        xs.append(xs.pop(0))\n", "[1, 2, 3]"),
    ("a function that sorts in place", "def g(xs):\n    xs.sort()\n    return xs[0]\ndef f(xs):\n    while g(xs) < 2:\n        xs[-1] = 7\n", "[1, 3]"),
    ("within loops that would end", "def f(n):\n    for i in range(n):\n        for j in range(n):\n            while i + j < 9:\n                j = i\n", "3"),
    ("around a loop that ends each time", "def f(n):\n    while n:\n        k = 0\n        while k < n:\n            k += 1\n", "2"),
]  # fmt: skip
ENDING = [
    ("a loop that is entered anew, all alike", f"def f(n):\n    for _ in [0] * {LATER}:\n        n = 2\n        while n:\n            n -= 1\n"),
    ("a counter that is read", f"def f(n):\n    while n < {LATER}:\n        n += 1\n"),
    ("a counter that is no whole number", f"def f(n):\n    n = [0] * {LATER}\n    k = []\n    while len(n) > len(k):\n        k += [1]\n"),
    ("an iterator", f"def f(n):\n    left = enumerate([0] * {LATER})\n    while len(list(zip(left, [0]))):\n        n = 1\n"),
    ("a default that grows", f"def g(seen=[]):\n    seen.append(1)\n    return len(seen) < {LATER}\ndef f(n):\n    while g():\n        n = 1\n"),
    ("an object's attribute", f"class C:\n    def __init__(self):\n        self.n = 0\ndef f(n):\n    c = C()\n    while c.n < {LATER}:\n        c.n += 1\n"),
    ("an outer function's list", f"def f(n):\n    xs = []\n    def g():\n        xs.append(1)\n        return len(xs) < {LATER}\n    def h(k):\n        while g():\n            k = 1\n    h(n)\n"),
]  # fmt: skip
# What could end a loop from outside it, each as lines that may stand in the program, its setup or its test.
FROM_OUTSIDE = [
    ("an alarm", "import signal as s\ns.setitimer\n"),
    ("a timer of its own thread", "from threading import Timer\nTimer\n"),
    ("a thread under another name", "import _thread as t\nt.start_new_thread\n"),
    ("an event loop", "import asyncio as a\na.run\n"),
    ("a trace function", "from sys import settrace as s\ns\n"),
    ("a profile of another module's", "import collections as c\nc._sys.setprofile\n"),
    ("a module of a module's", "from statistics import sys as s\ns.setprofile\n"),
    ("a module as a value", "import re\nr = re\nr.enum.sys.setprofile\n"),
    ("an attribute by its name", "import calendar\ngetattr(calendar, 'sys').setprofile\n"),
    ("attributes by their names", "import calendar, operator\noperator.attrgetter('sys.setprofile')(calendar)\n"),
    ("a name that annotations run", "import typing\ntyping.get_type_hints\n"),
    ("a frame", "(x for x in []).gi_frame.f_builtins\n"),
    ("a module by its path", "from os.path import join\njoin\n"),
]  # fmt: skip
STATEFUL = "(n, seen=[]):\n    seen.append(1)\n    return sum(seen) < %d\n" % LATER


def frame_with(first, second):
    return sys._getframe()


class EndlessLoops(unittest.TestCase):
    def test_what_comes_back_to_where_it_was_never_ends(self):
        for what, program, arguments in ENDLESS:
            with self.subTest(what):
                self.assertTrue(is_proven(program, arguments))

    def test_what_keeps_a_state_elsewhere_is_not_proven(self):
        for what, program in ENDING:
            with self.subTest(what):
                self.assertFalse(is_proven(program))

    def test_a_name_that_setup_gave_another_meaning_proves_nothing(self):
        builtin = "def f(n):\n    while len([n]):\n        n = 1\n"
        self.assertTrue(is_proven(builtin))
        self.assertFalse(is_proven(builtin, setup="def len" + STATEFUL))
        own = "def g(n):\n    return n\ndef f(n):\n    while g(n):\n        n = 1\n"
        self.assertTrue(is_proven(own))
        self.assertFalse(is_proven(own, setup="def g" + STATEFUL))

    def test_what_could_end_it_from_outside_proves_nothing_wherever_it_stands(self):
        loop = "def f(n):\n    while n:\n        n = n\n"
        harmless = "import math\nfrom collections import deque\nmath.gcd(2, 4)\n"
        self.assertTrue(is_proven(harmless + loop, setup=harmless, before_test=harmless))
        for what, lines in FROM_OUTSIDE:
            with self.subTest(what):
                self.assertFalse(is_proven(lines + loop))
                self.assertFalse(is_proven(loop, setup=lines))
                self.assertFalse(is_proven(loop, before_test=lines))

    def test_values_that_are_one_differ_from_values_that_are_alike(self):
        xs, marker = [0], []
        turns = Turns({})
        self.assertFalse(self._turn(turns, marker, xs, xs))
        self.assertFalse(self._turn(turns, marker, xs, [0]))
        self.assertFalse(self._turn(turns, marker, [False], [0]))
        self.assertFalse(self._turn(turns, marker, [{0}], [0]))
        self.assertTrue(self._turn(turns, marker, [False], [0]))

    def _turn(self, turns, marker, first, second):
        return turns.repeat(marker, frame_with(first, second))


if __name__ == "__main__":
    unittest.main()
