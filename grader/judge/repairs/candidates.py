"""All small changes of what an exercise is made of, the likeliest first."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from grader.judge.repairs.additions import of_addition, of_name
from grader.judge.repairs.calls import of_call
from grader.judge.repairs.change import Change
from grader.judge.repairs.conditions import of_condition
from grader.judge.repairs.keras_additions import of_keras_addition
from grader.judge.repairs.keras_alike import of_keras_alike, of_residual
from grader.judge.repairs.keras_calls import of_keras_call
from grader.judge.repairs.keras_steps import of_keras_statement
from grader.judge.repairs.numbers import of_constant, of_range
from grader.judge.repairs.operations import Found, of_negation, of_operation
from grader.judge.repairs.places import Place, places_of
from grader.judge.repairs.rearranged import of_arrangement
from grader.judge.repairs.replacements import of_replacement
from grader.judge.repairs.scope import Module
from grader.judge.repairs.source import Definition, Source
from grader.judge.repairs.statements import of_statement
from grader.judge.repairs.unused import MAKING, of_unused

_STAGES = (-2, 1, 2, 4, 6)
"""Ranks up to which changes are made at once: those of later ones are often not needed."""
_MOST_CHARACTERS = 4_000_000
"""Of the changes of one stage: code of a thousand nested parts has more than anyone can try."""
_OF_HELPERS = 1
"""So much less likely is a change in a helper than the same one in the exercise itself."""
_FINDERS = (
    of_unused,
    of_keras_alike,
    of_keras_call,
    of_operation,
    of_negation,
    of_condition,
    of_constant,
    of_range,
    of_call,
    of_replacement,
    of_name,
    of_arrangement,
    of_residual,
    of_keras_addition,
    of_addition,
)
_OF_SIZES = {"factor", "power", "product", "operator"}
Finder = Callable[[Place], Iterator[Found]]
_PUT_IN = {of_addition, of_keras_addition, of_residual}


def changes_of(source: Source, definitions: Sequence[Definition]) -> Iterator[Change]:
    """Yield the changes to try, each of another text, the likeliest first."""
    module = Module.of(source)
    seen: set[tuple[int, int, str]] = set()
    for least, most in itertools.pairwise(_STAGES):
        found: list[Change] = []
        characters = 0
        for definition in definitions:
            later = 0 if definition.is_exercise else _OF_HELPERS
            for place in places_of(definition, source, module, most - later):
                if characters > _MOST_CHARACTERS:
                    break
                for change in _at(place):
                    key = change.start, change.end, change.text
                    if least < change.rank + later <= most and key not in seen:
                        seen.add(key)
                        characters += len(change.text)
                        found.append(replace(change, rank=change.rank + later))
        found.sort(key=lambda one: one.likelihood)
        for one in found:
            if source.text[one.start : one.end] != one.text:
                yield one


def _at(place: Place) -> Iterator[Change]:
    start, end = place.source.span(place.node)
    for finder in _FINDERS:
        later = _less_likely(finder, place)
        for rank, kind, said, text in finder(place):
            puts_in = finder in _PUT_IN
            kind, said = _as_far_as_it_is_known(place, kind, said)
            yield Change(start, end, text, place.line, rank + later, kind, said, puts_in)
    steps = itertools.chain(of_keras_statement(place), of_statement(place))
    for rank, kind, said, first, last, text in steps:
        yield Change(first, last, text, place.line, rank, kind, said)


def _as_far_as_it_is_known(place: Place, kind: str, said: str) -> tuple[str, str]:
    """What is said of a change where the cases do not tell it from another.

    In a comparison many sizes are right, and the opposite of a wrong condition may refuse an
    impossible input by chance.
    """
    if kind in _OF_SIZES and id(place.node) in place.definition.compared:
        return "bound", "with something else compared there"
    if kind == "condition" and id(place.node) in place.definition.guarding:
        return kind, "with another condition there"
    return kind, said


def _less_likely(finder: Finder, place: Place) -> int:
    """By how much less likely a change is in Keras code.

    Of a layer or a model few values are numbers with which something may be put right, and where
    its parts are made no formula stands.
    """
    if not place.module.uses_keras or finder in {of_keras_call, of_keras_alike, of_unused}:
        return 0
    method = place.scope.functions[-1].name if place.scope.functions else ""
    is_made = isinstance(place.definition.node, ast.ClassDef) and method in MAKING
    return (finder is of_addition) + is_made
