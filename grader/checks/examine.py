"""What all kinds share: ask every case, judge each reply, word the first failure."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from grader.checks.inputs_shown import MAX_SHOWN, inputs_of
from grader.checks.of_keras import of_keras
from grader.checks.verdict import Interview, Reply, Verdict
from grader.checks.wording import MEMORY, WRONG_FORM, describe_mismatch, describe_reply
from grader.course.case import Case
from grader.course.prepared import PreparedCheck
from grader.diagnose import Evidence, Explained, diagnose
from grader.diagnose.comparison import Mismatch
from grader.result import CaseCount, Diagnosis, Status, Visibility

Judgement = Mismatch | str | None
"""None is right; a `Mismatch` differs in value; a string says otherwise what is wrong."""

_log = logging.getLogger("grader.diagnose")
_log.addHandler(logging.NullHandler())  # where nobody set up a log, nobody is shown a traceback
_FORBIDDEN_IMPORT = "grader.worker.imports.ForbiddenImport"


def examine(
    check: PreparedCheck, interview: Interview, judge_reply: Callable[[Case, Reply], Judgement]
) -> Verdict:
    """Ask all cases of a check; it passes when every case does."""
    evidence: list[Evidence] = []
    problems: list[tuple[Case, Reply, Judgement]] = []
    right: list[int] = []
    printed = ""
    for number, case in enumerate(check.cases):
        reply = interview.ask(check, case)
        printed = printed or reply.printed
        judgement = judge_reply(case, reply)
        mismatch = judgement if isinstance(judgement, Mismatch) else None
        failed = judgement is not None
        evidence.append(Evidence(case, reply.observation, failed, mismatch, reply.error))
        if failed:
            problems.append((case, reply, judgement))
            if special(reply) is not None:
                break  # not there, or not allowed: the other cases would say the same
        else:
            right.append(number)
    count = CaseCount.of(len(evidence), len(evidence) - len(problems))
    if not evidence:
        return Verdict(Status.GRADER_ERROR, message="The check has no cases; tell the instructor.")
    if not problems:
        return Verdict(Status.PASSED, 1.0, cases=count, right=tuple(right), printed=printed)
    case, reply, judgement = problems[0]
    status, line, file = status_of(reply)
    diagnosis, explained = _diagnosis(check, interview, evidence, status)
    return Verdict(
        status=status,
        message=_safe_message(check, interview, problems, len(evidence)),
        diagnosis=diagnosis,
        explained=explained,
        cases=count,
        right=tuple(right),
        differing=frozenset(one.mismatch.difference for one in evidence if one.mismatch),
        printed=printed,
        line=line,
        line_file=file,
        waits_for=reply.absence.waits_for if reply.absence else "",
    )


def special(reply: Reply) -> Status | None:
    """The status of a reply that is no answer at all: not there, forbidden, out of memory."""
    outcome, raised = reply.observation.outcome, reply.observation.raised
    if reply.absence is not None:
        return reply.absence.status
    if outcome == "missing":
        return Status.MISSING
    if outcome == "forbidden" or raised[:1] == [_FORBIDDEN_IMPORT]:
        return Status.FORBIDDEN
    if MEMORY in raised:
        return Status.OUT_OF_MEMORY
    return None


def status_of(reply: Reply) -> tuple[Status, int | None, str]:
    """The status of a failing reply, and the student's line and file if an exception named them."""
    frames = reply.error.get("frames") or [{}]
    line, file = frames[-1].get("line"), str(frames[-1].get("file") or "")
    if reply.left_out is not None:
        line, file = reply.left_out.line or None, reply.left_out.file
    exact = special(reply)
    if exact is not None:
        return exact, line, file
    if reply.observation.raised[:1] == [WRONG_FORM]:
        return Status.FAILED, None, ""  # a wrong answer, although a step had to stop because of it
    if reply.observation.outcome == "raised":
        return Status.ERROR, line, file
    return Status.FAILED, None, ""


def _safe_message(
    check: PreparedCheck,
    interview: Interview,
    problems: Sequence[tuple[Case, Reply, Judgement]],
    asked: int,
) -> str:
    """The message; where wording it fails, what stands without any value."""
    with without_harm("message", check):
        return _message(check, interview, problems, asked)
    case, _, judgement = problems[0]
    found = judgement.summary if isinstance(judgement, Mismatch) else "the answer is not right"
    return f"{case.label}: {found}"


@contextmanager
def without_harm(what: str, check: PreparedCheck) -> Iterator[None]:
    """Let a verdict stand without its message or diagnosis, when making that fails."""
    try:
        yield
    except Exception:
        _log.exception("The %s of %s.%s failed", what, check.exercise, check.name)


def _message(
    check: PreparedCheck,
    interview: Interview,
    problems: Sequence[tuple[Case, Reply, Judgement]],
    asked: int,
) -> str:
    case, reply, judgement = problems[0]
    visibility = interview.assignment.visibility
    most = int(check.settings.get("shown", MAX_SHOWN))
    if isinstance(judgement, Mismatch):
        text = describe_mismatch(case, judgement, visibility, most)
    else:
        text = str(judgement)
    if special(reply) is not None:
        return text
    if visibility is Visibility.PUBLIC and reply.observation.outcome == "raised":
        text = "\n".join([text, *inputs_of(case, most)])
    share = f" ({len(problems)} of {asked} cases)" if asked > 1 else ""
    return f"{case.label}{share}: {text}"


def _diagnosis(
    check: PreparedCheck, interview: Interview, evidence: Sequence[Evidence], status: Status
) -> tuple[Diagnosis | None, Explained]:
    wanted = check.settings.get("diagnosed", True)  # not where only a verdict is asked for
    if wanted and status in {Status.FAILED, Status.ERROR}:
        with without_harm("diagnosis", check):
            found, explained = diagnose(interview.assignment, check, evidence)
            facts = interview.class_facts(check.exercise)
            found = of_keras(check, evidence, facts, found)
            return found, replace(explained, otherwise=_harmless(check, explained.otherwise))
    return None, Explained()


def _harmless(
    check: PreparedCheck, find: Callable[[], Diagnosis | None]
) -> Callable[[], Diagnosis | None]:
    def found() -> Diagnosis | None:
        with without_harm("diagnosis", check):
            return find()
        return None

    return found


def answered(reply: Reply, exercise: str, interview: Interview) -> str | None:
    """None for a reply with values; else a description of what came instead."""
    if reply.observation.outcome == "answered":
        return None
    return describe_reply(exercise, reply, interview.assignment.visibility)
