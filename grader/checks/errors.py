"""err: the right exception, naming the value that it is about."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np

from grader.checks.examine import Judgement, examine, special
from grader.checks.verdict import Interview, Reply, Verdict
from grader.checks.wording import describe_reply, name_of
from grader.course.case import Case
from grader.course.prepared import PreparedCheck
from grader.result import Status

_SHARE_WITHOUT_VALUE = 0.5
_HAS_VALUES = re.compile(r"""[{%]|\.format\(|\bstr\(|\brepr\(|["']\s*,\s*\w""")
"""A line that writes a value into a message."""
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")


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
        if case.offending is not None and not names_offending(case, reply):
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


def names_offending(case: Case, reply: Reply) -> bool:
    """Whether a message names the offending value, or a size that was derived from it.

    Of a kernel that is too large once it is dilated, its extent says as much. Such a number stands
    in the message, but neither in the line that raised it nor among the arguments.
    """
    message = str(reply.error.get("message"))
    if case.offending is None or case.offending in message:
        return True
    if not _NUMBER.fullmatch(case.offending):
        return False
    told = set(_NUMBER.findall(message))
    if told & _extents(case, float(case.offending)):
        return True
    frames = reply.error.get("frames") or [{}]
    line = str(frames[-1].get("code") or "")
    known = {*_NUMBER.findall(line), *map(str, _numbers(case))}
    return bool(_HAS_VALUES.search(line)) and bool(told - known)


def _extents(case: Case, offending: float) -> set[str]:
    """What a kernel takes once it is dilated, if the offending number is its size or dilation."""
    numbers = {one for one in _numbers(case) if isinstance(one, int) and one > 1}
    pairs = ((one, other) for one in numbers for other in numbers if offending in (one, other))
    return {str(one * (other - 1) + 1) for one, other in pairs} - set(map(str, numbers))


def _numbers(case: Case) -> set[Any]:
    """Numbers and lengths among the arguments."""
    found: set[Any] = set()
    for value in (*case.arguments.values(), *case.options.values()):
        if isinstance(value, np.ndarray):
            found.update(value.shape)
        elif isinstance(value, int | float):
            found.add(value)
    return found
