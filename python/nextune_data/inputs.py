"""New inputs for a function, near those that its tests show: the same types, shapes and habits.

What three tests have in common is taken for a precondition: lists that are always sorted stay sorted, an argument that
is always another's length stays it. An input outside the domain would judge a sound fix by the reference's accidents.
"""

import ast
import random
from collections.abc import Iterator
from typing import Any

from .source import parse

WANTED = 24
_ATTEMPTS = 200
_MAX_TEXT = 200


class Template:
    """An argument that is no literal, such as `[Pair(5, 24)]`: the literals in it may change, the rest stays."""

    def __init__(self, node: ast.expr) -> None:
        self.node = node

    def slots(self) -> list[ast.expr]:
        return list(_literals_in(self.node))

    def values(self) -> list[Any]:
        return [ast.literal_eval(slot) for slot in self.slots()]

    def with_value(self, place: int, value: Any) -> "Template":
        return Template(_Replaced(self.slots()[place], _tree(value)).visit(self.node))


def _tree(value: Any) -> ast.expr:
    return ast.parse(source_of(value), mode="eval").body


def _literals_in(node: ast.AST) -> Iterator[ast.expr]:
    """The largest literals within an expression, those of f-strings and keyword names aside."""
    if isinstance(node, ast.expr) and not isinstance(node, ast.JoinedStr):
        try:
            ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, RecursionError):
            for child in ast.iter_child_nodes(node):
                yield from _literals_in(child)
        else:
            yield node
    elif isinstance(node, ast.keyword):
        yield from _literals_in(node.value)


class _Replaced(ast.NodeTransformer):
    """The same tree with one node exchanged; nodes on the way to it are made anew."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> Any:
        if node is self._old:
            return self._new
        fields = {name: self._field(value) for name, value in ast.iter_fields(node)}
        return ast.copy_location(type(node)(**fields), node)

    def _field(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.visit(item) if isinstance(item, ast.AST) else item for item in value]
        return self.visit(value) if isinstance(value, ast.AST) else value


class Shown:
    """A visible test as what it computes: an expression around one call of the entry point, and the call's arguments."""

    def __init__(self, expression: ast.expr, call: ast.Call) -> None:
        self.expression, self.call = expression, call
        self.names = [keyword.arg for keyword in call.keywords]
        self.arguments = [_value(node) for node in [*call.args, *(keyword.value for keyword in call.keywords)]]

    def source(self, arguments: list[Any]) -> str:
        """The same expression over other arguments."""
        plain = len(arguments) - len(self.names)
        texts = [*map(source_of, arguments[:plain])]
        texts += [f"{name}={source_of(value)}" for name, value in zip(self.names, arguments[plain:], strict=True)]
        call = f"{ast.unparse(self.call.func)}({', '.join(texts)})"
        if self.expression is self.call:
            return call
        return ast.unparse(_Replaced(self.call, ast.parse(call, mode="eval").body).visit(self.expression))


def _value(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError):
        return Template(node)


def _computed(test: ast.expr) -> ast.expr | None:
    """What a test looks at: the left side of `==`, what is (not) true, what should be near a number."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        left, operator = test.left, test.ops[0]
        if isinstance(operator, ast.Eq):
            return left
        distance = left.args[0] if isinstance(left, ast.Call) and len(left.args) == 1 else None
        if isinstance(operator, (ast.Lt, ast.LtE)) and isinstance(distance, ast.BinOp):
            return distance.left if isinstance(distance.op, ast.Sub) else None
        return None
    if isinstance(test, ast.Call) and test.args and ast.unparse(test.func).endswith("isclose"):
        return test.args[0]
    return test


def shown_calls(tests: list[str], entry_point: str) -> list[Shown]:
    """The tests that are one assert around one call of the entry point; other tests are passed over."""
    found = []
    for test in tests:
        body = parse(test).body
        expression = _computed(body[0].test) if len(body) == 1 and isinstance(body[0], ast.Assert) else None
        if expression is None:
            continue
        calls = [node for node in ast.walk(expression) if isinstance(node, ast.Call) and _is_named(node, entry_point)]
        is_usable = len(calls) == 1 and not any(isinstance(arg, ast.Starred) for arg in calls[0].args)
        if is_usable and all(keyword.arg for keyword in calls[0].keywords):
            found.append(Shown(expression, calls[0]))
    return found


def _is_named(call: ast.Call, name: str) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == name


def source_of(value: Any) -> str:
    """A literal of the value, the same in every run: sets in order. A template's own text."""
    if isinstance(value, Template):
        return ast.unparse(value.node)
    if isinstance(value, (set, frozenset)):
        items = ", ".join(sorted(map(source_of, value)))
        return f"{{{items}}}" if items else "set()"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{source_of(key)}: {source_of(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(source_of, value)) + "]"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(source_of, value)) + (",)" if len(value) == 1 else ")")
    return repr(value)


