"""Which physical lines a statement spans. Run by each interpreter that is found."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from nextune_trace.statements import _is_line_by_line, logical_line_ends


class LogicalLines(unittest.TestCase):
    PLAIN = [
        "def f(a, b):\n    x = [a, ')', \"(\"]  # it's (plain\n    return {1: 'it'}\n",
        "x = 'a' + f'{1}'; y = (2)\r\nz = 3  # ')\n",
        "# don't (\nx = 1\n",
    ]
    SPREAD = [
        "x = (1,\n 2)\ny = 1\n",
        "x = '''\n'''\ny = 1\n",
        "x = 1 + \\\n 2\ny = 1\n",
        "x = [')',\n ')'\n]\n",
        "def f(\n    a=')'): return (a)\n",
        "if x: y = {\r\n  1: 2}\r\n",
        "x = f(1)[\n 0] + (\n 2)\n",
        "x = (1, # )\n 2)\n",
        "x = 1\rif (x ==\r 2): pass\r",
    ]

    def test_programs_of_one_line_statements_are_known_without_the_tokenizer_and_others_never_taken_for_such(self):
        for source in self.PLAIN:
            with self.subTest(source):
                self.assertTrue(_is_line_by_line(source))
        for source in self.SPREAD:
            with self.subTest(source):
                self.assertFalse(_is_line_by_line(source))
                self.assertTrue(any(line != last for line, last in logical_line_ends(source).items()))


if __name__ == "__main__":
    unittest.main()
