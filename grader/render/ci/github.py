"""What GitHub Actions reads of a step: annotations and the results of GitHub Classroom."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

from grader.render.ci.finding import Finding
from grader.render.examples import with_example
from grader.result import CheckResult, Result, Status
from grader.sanitise.text import safe_text
from grader.sanitise.workflow import workflow_command

MOST_ERRORS = 10
"""GitHub shows so many errors of one step, and drops the others."""


def commands(findings: Sequence[Finding]) -> list[str]:
    """Commands that put findings on their lines, as many as GitHub shows."""
    shown = findings if len(findings) <= MOST_ERRORS else findings[: MOST_ERRORS - 1]
    lines = [_annotation(one) for one in shown]
    if len(findings) > len(shown):
        more = len(findings) - len(shown)
        lines.append(f"::error title=Grader::{more} more checks fail; the job's summary has them.")
    return lines


def _annotation(finding: Finding) -> str:
    level = "warning" if finding.is_ours else "error"
    places = {"file": finding.path}
    if finding.line is not None:
        places["line"] = str(finding.line)
    places["title"] = finding.title
    return workflow_command(level, places, finding.text)


def notice(text: str) -> str:
    """A command that shows a note with the run."""
    return workflow_command("notice", {"title": "Grader"}, text)


def classroom_json(results: Sequence[Result]) -> bytes:
    """Results as the graders of GitHub Classroom hand them to its reporter.

    The reporter adds up the scores of the tests and fails the run for `fail` and `error`.
    """
    checks = [(result, check) for result in results for check in result.checks]
    statuses = {check.status for _, check in checks}
    record = {
        "version": 1,
        "status": "error"
        if Status.GRADER_ERROR in statuses
        else "pass"
        if statuses <= {Status.PASSED}
        else "fail",
        "max_score": round(sum(result.max_points for result in results), 2),
        "tests": [_test(result, check) for result, check in checks],
    }
    return (json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8")


def _test(result: Result, check: CheckResult) -> dict[str, Any]:
    status = {Status.PASSED: "pass", Status.GRADER_ERROR: "error"}.get(check.status, "fail")
    return {
        "name": safe_text(f"{result.assignment} {check.exercise}: {check.title}"),
        "status": status,
        "score": check.points,
        "message": None if check.status is Status.PASSED else safe_text(with_example(check)),
        "test_code": f"grader check {result.assignment} {check.exercise}",
        "filename": safe_text(check.file),
        "line_no": 0 if check.cell else check.line or 0,
        "execution_time": f"{check.seconds:g}s",
    }


def step_outputs(results: Sequence[Result]) -> str:
    """Lines for ``$GITHUB_OUTPUT``: `points`, `max_points`, `result` for Classroom's reporter."""
    points = round(sum(result.points for result in results), 2)
    max_points = round(sum(result.max_points for result in results), 2)
    encoded = base64.b64encode(classroom_json(results)).decode("ascii")
    return f"points={points:g}\nmax_points={max_points:g}\nresult={encoded}\n"