def _parts(value: Any) -> Iterator[Any]:
    """A value and everything in it."""
    if isinstance(value, Template):
        for inner in value.values():
            yield from _parts(inner)
        return
    yield value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _parts(key)
            yield from _parts(item)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from _parts(item)


def _is_binary(value: Any) -> bool:
    """Whether a number of two digits or more reads as binary: 10, 1101."""
    return isinstance(value, int) and value >= 10 and not set(str(value)) - {"0", "1"}


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


class Habits:
    """What the values of one argument have in common over all tests."""

    def __init__(self, values: list[Any]) -> None:
        parts = [part for value in values for part in _parts(value)]
        numbers = [part for part in parts if _is_number(part)]
        sized = [part for part in parts if isinstance(part, (list, tuple)) and len(part) > 1]
        outer = [len(value) for value in values if isinstance(value, (list, tuple, str))]
        self.wide = False
        self.binary = any(_is_binary(part) for part in numbers) and all(
            _is_binary(part) or abs(part) < 10 for part in numbers
        )
        self.low = min(numbers, default=0)
        self.high = max(numbers, default=1)
        self.alphabet = sorted({letter for part in parts if isinstance(part, str) for letter in part})
        self.words = sorted({part for part in parts if isinstance(part, str)})
        self.sorted = bool(sized) and all(_is_sorted(part) for part in sized)
        self.distinct = bool(sized) and all(len(set(map(source_of, part))) == len(part) for part in sized)
        self.nested = any(isinstance(item, (list, tuple)) for value in values for item in _items(value))
        self.constant = len(values) > 1 and len(set(map(source_of, values))) == 1
        self.same_length = len(outer) > 1 and len(set(outer)) == 1
        self.may_be_empty = any(not part for part in parts if isinstance(part, (list, tuple, str, set, dict)))


def _items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple, set, frozenset)) else []


def _is_sorted(values: Any) -> bool:
    return all(map(_is_number, values)) and list(values) == sorted(values)


