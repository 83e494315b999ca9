"""out: outputs equal the reference's, inputs stay as they were, no warning is emitted."""

from __future__ import annotations

from dataclasses import replace

from grader.checks.examine import Judgement, examine, special
from grader.checks.verdict import Interview, Reply, Verdict
from grader.checks.wording import describe_reply
from grader.course.case import Case
from grader.course.prepared import PreparedCheck
from grader.diagnose import picked
from grader.diagnose.comparison import Difference, Mismatch, compare


def judge_outputs(check: PreparedCheck, interview: Interview) -> Verdict:
    """Judge an outputs check; `judges` says whether values, purity or warnings count."""
    judges = check.settings.get("judges", "values")
    hidden = interview.assignment.visibility

    def judge(case: Case, reply: Reply) -> Judgement:
        if reply.observation.outcome != "answered":
            # An exception is for the values to judge; purity only asks what was changed.
            if judges == "purity" and special(reply) is None:
                return "the call raised an exception, so nothing can be said about its inputs"
            return describe_reply(check.exercise, reply, hidden)
        if judges == "purity":
            changed = ", ".join(reply.observation.mutated)
            return f"the call changed its input {changed}" if changed else None
        found = compare_case(check, case, reply)
        if judges == "warnings" and reply.warnings:
            said = f"NumPy warned: {reply.warnings[0]}"
            return said if found is None else replace(found, summary=f"{said}, and {found.summary}")
        return found

    return examine(check, interview, judge)


def compare_case(check: PreparedCheck, case: Case, reply: Reply) -> Mismatch | None:
    """Compare all that a case returns with what the reference returned."""
    assert case.expected is not None
    if len(reply.observation.values) != len(case.expected.values):
        return Mismatch(Difference.COUNT, "", None, None, "the answer is incomplete")
    expected, received = picked(check, case.expected), picked(check, reply.observation)
    select = check.settings.get("select")
    if select is not None and received is reply.observation.values:
        summary = "a tuple was expected; received one value"
        return Mismatch(Difference.TYPE, "", case.expected.values[0], received, summary)
    if len(received) != len(expected):
        return Mismatch(Difference.COUNT, "", None, None, "the answer is incomplete")
    named = len(case.returns) > 1
    for name, one, other in zip(case.returns, received, expected, strict=True):
        found = compare(one, other, case.rtol, case.atol, name if named else "")
        if found is not None:
            return found
    return None
