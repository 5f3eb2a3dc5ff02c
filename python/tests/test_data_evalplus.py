"""Rows of MbppPlus and HumanEvalPlus, as their inputs and comparing rules are read. The rows are our own."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from nextune_data.evalplus.oracles import alternative, form_of  # noqa: E402
from nextune_data.evalplus.restore import restored  # noqa: E402
from nextune_data.evalplus.row import Malformed, read  # noqa: E402


def line(**change):
    row = {
        "task_id": "Mbpp/9001",
        "prompt": '"""\nWrite a function to double a number.\nassert twice(2) == 4\n"""\n',
        "entry_point": "twice",
        "canonical_solution": "\ndef twice(n):\n  return n + n\n",
        "base_input": [[2]],
        "plus_input": [[12345678901234567890], [1e400]],
        "atol": 0,
        "contract": '\n  assert isinstance(n, int), "invalid inputs" # $_CONTRACT_$\n',
    }
    return json.dumps({**row, **change})


class Rows(unittest.TestCase):
    def test_inputs_keep_every_digit_and_infinity(self):
        row = read("mbpp", line())
        self.assertEqual([call["arguments"] for call in row["shown"]], ["2"])
        self.assertEqual([call["arguments"] for call in row["hidden"]], ["12345678901234567890", 'float("inf")'])

    def test_inputs_may_be_json_text(self):
        row = read("mbpp", line(base_input="[[12345678901234567890], [1.0]]"))
        self.assertEqual([call["arguments"] for call in row["shown"]], ["12345678901234567890", "1.0"])

    def test_a_task_may_have_no_plus_inputs(self):
        self.assertEqual(read("mbpp", line(plus_input={}))["hidden"], [])

    def test_the_contract_stands_at_the_start_of_the_checked_program_alone(self):
        row = read("mbpp", line())
        self.assertIn("isinstance", row["checked"])
        self.assertNotIn("isinstance", row["program"])
        with self.assertRaises(AssertionError):
            names = {}
            exec(row["checked"], names)
            names["twice"](0.5)

    def test_the_intent_is_the_prompt_without_its_assert(self):
        self.assertEqual(read("mbpp", line())["intent"], "Write a function to double a number.")

    def test_a_humaneval_row_is_prompt_and_body(self):
        prompt = 'import math\n\ndef twice(n):\n    """ Doubles. """\n'
        row = read("humaneval", line(task_id="HumanEval/900", prompt=prompt, canonical_solution="    return n + n\n"))
        self.assertEqual(row["intent"], "Doubles.")
        self.assertIn("import math", row["program"])

    def test_what_is_no_row_is_malformed(self):
        for bad in (
            "{",
            "[]",
            line(base_input=5),
            line(base_input="[[1]"),
            line(base_input=[5]),
            line(task_id=None),
            line(atol="x"),
        ):
            with self.assertRaises(Malformed, msg=bad):
                read("mbpp", bad)


class Types(unittest.TestCase):
    def test_arguments_come_back_as_the_tasks_programs_take_them(self):
        for task, raw, wanted in (
            (2, [[1], [2]], [(1,), (2,)]),
            (63, [[[1, 2]]], [[(1, 2)]]),
            (75, [[[1, 2]], 3], [[(1, 2)], 3]),
            (106, [[1], [2]], [[1], (2,)]),
            (115, [[[1], [], {}]], [[{1}, {}, {}]]),
            (124, ["1.5", "2+1j"], [1.5, 2 + 1j]),
            (250, [[1], 2], [(1,), 2]),
            (252, ["1+2j"], [1 + 2j]),
            (259, [[[1], [2]]], [((1,), (2,))]),
            (278, [[1, [2]]], [(1, (2,))]),
            (307, [[1], 2, 3], [(1,), 2, 3]),
            (580, [[1, [2]]], [(1, (2,))]),
            (722, [{"a": [1]}, 2], [{"a": (1,)}, 2]),
            (9001, [[1]], [[1]]),
        ):
            self.assertEqual(restored(f"Mbpp/{task}", raw), wanted, task)

    def test_another_shape_is_told(self):
        with self.assertRaises(ValueError):
            restored("Mbpp/106", [[1]])


class Oracles(unittest.TestCase):
    def test_forms_go_by_task_and_set(self):
        self.assertEqual(form_of("mbpp", "Diff"), "set")
        self.assertEqual(form_of("mbpp", "check_str"), "present")
        self.assertEqual(form_of("humaneval", "find_zero"), "root")
        self.assertEqual(form_of("humaneval", "Diff"), "equal")

    def test_a_task_for_which_any_answer_counts_is_refused(self):
        with self.assertRaisesRegex(ValueError, "any answer"):
            form_of("mbpp", "are_equivalent")

    def test_other_right_answers(self):
        self.assertEqual(alternative("mbpp", "sum_div", [8]), 0)
        self.assertEqual(alternative("mbpp", "digit_distance_nums", [1, 23]), 2 + 2)
        self.assertEqual(alternative("mbpp", "surface_Area", [3, 4]), round(9 + 6 * (1.5**2 + 16) ** 0.5))
        self.assertIsNone(alternative("humaneval", "sum_div", [8]))


if __name__ == "__main__":
    unittest.main()
