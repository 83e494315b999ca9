"""Which mistakes are named, and what is said of them: for a person who judges by reading.

Mutants of a reference, or of another right writing of it, that no misconception was written for are
graded like submissions. Printed are the lines that differ, the first failing message and every
diagnosis, so that each can be read as right, wrong or nothing:

    python -m benchmarks.named_mistakes a2_logistic_regression --count 40
    python -m benchmarks.named_mistakes a2_logistic_regression --writing loops
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from grader.authoring.audit import read_listed
from grader.authoring.audit.examine import LIMITS
from grader.authoring.mutation import Mutant, mutants_of
from grader.confine import LimitBook, quickest_launcher
from grader.course.catalogue import load_live
from grader.course.prepare import LiveCourse, prepare
from grader.course.question import Questions
from grader.judge.grading import GradingOptions, grade
from grader.judge.repairs import ALONE, IN_A_CLASS
from grader.result import CheckResult, Kind, Visibility
from grader.submissions import Submission

_VAGUE = ("generic.constant", "generic.shape", "generic.not_finite", "generic.none")
"""What says that something is wrong, and not what."""
ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Print the sample and how many of it got a diagnosis."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("assignment")
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--writing", default="", help="a folder of tests/alternatives")
    parser.add_argument("--file", default="", help="default: the first file")
    parser.add_argument("--no-slips", action="store_true", help="as before there were slips")
    parser.add_argument("--no-repairs", action="store_true", help="as before there were any")
    parser.add_argument("--in-class", action="store_true", help="as `grader batch` looks for them")
    chosen = parser.parse_args()
    paces = {} if chosen.no_repairs else IN_A_CLASS if chosen.in_class else ALONE
    course = load_live(ROOT / "solutions" / chosen.assignment)
    file = chosen.file or course.assignment.files[0].name
    backend = next(one.backend for one in course.assignment.files if one.name == file)
    found: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    seconds: list[float] = []
    questions = Questions()
    with quickest_launcher() as launcher:
        prepared = prepare(
            course,
            "named mistakes",
            Visibility.HIDDEN,
            launcher,
            only_backend=backend,
            with_training=False,
            with_slips=not chosen.no_slips,
        )
        checks = (one for one in prepared.checks if one.kind is not Kind.TRAIN and one.cases)
        prepared = replace(prepared, checks=tuple(checks))
        for mutant in _sample(course, file, chosen.writing):
            if found["named"] + found["not named"] == chosen.count:
                break
            texts = {**course.references, file: mutant.text}
            submission = Submission(
                "mutant", prepared.name, {name: one.encode() for name, one in texts.items()}
            )
            options = GradingOptions(limits=LimitBook(LIMITS), only=frozenset({mutant.definition}))
            options = replace(options, repairs=paces)
            result = grade(submission, prepared, launcher, options, questions)
            lost = [one for one in result.checks if one.lost_points]
            became = _told(mutant, lost)
            found[became] += 1
            if became in {"named", "not named"}:
                kinds[_kind(lost)] += 1
                seconds.append(result.seconds)
    print(chosen.assignment, chosen.writing, dict(found), dict(kinds))
    if seconds:
        print(f"  {statistics.median(seconds):.2f} s (median), {max(seconds):.2f} s at most")


def _sample(course: LiveCourse, file: str, writing: str) -> Iterator[Mutant]:
    """Mutants in an order that is the same each time, without those that are no mistakes."""
    folder = ROOT / "solutions" / course.assignment.name
    text = course.references[file]
    if writing:
        path = ROOT / "tests" / "alternatives" / course.assignment.name / writing / file
        text = path.read_text(encoding="utf-8")
    listed = read_listed(folder)
    judged = {
        one.name
        for one in course.assignment.exercises()
        if any(check.kind is not Kind.TRAIN for check in one.checks)
    }
    mutants = [
        one
        for one in mutants_of(text, file)
        if one.definition in judged
        and (writing or not (listed.reason(one) or listed.leaves_out(one)))
    ]
    random.Random(f"named {course.assignment.name}").shuffle(mutants)
    yield from mutants


def _told(mutant: Mutant, lost: list[CheckResult]) -> str:
    """Print a mutant that lost points and what is said of it; tell what became of it."""
    told = {one.diagnosis.id: one.diagnosis.hint for one in lost if one.diagnosis}
    if not lost:
        return "no point lost"
    if any(name.startswith("misconception.") for name in told):
        return "a misconception"
    first = next((one for one in lost if one.diagnosis), lost[0])
    print(f"{mutant.scope}, line {mutant.line} [{mutant.family}]")
    print(f"  - {mutant.before}\n  + {mutant.after}")
    print(f"  {first.check} [{first.status}]: {first.message}")
    for name, hint in told.items():
        print(f"  {name}: {hint}")
    return "named" if told else "not named"


def _kind(lost: list[CheckResult]) -> str:
    """By which means a mistake is named, the best of those of its checks."""
    told = [one.diagnosis.id for one in lost if one.diagnosis]
    for kind in ("generic.repair.", "generic.slip."):
        if any(name.startswith(kind) for name in told):
            return kind.split(".")[1]
    if not told:
        return "nothing"
    return "vague" if all(name.startswith(_VAGUE) for name in told) else "pattern"


if __name__ == "__main__":
    main()
