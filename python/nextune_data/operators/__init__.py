"""The named kinds of bugs. An operator yields edits of a program's text; each edit is one candidate bug.

The order matters where two operators make the same program: the first, more telling name stays.
"""

from collections.abc import Callable, Iterator

from ..source import Edit, Source
from . import calls, conditions, indexing, names, statements, values

Operator = Callable[[Source], Iterator[Edit]]

OPERATORS: dict[str, Operator] = {
    "comparison": conditions.comparison,
    "negated-condition": conditions.negated_condition,
    "boolean-operator": conditions.boolean_operator,
    "range-bound": indexing.range_bound,
    "slice": indexing.slice_bound,
    "index": indexing.index,
    "off-by-one": indexing.off_by_one,
    "arithmetic": values.arithmetic,
    "operand-order": values.operand_order,
    "sign": values.sign,
    "augmented-assign": statements.augmented_assign,
    "missing-statement": statements.missing_statement,
    "loop-control": statements.loop_control,
    "branch": statements.branch,
    "return-value": statements.return_value,
    "return-placement": statements.return_placement,
    "initial-value": values.initial_value,
    "constant": values.constant,
    "argument-order": calls.argument_order,
    "missing-argument": calls.missing_argument,
    "missing-call": calls.missing_call,
    "wrong-call": calls.wrong_call,
    "wrong-variable": names.wrong_variable,
}
