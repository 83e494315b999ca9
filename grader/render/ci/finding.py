"""A failed check with its place, as every CI server wants it."""

from __future__ import annotations

from dataclasses import dataclass

from grader.render.examples import with_example
from grader.result import CheckResult, Status


@dataclass(frozen=True)
class Finding:
    """One failed check and where it is shown.

    Attributes
    ----------
    path
        Relative to the repository's root, with slashes.
    line
        From 1; None for the file as a whole.
    """

    assignment: str
    check: CheckResult
    path: str
    line: int | None

    @property
    def title(self) -> str:
        """The exercise and the check's title, on one line."""
        return " ".join(f"{self.check.exercise}: {self.check.title}".split())

    @property
    def text(self) -> str:
        """What happened, its example and the hint."""
        hint = self.check.diagnosis.hint if self.check.diagnosis is not None else ""
        said = with_example(self.check) or str(self.check.status).replace("_", " ")
        return f"{said}\n{hint}".strip()

    @property
    def is_ours(self) -> bool:
        """Whether the grader failed, not the student."""
        return self.check.status is Status.GRADER_ERROR
