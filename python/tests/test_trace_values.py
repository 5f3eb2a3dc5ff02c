"""How values are written and compared: no program's code runs for it, no address and no hash order shows."""

import array
import collections
import datetime
import fractions
import re
import sys
import types
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from nextune_trace.fingerprint import fingerprint
from nextune_trace.text import exception_text, text_of
from nextune_trace.values import Writer


def from_program(source):
    module = types.ModuleType("program")
    sys.modules["program"] = module
    exec(source, module.__dict__)
    return module


class Text(unittest.TestCase):
    def test_builtin_values_are_written_as_python_writes_them(self):
        for value in (1, True, None, 1.5, 2j, "a'b\n", b"x", [1, [2]], (1,), (), {"a": (1, 2)}, range(3), {1}, set(),
                      frozenset({2}), ..., [float("nan")], bytearray(b"a")):  # fmt: skip
            self.assertEqual(text_of(value, 100), repr(value))

    def test_numbers_and_dates_of_the_library_are_written_unless_a_part_is_a_programs(self):
        for value in (fractions.Fraction(1, 2), range(0, 9, 2), datetime.date(2020, 1, 2), datetime.datetime(2020, 1, 2),
                      datetime.datetime(2020, 1, 2, tzinfo=datetime.timezone.utc)):  # fmt: skip
            self.assertEqual(text_of(value, 100), repr(value))
        zone = from_program("import datetime\nclass Zone(datetime.tzinfo):\n    def __repr__(self): 1 / 0\n").Zone()
        self.assertEqual(text_of(datetime.time(1, tzinfo=zone), 100), "<time>")

    def test_sets_are_sorted(self):
        self.assertEqual(text_of({"b", "a", 10, 9, (1,)}, 100), "{9, 10, 'a', 'b', (1,)}")
        for number in range(20):
            self.assertEqual(
                text_of({number, float("nan"), 30, 2.5}, 100), f"{{{text_of({number, 2.5, 30}, 100)[1:-1]}, nan}}"
            )

    def test_containers_of_collections_show_their_content(self):
        self.assertEqual(text_of(collections.deque([1, 2]), 100), "deque([1, 2])")
        self.assertEqual(text_of(collections.deque([1, 2], maxlen=3), 100), "deque([1, 2], maxlen=3)")
        self.assertEqual(text_of(collections.defaultdict(int, {"a": 1}), 100), "defaultdict({'a': 1})")
        self.assertEqual(text_of(collections.Counter("aab"), 100), "Counter({'a': 2, 'b': 1})")

    def test_values_that_show_parts_of_others_are_written_as_python_writes_them(self):
        zone = datetime.timezone(datetime.timedelta(hours=1), "here")
        for value in ({"a": [1]}.keys(), {"a": [1]}.values(), {"a": [1]}.items(), slice(None, 3, [1]), re.compile("a", re.I),
                      re.match("a(b)?", "abc"), array.array("i", [1, 2]), datetime.timezone.utc, zone,
                      datetime.datetime(2020, 1, 2, tzinfo=zone)):  # fmt: skip
            self.assertEqual(text_of(value, 200), repr(value))
        self.assertEqual(text_of(types.SimpleNamespace(a=1), 100), "SimpleNamespace(a=1)")
        self.assertEqual(text_of(collections.UserList([1]), 100), "UserList(data=[1])")

    def test_what_such_a_value_has_of_a_program_is_not_asked(self):
        program = from_program("class S(str):\n    def __repr__(self): 1 / 0\n")
        zone = datetime.timezone(datetime.timedelta(hours=1), program.S("here"))
        self.assertEqual(text_of(zone, 100), "<timezone>")
        self.assertEqual(text_of(datetime.time(1, tzinfo=zone), 100), "<time>")
        self.assertEqual(text_of(re.compile(program.S("a")), 100), "<Pattern>")
        self.assertEqual(text_of(slice(program.S("a")), 100), "slice(None, S('a'), None)")
        self.assertEqual(text_of({program.S("a"): 1}.keys(), 100), "dict_keys([S('a')])")

    def test_objects_that_know_each_other_are_written_in_bounded_time(self):
        program = from_program("class Node:\n    pass\n")
        nodes = [program.Node() for _ in range(12)]
        for node in nodes:
            for i, other in enumerate(nodes):
                setattr(node, f"n{i}", other)
        written = []
        writer = Writer(300)
        writer.instance = lambda *parts: written.append(1) or Writer.instance(writer, *parts)
        writer.text(nodes[0])
        self.assertLess(len(written), 1000)

    def test_a_value_in_itself_ends(self):
        loop = [1]
        loop.append(loop)
        self.assertEqual(text_of(loop, 100), "[1, ...]")

    def test_what_has_only_an_address_shows_its_kind(self):
        self.assertEqual(text_of(text_of, 100), "<function text_of>")
        self.assertEqual(text_of(lambda: 1, 100), "<function <lambda>>")
        self.assertEqual(text_of(object(), 100), "<object>")
        self.assertEqual(text_of(iter([]), 100), "<list_iterator>")
        self.assertEqual(text_of(iter("a"), 100), "<str_iterator>")
        self.assertEqual(text_of(unittest.TestCase, 100), "<class TestCase>")

    def test_instances_of_a_programs_classes_show_their_attributes(self):
        program = from_program(
            "import collections, dataclasses, enum\n"
            "class Slots:\n    __slots__ = ('a', 'b')\n    def __init__(self): self.a = 1\n"
            "Point = collections.namedtuple('Point', 'x y')\n"
            "class Color(enum.Enum):\n    RED = 1\n"
            "class Flags(enum.Flag):\n    A = 1\n    B = 2\n"
            "@dataclasses.dataclass\nclass Data:\n    n: int\n"
            "class Stack(list): pass\n"
        )
        self.assertEqual(text_of(program.Slots(), 100), "Slots(a=1)")
        self.assertEqual(text_of(program.Point(1, [2]), 100), "Point(x=1, y=[2])")
        self.assertEqual(text_of(program.Color.RED, 100), "Color.RED")
        self.assertEqual(text_of(program.Flags.B, 100), "Flags.B")
        self.assertEqual(text_of(program.Flags.A | program.Flags.B, 100), "Flags(3)")
        self.assertEqual(text_of(re.I | re.M, 100), "RegexFlag(10)")
        self.assertEqual(text_of(program.Data(3), 100), "Data(n=3)")
        self.assertEqual(text_of(program.Stack([1]), 100), "Stack([1])")

    def test_no_method_of_a_programs_class_is_ever_called(self):
        hostile = "".join(
            f"    def {name}(self, *_): raise SystemExit('{name} was called')\n"
            for name in ("__repr__", "__str__", "__eq__", "__hash__", "__len__", "__iter__", "__getitem__", "__bool__",
                         "__getattribute__", "__getattr__", "__format__", "__lt__", "__items__", "__reduce__")
        )  # fmt: skip
        program = from_program(
            f"class Meta(type):\n{hostile}"
            f"class Plain(metaclass=Meta):\n    x = 1\n{hostile}"
            + "".join(f"class My{base}({base}):\n{hostile}" for base in ("list", "dict", "str", "int", "tuple", "set"))
        )
        for name in ("Plain", "Mylist", "Mydict", "Mystr", "Myint", "Mytuple", "Myset"):
            value = program.__dict__[name].__call__() if name != "Plain" else object.__new__(program.__dict__[name])
            self.assertTrue(text_of(value, 100).startswith(name + "("), name)
            fingerprint(value)
        self.assertEqual(text_of(program.__dict__["Plain"], 100), "<class Plain>")

    def test_long_values_are_cut_in_the_middle(self):
        text = text_of(list(range(100_000)), 40)
        self.assertTrue(text.startswith("[0, 1, 2, 3") and text.endswith("99998, 99999]") and "..." in text)
        self.assertLessEqual(len(text), 40)
        self.assertEqual(len(text_of("x" * 10_000, 40)), 40)
        self.assertEqual(text_of(10**100_000, 40), "<int of 332193 bits>")
        self.assertEqual(text_of({"a": [10**100_000, 1]}, 40), "{'a': [<int of 332193 bits>, 1]}")
        self.assertTrue(text_of([10**100_000] * 1000, 100).startswith("[<int of 332193 bits>, <int of 3"))

    def test_nothing_ends_a_line(self):
        self.assertEqual(text_of("\u2028\r\x85\ud800", 100), "'\\u2028\\r\\x85\\ud800'")
        odd = type("a\nb", (), {"__module__": "program"})
        self.assertEqual(text_of(odd(), 100), "a\\nb()")

    def test_exceptions_show_their_arguments(self):
        self.assertEqual(exception_text(KeyError("a"), 100), "KeyError('a')")
        self.assertEqual(exception_text(AssertionError(), 100), "AssertionError()")
        self.assertEqual(exception_text(RecursionError("maximum depth"), 100), "RecursionError()")


