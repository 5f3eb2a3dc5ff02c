"""A line of JSON in, a line of JSON out, until the input ends: `python -m nextune_data`.

Requests: `{"command": "mutate", "program"}`, `{"command": "adopt", "program", "tests"}`, `{"command": "check", "task"}`,
`{"command": "inputs", "tests", "entryPoint", "seed"}`, `{"command": "check-function", "program", "test", "entryPoint"}`,
`{"command": "quixbugs", "name", "files"}`, `{"command": "evalplus", "dataset", "line"}`,
`{"command": "signature", "program"}`, `{"command": "faults", "task"}`, `{"command": "solution", "program", "entryPoint"}`.
Answers: `{"ok": true, …}`, or `{"ok": false, "reason"}` where the input is at fault.
"""

import json
import sys
from typing import Any

from . import quixbugs
from .check_function import docstring_of, helpers_of, tests_of
from .evalplus import row as evalplus
from .inputs import derive
from .mutate import mutants
from .programs import check, entry_point, form, solution, tidy
from .signature import code, faults, shapes


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """One request's answer. Raises for a request that this program doesn't know: its caller is broken then."""
    try:
        if request["command"] == "mutate":
            return {"ok": True, "mutants": [mutant._asdict() for mutant in mutants(request["program"])]}
        if request["command"] == "adopt":
            found = entry_point(request["program"], request["tests"])
            return {"ok": True, "entryPoint": found, "program": tidy(request["program"])}
        if request["command"] == "check":
            check(request["task"])
            return {"ok": True}
        if request["command"] == "inputs":
            return {"ok": True, **derive(request["tests"], request["entryPoint"], request["seed"])}
        if request["command"] == "check-function":
            name, program = request["entryPoint"], tidy(request["program"])
            tests = tests_of(request["test"], name)
            setup, intent = helpers_of(program, name, tests), docstring_of(program, name)
            return {"ok": True, "program": program, "intent": intent, "setup": setup, "tests": tests}
        if request["command"] == "quixbugs":
            return {"ok": True, **quixbugs.read(request["name"], request["files"])}
        if request["command"] == "evalplus":
            return {"ok": True, "row": evalplus.read(request["dataset"], request["line"])}
        if request["command"] == "signature":
            return {"ok": True, "code": code(request["program"]), "shapes": shapes(request["program"])}
        if request["command"] == "solution":
            program = solution(request["program"], request["entryPoint"])
            return {"ok": True, "program": program, "form": form(program)}
        if request["command"] == "faults":
            return {"ok": True, "faults": faults(request["task"])}
    except evalplus.Malformed as error:
        return {"ok": False, "malformed": True, "reason": str(error)}
    except ValueError as error:
        return {"ok": False, "reason": str(error)}
    except RecursionError:
        return {"ok": False, "reason": "nested too deep"}
    raise SystemExit(f"unknown command {request['command']!r}")


def main() -> None:
    for line in sys.stdin.buffer:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
