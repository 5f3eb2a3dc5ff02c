"""How a run ends, by exceptions and limits, and what a trace tells then. Run by each interpreter that is found."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from trace_fixtures import traced


class Exceptions(unittest.TestCase):
    def test_one_caught_inside_takes_a_number_on_the_except_line_that_matched(self):
        steps, _ = traced(
            """
            def g():
                raise KeyError('a')
            def f():
                try:
                    g()
                except IndexError:
                    x = 1
                except (KeyError, ValueError) as error:
                    y = 2
            """
        )
        self.assertEqual(
            steps, ["8: __exception__=KeyError('a'); error=KeyError('a');", "9: y=2;", "9: __return__=None;"]
        )

    @unittest.skipIf(sys.version_info < (3, 11), "3.10 has no except*")
    def test_each_clause_that_takes_a_part_of_a_group_takes_a_number_and_shows_its_part(self):
        steps, _ = traced(
            """
            def f():
                try:
                    raise ExceptionGroup('g', [KeyError(1), ValueError(2), TypeError(3)])
                except* ValueError as error:
                    x = 1
                except* IndexError:
                    x = 2
                except* (KeyError, TypeError):
                    x = 3
                return x
            """
        )
        part = "ExceptionGroup('g', [ValueError(2)]);"
        self.assertEqual(
            steps,
            [f"4: __exception__={part} error={part}", "5: x=1;", "8: __exception__=ExceptionGroup('g', [KeyError(1), TypeError(3)]);",
             "9: x=3;", "10: __return__=3;"],
        )  # fmt: skip

    def test_one_that_leaves_the_test_ends_it(self):
        steps, end = traced("def f(xs):\n    return xs[3]\n", "x = 1\nassert f(\n  [1]) == 0")
        self.assertEqual(steps, ["1: xs=[1];"])
        self.assertEqual((end["exception"], end["exceptionLine"]), ("IndexError('list index out of range')", 3))
        self.assertIsNone(end["returned"])

    def test_one_that_the_test_catches_stands_on_its_except_line(self):
        steps, end = traced(
            "def f():\n    raise ValueError\n", "try:\n    f()\nexcept ValueError:\n    pass\nelse:\n    assert False"
        )
        self.assertEqual(steps, ["test 3: __exception__=ValueError();"])
        self.assertIsNone(end["exception"])

    def test_a_failing_assert_keeps_what_the_call_returned(self):
        _, end = traced("def f():\n    return {'a': (1,)}\n")
        self.assertEqual((end["exception"], end["returned"]), ("AssertionError()", "{'a': (1,)}"))

    def test_an_endless_recursion_is_an_exception_of_the_test(self):
        _, end = traced("def f(n=0):\n    return f(n + 1)\n")
        self.assertEqual((end["exception"], end["truncated"]), ("RecursionError()", "recursion"))

    def test_a_recursion_error_that_is_caught_leaves_the_trace_up_to_there_with_the_reason(self):
        program = """
            def down(n):
                try:
                    return down(n + 1)
                except RecursionError:
                    return n
            def f():
                d = down(0)
                return 7
            """
        steps, end = traced(program)
        self.assertEqual(steps[:3], ["1: n=0;", "1: n=1;", "1: n=2;"])
        self.assertEqual((end["exception"], end["returned"], end["truncated"]), ("AssertionError()", "7", "recursion"))

    def test_a_deep_recursion_that_ends_is_told_to_its_end(self):
        _, end = traced("def f(n=500):\n    return f(n - 1) if n else 0\n", "assert f() == 1")
        self.assertEqual((end["exception"], end["truncated"], end["steps"]), ("AssertionError()", None, 1002))

    def test_exits_are_exceptions_and_a_program_that_fails_to_load_fails_its_test(self):
        self.assertEqual(traced("import sys\ndef f():\n    sys.exit(3)\n")[1]["exception"], "SystemExit(3)")
        steps, end = traced("def f():\n    return 1\nf(undefined)\n")
        self.assertEqual((steps, end["exceptionLine"]), ([], None))
        self.assertIn("NameError", end["exception"])

    def test_a_program_that_does_not_compile_is_refused(self):
        self.assertEqual(traced("def f(:\n")[1], {"refused": "the program does not compile: SyntaxError in line 1"})


class Setup(unittest.TestCase):
    def test_setup_uses_the_programs_classes_and_the_run_is_recorded_from_the_test_on(self):
        program = "class P:\n    def __init__(self):\n        self.x = 1\ndef f(p):\n    p.x = 2\n"
        steps, end = traced(program, "assert f(point) is None", setup="point = P()")
        self.assertEqual(steps, ["4: p=P(x=1);", "5: p=P(x=2);", "5: __return__=None;"])
        self.assertIsNone(end["exception"])


class Caps(unittest.TestCase):
    def test_a_long_run_keeps_its_first_steps_and_each_lines_last_and_counts_the_rest(self):
        steps, end = traced("def f():\n    for i in range(1000):\n        x = i\n")
        self.assertEqual(steps[-2:], ["3: x=999;", "2: __return__=None;"])
        self.assertEqual(end["steps"], 2001)
        self.assertEqual(len(steps) + sum(count for _, _, count in end["skipped"]), 2001)

    def test_beyond_the_cap_recording_stops_and_the_result_is_still_known(self):
        _, end = traced("def f():\n    for i in range(200000):\n        x = i\n    return x\n")
        self.assertEqual((end["truncated"], end["returned"]), ("events", "199999"))

    def test_a_program_that_switches_tracing_off_has_a_truncated_trace(self):
        steps, end = traced("import sys\ndef f():\n    x = 1\n    sys.settrace(None)\n    y = 2\n")
        self.assertEqual((steps, end["truncated"]), (["3: x=1;"], "events"))


if __name__ == "__main__":
    unittest.main()
