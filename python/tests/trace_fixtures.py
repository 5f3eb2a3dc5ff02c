"""Programs traced as the jail traces them, for the tests of what a trace tells."""

import textwrap
import unittest

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


class Steps(unittest.TestCase):
    """Compares all numbered steps of a program."""

    maxDiff = None

    def check(self, program, expected, test="assert f() == 0", **job):
        self.assertEqual(traced(program, test, **job)[0], expected)
