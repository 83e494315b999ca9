"""src: rules on the syntax tree, a teaching aid beside the guard at run time."""

from __future__ import annotations

from grader.checks.verdict import Interview, Verdict, passed
from grader.checks.wording import allowing
from grader.course.prepared import PreparedCheck
from grader.result import CaseCount, Status
from grader.submissions.places import beginning


def judge_source(check: PreparedCheck, interview: Interview) -> Verdict:
    """Fail when the exercise, or a helper that it calls, names a forbidden function."""
    uses = interview.uses(check.exercise)
    instead = interview.assignment.exercise(check.exercise).instead
    for forbidden in check.settings["forbid"]:
        for dotted, line in sorted(uses.items(), key=lambda item: item[1]):
            if dotted == forbidden:
                where = beginning(interview.place_of(check.exercise, line))
                return Verdict(
                    Status.FORBIDDEN,
                    message=allowing(
                        f"{where} uses {forbidden}, which this exercise does not allow", instead
                    ),
                    cases=CaseCount(run=1, passed=0),
                    line=line,
                )
    return passed(1)
