"""Errors: an impossible input that is let through, a possible one that is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.course.prepared import PreparedAssignment, PreparedCheck
from grader.diagnose.evidence import Evidence
from grader.result import Diagnosis, Kind

_RAISE = re.compile(r"\s*raise\b")
_MOST_LABELS = 3
_LIBRARY = (
    "A library raised this NotImplementedError, and no line of yours: a method that it calls is "
    "not there under the name that it looks for (`call`, say), or something is switched off that "
    "it needs."
)


def diagnose_refusal(
    assignment: PreparedAssignment, check: PreparedCheck, evidence: Sequence[Evidence]
) -> Diagnosis | None:
    """Say what is let through, or that the student's own guard refuses what is allowed."""
    failures = [item for item in evidence if item.failed]
    if check.kind is Kind.ERR:
        return _let_through(check, failures)
    if failures and all(_is_a_librarys(item) for item in failures):
        return Diagnosis(id="generic.library", hint=_LIBRARY)
    wanted = {
        str(one.settings["raises"])
        for one in assignment.checks_of(check.exercise)
        if one.kind is Kind.ERR
    }
    if not failures or not all(_is_refused(item, wanted) for item in failures):
        return None
    hint = (
        f"Your own check of the arguments refuses an input that is allowed ({_labels(failures)}): "
        "look at the condition in front of the `raise`."
    )
    return Diagnosis(id="generic.refused", hint=hint)


def _is_refused(item: Evidence, wanted: set[str]) -> bool:
    frames = item.error.get("frames")
    if item.observation.outcome != "raised" or not frames:
        return False
    line = str(frames[-1].get("code") or "")
    return bool(_RAISE.match(line)) and bool(set(item.observation.raised) & wanted)


def _is_a_librarys(item: Evidence) -> bool:
    is_one = item.observation.raised[:1] == ["builtins.NotImplementedError"]
    return is_one and not _is_own_raise(item)


def _let_through(check: PreparedCheck, failures: Sequence[Evidence]) -> Diagnosis | None:
    wanted = str(check.settings["raises"])
    name = wanted.rpartition(".")[2]
    outcomes = {item.observation.outcome for item in failures}
    if outcomes == {"answered"}:
        hint = (
            f"An input that is impossible is let through ({_labels(failures)}): {name} has to be "
            "raised there, before anything is computed."
        )
        return Diagnosis(id="generic.let_through", hint=hint)
    if outcomes == {"raised"} and not any(
        wanted in item.observation.raised or _is_own_raise(item) for item in failures
    ):
        hint = (
            f"The impossible input ({_labels(failures)}) is not refused by a check of your own, "
            f"but breaks the computation: raise {name} before it begins."
        )
        return Diagnosis(id="generic.breaks", hint=hint)
    return None


def _is_own_raise(item: Evidence) -> bool:
    frames = item.error.get("frames") or [{}]
    return bool(_RAISE.match(str(frames[-1].get("code") or "")))


def _labels(failures: Sequence[Evidence]) -> str:
    labels = list(dict.fromkeys(item.case.label for item in failures))
    more = ", …" if len(labels) > _MOST_LABELS else ""
    return "; ".join(labels[:_MOST_LABELS]) + more
