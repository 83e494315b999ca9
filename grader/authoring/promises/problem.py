"""A course that breaks a promise, told in one sentence with file and line."""

from __future__ import annotations

from grader.course.place import Place
from grader.course.sources import PreparationError


class PromiseBroken(PreparationError):
    """The course would promise students what it does not keep."""


def broken(place: Place | None, text: str) -> PromiseBroken:
    """The exception that says it; checks that no author's file declares have no place."""
    return PromiseBroken(f"{place}: {text}" if place else text)
