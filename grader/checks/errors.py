"""err: the right exception, naming the value that it is about."""

from __future__ import annotations

from dataclasses import replace

from grader.checks.examine import Judgement, examine, special
from grader.checks.verdict import Interview, Reply, Verdict
from grader.checks.wording import describe_reply, name_of
from grader.course.case import Case
from grader.course.prepared import PreparedCheck
from grader.result import Status

_SHARE_WITHOUT_VALUE = 0.5


def judge_errors(check: PreparedCheck, interview: Interview) -> Verdict:
    """Expect the exception on every case; half the points when its message names no value."""
    unnamed: list[str] = []
    wanted = check.settings["raises"]
    short = wanted.removeprefix("builtins.")

    def judge(case: Case, reply: Reply) -> Judgement:
        if special(reply) is not None:
            return describe_reply(check.exercise, reply, interview.assignment.visibility)
        observation = reply.observation
        if observation.outcome != "raised":
            return f"{short} was expected, but the call returned normally"
        if wanted not in observation.raised:
            return f"{short} was expected, but {name_of(reply)} was raised"
        if case.offending is not None and case.offending not in str(reply.error.get("message")):
            unnamed.append(case.label)
        return None

    verdict = examine(check, interview, judge)
    if verdict.status is Status.ERROR:
        verdict = replace(verdict, status=Status.FAILED)
    if verdict.status is Status.PASSED and unnamed:
        message = (
            f"{unnamed[0]}: {short} is right, but its message does not name the offending value. "
            "A good message says what was received."
        )
        return replace(verdict, status=Status.FAILED, share=_SHARE_WITHOUT_VALUE, message=message)
    return verdict
