# ruff: noqa: E501 -- a table of programs, a line each
"""A woven program tells what the recorder tells, which looks from outside. Run by each interpreter that is found."""

import random
import sys
import textwrap
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from nextune_trace import rehearsal, run
from nextune_trace.statements import Unit
from nextune_weave.names import NotWoven
from nextune_weave.plan import Unsure
from nextune_weave.two_pass import TwoPasses


def told(program, test, way, **job):
    records = []
    asked = {
        "program": program,
        "tests": [test],
        "testIndex": 0,
        "entryPoint": "f",
        "firstSteps": 400,
        "way": way,
        **job,
    }
    run.trace(asked, records.append)
    return sorted((r for r in records if "step" in r), key=lambda r: r["step"]), records[-1]


def is_woven(program, test):
    try:
        passes = TwoPasses(Unit("program", program), Unit("test", test), [test], 30, 4, 10_000)
        passes.run(lambda code, hooks: run._load(code, {}, hooks), lambda event: None)
        return True
    except (NotWoven, Unsure):
        return False


# (what is hard in it, the program, the arguments)
WOVEN = [
    ("a sort in place", "def f(xs):\n    xs.sort()\n    xs.sort()\n    return xs\n", "[3, 1]"),
    ("an alias", "def f(xs):\n    ys = xs\n    zs = [xs, 1]\n    ys.append(5)\n    return zs\n", "[1]"),
    ("a row of a table", "def f(t):\n    row = t[0]\n    row[1] = 7\n    t[1][0] += 2\n    t[1][0] += 0\n", "[[1, 2], [3, 4]]"),
    ("an index that is computed", "def f(xs):\n    d = {}\n    d[sum(v for v in xs)] = 1\n    d[[v for v in xs][0]], b = 2, 3\n    xs[min(i for i in range(2))] += 1\n    return d\n", "[1, 2]"),
    ("a swap", "def f(xs):\n    xs[0], xs[1] = xs[1], xs[0]\n    xs[0], xs[1] = xs[0], xs[1]\n", "[1, 2]"),
    ("two pops in one statement", "def f(xs):\n    xs.insert(1, xs.pop(0))\n    y = xs.pop() + xs.pop()\n    return y\n", "[1, 2, 3]"),
    ("a pop that is not reached", "def f(xs):\n    if not xs or xs.pop() > 5:\n        return 1\n    return xs\n", "[1, 2]"),
    ("a list that grows by +=", "def f(xs):\n    ys = xs\n    xs += [1]\n    xs += []\n    xs = xs + [2]\n    return ys\n", "[0]"),
    ("a callee that changes its argument", "def g(v, k):\n    v.append(k)\ndef f(xs):\n    g(xs, 1)\n    ys = [xs]\n    g(ys[0], 2)\n", "[]"),
    ("a callee that changes only its own", "def g(n):\n    own = []\n    own.append(n)\n    return own\ndef f(xs):\n    a = g(1)\n    g(2)\n    return a\n", "[]"),
    ("recursion with a shared list", "def f(n, seen=None):\n    if seen is None:\n        seen = []\n    seen.append(n)\n    if n:\n        f(n - 1, seen)\n    return seen\n", "3"),
    ("a memo in a closure", "def f(n):\n    memo = {}\n    def fib(k):\n        if k < 2:\n            return k\n        if k not in memo:\n            memo[k] = fib(k - 1) + fib(k - 2)\n        return memo[k]\n    return fib(n)\n", "6"),
    ("a linked list", "class Node:\n    def __init__(self, v, next=None):\n        self.v = v\n        self.next = next\ndef f(n):\n    head = None\n    for k in range(n):\n        head = Node(k, head)\n    at = head\n    while at:\n        at.v += 1\n        at = at.next\n    return head.v\n", "4"),
    ("methods named as a list's", "class Bag:\n    def __init__(self):\n        self.items = []\n    def add(self, x):\n        self.items.append(x)\n    def pop(self):\n        return self.items.pop()\ndef f(n):\n    bag = Bag()\n    bag.add(n)\n    bag.add(n)\n    return bag.pop()\n", "1"),
    ("an exception after a change", "def g(xs):\n    xs.append(1)\n    raise KeyError('k')\ndef f(xs):\n    try:\n        g(xs)\n    except KeyError as e:\n        xs.append(2)\n    return xs\n", "[]"),
    ("an exception of a statement that may do anything", "def f(xs):\n    e = xs\n    it = iter(xs)\n    try:\n        n = next(it) + xs.append(2)\n    except TypeError as e:\n        n = 0\n    try:\n        n = next(it) + next(it)\n    except StopIteration as error:\n        n = 1\n    return n\n", "[1]"),
    ("an exception that leaves", "def g(xs):\n    xs.append(1)\n    return xs[9]\ndef f(xs):\n    return g(xs)\n", "[]"),
    ("loops that end early and late", "def f(n):\n    for i in range(n):\n        if i == 2:\n            break\n    else:\n        n = 0\n    while n:\n        n -= 1\n    else:\n        n = 5\n", "4"),
    ("names bound late", "def f(n):\n    for i in range(n):\n        if i:\n            a, b = b, i\n        else:\n            b = 9\n    return a\n", "3"),
    ("sets whose order is their own", "def f(s):\n    for w in sorted(s):\n        s.add(w)\n        s.discard(w)\n        s.add(w)\n", "{'a', 'b', 'c'}"),
    ("dictionaries", "def f(d):\n    d['a'] = 1\n    d['a'] = True\n    d.update(b=2)\n    d.setdefault('b', 3)\n    del d['a']\n    d.pop('x', None)\n    return d\n", "{}"),
    ("a deque", "from collections import deque\ndef f(n):\n    q = deque([n])\n    while q:\n        x = q.popleft()\n        if x:\n            q.append(x - 1)\n", "3"),
    ("numbers that share a hash", "class Box:\n    def __init__(self, n):\n        self.n = n\ndef f(n):\n    b = Box(n)\n    c = [b]\n    b.n -= 1\n    b = Box(-1)\n    return b.n\n", "-1"),
    ("names that a branch not taken binds in another order", "def f(n):\n    if n:\n        b = 1\n    a, b = 1, 2\n    for d, c in [(1, 2)]:\n        pass\n    return b\n", "0"),
    ("matches", "import re\ndef f(s):\n    m = re.search('b', s)\n    m = re.search('a', s)\n    return m.group()\n", "'ab'"),
    ("a heap, whose functions change their argument", "import heapq\ndef f(xs):\n    h = []\n    for x in xs:\n        heapq.heappush(h, x)\n    return heapq.heappop(h)\n", "[3, 1, 2]"),
    ("a generator", "def g(n):\n    for i in range(n):\n        yield i * 2\ndef f(n):\n    total = 0\n    for v in g(n):\n        total += v\n    return total\n", "3"),
    ("lambdas and keys", "def f(xs):\n    key = lambda x: -x\n    xs = sorted(xs, key=key)\n    ys = list(map(lambda x: x + 1, xs))\n    return ys\n", "[1, 3, 2]"),
    ("a bound method that is mapped", "def f(xs):\n    k = xs.append\n    z = list(map(k, [1, 2]))\n    return z\n", "[]"),
    ("a key of its own that changes a list", "def f(xs):\n    key = lambda v: xs.append(v)\n    z = sorted([2], key=key)\n    z.sort(key=key)\n", "[]"),
    ("a helper by another name", "def g(v):\n    v.append(1)\n    return 1\ndef f(xs):\n    h = g\n    z = max([xs], key=h)\n    return z\n", "[]"),
    ("functions that come as arguments", "def f(xs, k):\n    z = list(map(k, [1, 2]))\n    return xs\n", "*(lambda v: (v, v.append))([])"),
    ("a module's function as a value", "import bisect\ndef f(xs):\n    k = bisect.insort\n    z = list(map(k, [xs], [2]))\n    z = list(map(bisect.insort, [xs], [2]))\n", "[1, 3]"),
    ("operators as functions", "import operator\ndef f(xs):\n    operator.setitem(xs, 0, 5)\n    y = operator.iadd(xs, [1])\n    return sorted(xs, key=operator.neg)\n", "[1, 3]"),
    ("a long chain of branches", "def f(n):\n    if n < 0: k = 0\n" + "".join(f"    elif n == {i}: k = {i}\n" for i in range(400)) + "    return k\n", "399"),
    ("a sum of many terms", f"def f(n):\n    return {' + '.join(['n'] * 985)}\n", "1"),
    ("several statements on a line", "def f(n): a = n; b = a; a += 1; return a + b\n", "1"),
]  # fmt: skip


