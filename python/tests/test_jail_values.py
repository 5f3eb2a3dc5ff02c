"""What a judge takes from a candidate, whatever the candidate sends."""

import fractions
import pathlib
import socket
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from nextune_jail import seccomp, wire  # noqa: E402
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

    def test_hashes_that_collide_are_bounded_at_every_level(self):
        many = [["i", hex(number * (2**61 - 1))] for number in range(1, 5000)]
        flat = [part for key in many for part in (key, 0)]
        nested = [["F", *many[at : at + 60]] for at in range(0, 3600, 60)]
        for data in (["s", *many], ["F", *many], ["d", *flat], ["O", *flat], ["C", *flat], ["s", *nested]):
            with self.assertRaises(TooMuch, msg=data[0]):
                decode_untrusted(Decoder(), data)

    def test_a_few_that_collide_are_no_matter(self):
        numbers = {-1, -2, 0, 2**61 - 1, (-1, -2), (-2, -2), frozenset([-1]), frozenset([-2])}
        self.assertEqual(decode_untrusted(Decoder(), Encoder().encode(numbers)), numbers)
        self.assertEqual(decode_untrusted(Decoder(), Encoder().encode({-1: -1, -2: -2})), {-1: -1, -2: -2})

    def test_what_is_calculated_with_is_bounded_in_length(self):
        long, short = ["i", hex(3**400_000)], ["i", hex(3**4000)]
        for data in (
            ["R", long, short],
            ["R", short, long],
            ["r", 0, long, short],
            ["l", *[["R", short, short]] * 2000],
        ):
            with self.assertRaises(TooMuch, msg=data[0]):
                decode_untrusted(Decoder(), data)
        self.assertEqual(decode_untrusted(Decoder(), ["R", short, ["i", hex(9 * 3**4000)]]), fractions.Fraction(1, 9))
        self.assertEqual(decode_untrusted(Decoder(), long), 3**400_000)


class Reading(unittest.TestCase):
    def test_what_one_process_says_in_all_is_bounded(self):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            frame = wire.pack_answer({"v": "x" * (4 * 1024 * 1024)})
            writer = threading.Thread(target=lambda: [theirs.sendall(frame) for _ in range(9)])
            writer.start()
            answers = wire.Answers(ours)
            given = [answers.next() for _ in range(9)]
            writer.join()
        self.assertEqual(["v" in answer for answer in given], [True] * 7 + [False] * 2)
        self.assertEqual(given[-1]["o"], "output")


class Filter(unittest.TestCase):
    def test_both_architectures_have_a_filter_and_others_none(self):
        self.assertTrue(seccomp.build("x86_64"))
        self.assertTrue(seccomp.build("aarch64"))
        self.assertIsNone(seccomp.build("riscv64"))


if __name__ == "__main__":
    unittest.main()
