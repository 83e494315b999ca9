"""The address of a student's page, which only those can know who are told it."""

from __future__ import annotations

import hmac
from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """Where the pages of a course are to be read.

    A web server that hands out files knows no students, so an address is the only secret: it
    holds a code of the student that nobody can compute without the key.
    """

    base: str
    """The address of the folder that holds all pages."""
    key: bytes

    def place(self, student: str, assignment: str) -> str:
        """The page's place in that folder."""
        whose = student.encode("utf-8", "surrogateescape")
        return f"{hmac.new(self.key, whose, 'sha256').hexdigest()[:32]}/{assignment}.html"

    def address(self, student: str, assignment: str) -> str:
        """The whole address, the same for every push."""
        return f"{self.base.rstrip('/')}/{self.place(student, assignment)}"
