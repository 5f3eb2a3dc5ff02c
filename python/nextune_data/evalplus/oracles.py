"""How EvalPlus 0.3.1 compares where equality is not the rule, by task."""

import math
from collections.abc import Callable
from typing import Any

# Two lists as sets (Mbpp 2, 7, 111, 140, 232, 249, 579, 769); only whether there is an answer (Mbpp 737 and others, whose
# answers are match objects); a root of the polynomial that is the argument (HumanEval 32).
_FORMS = {
    "similar_elements": "set",
    "find_char_long": "set",
    "common_in_nested_lists": "set",
    "extract_singly": "set",
    "larg_nnum": "set",
    "intersection_array": "set",
    "find_dissimilar": "set",
    "Diff": "set",
    "check_str": "present",
    "text_match_three": "present",
    "text_starta_endb": "present",
}
# Mbpp/164: any answer counts, so that nothing would be judged.
_ANYTHING = {"are_equivalent"}


def form_of(dataset: str, entry_point: str) -> str:
    """`equal`, `set`, `present` or `root`. ValueError where EvalPlus takes any answer."""
    if dataset == "humaneval":
        return "root" if entry_point == "find_zero" else "equal"
    if entry_point in _ANYTHING:
        raise ValueError(f"can't be judged: EvalPlus takes any answer of {entry_point} for right")
    return _FORMS.get(entry_point, "equal")


def _pyramid_by_height(base_edge: float, height: float) -> Any:
    """Mbpp/581 with the height taken from base to apex, where the reference takes the slant height."""
    slant = math.sqrt((base_edge / 2) ** 2 + height**2)
    return round(base_edge**2 + 2 * base_edge * slant)


def _digits_apart(one: int, other: int) -> int:
    """Mbpp/558 with the shorter number filled with zeros."""
    width = max(len(str(one)), len(str(other)))
    pairs = zip(str(one).zfill(width), str(other).zfill(width), strict=True)
    return sum(abs(int(a) - int(b)) for a, b in pairs)


# Mbpp/295 also takes 0.
_ALTERNATIVES: dict[str, Callable[..., Any]] = {
    "sum_div": lambda number: 0,
    "surface_Area": _pyramid_by_height,
    "digit_distance_nums": _digits_apart,
}


def alternative(dataset: str, entry_point: str, arguments: list[Any]) -> Any:
    """Another answer that is right too; None where there is none."""
    other = _ALTERNATIVES.get(entry_point) if dataset == "mbpp" else None
    try:
        return None if other is None else other(*arguments)
    except (TypeError, ValueError, OverflowError):
        return None
