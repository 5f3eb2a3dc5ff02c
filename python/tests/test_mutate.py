import ast
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from nextune_data.mutate import MAX_PER_OPERATOR, mutants  # noqa: E402
from nextune_data.operators import OPERATORS  # noqa: E402
from nextune_data.source import normal_form, parse  # noqa: E402


def bugs(program: str, operator: str) -> set[str]:
    """What the operator makes of the lines it changes."""
    old = program.split("\n")
    found = set()
    for mutant in mutants(program):
        if mutant.operator == operator:
            new = mutant.program.split("\n")
            if len(new) == len(old):
                found.add(" / ".join(after.strip() for before, after in zip(old, new, strict=True) if before != after))
            else:
                found.add(f"line {mutant.line} gone")
    return found


def function(*lines: str) -> str:
    return "\n".join(["def f(xs, n):", *(f"    {line}" for line in lines)]) + "\n"


class OperatorTest(unittest.TestCase):
    """Each operator makes the small bug that its name says."""

    def makes(self, operator: str, program: str, *expected: str) -> None:
        self.assertLessEqual(set(expected), bugs(program, operator), operator)

    def test_comparisons(self) -> None:
        self.makes("comparison", function("return n < 3"), "return n <= 3", "return n > 3")
        self.makes("comparison", function("return 0 <= n != 3"), "return 0 < n != 3", "return 0 <= n == 3")
        self.makes("comparison", function("return n not in xs"), "return n in xs")
        self.makes("comparison", function("return n is not None"), "return n is None")
        self.makes("comparison", function("return (n) == (xs)"), "return (n) != (xs)")

    def test_conditions(self) -> None:
        self.makes("negated-condition", function("if xs:", "    n = 1", "return n"), "if not xs:")
        self.makes("negated-condition", function("if not (xs):", "    n = 1", "return n"), "if (xs):")
        self.makes("negated-condition", function("while n < 9:", "    n += 1", "return n"), "while n >= 9:")
        self.makes("negated-condition", function("return [x for x in xs if x]"), "return [x for x in xs if not x]")
        self.makes("boolean-operator", function("return n and xs or 1"), "return n or xs or 1", "return n and xs and 1")

    def test_counting(self) -> None:
        loop = function("for i in range(n + 1):", "    n += i", "return n")
        self.makes("range-bound", loop, "for i in range(n):", "for i in range(1, n + 1):")
        self.makes(
            "range-bound",
            function("return list(range(2, n))"),
            "return list(range(2, n - 1))",
            "return list(range(3, n))",
        )
        self.makes("range-bound", function("return list(range(n, -1, -1))"), "return list(range(n, 0, -1))")
        self.makes("slice", function("return xs[1:]"), "return xs[2:]", "return xs[0:]", "return xs[:]")
        self.makes("slice", function("return xs[::2]"), "return xs[1::2]", "return xs[::]")
        self.makes("index", function("return xs[0]"), "return xs[1]", "return xs[-1]")
        self.makes("index", function("return xs[-1]"), "return xs[0]", "return xs[-2]")
        self.makes("index", function("return xs[n - 1]"), "return xs[n]")
        self.makes("index", function("m = 1", "return xs[n][m]"), "return xs[m][n]", "return xs[n][m - 1]")
        self.makes("off-by-one", function("return (n + 1) * 2"), "return (n) * 2")
        self.makes("off-by-one", function("return len(xs)"), "return len(xs) - 1")
        self.makes("off-by-one", function("return n < len(xs)"), "return n < len(xs) - 1")

    def test_values(self) -> None:
        self.makes("arithmetic", function("return n + 2"), "return n - 2")
        self.makes("arithmetic", function("return (n) / (2)"), "return (n) // (2)", "return (n) * (2)")
        self.assertEqual(bugs(function("return 'a' + n"), "arithmetic"), set())
        self.makes("operand-order", function("return n - len(xs) * 2"), "return (len(xs) * 2) - n")
        self.makes("operand-order", function("a, b = n, n + 1", "return a"), "a, b = (n + 1), n")
        self.makes("sign", function("return -n"), "return n")
        self.makes("initial-value", function("t = 0", "return t + n"), "t = 1")
        self.makes("initial-value", function("best = xs[0]", "return best"), "best = 0")
        self.makes("initial-value", function("best = float('inf')", "return best"), "best = 0")
        self.makes("initial-value", "def f(x, y=True):\n    return y\n", "def f(x, y=False):")
        self.makes("constant", function("return n % 2 == 0"), "return n % 3 == 0", "return n % 2 == 1")
        self.makes("constant", function("return n in 'aeiou'"), "return n in 'aeio'")
        self.assertNotIn("return n / 0", bugs(function("return n / 1"), "constant"))

    def test_statements(self) -> None:
        loop = function("t = 1", "for x in xs:", "    t += x  # so far", "    if t > n:", "        break", "return t")
        self.makes("augmented-assign", loop, "t -= x  # so far", "t = x  # so far")
        self.makes("missing-statement", loop, "line 4 gone", "pass")
        self.makes("loop-control", loop, "continue")
        self.makes("return-placement", loop, "return t")
        self.makes("branch", function("if n:", "    n = 1", "elif xs:", "    n = 2", "return n"), "if xs:")
        self.makes("return-value", function("return True"), "return False")
        self.makes("return-value", function("return f(xs, n - 1)"), "f(xs, n - 1)")
        self.makes("return-value", function("return n < 2"), "return not (n < 2)")
        self.makes("return-value", function("return -1"), "return 0")

    def test_calls(self) -> None:
        self.makes("argument-order", function("return f(xs, n - 1)"), "return f(n - 1, xs)")
        self.assertEqual(bugs(function("return max(xs, n)"), "argument-order"), set())
        self.makes("missing-argument", function("return sorted(xs, reverse=True)"), "return sorted(xs)")
        self.makes("missing-argument", function("return round((n), 2)"), "return round((n))")
        self.makes("missing-argument", function("xs.sort(key=len)", "return xs"), "xs.sort()")
        self.assertEqual(bugs(function("return re.split(n, xs)"), "missing-argument"), set())
        self.makes("missing-call", function("return sorted(xs)[0]"), "return xs[0]")
        self.makes("missing-call", function("return xs.strip().lower()"), "return xs.strip()", "return xs.lower()")
        self.makes("wrong-call", function("return min(xs).upper()"), "return max(xs).upper()", "return min(xs).lower()")

    def test_variables(self) -> None:
        loop = function("t = 0", "for x in xs:", "    t += x", "last = t", "return t")
        found = bugs(loop, "wrong-variable")
        self.assertLessEqual({"t += n", "t += t", "return last", "return x"}, found)
        self.assertNotIn("t += last", found, "not bound by then")
        inner = bugs(function("return [y for y in xs]"), "wrong-variable")
        self.assertIn("return [n for y in xs]", inner)
        self.assertNotIn("return [y for y in y]", inner)


