"""`gradescope`: ``results.json`` as Gradescope reads it from an autograder.

Relied upon (https://gradescope-autograders.readthedocs.io/en/latest/specs/): a top-level score
overrides the sum of the tests' scores, a test's status is ``passed`` or ``failed``, and text of the
format ``text`` is shown as it is. There is no status for a grader that failed, so then there is no
file: Gradescope says that the autograder failed, and no student reads a wrong grade.
"""

from __future__ import annotations

import json
from typing import Any

from grader.render.examples import with_example
from grader.render.exports.grades import StudentGrade
from grader.render.summary import exercises
from grader.result import CheckResult, Result, Status
from grader.sanitise.spreadsheet import number
from grader.sanitise.text import safe_text


def results_json(result: Result, grade: StudentGrade) -> bytes | None:
    """One student's ``results.json``; None when the grader failed on some check."""
    if grade.final is None or result.has_grader_error:
        return None
    lines = [f"{number(grade.points)} of {number(grade.max_points)} points"]
    if grade.penalty:
        lines.append(f"late by {number(grade.late_days)} days: {number(grade.penalty)} points less")
    lines += [f"note: {note}" for note in result.submission.notes]
    record = {
        "score": grade.final,
        "execution_time": round(result.seconds),
        "output": safe_text("\n".join(lines)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [
            _test(check, f"{major}.{minor}")
            for major, exercise in enumerate(exercises(result), start=1)
            for minor, check in enumerate(exercise.checks, start=1)
        ],
    }
    text = json.dumps(record, ensure_ascii=False, allow_nan=False, indent=1)
    return (text + "\n").encode("utf-8")


def _test(check: CheckResult, place: str) -> dict[str, Any]:
    passed = check.status is Status.PASSED
    lines = [] if passed else [str(check.status).replace("_", " "), with_example(check)]
    if check.diagnosis is not None and not passed:
        lines.append(check.diagnosis.hint)
    return {
        "name": safe_text(f"{check.exercise}: {check.title}"),
        "name_format": "text",
        "number": place,
        "score": check.points,
        "max_score": check.max_points,
        "status": "passed" if passed else "failed",
        "output": safe_text("\n".join(line for line in lines if line)),
        "output_format": "text",
        # Its cases may be hidden; what happened on them is for the student to read.
        "visibility": "visible",
    }
