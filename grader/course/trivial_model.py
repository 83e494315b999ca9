"""Models without the work: what an answer may reach that fits nothing, or next to nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from grader.course.misconception import Marked, read_marked
from grader.course.sources import author_text, problems_of

Code = TypeVar("Code", bound=Callable[..., object])

TRIVIAL_MODELS = "*trivial_models.py"
"""Beside the checks; a long assignment may split them by subject."""


def trivial_model(exercise: str) -> Callable[[Code], Code]:
    """Mark a function or class as a trivial version of `exercise`, which its train checks refuse.

    The docstring's first line says what it does. The definition is spliced into a copy of the
    reference's file under the exercise's name, so it may use every name of that file.
    `trivial_models` reads the mark from the source text; calling it does nothing.
    """
    return lambda code: code


def trivial_models(folder: Path) -> tuple[Marked, ...]:
    """The trivial models of the assignment whose checks stand in `folder`."""
    return tuple(one for path in sorted(folder.glob(TRIVIAL_MODELS)) for one in _marked(path))


def _marked(path: Path) -> tuple[Marked, ...]:
    with problems_of(path):
        return read_marked(author_text(path), "trivial_model")
