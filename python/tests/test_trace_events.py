"""What counts as a state change, where it stands, and what it shows. Run by each interpreter that is found."""

import sys
import textwrap
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from nextune_trace import run


def traced(program, test="assert f() == 0", entry_point="f", **job):
    """(lines such as `3: x=1;`, the end) of a program; lines of the test start with `test`."""
    records = []
    program = textwrap.dedent(program).lstrip("\n")
    tests = [textwrap.dedent(test).strip()]
    run.trace({"program": program, "tests": tests, "testIndex": 0, "entryPoint": entry_point, **job}, records.append)
    events = sorted((r for r in records if "step" in r), key=lambda r: r["step"])
    shown = []
    for event in events:
        where = ("test " if event["unit"] == "test" else "") + str(event["lastLine"])
        shown.append(where + ": " + " ".join(f"{name}={text};" for name, text in event["changes"]))
    return shown, next((r["end"] for r in records if "end" in r), records[-1])


class NumberedSteps(unittest.TestCase):
    maxDiff = None

    def check(self, program, expected, test="assert f() == 0", **job):
        self.assertEqual(traced(program, test, **job)[0], expected)

    def test_arguments_assignments_loops_and_returns_take_numbers_and_bare_conditions_do_not(self):
        self.check(
            """
            def f(n):
                t = 0
                for i in range(n):
                    if i > 5:
                        t = 9
                    t += i
                return t
            """,
            ["1: n=2;", "2: t=0;", "3: i=0;", "3: i=1;", "6: t=1;", "7: __return__=1;"],
            "assert f(2) == 0",
        )

    def test_an_assignment_that_changes_nothing_takes_no_number_but_a_loop_target_does(self):
        self.check(
            """
            def f():
                x = 1
                x = 1
                for x in [1, 1]:
                    pass
            """,
            ["2: x=1;", "4: x=1;", "4: x=1;", "4: __return__=None;"],
        )

    def test_values_compare_by_type_and_repr(self):
        self.check(
            """
            def f():
                x = 1
                x = True
                x = 1.0
                y = 0.0
                y = -0.0
                z = [1]
                z = [True]
                n = float('nan')
                n = float('nan')
            """,
            ["2: x=1;", "3: x=True;", "4: x=1.0;", "5: y=0.0;", "6: y=-0.0;", "7: z=[1];", "8: z=[True];", "9: n=nan;",
             "10: __return__=None;"],
        )  # fmt: skip

    def test_changes_in_place_are_seen_through_every_name_and_in_the_middle_of_a_long_list(self):
        steps, _ = traced(
            """
            def f(xs):
                ys = xs
                xs[1000] = 7
                d = {'k': {1}}
                d['k'].add(2)
            """,
            "assert f([0] * 2000) == 0",
        )
        self.assertEqual([step.split(":")[0] for step in steps], ["1", "2", "3", "4", "5", "5"])
        self.assertEqual(steps[4], "5: d={'k': {1, 2}};")

    def test_several_statements_in_a_line_take_a_number_each_and_one_over_lines_takes_one_on_its_last(self):
        self.check(
            """
            def f(
                a,
            ):
                b = 1; c = b + a
                return (
                    b
                    + c
                )
            """,
            ["3: a=4;", "4: b=1;", "4: c=5;", "8: __return__=6;"],
            "assert f(4) == 0",
        )

    def test_variables_of_one_statement_stand_in_order_of_first_binding(self):
        self.check(
            """
            def f(z):
                b, a = 1, 2
                a, z, b = 3, 4, 5
            """,
            ["1: z=0;", "2: b=1; a=2;", "3: z=4; b=5; a=3;", "3: __return__=None;"],
            "f(0)",
        )

    def test_comprehensions_and_lambdas_show_no_steps_of_their_own(self):
        self.check(
            """
            def f(xs):
                ys = sorted([x * 2 for x in xs if x], key=lambda v: -v)
                for y in [q for q in ys]:
                    pass
                return sum(v for v in ys)
            """,
            ["1: xs=[1, 2];", "2: ys=[4, 2];", "3: y=4;", "3: y=2;", "5: __return__=6;"],
            "assert f([1, 2]) == 0",
        )

    def test_a_walrus_in_a_comprehension_binds_outside(self):
        self.check(
            """
            def f():
                ys = [last := x for x in (1, 2)]
                return last
            """,
            ["2: ys=[1, 2]; last=2;", "3: __return__=2;"],
        )

    def test_other_functions_show_their_arguments_and_results_under_one_counter(self):
        self.check(
            """
            def half(n, *rest, by=2, **more):
                return n // by
            def f():
                x = half(8, 1, k=3)
                return x
            """,
            ["1: n=8; rest=(1,); by=2; more={'k': 3};", "2: __return__=4;", "4: x=4;", "5: __return__=4;"],
        )

    def test_recursion_keeps_the_variables_of_each_call_apart(self):
        self.check(
            """
            def f(n=2):
                if n == 0:
                    return 0
                r = f(n - 1)
                return r + n
            """,
            ["1: n=2;", "1: n=1;", "1: n=0;", "3: __return__=0;", "4: r=0;", "5: __return__=1;", "4: r=1;",
             "5: __return__=3;"],
        )  # fmt: skip

    def test_a_generator_shows_its_steps_where_it_is_resumed_and_no_return_for_a_yield(self):
        self.check(
            """
            def count(n):
                k = 0
                while k < n:
                    yield k
                    k += 1
            def f():
                for v in count(2):
                    w = v
            """,
            ["1: n=2;", "2: k=0;", "7: v=0;", "8: w=0;", "5: k=1;", "7: v=1;", "8: w=1;", "5: k=2;",
             "7: __return__=None;"],
        )  # fmt: skip

    def test_coroutines_are_functions_like_others(self):
        self.check(
            """
            import asyncio
            async def g(x):
                await asyncio.sleep(0)
                return x + 1
            def f():
                async def both():
                    a, b = await asyncio.gather(g(1), g(2))
                    return a + b
                return asyncio.run(both())
            """,
            ["2: x=1;", "2: x=2;", "4: __return__=2;", "4: __return__=3;", "7: a=2; b=3;", "8: __return__=5;",
             "9: __return__=5;"],
        )  # fmt: skip

    def test_a_nonlocal_change_shows_in_both_functions_and_a_global_one_once(self):
        self.check(
            """
            total = 0
            seen = []
            def f():
                global total
                n = 0
                def add():
                    nonlocal n
                    n += 1
                    seen.append(n)
                add()
                total += n
            """,
            ["5: n=0;", "8: n=1;", "9: seen=[1];", "9: __return__=None;", "10: n=1;", "11: total=1;",
             "11: __return__=None;"],
        )  # fmt: skip

    def test_objects_show_their_attributes_and_a_constructor_no_return(self):
        self.check(
            """
            class Node:
                def __init__(self, v):
                    self.v = v
                    self.next = None
            def f():
                a = Node(1)
                a.next = Node(2)
                a.next.next = a
            """,
            ["2: self=Node(); v=1;", "3: self=Node(v=1);", "4: self=Node(v=1, next=None);", "6: a=Node(v=1, next=None);",
             "2: self=Node(); v=2;", "3: self=Node(v=2);", "4: self=Node(v=2, next=None);",
             "7: a=Node(v=1, next=Node(v=2, next=None));", "8: a=Node(v=1, next=Node(v=2, next=...));",
             "8: __return__=None;"],
        )  # fmt: skip

    def test_match_binds_on_its_case_line(self):
        self.check(
            """
            def f(v):
                match v:
                    case [x]:
                        return x
                    case (x, y):
                        return y
            """,
            ["1: v=[1, 2];", "5: x=1; y=2;", "6: __return__=2;"],
            "assert f([1, 2]) == 0",
        )

    def test_with_and_decorators_and_imports_and_definitions(self):
        self.check(
            """
            import contextlib
            @contextlib.contextmanager
            def opened(name):
                yield name.upper()
            def f():
                import math
                def helper(): return 1
                with opened('a') as handle:
                    k = math.floor(1.5)
                return helper()
            """,
            ["3: name='a';", "8: handle='A';", "9: k=1;", "7: __return__=1;", "10: __return__=1;"],
        )

    def test_a_loop_in_one_line_keeps_its_binding_and_its_body_apart(self):
        self.check(
            """
            def f(xs):
                t = 0
                for x in xs: t += x
                while t: t -= 3
            """,
            ["1: xs=[1, 2];", "2: t=0;", "3: x=1;", "3: t=1;", "3: x=2;", "3: t=3;", "4: t=0;", "4: __return__=None;"],
            "assert f([1, 2]) == 0",
        )

    def test_a_return_through_finally_stands_on_the_return(self):
        self.check(
            """
            def f():
                try:
                    return 1
                finally:
                    done = True
            """,
            ["5: done=True;", "3: __return__=1;"],
        )


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