def nested(blocks):
    loops = "".join("    " * i + f"    for i{i} in [1]:\n" for i in range(blocks))
    return f"def f(n):\n{loops}{'    ' * (blocks + 1)}n = [n].append(n)\n"


def deepest():
    """The program with the most loops in each other that this interpreter compiles: 20 until 3.12, 21 in 3.13."""
    for blocks in range(10, 100):
        try:
            compile(nested(blocks + 1), "<program>", "exec")
        except SyntaxError:
            return nested(blocks)
    raise AssertionError("no limit of nested blocks was met")


WATCHED = [
    ("a global", "total = 0\ndef f(n):\n    global total\n    total += n\n", "1"),
    ("finally", "def f(n):\n    try:\n        return n\n    finally:\n        n = 2\n", "1"),
    ("with", "import contextlib\ndef f(n):\n    with contextlib.suppress(KeyError):\n        {}[n]\n    return n\n", "1"),
    ("a class with operators", "class V:\n    def __init__(self, x):\n        self.x = x\n    def __add__(self, o):\n        o.x += 1\n        return V(self.x + o.x)\ndef f(n):\n    a = V(n)\n    b = a + a\n    return b.x\n", "1"),
    ("chance", "import random\ndef f(n):\n    random.seed(n)\n    return random.randint(0, 9)\n", "1"),
    ("an attribute of a class", "class C:\n    pass\ndef f(n):\n    C.count = n\n    C.count += 1\n    return C.count\n", "1"),
    ("an attribute of a function", "def f(n):\n    f.seen[n] = 1\n    return f.seen\nf.seen = {}\n", "1"),
    ("an attribute of what a call gives", "class C:\n    pass\ndef f(n):\n    type(C()).count = n\n    return C.count\n", "1"),
    ("an attribute of a class by another name", "class C:\n    pass\ndef f(n):\n    k = C\n    k.count = n\n    k = 0\n    return C.count\n", "1"),
    ("an imported function that calls one", "from functools import reduce as r\ndef f(xs):\n    k = lambda a, v: xs.append(v) or a\n    y = r(k, [1, 2], 0)\n    return y\n", "[]"),
    ("a dictionary that grows when it is read", "import collections\ndef f(n):\n    d = collections.defaultdict(int)\n    x = d[n]\n    return x\n", "1"),
    ("one under another name", "from collections import defaultdict as new\ndef f(n):\n    d = new(int)\n    x = d[n]\n    return x\n", "1"),
    ("a text that reads code", "def f(n):\n    x = '{0.__code__.co_names}'.format(f)\n    return x\n", "1"),
    ("a class by a call", "def f(n):\n    C = type('C', (), {'__add__': lambda s, o: o.append(n)})\n    xs = []\n    y = C() + xs\n    return xs\n", "1"),
    ("blocks as deep as they may be", deepest(), "1"),
    ("a name of an except clause that is bound in it", "def f(n):\n    try:\n        1 / 0\n    except ZeroDivisionError as e:\n        e = 5\n    e = 5\n    return e\n", "3"),
    ("a view of a dictionary", "def f(d):\n    ks, vs = d.keys(), [d.items()]\n    d['b'] = 2\n    ks = d.keys()\n    d['b'] = 3\n    d.pop('a')\n    return ks\n", "{'a': 1}"),
    ("a walrus", "def f(n):\n    while (n := n - 1) > 0:\n        pass\n    return n\n", "3"),
]  # fmt: skip