class Fingerprint(unittest.TestCase):
    def test_equal_content_has_equal_fingerprints_and_a_change_anywhere_another(self):
        program = from_program(
            "class Node:\n    pass\nclass Big(int):\n    pass\nclass Box:\n    def __init__(self, n): self.n = n\n"
        )
        node = program.Node()
        below = program.Box(-1)
        node.next = [0] * 5000
        for value, change in (
            ([0] * 5000, lambda v: v.__setitem__(2500, 1)),
            ([0], lambda v: v.__setitem__(0, False)),
            ({"a": [1]}, lambda v: v["a"].append(2)),
            (node, lambda v: v.next.__setitem__(2500, 1)),
            ([node], lambda v: setattr(v[0], "x", 1)),
            (collections.deque([1, 2]), lambda v: v.rotate()),
            (bytearray(b"ab"), lambda v: v.reverse()),
            (collections.Counter({"a": -1}), lambda v: v.update({"a": -1})),
            (collections.deque([-1]), lambda v: v.__setitem__(0, -2)),
            (collections.deque([0]), lambda v: v.__setitem__(0, sys.hash_info.modulus)),
            (program.Big(10**5000), lambda v: v.__dict__.update(x=-1)),
            (below, lambda v: below.__init__(-2)),
        ):
            before = fingerprint(value)
            self.assertEqual(before, fingerprint(value))
            change(value)
            self.assertNotEqual(before, fingerprint(value))

    def test_sharing_is_no_content(self):
        inner = [1]
        self.assertEqual(fingerprint([inner, inner]), fingerprint([[1], [1]]))


if __name__ == "__main__":
    unittest.main()
