"""From the text of a reference to its slips, and to one file that holds them all."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.course.slips.places import Changed, Definition, changed_definitions
from grader.course.slips.rows import slips_of_rows
from grader.course.slips.words import Words, names_in

_MAX_PER_EXERCISE = 400
_ORDER = (
    *(
        "ignored",
        "default",
        "rows",
        "axis",
        "accumulated",
        "term",
        "factor",
        "sign",
        "power",
        "function",
    ),
    *(
        "bound",
        "transposed",
        "range",
        "statement",
        "border",
        "condition",
        "order",
        "constant",
        "argument",
    ),
)
"""Of slips that answer alike the first kind is told: which says most, comes first."""


@dataclass(frozen=True)
class Slip:
    """What is said of a slip.

    Attributes
    ----------
    kind
        Its sort, as results and statistics name it.
    said
        Completes the sentence "Your answers are those of a right solution in which …".
    """

    kind: str
    said: str


@dataclass(frozen=True)
class MadeSlip:
    """A slip, the name under which it is defined beside the reference, and its definitions."""

    slip: Slip
    name: str
    source: str


def slips_of(text: str, exercise: str, known: Sequence[str] = ()) -> tuple[MadeSlip, ...]:
    """All slips of an exercise: in its own definition and in what only the reference knows.

    Parameters
    ----------
    text
        The reference's file.
    known
        The names of the file's exercises: what these do is not this exercise's slip.
    """
    definitions = {
        node.name: node
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    if exercise not in definitions:
        return ()
    helpers = {name: node for name, node in definitions.items() if name not in known}
    reached = _reached(definitions[exercise], helpers)
    words = Words(_contract(definitions[exercise]))
    for name in (exercise, *reached):
        _drop_docstrings(definitions[name])
    found: list[tuple[str, Changed]] = []
    for name in (exercise, *reached):
        made = changed_definitions(definitions[name], words)
        found += [(name, one) for one in made]
    found += [(exercise, one) for one in slips_of_rows(definitions[exercise])]
    found.sort(key=lambda one: _ORDER.index(one[1].kind))
    return tuple(
        MadeSlip(
            Slip(one.kind, one.said),
            f"{exercise}_slip_{number}",
            "\n".join(_renamed(name, one, exercise, definitions, reached, f"_slip_{number}")),
        )
        for number, (name, one) in enumerate(found[:_MAX_PER_EXERCISE])
    )


def with_slips(text: str, slips: Mapping[str, Sequence[MadeSlip]]) -> str:
    """The reference's file with what asks its slips behind it.

    Their definitions are texts that are run when they are asked: together they are many times
    the reference.
    """
    driver = Path(__file__).with_name("driver.py").read_text(encoding="utf-8")
    sources = {one.name: one.source for found in slips.values() for one in found}
    return f"{text}\n\n{driver}\n\nSOURCES_OF_SLIPS.update({sources!r})\n"


def _contract(definition: Definition) -> set[str]:
    """The names that students know: parameters, and what the docstrings name."""
    found: set[str] = set()
    for node in ast.walk(definition):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found |= names_in(ast.get_docstring(node) or "")
        if isinstance(node, ast.arg):
            found.add(node.arg)
    return found - {"self"}


def _reached(start: Definition, helpers: Mapping[str, Definition]) -> list[str]:
    """The reference's own helpers that a definition uses, directly or not."""
    found: list[str] = []
    waiting: list[Definition] = [start]
    for one in waiting:  # grows while it is walked
        for name in _loaded(one):
            if name in helpers and name not in found and name != start.name:
                found.append(name)
                waiting.append(helpers[name])
    return found


def _loaded(definition: Definition) -> Iterator[str]:
    for node in ast.walk(definition):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id


def _renamed(
    changed: str,
    one: Changed,
    exercise: str,
    definitions: Mapping[str, Definition],
    reached: Sequence[str],
    ending: str,
) -> Iterator[str]:
    """The changed definition under a name of its own, and all between it and the exercise."""
    own = {exercise, changed} | {
        name for name in reached if changed in _reached(definitions[name], definitions)
    }
    for name in (*reached, exercise):
        if name in own:
            source = one.source if name == changed else ast.unparse(definitions[name])
            tree = ast.parse(source)
            for node in ast.walk(tree):
                if isinstance(node, ast.Name) and node.id in own:
                    node.id += ending
                elif isinstance(node, ast.Name) and node.id == "WHOLE":
                    node.id = exercise  # the reference's own, with all rows
            first = tree.body[0]
            assert isinstance(first, ast.FunctionDef | ast.ClassDef)
            first.name += ending
            yield ast.unparse(first)


def _drop_docstrings(definition: Definition) -> None:
    for node in ast.walk(definition):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or len(node.body) < 2:
            continue
        if ast.get_docstring(node) is not None:
            del node.body[0]
