import json
import subprocess
import sys
import unittest
from pathlib import Path

ANSWER = Path(__file__).resolve().parents[1] / "nextune_answers" / "answer.py"


def answers(program: str, *arguments: str, **more: object) -> list:
    """What the jailed script answers; here without its jail, on programs of these tests alone."""
    jobs = [
        {"program": program, "calls": [f"f({text})" for text in arguments], **more},
        {"program": "f = abs", "calls": ["f(-1)"]},
    ]
    text = "".join(json.dumps(job) + "\n" for job in jobs)
    run = subprocess.run(
        [sys.executable, "-I", ANSWER], input=text, capture_output=True, text=True, check=True, timeout=60
    )
    first, last = map(json.loads, run.stdout.splitlines())
    assert last == ["1"], "the next job is not touched by this one"
    return first


class AnswerTest(unittest.TestCase):
    def test_plain_data_comes_back_as_source(self) -> None:
        program = "def f(x, y=0):\n    return x\n"
        calls = ["{'b', 'a'}, 1", "[1, (2,), {3: None}]", "set()", "0.5", "'é'"]
        self.assertEqual(answers(program, *calls), ["{'a', 'b'}", "[1, (2,), {3: None}]", "set()", "0.5", "'é'"])

    def test_what_is_no_short_plain_data_has_no_answer(self) -> None:
        self.assertEqual(answers("def f(x):\n    return [0.1 + x]\n", "0.2"), [None])
        self.assertEqual(answers("def f(x):\n    return float('nan')\n", "1"), [None])
        self.assertEqual(answers("def f(x):\n    return [x] * 500\n", "1"), [None])
        self.assertEqual(answers("class C(int): pass\ndef f(x):\n    return C(x)\n", "1"), [None])

    def test_a_float_without_a_short_form_only_has_to_be_near(self) -> None:
        self.assertEqual(answers("def f(x):\n    return 0.1 + x\n", "0.2"), [{"near": "0.30000000000000004"}])

    def test_counters_and_their_like_equal_the_plain_dict(self) -> None:
        program = "from collections import Counter\ndef f(x):\n    return Counter(x)\n"
        self.assertEqual(answers(program, "'aab'"), ["{'a': 2, 'b': 1}"])

    def test_a_program_that_answers_otherwise_than_wanted_is_asked_no_more(self) -> None:
        program = "def f(x):\n    return x\n"
        self.assertEqual(answers(program, "1", "2", "3", wanted=["1", "9"]), ["1", "2"])
        self.assertEqual(answers(program, "1", "2", "3", wanted=["1", "2"]), ["1", "2", "3"])

    def test_a_job_out_of_time_leaves_the_rest(self) -> None:
        program = "def f(x):\n    while x: pass\n"
        self.assertEqual(answers(program, "1", "1", "1", "1", callMs=60, cpuMs=100), [None, None])

    def test_a_call_that_raises_exits_or_hangs_has_none_and_the_next_goes_on(self) -> None:
        program = "import sys\ndef f(x):\n    if x == 1: raise KeyError\n    if x == 2: sys.exit()\n    while x == 3: pass\n    return x\n"
        self.assertEqual(answers(program, "1", "2", "3", "4"), [None, None, None, "4"])

    def test_a_process_that_dies_answers_nothing_at_all(self) -> None:
        self.assertEqual(answers("import os\ndef f(x):\n    os._exit(0)\n", "1", "2"), [None, None])

    def test_calls_share_nothing_and_prints_are_no_answers(self) -> None:
        program = "seen = []\ndef f(x):\n    print('[9, 9]')\n    seen.append(x)\n    return seen\n"
        self.assertEqual(answers(program, "1", "2"), ["[1]", "[2]"])


if __name__ == "__main__":
    unittest.main()
