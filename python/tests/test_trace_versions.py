"""The tracer's tests under each other interpreter that is found: what it tells must not depend on the version."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = ("test_trace_events.py", "test_trace_values.py")
VERSIONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
OWN = "%d.%d" % sys.version_info[:2]


def interpreter(version):
    """A working interpreter of this version on PATH, else None; a version manager's stub that leads nowhere is none."""
    path = shutil.which(f"python{version}")
    asked = path and subprocess.run(
        [path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True
    )
    return path if asked and asked.stdout.strip() == version.encode() else None


@pytest.mark.parametrize("version", [version for version in VERSIONS if version != OWN])
def test_the_same_steps_are_told_by_another_interpreter_where_one_is_found(version):
    path = interpreter(version)
    if path is None:
        pytest.skip(f"Python {version} is not on PATH: not tried")
    for name in TESTS:
        ended = subprocess.run([path, str(Path(__file__).with_name(name))], capture_output=True, text=True)
        assert ended.returncode == 0, ended.stderr[-4000:]
