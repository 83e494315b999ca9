"""`junit`: JUnit XML, a test suite for each student and a test case for each check."""

from __future__ import annotations

from collections.abc import Sequence

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from grader.render.examples import example_text
from grader.result import CheckResult, Result, Status
from grader.sanitise.spreadsheet import number
from grader.sanitise.text import safe_text

_DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'
_FAILURES = {Status.FAILED, Status.MISSING, Status.FORBIDDEN}
"""The code was looked at and is wrong, not there or not allowed; other statuses are errors."""


def junit_xml(results: Sequence[Result]) -> bytes:
    """Results as JUnit XML.

    A student's crash is an ``error`` whose type is the status, the grader's own failure one of
    the type ``grader_error``: neither a CI server nor a reader takes it for a pass.
    """
    document = JUnitXml("grader")
    for result in results:
        document.add_testsuite(_suite(result))
    document.update_statistics()
    content: bytes = document.tostring()
    return content if content.startswith(b"<?xml") else _DECLARATION + content


def _suite(result: Result) -> TestSuite:
    suite = TestSuite(safe_text(result.student))
    about = {
        "assignment": result.assignment,
        "points": number(result.points),
        "max_points": number(result.max_points),
        "confinement": result.confinement,
        "submission_sha256": result.submission.sha256,
    }
    if result.submission.submitted_at:
        about["submitted_at"] = result.submission.submitted_at
    for name, value in about.items():
        suite.add_property(name, safe_text(value))
    for check in result.checks:
        suite.add_testcase(_case(check, result.assignment))
    return suite


def _case(check: CheckResult, assignment: str) -> TestCase:
    case = TestCase(
        safe_text(f"{check.check}: {check.title}"),
        safe_text(f"{assignment}.{check.exercise}"),
        check.seconds,
    )
    if check.status is not Status.PASSED:
        case.result = _outcome(check)
    return case


def _outcome(check: CheckResult) -> Failure | Error | Skipped:
    points = f"{number(check.points)} of {number(check.max_points)} points"
    message = safe_text(check.message)
    hint = safe_text(check.diagnosis.hint) if check.diagnosis is not None else ""
    lines = [message, safe_text(example_text(check)), hint, points]
    kind: type[Failure] | type[Error] | type[Skipped] = Error
    if check.status is Status.SKIPPED:
        kind = Skipped
    elif check.status in _FAILURES:
        kind = Failure
    elif check.status is Status.GRADER_ERROR:
        message = f"the grader failed, not the student: {message}"
    first = message.partition("\n")[0]
    outcome = kind(first or str(check.status), str(check.status))
    outcome.text = "\n".join(line for line in lines if line)
    return outcome