class Mutator:
    """Draws values near given ones. Only `Random.random` is used: its numbers are the same in every Python."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def below(self, bound: int) -> int:
        return int(self._random.random() * bound)

    def pick(self, items: Any) -> Any:
        return items[self.below(len(items))]

    def near(self, value: Any, habits: Habits, keep_length: bool) -> Any:
        """A value of the same type, near the given one."""
        if isinstance(value, Template):
            slots = value.values()
            place = self.below(len(slots)) if slots else 0
            return value.with_value(place, self.near(slots[place], habits, True)) if slots else value
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return self._int(value, habits)
        if isinstance(value, float):
            moved = round(value + self.pick([-1.5, -1.0, -0.5, 0.5, 1.0, 2.5]), 6)
            return moved if habits.low < 0 else abs(moved) or 0.5
        if isinstance(value, str):
            return self._text(value, habits, keep_length)
        if isinstance(value, (list, tuple)):
            return type(value)(self._sequence(list(value), habits, keep_length))
        if isinstance(value, (set, frozenset)):
            return type(value)(self._sequence(sorted(value, key=source_of), habits, keep_length))
        if isinstance(value, dict):
            key = self.pick(list(value)) if value else None
            return {name: self.near(item, habits, True) if name == key else item for name, item in value.items()}
        return value

    def _int(self, value: int, habits: Habits) -> int:
        low, high = int(habits.low), int(habits.high)
        if habits.binary and value >= 2:
            return int("".join(["1", *(self.pick("01") for _ in range(1 + self.below(len(str(high)))))]))
        drawn = low + self.below(min(high - low, 1000) + 3)
        if habits.wide and self.below(2):
            drawn = high + self.below(min(abs(high), 100) + 8)
        return max(min(low, self.pick([low, 2])), self.pick([value - 1, value + 1, value + 2, drawn, drawn]))

    def _text(self, value: str, habits: Habits, keep_length: bool) -> str:
        alphabet = habits.alphabet or ["a"]
        at = self.below(len(value)) if value else 0
        kind = self.below(5)
        if kind == 0 and len(value) > 1 and not keep_length:
            return value[:at] + value[at + 1 :]
        if kind == 1 and not keep_length:
            return value[:at] + self.pick(alphabet) + value[at:]
        if kind == 2 and len(value) > 1:
            return value[:at][::-1] + value[at:]
        if kind == 3 and len(habits.words) > 1 and not keep_length:
            return self.pick(habits.words)
        same = [letter for letter in alphabet if letter.isdigit() == value[at : at + 1].isdigit()] or alphabet
        return value[:at] + self.pick(same) + value[at + 1 :]

    def _sequence(self, items: list[Any], habits: Habits, keep_length: bool) -> list[Any]:
        at = self.below(len(items)) if items else 0
        kind = self.below(5)
        if kind == 0 and len(items) > 1 and not keep_length:
            del items[at]
        elif kind == 1 and items and not keep_length:
            items.insert(at, self.near(items[at], habits, habits.nested))
        elif kind == 2 and len(items) > 1:
            items[at], items[at - 1] = items[at - 1], items[at]
        elif items:
            for _ in range(1 + self.below(2)):
                place = self.below(len(items))
                items[place] = self.near(items[place], habits, habits.nested)
        if habits.sorted and all(map(_is_number, items)):
            items.sort()
        return items


def _lengths_that_agree(tests: list[list[Any]]) -> tuple[dict[int, int], set[int]]:
    """Which argument is always the length of which other, and which arguments always have a length in common."""
    places = range(len(tests[0]))
    lengths = [[len(value) if hasattr(value, "__len__") else None for value in test] for test in tests]
    of_other, together = {}, set()
    for one in places:
        for other in places:
            if one == other or any(row[other] is None for row in lengths):
                continue
            if all(_is_number(test[one]) and test[one] == row[other] for test, row in zip(tests, lengths, strict=True)):
                of_other[one] = other
            if all(row[one] == row[other] for row in lengths):
                together.add(one)
    return of_other, together


def _alike(shown: list[Shown]) -> list[Shown]:
    """The tests of the first one's form: as many arguments, the same keywords, the same expression around the call."""
    first = shown[0] if shown else None
    return [
        each for each in shown if first and each.names == first.names and len(each.arguments) == len(first.arguments)
    ]


def _habits_of(shown: list[Shown]) -> list[Habits]:
    habits = [Habits([each.arguments[place] for each in shown]) for place in range(len(shown[0].arguments))]
    # A function of numbers alone has no index or count that could leave its range.
    wide = all(_is_number(value) for each in shown for value in each.arguments)
    for habit in habits:
        habit.wide = wide
    return habits


def derive(tests: list[str], entry_point: str, seed: str) -> dict[str, list[str]]:
    """What the visible tests compute (`shown`), and up to `WANTED` new such expressions over other arguments (`calls`)."""
    shown = _alike(shown_calls(tests, entry_point))
    if not shown or not shown[0].arguments:
        return {"shown": [], "calls": []}
    of_other, together = _lengths_that_agree([each.arguments for each in shown])
    habits = _habits_of(shown)
    varying = [place for place, habit in enumerate(habits) if not habit.constant]
    seen = [each.source(each.arguments) for each in shown]
    mutator, found = Mutator(seed), dict.fromkeys(seen, False)
    for _ in range(_ATTEMPTS if varying else 0):
        base = mutator.pick(shown)
        arguments = list(base.arguments)
        chosen = mutator.pick(varying)
        for place in varying:
            if place == chosen or mutator.below(2):
                fixed = habits[place].same_length or place in together
                arguments[place] = mutator.near(arguments[place], habits[place], fixed)
        for place, other in of_other.items():
            arguments[place] = len(arguments[other])
        text = base.source(arguments)
        if _keeps_habits(arguments, habits) and len(text) <= _MAX_TEXT:
            found.setdefault(text, True)
        if sum(found.values()) == WANTED:
            break
    return {"shown": seen, "calls": [text for text, is_new in found.items() if is_new]}


def _keeps_habits(arguments: list[Any], habits: list[Habits]) -> bool:
    for value, habit in zip(arguments, habits, strict=True):
        parts = list(_parts(value))
        if not habit.may_be_empty and any(part in ("", [], (), {}, set()) for part in parts):
            return False
        lists = [part for part in parts if isinstance(part, (list, tuple))]
        if habit.distinct and any(len(set(map(source_of, part))) < len(part) for part in lists):
            return False
    return True
