"""The sealed hidden cases of a push's assignments, opened in memory where the key is at hand."""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path

from grader.course.prepared import PreparedAssignment
from grader.course.sealed import KEY_VARIABLE, SUFFIX, SealError, key_from_environment, open_sealed


class Sealed:
    """Opens bundles, or says once why they stay closed.

    A key that is not there is ordinary: students and forks have none, and public cases are graded.
    A bundle that does not open with the key that is there is a failure: `failed` tells, so that
    nobody takes public points for a grade.
    """

    def __init__(self, key: bytes | None, problem: str = "") -> None:
        self._key, self._folder, self._may_open = key, Path(), False
        self.failed = bool(problem)
        self._notes: dict[str, None] = {problem: None} if problem else {}

    @classmethod
    def from_environment(cls, variables: MutableMapping[str, str]) -> Sealed:
        """Take the key out of the environment: no process that is started later inherits it."""
        try:
            return cls(key_from_environment(variables))
        except SealError as problem:
            return cls(None, str(problem))

    @property
    def notes(self) -> list[str]:
        """What there is to say, each sentence once."""
        return list(self._notes)

    def look_in(self, folder: Path, *, may_open: bool) -> None:
        """Say where the bundles lie, and whether students' code is kept from reading memory."""
        self._folder, self._may_open = folder, may_open

    def of(self, assignment: str) -> PreparedAssignment | None:
        """The hidden cases of an assignment; None where they stay closed."""
        bundle = self._folder / f"{assignment}{SUFFIX}"
        if self.failed or not bundle.is_file():
            return None
        if self._key is None:
            self._say(f"Hidden cases stay sealed without {KEY_VARIABLE}; public ones are graded.")
            return None
        if not self._may_open:
            self._say(
                "Hidden cases stay sealed where students' code cannot be confined, since it could "
                "read them and the key; --unconfined opens them all the same."
            )
            return None
        try:
            return open_sealed(bundle.read_bytes(), self._key, assignment)
        except (SealError, OSError) as problem:
            self.failed = True
            self._say(f"{bundle.name} could not be opened: {problem}")
            return None

    def _say(self, note: str) -> None:
        self._notes[note] = None
