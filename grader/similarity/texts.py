"""What a student handed in, as text to compare and to show. Nothing of it runs or is parsed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.sanitise.text import safe_text
from grader.submissions import Submission

MAX_CHARACTERS = 256 * 1024
"""Of all files together; the longest references of an assignment have a ninth of it."""


@dataclass(frozen=True)
class Text:
    """The files of one submission.

    Attributes
    ----------
    student
        Any Unicode that can be shown; data, never a path.
    origin
        Empty in this class, else the name of the previous course.
    files
        Pairs of file name and source, without control characters.
    notes
        What is not compared, and why.
    attempt
        Which earlier attempt it is ("attempt 1 of 3"); empty for the latest.
    """

    student: str
    origin: str = ""
    files: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    attempt: str = ""

    @property
    def label(self) -> str:
        """The student's name as tables show it."""
        where = f"{self.student} ({self.origin})" if self.origin else self.student
        return f"{where}, {self.attempt}" if self.attempt else where

    @property
    def source(self) -> str:
        """All files, one after the other."""
        return "".join(source for _, source in self.files)


def texts_of(
    attempts: Sequence[Submission], expected: Sequence[str], origin: str = ""
) -> list[Text]:
    """Take the text of each attempt of one student, the latest last.

    An earlier attempt that the next one repeats to the letter is left out.
    """
    found: list[Text] = []
    for number, submission in enumerate(attempts, 1):
        text = text_of(submission, expected, origin)
        if found and found[-1].files == text.files:
            found.pop()
        attempt = f"attempt {number} of {len(attempts)}" if number < len(attempts) else ""
        found.append(replace(text, attempt=attempt))
    return found


def text_of(submission: Submission, expected: Sequence[str], origin: str = "") -> Text:
    """Take the text of a submission, the expected files first, then the student's own.

    Broken bytes and characters that cannot be shown are replaced one by one, so that places
    in the text stay what they are. Files beyond `MAX_CHARACTERS` are left out and named.
    """
    files, notes = [], list(submission.problems.values())
    order = [name for name in expected if name in submission.files]
    order += sorted(
        name for name in submission.files if name not in expected and name.endswith(".py")
    )
    room = MAX_CHARACTERS
    for name in order:
        source = decoded(submission.files[name])
        if len(source) > room:
            size = len(submission.files[name]) / 2**10
            notes.append(f"{name}: {size:.0f} KiB is too long to compare")
            continue
        room -= len(source)
        files.append((safe_text(name), source))
    return Text(safe_text(submission.student), origin, tuple(files), tuple(notes))


def decoded(content: bytes) -> str:
    """Source as the lexer leaves it: no blank lines around it, one newline at its end."""
    text = content.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\f", " ").strip("\n")
    return safe_text(text, len(text)) + "\n" if text else ""
