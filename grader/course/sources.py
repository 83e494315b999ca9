"""Texts that an author wrote, read so that what is wrong with them is told with file and line."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator
from pathlib import Path

from grader.course.misconception import MarkError
from grader.course.place import Place, place_in
from grader.problems import GraderProblem


class PreparationError(GraderProblem):
    """The author's references and checks do not fit together."""


def author_text(path: Path, named_at: Place | None = None) -> str:
    """The text of a file.

    Parameters
    ----------
    named_at
        The line that asks for the file; without one it is known to be there.

    Raises
    ------
    PreparationError
        When it is not there, or is no UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise PreparationError(
            f"{place_in(path, line)}: expected UTF-8. Received a byte that is none; save the file "
            "as UTF-8."
        ) from None
    except FileNotFoundError:
        if named_at is None:
            raise
        raise PreparationError(
            f"{named_at}: expected {path.name} beside this file. Received no such file; write it, "
            "or correct its name here."
        ) from None


def parsed(path: Path, text: str) -> ast.Module:
    """The syntax tree of a file.

    Raises
    ------
    PreparationError
        When it is no Python.
    """
    with problems_of(path):
        return ast.parse(text)


@contextlib.contextmanager
def problems_of(path: Path) -> Iterator[None]:
    """Tell what is wrong with the text of a file with its name and line.

    Raises
    ------
    PreparationError
        In place of what was raised.
    """
    try:
        yield
    except SyntaxError as error:
        place = place_in(path, error.lineno or 1)
        raise PreparationError(
            f"{place}: expected Python. Received what cannot be read ({error.msg}); correct it."
        ) from None
    except MarkError as error:
        raise PreparationError(f"{place_in(path, error.line)}: {error}") from None
    except ValueError as error:
        raise PreparationError(f"{place_in(path)}: {error}") from None
