"""Whether a candidate that met its wall limit slept, or was given no processor."""

import os
import pathlib
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from nextune_jail.zygote import _Child  # noqa: E402

_spin = "import os, sys\nos.sched_setaffinity(0, {int(sys.argv[1])})\nos.nice(int(sys.argv[2]))\nwhile True: pass"


def spinner(cpu, nice):
    return subprocess.Popen([sys.executable, "-c", _spin, str(cpu), str(nice)])


class Starved(unittest.TestCase):
    def setUp(self):
        self.children = []

    def tearDown(self):
        for child in self.children:
            child.kill()
            child.wait()

    def test_a_process_that_sleeps_is_not_starved(self):
        self.children = [subprocess.Popen(["sleep", "60"])]
        child = _Child(1, self.children[0].pid, 1000, 10_000)
        time.sleep(0.2)
        self.assertFalse(child._starved(child.cpu_used_ms()))
        os.close(child.pidfd)

    def test_a_process_that_waits_for_a_processor_is(self):
        cpu = min(os.sched_getaffinity(0))
        self.children = [spinner(cpu, 19), spinner(cpu, 0)]
        child = _Child(1, self.children[0].pid, 300, 3000)
        deadline = time.monotonic() + 60
        while not child._starved(child.cpu_used_ms()) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertTrue(child._starved(child.cpu_used_ms()))
        os.close(child.pidfd)

    def test_time_in_which_the_supervisor_was_not_run_counts_for_nobody(self):
        self.children = [subprocess.Popen(["sleep", "60"])]
        child = _Child(1, self.children[0].pid, 1000, 10_000)
        child.started -= 11
        child.stalled_ms = 5000.0
        child.check()
        self.assertIsNone(child.killed)
        os.close(child.pidfd)


if __name__ == "__main__":
    unittest.main()
