"""Mistakes made by hand in writings that are nobody's reference: what is said of each.

``tests/unseen`` holds one right writing of every assignment, and ``mistakes.toml`` beside it what
students get wrong in it: a passage, what stands there instead, and what a teaching assistant would
say. Each is graded on the public cases, as `check()` in a notebook does; printed is the
assistant's sentence beside the grader's, and how many get something specific:

    python -m benchmarks.unseen_mistakes a3 --jobs 2
    python -m benchmarks.unseen_mistakes a3 --judged after   # with the verdicts of verdicts.csv
    python -m benchmarks.unseen_mistakes a3 --set third      # the set of tests/unseen_third
"""

from __future__ import annotations

import argparse
import csv
import tomllib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

from benchmarks.common import ROOT
from grader.authoring.audit.examine import LIMITS
from grader.confine import Launcher, LimitBook, quickest_launcher
from grader.course import frozen
from grader.course.catalogue import choose, live_assignments
from grader.course.prepared import PreparedAssignment
from grader.judge.grading import GradingOptions, grade
from grader.judge.repairs import FORKED
from grader.result import CheckResult, Kind
from grader.submissions import Submission

FOLDER = ROOT / "tests" / "unseen"
SETS = {
    "first": FOLDER,
    "second": ROOT / "tests" / "unseen_second",
    "third": ROOT / "tests" / "unseen_third",
}
"""Each later set holds other mistakes in other writings, by an author who had seen neither the sets
before it nor the diagnosis: what is measured with them first is measured honestly."""
GENERAL = {
    f"generic.{name}"
    for name in ("shape", "not_reduced", "over_reduced", "transposed_shape", "not_finite", "dtype")
} | {"generic.constant", "generic.offset", "generic.none"}
"""Diagnoses that say what the form of the answer tells, and no more."""


@dataclass(frozen=True)
class Mistake:
    """One passage of a right writing, and what stands there instead."""

    name: str
    assignment: str
    file: str
    exercise: str
    old: str
    new: str
    says: str
    """What a teaching assistant would say."""
    folder: Path = FOLDER
    """That of the set to which it belongs."""

    def made_in(self, text: str) -> str:
        """Return the file's text with the mistake.

        Raises
        ------
        ValueError
            When the passage does not stand there exactly once.
        """
        found = text.count(self.old)
        if found != 1:
            raise ValueError(f"{self.name}: the passage stands {found} times in {self.file}.")
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Told:
    """What was said of a mistake."""

    kind: str
    diagnoses: tuple[tuple[str, str], ...] = ()
    messages: tuple[str, ...] = ()


def mistakes_of(
    assignment: str, listed_in: str = "mistakes.toml", folder: Path = FOLDER
) -> Iterator[Mistake]:
    """The mistakes of one assignment, in the order in which they are written down.

    In ``variants.toml`` stands in the same form what is no mistake: other ways to be right.
    """
    plain = tomllib.loads((folder / assignment / listed_in).read_text(encoding="utf-8"))
    for file, passages in plain.items():
        for number, one in enumerate(passages, 1):
            name = f"{file.removesuffix('.py')}-{number:02}"
            yield Mistake(name, assignment, file, **one, folder=folder)


def texts_of(assignment: str, folder: Path = FOLDER) -> dict[str, str]:
    """The files of the right writing."""
    found = sorted((folder / assignment).glob("*.py"))
    return {path.name: path.read_text(encoding="utf-8") for path in found}


@lru_cache(1)
def launcher_here() -> Launcher:
    """One for each process."""
    return quickest_launcher()


@lru_cache(1)
def public_cases(assignment: str) -> PreparedAssignment:
    """The public cases without training, whose failures have no diagnosis."""
    found = frozen.load(ROOT / "assignments" / assignment / "public")
    checks = tuple(one for one in found.checks if one.kind is not Kind.TRAIN)
    return replace(found, checks=checks)


def told_of(mistake: Mistake, repairs: bool = True) -> Told:
    """Grade the exercise in which the mistake was made."""
    texts = texts_of(mistake.assignment, mistake.folder)
    texts[mistake.file] = mistake.made_in(texts[mistake.file])
    content = {name: text.encode() for name, text in texts.items()}
    submission = Submission("unseen", mistake.assignment, content)
    only = frozenset({mistake.exercise})
    paces = FORKED if repairs else {}
    options = GradingOptions(limits=LimitBook(LIMITS), only=only, repairs=paces)
    result = grade(submission, public_cases(mistake.assignment), launcher_here(), options)
    lost = [one for one in result.checks if one.lost_points and one.exercise == mistake.exercise]
    told = {one.diagnosis.id: one.diagnosis.hint for one in lost if one.diagnosis}
    messages = tuple(f"{one.check} [{one.status}]: {one.message}" for one in lost)
    return Told(_kind(lost, set(told)), tuple(told.items()), messages)


def _kind(lost: list[CheckResult], told: set[str]) -> str:
    if not lost:
        return "not noticed"
    if any(name.startswith("misconception.") for name in told):
        return "a misconception of the course"
    if not told:
        return "nothing"
    return "form alone" if told <= GENERAL else "specific"


def verdicts_of(assignment: str, column: str, folder: Path = FOLDER) -> dict[str, str]:
    """What a person who read the sentences made of them."""
    with (folder / assignment / "verdicts.csv").open(encoding="utf-8", newline="") as lines:
        return {row["mistake"]: row[column] for row in csv.DictReader(lines)}


def print_told(mistake: Mistake, told: Told, verdict: str, messages: int) -> None:
    """Print one mistake and what was said of it."""
    print(f"{mistake.name} {mistake.exercise}: {mistake.says}")
    print("  - " + mistake.old.replace("\n", "\n    "))
    print("  + " + mistake.new.replace("\n", "\n    "))
    for message in told.messages[:messages]:
        print(f"  {message}")
    for name, hint in told.diagnoses:
        print(f"  {name}: {hint}")
    print(f"  = {told.kind}" + (f"; {verdict}" if verdict else ""))


def main() -> None:
    """Print every mistake, and how many are named."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("assignment")
    parser.add_argument("--file", default="", help="the mistakes of one file alone")
    parser.add_argument("--only", default="", help="one mistake alone, by its name")
    parser.add_argument("--variants", action="store_true", help="other ways to be right")
    parser.add_argument("--no-repairs", action="store_true", help="as before there were any")
    parser.add_argument("--set", choices=SETS, default="first", help="which set of mistakes")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--messages", type=int, default=1, help="how many are printed of each")
    parser.add_argument("--judged", default="", metavar="COLUMN", help="before or after")
    chosen = parser.parse_args()
    name = choose(chosen.assignment, live_assignments(ROOT)).name
    folder = SETS[chosen.set]
    listed_in = "variants.toml" if chosen.variants else "mistakes.toml"
    wanted = [
        one
        for one in mistakes_of(name, listed_in, folder)
        if one.file.startswith(chosen.file) and chosen.only in ("", one.name)
    ]
    verdicts = verdicts_of(name, chosen.judged, folder) if chosen.judged else {}
    kinds: Counter[str] = Counter()
    judged: Counter[str] = Counter()
    with ProcessPoolExecutor(chosen.jobs) as pool:
        for mistake, told in zip(
            wanted, pool.map(partial(told_of, repairs=not chosen.no_repairs), wanted), strict=True
        ):
            verdict = verdicts.get(mistake.name, "")
            print_told(mistake, told, verdict, chosen.messages)
            kinds[told.kind] += 1
            judged[verdict] += 1
    print(name, dict(kinds), dict(judged) if verdicts else "")


if __name__ == "__main__":
    main()
