"""Clocks and entropy of a candidate: the same for a seed, different for another."""

import json
import pathlib
import subprocess
import sys
import unittest

_package = str(pathlib.Path(__file__).resolve().parents[1])
_program = """
import sys
sys.path.insert(0, sys.argv[1])
from nextune_jail import chance
chance.install(int(sys.argv[2]))
import datetime, json, os, random, resource, secrets, time, uuid
random.seed()
print(json.dumps([
    time.time(), time.time_ns(), time.monotonic(), time.perf_counter(), time.process_time(), time.strftime("%c"),
    time.ctime(), list(time.localtime()), time.gmtime().tm_year, time.clock_gettime(0),
    str(datetime.datetime.now()), str(datetime.datetime.utcnow()), str(datetime.datetime.now(datetime.timezone.utc)),
    str(datetime.datetime.today()), str(datetime.date.today()), os.urandom(8).hex(), secrets.token_hex(4),
    str(uuid.uuid4()), random.random(), random.Random().random(), random.SystemRandom().random(),
    list(resource.getrusage(resource.RUSAGE_SELF)), list(os.times()),
]))
"""


def drawn(seed):
    command = [sys.executable, "-c", _program, _package, str(seed)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


class Chance(unittest.TestCase):
    def test_a_seed_gives_the_same_clock_and_the_same_entropy(self):
        self.assertEqual(drawn(1), drawn(1))

    def test_another_seed_gives_others(self):
        steady = {2, 3, 4, 8}
        for at, (one, other) in enumerate(zip(drawn(1), drawn(2))):
            if at not in steady:
                self.assertNotEqual(one, other, at)

    def test_the_clock_moves_on_with_each_look_and_with_sleep(self):
        code = (
            "import sys; sys.path.insert(0, sys.argv[1])\nfrom nextune_jail import chance\nchance.install(1)\nimport time\n"
            "a = time.monotonic(); time.sleep(0.01); b = time.monotonic()\n"
            "assert 0.01 < b - a < 0.02, (a, b)\n"
            "end = time.perf_counter() + 1\nwhile time.perf_counter() < end: pass"
        )
        subprocess.run([sys.executable, "-c", code, _package], check=True, timeout=60)


if __name__ == "__main__":
    unittest.main()
