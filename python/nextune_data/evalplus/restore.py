"""Arguments of MbppPlus as its programs take them: JSON has lists where they need tuples, sets or complex numbers.

Which task needs what is a fact of the data set, as EvalPlus 0.3.1 knows it.
"""

from collections.abc import Callable
from typing import Any

Arguments = list[Any]


def _tuples(values: Any) -> list[Any]:
    return [tuple(value) for value in values]


def _deep(value: Any) -> Any:
    return tuple(map(_deep, value)) if isinstance(value, list) else value


def _each_a_tuple(args: Arguments) -> Arguments:
    return _tuples(args)


def _each_a_list_of_tuples(args: Arguments) -> Arguments:
    return [_tuples(arg) for arg in args]


def _each_a_tuple_of_tuples(args: Arguments) -> Arguments:
    return [tuple(_tuples(arg)) for arg in args]


def _first_a_list_of_tuples(args: Arguments) -> Arguments:
    return [_tuples(args[0]), args[1]]


def _first_a_tuple(args: Arguments) -> Arguments:
    return [tuple(args[0]), *args[1:]]


def _second_a_tuple(args: Arguments) -> Arguments:
    return [args[0], tuple(args[1])]


def _sets(args: Arguments) -> Arguments:
    return [[set(item) if isinstance(item, list) and item else {} for item in args[0]]]


def _float_and_complex(args: Arguments) -> Arguments:
    return [float(args[0]), complex(args[1])]


def _complex(args: Arguments) -> Arguments:
    return [complex(args[0])]


def _tuple_with_tuples(args: Arguments) -> Arguments:
    return [tuple(tuple(item) if isinstance(item, list) else item for item in args[0])]


def _tuples_by_key(args: Arguments) -> Arguments:
    return [{key: tuple(value) for key, value in args[0].items()}, *args[1:]]


def _all_tuples(args: Arguments) -> Arguments:
    return list(map(_deep, args))


_TASKS: list[tuple[Callable[[Arguments], Arguments], str]] = [
    (_each_a_tuple, "2 116 132 143 222 261 273 394 399 421 424 429 470 560 579 596 616 630 726 740 744 809"),
    (_each_a_list_of_tuples, "63 64 70 94 120 237 272 299 400 409 417 438 473 614 780"),
    (_first_a_list_of_tuples, "75 413 444 753"),
    (_second_a_tuple, "106 750"),
    (_sets, "115"),
    (_float_and_complex, "124"),
    (_first_a_tuple, "250 405 446 617 720 763 808 307"),
    (_each_a_tuple_of_tuples, "259 401 445"),
    (_tuple_with_tuples, "278"),
    (_tuples_by_key, "722"),
    (_complex, "252"),
    (_all_tuples, "580 615 791"),
]
_BY_TASK = {f"Mbpp/{number}": restore for restore, numbers in _TASKS for number in numbers.split()}


def restored(task_id: str, arguments: Arguments) -> Arguments:
    """One argument list with its types as the task's program takes them; ValueError where it does not have that shape."""
    restore = _BY_TASK.get(task_id)
    try:
        return arguments if restore is None else restore(arguments)
    except (TypeError, IndexError, AttributeError, KeyError) as error:
        raise ValueError(f"an input of {task_id} has another shape than its type table says: {error}") from None
