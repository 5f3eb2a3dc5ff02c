"""Reads a row of MbppPlus or HumanEvalPlus: its program, its contract, and its inputs as source text.

The row is read here and not in JavaScript, whose numbers would lose the digits of large integers.
"""

import ast
import json
import textwrap
from typing import Any

from nextune_jail.literals import source_of

from ..check_function import docstring_of
from ..programs import tidy
from ..source import is_docstring, parse
from .oracles import alternative, form_of
from .restore import restored

_TEXTS = ("task_id", "prompt", "entry_point", "canonical_solution")
_LISTS = ("base_input", "plus_input")


class Malformed(Exception):
    """A line that is no row of the data set."""


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _row(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise Malformed(f"not JSON: {error}") from None
    if not isinstance(row, dict):
        raise Malformed("not an object")
    # Parquet has no lists of mixed types: its writers keep inputs as JSON text.
    row.update({key: _parsed(row[key]) for key in _LISTS if isinstance(row.get(key), str)})
    # A task without plus inputs has an empty object there (Mbpp/793).
    row.update({key: [] for key in _LISTS if row.get(key) == {}})
    wrong = [key for key in _TEXTS if not isinstance(row.get(key), str) or not row[key]]
    wrong += [key for key in _LISTS if not isinstance(row.get(key), list)]
    wrong += [key for key in _LISTS if key not in wrong and not all(isinstance(part, list) for part in row[key])]
    if not isinstance(row.get("atol", 0), (int, float)) or not isinstance(row.get("contract", ""), str):
        wrong.append("atol or contract")
    if wrong:
        raise Malformed(f"{', '.join(dict.fromkeys(wrong))}: missing or of a wrong type")
    return row


def _with_contract(program: str, entry_point: str, contract: str) -> str:
    """The program with what its inputs promise asserted at its start; the program itself where nothing is."""
    asserts = parse(textwrap.dedent(contract)).body
    tree = parse(program)
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == entry_point]
    if not asserts or not found:
        return program
    body = found[-1].body
    at = 1 if is_docstring(body[0]) else 0
    found[-1].body = [*body[:at], *asserts, *body[at:]]
    return ast.unparse(ast.fix_missing_locations(tree))


def _call(dataset: str, row: dict[str, Any], raw: list[Any]) -> dict[str, str | None]:
    arguments = restored(row["task_id"], raw) if dataset == "mbpp" else raw
    other = alternative(dataset, row["entry_point"], arguments)
    text = ", ".join(map(source_of, arguments))
    return {"arguments": text, "alternative": None if other is None else source_of(other)}


def _intent(dataset: str, row: dict[str, Any], program: str) -> str:
    if dataset == "humaneval":
        return docstring_of(program, row["entry_point"])
    lines = row["prompt"].strip().strip('"').strip().splitlines()
    return "\n".join(line for line in lines if not line.startswith("assert ")).strip()


def read(dataset: str, line: str) -> dict[str, Any]:
    """Raises Malformed for what is no row, ValueError for a sound row that can't be used."""
    row = _row(line)
    entry_point = row["entry_point"]
    before = row["prompt"] if dataset == "humaneval" else ""
    program = tidy(before + row["canonical_solution"])
    return {
        "taskId": row["task_id"],
        "entryPoint": entry_point,
        "intent": _intent(dataset, row, program),
        "program": program,
        "checked": _with_contract(program, entry_point, row.get("contract", "")),
        "form": form_of(dataset, entry_point),
        "atol": row.get("atol", 0),
        "shown": [_call(dataset, row, raw) for raw in row["base_input"]],
        "hidden": [_call(dataset, row, raw) for raw in row["plus_input"]],
    }
