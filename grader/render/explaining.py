"""What of a result is explained, and the few words that stand in a row for the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from grader.render.summary import exercises
from grader.result import CheckResult, Result, Status

MOST_NOTES = 5
"""Notes of a submission that are shown where nobody asked for all of them."""
_NOT_THERE = re.compile(r"there is no (\S+) in ([^.]+)\.", re.IGNORECASE)
_SILENT = {Status.MISSING, Status.SKIPPED}
_SENTENCE_END = re.compile(r"[.;](?:\s|$)")
_WORDS = {
    Status.FAILED: "not right yet",
    Status.ERROR: "stops with an error",
    Status.TIMEOUT: "takes too long",
    Status.OUT_OF_MEMORY: "runs out of memory",
    Status.CRASHED: "ends the process",
    Status.FORBIDDEN: "uses what is not allowed",
    Status.MISSING: "not written yet",
    Status.SKIPPED: "does not count yet",
    Status.GRADER_ERROR: "the grader failed; this is not your fault",
}


@dataclass(frozen=True)
class Explanation:
    """A check that is explained, and how many others of its exercise fail as well."""

    check: CheckResult
    more: int = 0

    @property
    def subject(self) -> str:
        """What it is about: the exercise, or the file when that is at fault as a whole."""
        return self.check.file if self.check.whole_file else self.check.exercise


def explanations(result: Result, *, every: bool = False) -> list[Explanation]:
    """What is worth explaining, one check for each exercise, and once what a whole file has.

    What was written and is wrong comes before what is missing or waits.

    Parameters
    ----------
    every
        All checks that do not pass, instead of the first one of each exercise.
    """
    found: list[Explanation] = []
    files: set[str] = set()
    for exercise in exercises(result):
        wrong = [check for check in exercise.checks if _is_worth_a_word(check)]
        whole = next((check for check in wrong if check.whole_file), None)
        if whole is not None and whole.file not in files:
            files.add(whole.file)
            if whole.status is not Status.MISSING and "\n" in whole.message:
                found.append(Explanation(whole))
        own = [check for check in wrong if not check.whole_file]
        if every:
            found += map(Explanation, own)
        elif own:
            found.append(Explanation(_most_telling(own), len(own) - 1))
    return sorted(found, key=lambda one: one.check.status in _SILENT)


def _most_telling(wrong: Sequence[CheckResult]) -> CheckResult:
    """The first check, or the one that an input explains, which no other could show."""
    return next((one for one in wrong if one.example is not None and one.example.seed), wrong[0])


def explained_check(result: Result) -> CheckResult | None:
    """The check to explain where one exercise is all that is shown; None when all pass."""
    found = explanations(result)
    if found:
        return found[0].check
    return next((check for check in result.checks if check.status is not Status.PASSED), None)


def _is_worth_a_word(check: CheckResult) -> bool:
    """Whether there is more to say than what the check's row or its file's line says."""
    if check.status is Status.PASSED:
        return False
    if check.status is Status.SKIPPED:
        is_own_exception = check.line is not None and "\n" in check.message
        return bool(check.waits_for) and (is_own_exception or "waits for" not in check.message)
    if check.status is Status.MISSING and not check.whole_file:
        is_said = row_words([check]) == words(Status.MISSING) or _NOT_THERE.match(check.message)
        return not is_said or "did you mean" in check.message.casefold()
    return check.status is not Status.MISSING


def file_line(check: CheckResult) -> str:
    """What is wrong with a whole file, in one line."""
    line = check.message.partition("\n")[0].rstrip(".")
    # What was found instead of a file is told above, once for all files.
    return line.partition(". ")[0] if check.status is Status.MISSING else line


def words(status: Status) -> str:
    """A status as one says it of an exercise."""
    return _WORDS.get(status, str(status))


def row_words(checks: Sequence[CheckResult]) -> str:
    """What an exercise's row says beside the points; nothing where all checks pass."""
    wrong = [check for check in checks if check.status is not Status.PASSED]
    if not wrong or wrong[0].whole_file:
        return ""
    first = wrong[0]
    if len(wrong) < len(checks) or len({check.status for check in wrong}) > 1:
        return f"{len(checks) - len(wrong)} of {len(checks)} checks pass"
    if first.status is Status.SKIPPED:
        return f"waits for {first.waits_for}" if first.waits_for else words(first.status)
    if first.status is Status.MISSING:
        return _missing_words(first)
    return words(first.status)


def _missing_words(check: CheckResult) -> str:
    message = check.message
    if not message or message.startswith(f"{check.exercise} is not written yet"):
        return words(Status.MISSING)
    absent = _NOT_THERE.match(message)
    if absent is not None and absent[1] == check.exercise:
        return f"not in {absent[2]}"
    line = message.partition("\n")[0]
    end = _SENTENCE_END.search(line)
    return line[: end.start()] if end else line


def bounded_notes(notes: Sequence[str], how: str, *, every: bool = False) -> list[str]:
    """The first notes, and how many more there are.

    Parameters
    ----------
    how
        How to see the others, put after their number.
    """
    if every or len(notes) <= MOST_NOTES:
        return list(notes)
    return [*notes[:MOST_NOTES], f"… and {len(notes) - MOST_NOTES} more notes{how}"]
