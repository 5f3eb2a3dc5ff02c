"""Whether a candidate that met its wall limit slept, or was given no processor."""

import os
import pathlib
import subprocess
import sys
import time
import types
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from nextune_jail.control import STARVED, WALL  # noqa: E402
from nextune_jail.zygote import _Child, over_wall  # noqa: E402

_spin = """
import os, sys, time
os.sched_setaffinity(0, {int(sys.argv[1])})
os.nice(int(sys.argv[2]))
while time.process_time() < 0.4: pass
print(flush=True)
while True: pass
"""


def spinner(cpu, nice):
    """One that has used processor time already when this returns: by that it is told from one that sleeps."""
    process = subprocess.Popen([sys.executable, "-c", _spin, str(cpu), str(nice)], stdout=subprocess.PIPE)
    process.stdout.readline()
    process.stdout.close()
    return process


class Starved(unittest.TestCase):
    def setUp(self):
        self.children = []

    def tearDown(self):
        for child in self.children:
            child.kill()
            child.wait()

    def killed_for(self, process, cpu_ms, wall_ms):
        child = _Child(1, process.pid, cpu_ms, wall_ms)
        child.cpu_ms += child.cpu_used_ms()  # What it used before is not what is tried.
        deadline = time.monotonic() + 60
        while child.killed is None and time.monotonic() < deadline:
            child.check()
            time.sleep(0.02)
        os.close(child.pidfd)
        return child.killed

    def test_a_process_that_sleeps_is_over_its_wall_limit(self):
        self.children = [subprocess.Popen(["sleep", "60"])]
        self.assertEqual(self.killed_for(self.children[0], 50, 500), WALL)

    def test_a_process_that_is_kept_waiting_for_a_processor_is_starved(self):
        cpu = min(os.sched_getaffinity(0))
        self.children = [spinner(cpu, 19), spinner(cpu, 0)]
        self.assertEqual(self.killed_for(self.children[0], 300, 3000), STARVED)

    def test_time_in_which_the_supervisor_was_not_run_counts_for_nobody(self):
        self.children = [subprocess.Popen(["sleep", "60"])]
        child = _Child(1, self.children[0].pid, 1000, 10_000)
        child.started -= 11
        child.stalled_ms = 5000.0
        child.check()
        self.assertIsNone(child.killed)
        os.close(child.pidfd)


class Account(unittest.TestCase):
    """Times in milliseconds; the CPU limit is 1,000 and the wall limit 10,000."""

    limits = types.SimpleNamespace(cpu_ms=1000, wall_ms=10_000)

    def over(self, elapsed, used, ran, waited):
        return over_wall(self.limits, used, ran, waited, elapsed)

    def test_one_that_slept_is_over_though_it_waited_before_or_at_each_awakening(self):
        self.assertEqual(self.over(10_100, 850, 850, 50), WALL)
        self.assertIsNone(self.over(10_100, 850, 850, 3000))
        self.assertEqual(self.over(13_100, 850, 850, 3000), WALL)
        self.assertEqual(self.over(20_100, 30, 30, 15_000), WALL)

    def test_one_that_ran_whenever_it_was_let_is_starved_at_the_end(self):
        self.assertIsNone(self.over(19_900, 600, 600, 19_300))
        self.assertEqual(self.over(20_100, 600, 600, 19_500), STARVED)
        self.assertEqual(self.over(20_100, 0, 0, 20_100), STARVED)

    def test_one_that_waits_for_its_own_threads_is_owed_nothing(self):
        self.assertEqual(self.over(10_100, 950, 50, 900), WALL)
        self.assertIsNone(self.over(10_100, 950, 950, 900))
        self.assertIsNone(self.over(10_100, 950, 50, 2000))


if __name__ == "__main__":
    unittest.main()
