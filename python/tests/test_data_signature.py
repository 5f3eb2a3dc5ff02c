import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from nextune_data.signature import code, faults, shapes

LONG = "def total(xs, limit):\n    best = 0\n    for x in xs:\n        if x > best and x < limit:\n            best = x\n    return best\n"


class ShapesTest(unittest.TestCase):
    def test_names_comments_docstrings_and_type_hints_make_no_difference(self) -> None:
        other = (
            "import os\n\ndef most(ys: list, top: int) -> int:\n    '''Says.'''\n    m = 0  # so far\n"
            "    for y in ys:\n        if y > m and y < top:\n            m = y\n    return m\n"
        )
        self.assertEqual(shapes(LONG), shapes(other))
        self.assertEqual(len(shapes(LONG)), 1)

    def test_an_operator_or_a_called_function_makes_one(self) -> None:
        self.assertNotEqual(shapes(LONG), shapes(LONG.replace("x > best", "x >= best")))
        wrapped = LONG.replace("return best", "return abs(best)")
        self.assertNotEqual(shapes(wrapped), shapes(wrapped.replace("abs", "int")))

    def test_a_small_function_and_a_constructor_have_none(self) -> None:
        self.assertEqual(shapes("def f(a, b):\n    return a + b\n"), [])
        fields = "".join(f"        self.f{at} = f{at}\n" for at in range(9))
        self.assertEqual(shapes(f"class C:\n    def __init__(self, f0):\n{fields}"), [])


class CodeTest(unittest.TestCase):
    def test_layout_and_text_go_and_classes_beside_functions(self) -> None:
        self.assertEqual(
            code("class Node: pass\ndef f( x ):\n  '''Doc.'''\n  return x # end\n"), "def f(x):\n    return x"
        )
        self.assertEqual(code("class Node: pass"), "class Node:\n    pass")


class FaultsTest(unittest.TestCase):
    def test_a_test_needs_an_assert_and_the_program(self) -> None:
        task = {"entryPoint": "f", "reference": "class C: pass\ndef f(): pass\n", "setup": "root = C()"}
        tests = ["assert f() == 1", "f()", "assert 1 == 1", "assert C()", "assert root"]
        self.assertEqual(
            faults({**task, "tests": tests, "hiddenTests": ["x = 1"]}),
            ["tests[1] holds no assert", "tests[2] never uses the program", "hiddenTests[0] holds no assert"],
        )


if __name__ == "__main__":
    unittest.main()
