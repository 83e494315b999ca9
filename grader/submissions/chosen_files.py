"""What was chosen of a submission."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from grader.submissions.candidates import Candidate, Candidates
from grader.submissions.names import listed

_MAX_NAMES = 8


@dataclass(frozen=True)
class Choice:
    """What is graded as a file.

    Attributes
    ----------
    content
        The module's text.
    part
        Which of the candidate's modules it is: another one than `file` where the exercises
        stand in a file that is graded under its own name, too.
    notes
        Each liberty that was taken, a sentence.
    beaten
        Files that define as many of its exercises; the notes name them.
    """

    file: str
    candidate: Candidate
    content: bytes
    part: str
    notes: tuple[str, ...] = ()
    beaten: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class Supplement:
    """A file that is taken for the exercises that the chosen ones leave open.

    Attributes
    ----------
    name
        The module that it becomes.
    part
        Which of the candidate's modules it is.
    """

    name: str
    candidate: Candidate
    part: str


@dataclass
class Chosen:
    """What was chosen, and why something was not."""

    choices: dict[str, Choice] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    unwritten: set[str] = field(default_factory=set)
    """Chosen files in which no exercise is written."""
    lookalikes: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Files of another assignment: its name and its file, by the place of what was handed in."""
    supplements: list[Supplement] = field(default_factory=list)
    """Other files that hold exercises which these leave open, the preferred ones first."""
    open: frozenset[str] = frozenset()
    """Exercises of the chosen files that are written nowhere."""
    notes: list[str] = field(default_factory=list)
    """Liberties that were taken with no file that is asked for."""

    @property
    def taken(self) -> list[Candidate]:
        """What was handed in and counts, in the order of the choices."""
        choices = [one.candidate for one in self.choices.values()]
        return choices + [one.candidate for one in self.supplements]


def both_define(
    first: str, second: str, names: Sequence[str], doubtful: Collection[str] = ()
) -> str:
    """That two files define some exercises, and which of them counts: the first.

    Of the doubtful ones nobody knows whether they can be called there.
    """
    them = "it" if len(names) == 1 else "them"
    both = (
        f"both {first} and {second} define {listed(names, _MAX_NAMES)}; {first} counts for {them}"
    )
    unsure = [name for name in names if name in doubtful]
    if not unsure:
        return both
    what = "is no function" if len(unsure) == 1 else "are no functions"
    who = "it" if len(unsure) == 1 else "they"
    who = who if len(unsure) == len(names) else listed(unsure, _MAX_NAMES)
    return f"{both}, unless {who} {what} there"


def problem_of(candidate: Candidate) -> str:
    """Why a file cannot be graded, as a sentence that names it."""
    kind = "the notebook " if candidate.is_notebook else ""
    return f"{kind}{candidate.label} {candidate.problem}"


def passed_over(unwritten: Choice, candidates: Candidates) -> str:
    """Why a file was not graded although its name is right."""
    why = candidates.emptiness(unwritten.file, unwritten.content)
    return f"{unwritten.candidate.label} {why} and was passed over"
