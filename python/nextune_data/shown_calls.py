"""What the visible tests call: their arguments, and the expression around the call."""

import ast
from typing import Any

from .literals import Replaced, Template, source_of
from .source import parse


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
        return ast.unparse(Replaced(self.call, ast.parse(call, mode="eval").body).visit(self.expression))


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
