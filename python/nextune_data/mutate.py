"""Bugs of a program by small edits of its text, so that its layout and comments stay."""

from collections.abc import Iterator
from typing import NamedTuple

from .operators import OPERATORS
from .source import Edit, Source, normal_form, parse

# A long program has thousands of places for a wrong variable; what is drawn from stays small.
MAX_PER_OPERATOR = 40


class Mutant(NamedTuple):
    """A candidate bug: the operator's name, the 1-based line of the edit, and the whole program."""

    operator: str
    line: int
    program: str


def _spread(edits: list[Edit], limit: int) -> list[Edit]:
    """At most `limit` edits, evenly over the program."""
    if len(edits) <= limit:
        return edits
    return [edits[at * len(edits) // limit] for at in range(limit)]


def mutants(program: str) -> Iterator[Mutant]:
    """Every candidate bug: each parses, and differs in normal form from the program and from those before it.

    Whether it fails a test is for the sandbox to say. Raises ValueError when the program itself doesn't parse.
    """
    source = Source(program)
    seen = {normal_form(parse(program))}
    for name, operator in OPERATORS.items():
        for edit in _spread(sorted(set(operator(source))), MAX_PER_OPERATOR):
            text = source.apply(edit)
            try:
                form = normal_form(parse(text))
            except ValueError:
                continue
            if form not in seen:
                seen.add(form)
                yield Mutant(name, source.line_of(edit.start), text)
