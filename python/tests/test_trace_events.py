"""What counts as a state change, where it stands, and what it shows. Run by each interpreter that is found."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from trace_fixtures import Steps, traced


class Statements(Steps):
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

    def test_a_loop_over_elements_shows_what_holds_them_and_not_their_index(self):
        self.check(
            """
            def f():
                a, i = [0, 0], 1
                for a[i], (k, *_) in [(0, "x"), (2, "yz")]:
                    pass
            """,
            ["2: a=[0, 0]; i=1;", "3: a=[0, 0]; k='x'; _=[];", "3: a=[0, 2]; k='y'; _=['z'];", "3: __return__=None;"],
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

    def test_variables_that_are_new_stand_in_the_order_in_which_their_statement_binds_them(self):
        self.check(
            """
            def f(n):
                if n:
                    b = 1
                for a, b in [(1, 2)]:
                    pass
                match (3, 4):
                    case (9, d):
                        pass
                    case (c, d):
                        return d
            """,
            ["1: n=0;", "4: a=1; b=2;", "9: c=3; d=4;", "10: __return__=4;"],
            "assert f(0) == 0",
        )

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


if __name__ == "__main__":
    unittest.main()