def generated(seed):
    """A program of random statements over lists, tables and numbers, with a helper that changes what it is given."""
    draw = random.Random(seed)
    names = ["a", "b", "xs", "ys", "d"]

    def number():
        return draw.choice(["a", "b", "1", "2", "len(xs)", "a % 3", "b + 1", "xs[-1]", "d.get(a, 0)", "g(ys, b)"])

    def statement(depth, indent):
        simple = [
            lambda: f"{draw.choice('ab')} = {number()}",
            lambda: f"{draw.choice('ab')} += {number()}",
            lambda: f"{draw.choice(['xs', 'ys'])}.append({number()})",
            lambda: f"xs[{draw.choice(['0', '-1'])}] = {number()}",
            lambda: f"d[{number()}] = {number()}",
            lambda: "xs, ys = ys, xs",
            lambda: f"{draw.choice(['xs', 'ys'])} = {draw.choice(['xs', 'ys', 'ys + [1]', 'sorted(xs)', 'list(ys)'])}",
            lambda: f"{draw.choice(['xs', 'ys'])}.sort()",
            lambda: "ys += [a]",
            lambda: f"a = {draw.choice(['xs', 'ys'])}.pop() + 0" if draw.random() < 0.3 else "b = a",
        ]
        if depth < 2 and draw.random() < 0.35:
            head = draw.choice(
                ["for a in range(3):", f"if {number()} > {number()}:", "for b, a in enumerate(list(ys)):", "try:"]
            )
            body = [indent + head, *statements(depth + 1, indent + "    ")]
            if head == "try:":
                body += [indent + "except (IndexError, KeyError) as e:", indent + "    b = 0"]
            return body
        return [indent + draw.choice(simple)()]

    def statements(depth, indent):
        return [line for _ in range(draw.randint(1, 4)) for line in statement(depth, indent)]

    helper = draw.choice(["v.append(k)", "k += 1", "v[0] = k", "k = v[0]"])
    body = [f"def g(v, k):\n    {helper}\n    return k", "def f(a, xs):", "    b = 2", "    ys = [1, 2]", "    d = {}"]
    return "\n".join([*body, *statements(0, "    "), *statements(0, "    "), f"    return {draw.choice(names)}", ""])


