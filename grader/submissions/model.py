"""A submission: plain data, nothing of it has run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Submission:
    """What one student handed in for one assignment.

    Attributes
    ----------
    student
        Any Unicode; data, never a path.
    files
        Content by file name: the expected files and the student's own helper modules.
    problems
        Why an expected file could not be read, by file name.
    notes
        What was odd and how it was taken.
    submitted_at
        ISO 8601, UTC.
    """

    student: str
    assignment: str
    files: dict[str, bytes] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    submitted_at: str | None = None
    late_seconds: float = 0.0

    @property
    def sha256(self) -> str:
        """A digest of names, contents and problems: the same files give the same grade."""
        digest = hashlib.sha256()
        for name in sorted(self.files):
            content = self.files[name]
            digest.update(f"{name}\0{len(content)}\0".encode("utf-8", "surrogatepass") + content)
        for name in sorted(self.problems):
            digest.update(f"{name}\0{self.problems[name]}\0".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()
