"""The folder that a student's submissions go into."""

from __future__ import annotations

from grader.files.unpack.items import Refused
from grader.files.unpack.names import is_litter, safe_part
from grader.submissions.student_ids import odd_characters, student_id


def folder_of(student: str) -> str:
    """The folder of a student's submissions, which is the id itself, as in nbgrader.

    Raises
    ------
    Refused
        When no folder can have that name on some system; the message completes "it …".
    """
    if not student.strip():
        raise Refused("is empty")
    odd = odd_characters(student)
    if odd:
        raise Refused(f"has characters that nobody sees ({odd})")
    if student.startswith("."):
        raise Refused("starts with a dot, and hidden folders are not looked at")
    if any(mark in student for mark in "/\\") or is_litter(student):
        raise Refused("cannot be the name of a folder")
    name = safe_part(student)
    if student_id(name) != name:
        raise Refused("has a character that cannot be shown")
    return name