class Woven(unittest.TestCase):
    maxDiff = None

    def check(self, program, test):
        self.assertEqual(told(program, test, None), told(program, test, "watched"), program)

    def test_every_hard_case_is_woven_and_tells_what_the_recorder_tells(self):
        for name, program, arguments in WOVEN:
            with self.subTest(name):
                test = f"assert f({arguments}) == 0"
                self.assertTrue(is_woven(program, test))
                self.check(program, test)

    def test_what_the_text_does_not_tell_is_left_to_the_recorder(self):
        for name, program, arguments in WATCHED:
            with self.subTest(name):
                test = f"assert f({arguments}) == 0"
                self.assertFalse(is_woven(program, test))
                self.check(program, test)

    def test_a_function_that_setup_or_test_puts_in_anothers_place_is_left_to_the_recorder(self):
        program = "def g(xs):\n    return xs\ndef f():\n    xs = [1]\n    y = g(xs), len(xs)\n    return xs\n"
        grows = "(xs):\n    xs.append(9)\n    return 3\n"
        test = "assert f() == 0"
        for setup in ("def g" + grows, "def len" + grows, "from statistics import mode as len\n"):
            steps, end = told(program, test, None, setup=setup)
            self.assertEqual((steps, end), told(program, test, "watched", setup=setup))
            self.assertRaises(Unsure, told, program, test, "woven", setup=setup)
            self.assertRaises(Unsure, told, program, f"{setup}{test}", "woven")
        told(program, test, "woven", setup="import math\nk = 3\n")

    def test_the_zygote_rehearses_both_ways(self):
        woven, watched = rehearsal.jobs()
        self.assertTrue(is_woven(woven["program"], rehearsal.TEST))
        self.assertFalse(is_woven(watched["program"], rehearsal.TEST))
        for job in (woven, watched):
            self.check(job["program"], rehearsal.TEST)

    def test_generated_programs_tell_what_the_recorder_tells(self):
        woven = 0
        for seed in range(80):
            program, test = generated(seed), "assert f(3, [5, 4]) == 0"
            woven += is_woven(program, test)
            self.check(program, test)
        self.assertGreater(woven, 60)

    def test_the_second_pass_tells_each_lines_last_visit(self):
        program = "def f(n):\n    for i in range(n):\n        x = i * i\n    return x\n"
        steps, end = told(program, "assert f(100) == 0", None, firstSteps=2)
        shown = [(s["step"], s["changes"]) for s in steps if s["line"] == 3]
        self.assertEqual([step for step, _ in shown], [2, 4, 6, 8, 200])
        self.assertEqual(shown[-1][1], [("x", "9801")])
        self.assertEqual(len(steps) + sum(count for _, _, count in end["end"]["skipped"]), end["end"]["steps"])

    def test_passes_that_disagree_leave_it_to_one(self):
        runs = []
        program = "def f():\n    for i in range(n):\n        x = i\n    return x\n"

        def load(code, hooks):
            runs.append(1)
            return run._load(code, {}, {**hooks, "n": 20 + len(runs)})

        passes = TwoPasses(Unit("program", program), Unit("test", "f()"), [], 2, 2, 10_000)
        with self.assertRaises(Unsure):
            passes.run(load, lambda event: None)
        self.assertEqual(len(runs), 2)

    def test_an_endless_loop_without_a_step_meets_the_cap(self):
        records = []
        job = {
            "program": "def f():\n    while True:\n        pass\n",
            "tests": ["f()"],
            "testIndex": 0,
            "entryPoint": "f",
        }
        with self.assertRaises(run.Endless):
            run.trace({**job, "stepsCap": 500, "streams": True}, records.append)
        self.assertEqual(records[-1], {"capped": []})


