"""What a judge takes from a candidate, whatever the candidate sends."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from nextune_jail import seccomp  # noqa: E402
from nextune_jail.decode import Decoder, decode_untrusted  # noqa: E402
from nextune_jail.encode import Encoder  # noqa: E402
from nextune_jail.kinds import Replicas, TooMuch, Unencodable  # noqa: E402


class Lying(int):
    def __eq__(self, other):
        return True


class Encoding(unittest.TestCase):
    def test_a_subclass_is_no_value(self):
        with self.assertRaises(Unencodable):
            Encoder().encode([Lying(1)])

    def test_cycles_depth_and_size_are_bounded(self):
        cycle, deep = [], []
        cycle.append(cycle)
        for _ in range(200):
            deep = [deep]
        for value in (cycle, deep, [0] * 1_000_001):
            with self.assertRaises(TooMuch):
                Encoder().encode(value)

    def test_one_object_twice_is_one_object_on_the_other_side(self):
        shared = [1]
        sent = Encoder(Replicas(1)).encode([shared, shared])
        first, second = Decoder(Replicas(-1)).decode(sent)
        self.assertIs(first, second)

    def test_a_change_on_one_side_reaches_the_same_object_on_the_other(self):
        here, there = Replicas(1), Replicas(-1)
        mine = [3, 1]
        theirs = Decoder(there).decode(Encoder(here).encode(mine))
        theirs.sort()
        Decoder(here).decode(Encoder(there).encode(theirs))
        self.assertEqual(mine, [1, 3])


class Untrusted(unittest.TestCase):
    def test_what_is_malformed_is_a_value_error_and_nothing_else(self):
        for data in (
            {},
            {"v": 1},
            [],
            [1],
            [None],
            ["nope"],
            ["l", {}],
            ["d", 1],
            ["s", ["l"]],
            ["d", ["l"], 1],
            ["i", 5],
            ["i", "zz"],
            ["R", "1e999999999"],
            ["R", 1, 0],
            ["f", []],
            ["c", 1, 2],
            ["b", "x"],
            ["&", 1, ["l"]],
            ["*", 1],
            ["@", 0, "f", False],
            ["T", "eval"],
            ["date", "never"],
            ["timedelta", "a"],
            ["r", 1, 2, 0],
            ["", 1],
        ):
            with self.assertRaises(ValueError, msg=repr(data)):
                decode_untrusted(Decoder(), data)

    def test_a_number_can_not_change_the_type_of_a_value(self):
        known = Replicas(1)
        Encoder(known).encode([1])
        with self.assertRaises(ValueError):
            decode_untrusted(Decoder(known), ["&", 1, ["d"]])

    def test_insertions_are_bounded_by_the_tick(self):
        def tick():
            raise TooMuch("too slow to read")

        with self.assertRaises(TooMuch):
            decode_untrusted(Decoder(tick=tick), ["s", *range(1000)])


class Filter(unittest.TestCase):
    def test_both_architectures_have_a_filter_and_others_none(self):
        self.assertTrue(seccomp.build("x86_64"))
        self.assertTrue(seccomp.build("aarch64"))
        self.assertIsNone(seccomp.build("riscv64"))


if __name__ == "__main__":
    unittest.main()
