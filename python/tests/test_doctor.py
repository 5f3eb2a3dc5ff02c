import json
import subprocess
import sys
from pathlib import Path

LOCK = """# made by a tool
nextune-no-such-package==1.0 \\
    --hash=sha256:00
packaging==0.0 ; python_version >= '3' \\
    --hash=sha256:00
never-here==1.0 ; sys_platform == 'amiga'
"""
ROOT = Path(__file__).resolve().parent.parent


def report(tmp_path, lock):
    path = tmp_path / "lock.txt"
    path.write_text(lock, "utf-8")
    command = [sys.executable, "-m", "nextune_doctor", str(path)]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return json.loads(output.splitlines()[-1])


def test_names_packages_that_are_missing_or_of_another_version(tmp_path):
    found = report(tmp_path, LOCK)["packages"]["ok"]
    assert found["locked"] == 2
    assert [(one["name"], one["locked"], one["installed"] is None) for one in found["wrong"]] == [
        ("nextune-no-such-package", "1.0", True),
        ("packaging", "0.0", False),
    ]


def test_finds_the_model_and_loads_the_trainer(tmp_path):
    found = report(tmp_path, "")
    assert found["model"]["ok"]["bytes"] > 50_000_000
    assert found["trainer"]["ok"]["threads"] >= 1
