"""What the judge makes of a task's tests before anything runs."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from nextune_jail.plan import BadTest, Plan  # noqa: E402
from nextune_jail.syntax import bare_text  # noqa: E402

REFERENCE = "import math\nfrom collections import Counter as C\nclass Box: pass\ndef helper(x): return x\ndef solve(x): return x\n"


def plan(*tests, **task):
    return Plan({"entryPoint": "solve", "tests": list(tests), **task})


class PlainTests(unittest.TestCase):
    def test_calls_with_literals_are_plain(self):
        for text in ("assert solve(1) == 2", "assert solve([-1], k={'a': (1,)}) == set()", "assert 3 == solve()"):
            self.assertIsNotNone(plan(text).plain, text)

    def test_all_else_needs_a_judge_process(self):
        for text in (
            "assert solve(1)",
            "assert solve(1) != 2",
            "assert set(solve(1)) == {1}",
            "assert solve(1 + 1) == 2",
            "assert solve(x) == 2",
            "assert other(1) == 2",
            "x = 1\nassert solve(x) == 1",
            "assert solve(*[1]) == 1",
            "assert solve(1) == 2 == 2",
        ):
            self.assertIsNone(plan(text).plain, text)

    def test_a_setup_of_imports_leaves_tests_plain_and_any_other_does_not(self):
        self.assertIsNotNone(plan("assert solve(1) == 2", setup="import math").plain)
        self.assertIsNone(plan("assert solve(1) == 2", setup="import math\nx = 1").plain)

    def test_what_is_no_python_is_named(self):
        with self.assertRaisesRegex(BadTest, r"hiddenTests\[0\] is no Python"):
            plan("assert solve(1)", hiddenTests=["assert ("])


class Faults(unittest.TestCase):
    def test_tests_that_cant_be_judged_are_named_with_the_reason(self):
        for text, reason in (
            ("import numpy\nassert solve(1) == 2", "tests[0] needs the module numpy"),
            ("assert helper(solve(1), 3)", "tests[0] asks the program's own helper whether"),
            ("assert solve(1) == unknown", "tests[0] uses unknown, which nothing defines"),
        ):
            self.assertIn(reason, plan(text, reference=REFERENCE).fault)
        self.assertIsNone(plan("a = [i for i in range(3)]\nassert math.floor(solve(a)) == 1").fault)

    def test_a_test_without_an_assert_would_pass_anything_and_is_refused(self):
        with self.assertRaisesRegex(BadTest, r"tests\[0\] holds no assert"):
            plan("solve(1)")
        self.assertIsNone(plan("check(solve)", setup="def check(f):\n    assert f(1) == 1").fault)


class Names(unittest.TestCase):
    def test_names_come_from_python_and_the_reference_never_from_the_candidate(self):
        made = plan("assert math.isclose(solve(1), 1) and C('a') and re.match('a', 'a')", reference=REFERENCE)
        self.assertEqual(made.stubs, {"solve"})
        self.assertEqual(
            sorted(made.known_imports), ["from collections import Counter as C", "import math", "import re"]
        )

    def test_classes_of_the_reference_are_stubs(self):
        self.assertEqual(plan("assert solve(Box()) == 1", reference=REFERENCE).stubs, {"solve", "Box"})

    def test_a_helper_that_prepares_an_argument_is_a_stub(self):
        self.assertIn("helper", plan("t = helper([1])\nassert solve(t) == [1]", reference=REFERENCE).stubs)

    def test_a_helper_that_could_judge_is_none(self):
        for text in (
            "assert helper(solve(1), 3)",
            "r = solve(1)\nok = helper(r, 3)\nassert ok",
            "assert not helper(3)",
            "for r in solve(1):\n    assert r == helper(r)",
            "assert (r := solve(1)) and helper(r) == 3",
        ):
            self.assertNotIn("helper", plan(text, reference=REFERENCE).stubs, text)


class Normalised(unittest.TestCase):
    def test_layout_comments_and_docstrings_do_not_count(self):
        self.assertEqual(bare_text("def f( x ):\n  'doc'\n  return x # why"), bare_text("def f(x):\n        return x"))

    def test_names_and_values_do(self):
        self.assertNotEqual(bare_text("def f(x): return 1"), bare_text("def f(x): return 2"))
        self.assertNotEqual(bare_text("def f(x): return x"), bare_text("def f(y): return y"))


if __name__ == "__main__":
    unittest.main()
