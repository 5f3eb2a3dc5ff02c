import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from nextune_data.programs import check, entry_point, form, solution, tidy  # noqa: E402


class EntryPointTest(unittest.TestCase):
    PROGRAM = "class Pair:\n    pass\n\n\ndef helper(x):\n    return x\n\n\ndef solve(x):\n    return helper(x)\n"

    def test_the_function_that_every_test_calls(self) -> None:
        tests = ["assert solve(1) == 1", "assert set(solve(helper(2))) == {2}", "assert not isclose(solve(Pair()), 2)"]
        self.assertEqual(entry_point(self.PROGRAM, tests), "solve")

    def test_an_outer_call_counts_before_an_inner_one(self) -> None:
        self.assertEqual(entry_point(self.PROGRAM, ["assert solve(helper(1)) == 1"]), "solve")

    def test_a_function_counts_before_a_class(self) -> None:
        self.assertEqual(entry_point(self.PROGRAM, ["assert Pair() == solve(1)"]), "solve")
        self.assertEqual(entry_point(self.PROGRAM, ["assert Pair() is not None"]), "Pair")

    def test_no_shared_function_is_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "call no function"):
            entry_point(self.PROGRAM, ["assert solve(1) == 1", "assert other(1) == 1"])

    def test_what_does_not_parse_is_named(self) -> None:
        with self.assertRaisesRegex(ValueError, "the program does not parse"):
            entry_point("def f(:", ["assert f(1)"])
        with self.assertRaisesRegex(ValueError, "test 1 does not parse"):
            entry_point(self.PROGRAM, ["assert solve(1)", "assert solve("])


class TidyTest(unittest.TestCase):
    def test_line_ends_tabs_and_blanks(self) -> None:
        self.assertEqual(
            tidy("\r\ndef f(x): \r\n\tif x: \r\n\t\treturn 1 "), "def f(x):\n    if x:\n        return 1\n"
        )

    def test_strings_keep_what_they_hold(self) -> None:
        program = "x = '''a \n\tb'''\n"
        self.assertEqual(tidy(program), program)


class CheckTest(unittest.TestCase):
    TASK = {"entryPoint": "f", "tests": ["assert f(1) == 1"], "reference": "def f(x):\n    return x\n"}

    def test_a_sound_task_passes_even_with_a_bug_that_does_not_parse(self) -> None:
        check({**self.TASK, "buggy": "def f(:"})

    def test_faults_are_named(self) -> None:
        for fault, reason in (
            ({"tests": ["assert f("]}, "test 0 does not parse"),
            ({"hiddenTests": ["assert f("]}, "test 1 does not parse"),
            ({"setup": "x ="}, "setup does not parse"),
            ({"reference": "def f(:"}, "reference does not parse"),
            ({"entryPoint": "g"}, "does not define g"),
        ):
            with self.subTest(reason), self.assertRaisesRegex(ValueError, reason):
                check({**self.TASK, **fault})


class SolutionTest(unittest.TestCase):
    def test_what_only_tries_it_out_is_left_away_and_comments_stay(self) -> None:
        program = (
            "import math\n\nLIMIT = 3\n\ndef f(x):\n    # half\n    return x / 2\n\n\n"
            "print(f(1))\nassert f(\n    2\n) == 1\nif __name__ == '__main__':\n    f(3)\n"
        )
        self.assertEqual(
            solution(program, "f"), "import math\n\nLIMIT = 3\n\ndef f(x):\n    # half\n    return x / 2\n"
        )

    def test_a_call_on_a_line_with_a_definition_goes_alone(self) -> None:
        self.assertEqual(solution("x = 1; print(x)\ndef f(): return x\n", "f"), "x = 1\n\ndef f():\n    return x\n")

    def test_another_name_or_no_program_is_refused_in_words(self) -> None:
        with self.assertRaisesRegex(ValueError, "does not define the function f"):
            solution("def g():\n    return 1\n", "f")
        with self.assertRaisesRegex(ValueError, "does not define the function f"):
            solution("class f:\n    pass\n", "f")
        with self.assertRaisesRegex(ValueError, "line 1"):
            solution("def f(:", "f")

    def test_copies_have_one_form(self) -> None:
        self.assertEqual(form('def f(x):\n    """Doc."""\n    return x\n'), form("def f(x): return x  # same\n"))
        self.assertNotEqual(form("def f(x): return x\n"), form("def f(x): return -x\n"))


if __name__ == "__main__":
    unittest.main()
