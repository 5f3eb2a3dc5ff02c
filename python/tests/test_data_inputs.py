import ast
import sys
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from nextune_data.inputs import WANTED, derive
from nextune_data.literals import source_of
from nextune_data.shown_calls import shown_calls


def inputs(*tests: str) -> list[Any]:
    """The arguments of the new calls."""
    calls = [ast.parse(text, mode="eval").body for text in derive(list(tests), "f", "1")["calls"]]
    return [tuple(ast.literal_eval(arg) for arg in call.args) for call in calls if isinstance(call, ast.Call)]


def expressions(*tests: str) -> list[str]:
    return derive(list(tests), "f", "1")["calls"]


class DeriveTest(unittest.TestCase):
    def test_new_inputs_have_the_types_of_those_shown(self) -> None:
        found = inputs("assert f([1, 2], 'ab', (1.5, None)) == 1", "assert f([3], 'c', (2.5, None)) == 2")
        self.assertEqual(len(found), WANTED)
        for numbers, text, pair in found:
            self.assertEqual([type(number) for number in numbers], [int] * len(numbers))
            self.assertIsInstance(text, str)
            self.assertIsInstance(pair, tuple)
            self.assertIn(None, pair)

    def test_no_input_comes_twice_and_none_was_shown(self) -> None:
        found = inputs("assert f(5) == 1", "assert f(6) == 2")
        self.assertEqual(len(set(found)), len(found))
        self.assertFalse({(5,), (6,)} & set(found))

    def test_the_same_seed_draws_the_same(self) -> None:
        tests = ["assert f([5, 2], {'a': 1}) == 1"]
        self.assertEqual(derive(tests, "f", "1"), derive(tests, "f", "1"))
        self.assertNotEqual(derive(tests, "f", "1"), derive(tests, "f", "2"))

    def test_sorted_lists_stay_sorted_and_distinct_items_distinct(self) -> None:
        for (numbers,) in inputs("assert f([1, 4, 9]) == 1", "assert f([2, 3]) == 2"):
            self.assertEqual(numbers, sorted(set(numbers)))

    def test_an_argument_that_is_anothers_length_stays_it(self) -> None:
        for numbers, count in inputs("assert f([4, 1, 9], 3) == 1", "assert f([2, 7], 2) == 2"):
            self.assertEqual(count, len(numbers))

    def test_arguments_of_equal_length_keep_it(self) -> None:
        for one, other in inputs("assert f([4, 1, 9], [2, 2, 2]) == 1", "assert f([2, 7], [0, 1]) == 2"):
            self.assertEqual(len(one), len(other))

    def test_an_argument_that_never_changes_stays(self) -> None:
        for _, base in inputs("assert f(4, 10) == 1", "assert f(7, 10) == 2"):
            self.assertEqual(base, 10)

    def test_rows_keep_their_length(self) -> None:
        for (rows,) in inputs("assert f([[1, 2], [3, 4]]) == 1", "assert f([[5, 6], [7, 8]]) == 2"):
            self.assertEqual([len(row) for row in rows], [2, 2])

    def test_nothing_gets_negative_or_empty_that_never_was(self) -> None:
        for numbers, text in inputs("assert f([1, 2], 'a') == 1", "assert f([5], 'bc') == 2"):
            self.assertTrue(numbers and text)
            self.assertTrue(all(number >= 1 for number in numbers))

    def test_what_stands_around_the_call_stays_around_new_ones(self) -> None:
        forms = {
            ("sorted(f([1, 5]))", "sorted(f([1, 6]))"): r"^sorted\(f\(\[.*\]\)\)$",
            ("f(2, base=7)", "f(3, base=8)"): r"^f\(\d+, base=\d+\)$",
            ("f(3)[0]", "f(4)[0]"): r"^f\(\d+\)\[0\]$",
        }
        for (one, other), wanted in forms.items():
            found = expressions(f"assert {one} == 1", f"assert {other} == 2")
            self.assertGreater(len(found), 3)
            for text in found:
                self.assertRegex(text, wanted)

    def test_truths_and_distances_are_calls_too(self) -> None:
        for form in ("f(5)", "not f(5)", "abs(f(5) - 2.25) < 0.01", "math.isclose(f(5), 2.25, rel_tol=0.1)"):
            shown = shown_calls([f"assert {form}"], "f")
            self.assertEqual([each.source(each.arguments) for each in shown], ["f(5)"], form)

    def test_of_an_argument_that_is_no_literal_only_the_literals_change(self) -> None:
        found = expressions("assert f([Pair(5, 24), Pair(15, 25)], 2.0 / 3) == 1")
        self.assertGreater(len(found), 5)
        for text in found:
            self.assertRegex(text, r"^f\(\[Pair\(-?\d+, \d+\), Pair\(\d+, \d+\)\], [\d.]+ / \d+\)$")

    def test_a_function_of_numbers_alone_is_asked_beyond_those_shown(self) -> None:
        self.assertGreater(max(number for (number,) in inputs("assert f(2) == 1", "assert f(4) == 2")), 5)

    def test_numbers_that_read_as_binary_stay_so(self) -> None:
        for (number,) in inputs("assert f(101) == 5", "assert f(1100) == 12"):
            self.assertLessEqual(set(str(number)), {"0", "1"})

    def test_tests_of_another_form_give_nothing(self) -> None:
        for test in ("assert g(1) == 1", "assert f(f(1)) == 1", "x = f(1)", "assert f() == 1", "assert f(*[1]) == 1"):
            self.assertEqual(inputs(test), [], test)


class SourceTest(unittest.TestCase):
    def test_a_literal_reads_back_as_its_value(self) -> None:
        for value in ({"b", "a"}, set(), (1,), {(1, 2): [None, True]}, [1.5, "é'\n", b"x"], -3):
            text = source_of(value)
            self.assertEqual(ast.literal_eval(text), value)
        self.assertEqual(source_of({"b", "a", "c"}), "{'a', 'b', 'c'}")


if __name__ == "__main__":
    unittest.main()
