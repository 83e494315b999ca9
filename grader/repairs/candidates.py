"""All small changes of what an exercise is made of, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from grader.repairs.additions import of_addition, of_name
from grader.repairs.calls import of_call
from grader.repairs.change import Change
from grader.repairs.conditions import of_condition
from grader.repairs.numbers import of_constant, of_range
from grader.repairs.operations import of_negation, of_operation
from grader.repairs.places import Place, places_of
from grader.repairs.scope import Module
from grader.repairs.source import Definition, Source
from grader.repairs.statements import of_statement

MOST = 4_000
"""Changes of one exercise that are tried at most."""
_OF_HELPERS = 1
"""So much less likely is a change in a helper than the same one in the exercise itself."""
_FINDERS = (
    of_operation,
    of_negation,
    of_condition,
    of_constant,
    of_range,
    of_call,
    of_name,
    of_addition,
)


def changes_of(source: Source, definitions: Sequence[Definition]) -> list[Change]:
    """The changes to try, each of another text, the likeliest first and the later ones cut off."""
    module = Module.of(source)
    seen: set[tuple[int, int, str]] = set()
    found: list[Change] = []
    for definition in definitions:
        later = 0 if definition.is_exercise else _OF_HELPERS
        for place in places_of(definition, source, module):
            for change in _at(place):
                key = change.start, change.end, change.text
                if key not in seen and source.text[change.start : change.end] != change.text:
                    seen.add(key)
                    found.append(replace(change, rank=change.rank + later))
    found.sort(key=lambda one: one.rank)
    return found[:MOST]


def _at(place: Place) -> Iterator[Change]:
    start, end = place.source.span(place.node)
    for finder in _FINDERS:
        for rank, kind, said, text in finder(place):
            yield Change(start, end, text, place.line, rank, kind, said)
    for rank, kind, said, first, last, text in of_statement(place):
        yield Change(first, last, text, place.line, rank, kind, said)
