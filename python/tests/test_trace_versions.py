"""The tracer under each other interpreter that is found: what it tells must not depend on the version.

Where versions must differ is listed in DIFFERS, with the reason; nothing else may.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = (
    "test_trace_events.py",
    "test_trace_calls.py",
    "test_trace_endings.py",
    "test_trace_lines.py",
    "test_trace_values.py",
    "test_trace_woven.py",
)
VERSIONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
OWN = "%d.%d" % sys.version_info[:2]
HERE = Path(__file__).parent


def interpreter(version):
    """A working interpreter of this version on PATH or of pyenv, else None; a stub that leads nowhere is none."""
    on_path = shutil.which(f"python{version}")
    of_pyenv = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for path in [*([on_path] if on_path else []), *map(str, of_pyenv)]:
        asked = subprocess.run([path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True)
        if asked.stdout.strip() == version.encode():
            return path
    return None


OTHERS = {version: interpreter(version) for version in VERSIONS if version != OWN}
NOT_TRIED = [version for version, path in OTHERS.items() if path is None]
FOUND = [version for version, path in OTHERS.items() if path is not None]

# Why versions differ: the interpreter's own words, hashes and depth, not the tracer's. With the last version of one kind
# and the first of the other, and a program whose trace tells it.
DIFFERS = {
    "an error is worded differently": ("3.11", "3.12", "def f():\n    return max([])\n"),
    "strings hash differently, so a program that walks a set of them goes another way": (
        "3.10",
        "3.11",
        "def f():\n    order = ''\n    for w in {'ab', 'cd', 'ef', 'gh', 'ij', 'kl', 'mn', 'op'}:\n        order += w\n    return order\n",
    ),
    "how deep an endless recursion comes, and so how many steps are told of": (
        "3.11",
        "3.12",
        "def f(n=0):\n    return f(n + 1)\n",
    ),
}
SAME = [
    "def f():\n    total = 0\n    for x in [k * k for k in range(4)]:\n        total += x\n    return total\n",
    "def f():\n    t = (\n        1,\n        2,\n    )\n    a, *b = t; c = [*b, a]\n    return c\n",
    "def f():\n    seen = {'b', 'a'}\n    seen.add('c')\n    return seen\n",
    "def f():\n    try:\n        {}['k']\n    except KeyError as e:\n        return repr(e)\n    finally:\n        x = 1\n",
    "class A:\n    def __init__(self):\n        self.x = object()\n    def m(self):\n        return [self]\ndef f():\n    return A().m()\n",
    "def g():\n    for k in range(3):\n        yield k\ndef f():\n    return list(g()) + [v for v in g()]\n",
    "def f():\n    match [1, {'k': 2}]:\n        case [a, {'k': b}]:\n            return a + b\n",
    "def f():\n    return (lambda *a, **k: (a, k))(1, x=2)\n",
    "def f():\n    n = 5\n    while (n := n - 2) > 0:\n        pass\n    return n\n",
]

TELL = """
import json, sys
sys.path.insert(0, sys.argv[1])
from nextune_trace import run
for program in json.load(sys.stdin):
    told = []
    run.trace({"program": program, "tests": ["assert f() == 0"], "testIndex": 0, "entryPoint": "f"}, told.append)
    print(json.dumps(told))
"""


def traces(path, programs):
    """One line of JSON for each program, from a process that hashes as the tracer's jail does."""
    ended = subprocess.run(
        [path, "-s", "-c", TELL, str(HERE.parent)],
        input=json.dumps(programs),
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "0", "PATH": "/usr/bin:/bin"},
    )
    return ended.stdout.splitlines()


@pytest.mark.parametrize("version", [f"{version} (not found)" for version in NOT_TRIED])
def test_the_tracer_was_not_tried_with_this_version(version):
    pytest.skip(f"Python {version}: not tried")


@pytest.mark.parametrize("version", FOUND)
def test_the_same_steps_are_told_by_another_interpreter(version):
    for name in TESTS:
        ended = subprocess.run([OTHERS[version], str(HERE / name)], capture_output=True, text=True)
        assert ended.returncode == 0, ended.stderr[-4000:]


@pytest.mark.parametrize("version", FOUND)
def test_traces_are_the_same_bytes_under_another_interpreter(version):
    assert traces(OTHERS[version], SAME) == traces(sys.executable, SAME)


@pytest.mark.parametrize("why", DIFFERS)
def test_a_listed_difference_is_one(why):
    older, newer, program = DIFFERS[why]
    paths = {**OTHERS, OWN: sys.executable}
    if not paths.get(older) or not paths.get(newer):
        pytest.skip(f"Python {older} and {newer} are not both here: not tried")
    assert traces(paths[older], [program]) != traces(paths[newer], [program])
    assert traces(paths[older], [program]) == traces(paths[older], [program])
