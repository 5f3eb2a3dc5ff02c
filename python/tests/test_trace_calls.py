"""Which function shows which steps: calls, recursion, generators, objects. Run by each interpreter that is found."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from trace_fixtures import Steps


class Calls(Steps):
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
            ["2: last=2; ys=[1, 2];", "3: __return__=2;"],
        )

    def test_variables_of_one_statement_stand_in_the_order_in_which_they_are_bound(self):
        self.check(
            """
            def f():
                from math import floor as down
                first, floor = 1, 2
                total = (part := [3])
                for x in (left := [4]):
                    pass
                match {'a': [1, 2], 'b': 3}:
                    case {'a': [head, *tail] as whole, **rest}:
                        return rest
            """,
            [
                "3: first=1; floor=2;",
                "4: part=[3]; total=[3];",
                "5: left=[4]; x=4;",
                "8: head=1; tail=[2]; whole=[1, 2]; rest={'b': 3};",
                "9: __return__={'b': 3};",
            ],
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

    def test_a_generator_that_is_closed_before_it_began_was_never_called(self):
        self.check(
            """
            def count(n):
                yield n
            async def later(n):
                return n
            def f():
                g, c = count(1), later(1)
                g.close()
                c.close()
                return list(count(2))
            """,
            ["6: g=<generator count>; c=<coroutine later>;", "1: n=2;", "9: __return__=[2];"],
        )

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

    def test_what_classes_and_functions_hold_is_state_too(self):
        self.check(
            """
            class C:
                count = 0
                made = []
                def __init__(self):
                    C.count += 1
                    self.made.append(self.count)
            class D(C):
                @classmethod
                def more(cls):
                    cls.count += 1
                    cls.count += 0
            def f():
                f.calls += 1
                c = C()
                D.more()
                D.more = None
                return C.count
            f.calls = 4
            """,
            ["13: f.calls=5;", "4: self=C();", "5: C.count=1;", "6: C.made=[1];", "14: c=C();", "9: cls=<class D>;",
             "10: D.count=2;", "11: __return__=None;", "16: D.more=None;", "17: __return__=1;"],
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


if __name__ == "__main__":
    unittest.main()