class Programs(unittest.TestCase):
    """Whole programs that do more than compute."""

    def returned(self, program, test="assert f() == 0", **job):
        ends = [told(textwrap.dedent(program), test, way, **job)[1]["end"] for way in (None, "watched")]
        self.assertEqual(ends[0], ends[1])
        return ends[0]["returned"]

    def test_values_whose_repr_lies_raises_or_hangs_are_never_asked(self):
        program = """
            class Liar:
                def __init__(self):
                    self.x = 1
                def __repr__(self):
                    raise SystemExit
                def __eq__(self, other):
                    while True: pass
                def __getattribute__(self, name):
                    1 / 0
                __hash__ = None
            def f():
                liar = Liar()
                xs = [liar]
                return 'ok'
            """
        self.assertEqual(self.returned(program), "'ok'")

    def test_huge_values_are_cut(self):
        steps, _ = told("def f(n):\n    s = 'x' * n\n    xs = [s] * 3\n    return len(s)\n", "f(10 ** 6)", None)
        self.assertTrue(all(len(text) <= 300 for step in steps for _, text in step["changes"]))

    def test_programs_that_print_seed_or_import_run_as_ever(self):
        program = """
            import random
            random.seed(3)
            print('loading')
            def f():
                print('running')
                return random.randint(0, 0)
            print(f())
            """
        self.assertEqual(self.returned(program), "0")


if __name__ == "__main__":
    unittest.main()