class MutantsTest(unittest.TestCase):
    PROGRAM = (
        "\"\"\"Text.\"\"\"\nimport math\r\n\r\n\r\ndef f(xs, é):\r\n\t'''Doc == 1.'''\r\n"
        "\ttotal, naïve = 0, 'ü' ; k = 1  # keep: a < b\r\n\tfor x in xs[1:]:\r\n\t\tif x >= é and x != 3:\r\n"
        "\t\t\ttotal += x * k\r\n\treturn f'{total + 1} {naïve}', math.gcd(total, \\\r\n\t\t4)\r\n"
    )

    def test_every_mutant_parses_and_no_two_are_the_same_program(self) -> None:
        found = [mutant.program for mutant in mutants(self.PROGRAM)]
        forms = [normal_form(parse(program)) for program in [self.PROGRAM, *found]]
        self.assertGreater(len(found), 20)
        self.assertEqual(len(set(forms)), len(forms))

    def test_comments_line_ends_and_layout_stay(self) -> None:
        for mutant in mutants(self.PROGRAM):
            self.assertIn("# keep: a < b\r\n", mutant.program)
            self.assertIn("f'{total + 1} {naïve}'", mutant.program, "f-strings stay")
            before, after = self.PROGRAM.split("\n"), mutant.program.split("\n")
            changed = (
                sum(old != new for old, new in zip(before, after, strict=False)) if len(before) == len(after) else 1
            )
            self.assertIn(changed, (1, 2), mutant)  # the last statement has two lines

    def test_the_line_is_that_of_the_change(self) -> None:
        before = self.PROGRAM.split("\n")
        for mutant in mutants(self.PROGRAM):
            after = mutant.program.split("\n")
            first = next(at for at, (old, new) in enumerate(zip(before, after, strict=False)) if old != new)
            self.assertEqual(mutant.line, first + 1, mutant)

    def test_names_are_those_of_the_table_and_come_in_the_same_order_again(self) -> None:
        first, second = list(mutants(self.PROGRAM)), list(mutants(self.PROGRAM))
        self.assertEqual(first, second)
        self.assertLessEqual({mutant.operator for mutant in first}, set(OPERATORS))

    def test_a_long_program_yields_a_bounded_number(self) -> None:
        lines = "\n".join(f"    a{at} = a{at - 1} + a{at // 2}" for at in range(2, 200))
        program = f"def f(a0, a1):\n{lines}\n    return a1\n"
        count = sum(mutant.operator == "wrong-variable" for mutant in mutants(program))
        self.assertEqual(count, MAX_PER_OPERATOR)

    def test_a_program_that_python_cannot_parse_is_refused_in_words(self) -> None:
        for program, reason in (
            ("def f(:", "line 1"),
            ("x = '\0'", "null"),
            ("(" * 5000, ""),
            ("x = " + "-" * 50000 + "1", ""),
        ):
            with self.subTest(program[:20]), self.assertRaisesRegex(ValueError, reason):
                list(mutants(program))

    def test_layout_comments_and_docstrings_make_no_difference(self) -> None:
        plain = ast.parse("def f(x):\n    return x\n")
        dressed = ast.parse("def f( x ):\n  'Doc.'\n  pass\n  return (x)  # same\n")
        self.assertEqual(normal_form(plain), normal_form(dressed))


if __name__ == "__main__":
    unittest.main()
