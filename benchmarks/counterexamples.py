"""Public inputs that explain hidden failures: what they cost a class, and how often they are found.

    python -m benchmarks.counterexamples a1_least_squares --part numpy

A synthetic class is graded with them and without, in turn, training excluded. Then the mutants of
the references that the audit makes are graded: of those that fail on hidden cases and on no public
one, the share is printed for which an input is found, and how long that takes. With
`--sometimes 10` a mutant is wrong on ten of a hundred inputs alone, and right on the others; which
these are, is decided by a digest of arrays and models' weights or, without any, of numbers.
"""

from __future__ import annotations

import argparse
import ast
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.common import ROOT, listed, make_class
from grader.authoring.mutation import Mutant, mutants_of
from grader.batch import plan_batch, run_batch
from grader.batch.inputs import PublicInputs
from grader.batch.searching import FurtherSearch
from grader.batch.store import ResultStore
from grader.confine import Launcher, LimitBook, Limits, launcher
from grader.course.catalogue import choose, live_assignments, load_live
from grader.course.prepare import LiveCourse, prepare
from grader.course.prepared import PreparedAssignment
from grader.course.question import Questions
from grader.judge.grading import GradingOptions, grade
from grader.judge.public_cases import still_open
from grader.result import Kind, Result, Visibility
from grader.submissions import CourseDirectory, Submission

LIMITS = LimitBook(Limits(seconds=20, cpu_seconds=5))


def untrained(assignment: PreparedAssignment) -> PreparedAssignment:
    """The assignment without its train checks."""
    checks = tuple(one for one in assignment.checks if one.kind is not Kind.TRAIN)
    return replace(assignment, checks=checks, forward_files={})


def timed(
    course: Path, hidden: PreparedAssignment, inputs: PublicInputs | None, chosen: Launcher
) -> tuple[float, list[Result]]:
    """Seconds that a fresh batch takes, and its results."""
    directory = CourseDirectory(course)
    store = ResultStore(directory.results / hidden.name)
    plan = plan_batch(directory, hidden, store, fresh=True)
    started = time.perf_counter()
    options = GradingOptions(limits=LIMITS)
    report = run_batch(plan, hidden, store, chosen, options, jobs=2, inputs=inputs)
    return time.perf_counter() - started, report.results


def print_class(
    course: Path, hidden: PreparedAssignment, inputs: PublicInputs, chosen: Launcher, rounds: int
) -> None:
    """Print how much longer a class takes."""
    timed(course, hidden, None, chosen)
    first, results = timed(course, hidden, inputs, chosen)  # makes further inputs
    pairs = [
        (timed(course, hidden, inputs, chosen)[0], timed(course, hidden, None, chosen)[0])
        for _ in range(rounds)
    ]
    examples = [one.example for result in results for one in result.checks if one.example]
    wrong = sum(any(one.lost_points for one in result.checks) for result in results)
    ratios = [with_them / without for with_them, without in pairs]
    print(f"{hidden.name}, {len(results)} students, {wrong} with lost points, 2 at once")
    print(
        f"  checks looked at {len(examples)}: {sum(one.seed == 'public' for one in examples)} "
        f"fail publicly, {sum(bool(one.file) for one in examples)} have a file, "
        f"{sum(one.too_large for one in examples)} one that is too large, "
        f"{sum(not one.seed for one in examples)} have no example"
    )
    print(f"  first batch, further inputs made in it: {first:.2f} s")
    print(f"  with    {listed([one for one, _ in pairs])} s")
    print(f"  without {listed([one for _, one in pairs])} s")
    print(f"  ratio   {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


_SOMETIMES = """

def _sometimes(right, wrong):
    import functools
    import zlib

    import numpy as np

    def arrays(one):
        return one.get_weights() if hasattr(one, "get_weights") else [one] * bool(np.ndim(one))

    @functools.wraps(right)
    def chosen(*given, **named):
        found = [array for one in given for array in arrays(one)]
        seen = b"".join(np.ascontiguousarray(one).tobytes() for one in found)
        plain = [one for one in (*given, *named.values()) if isinstance(one, (int, float))]
        seen = seen or repr(plain).encode()
        return (wrong if zlib.crc32(seen) % 100 < {percent} else right)(*given, **named)

    return chosen


{wrong}

{name} = _sometimes({name}, _wrong_{name})
"""


def sometimes(reference: str, mutant: Mutant, percent: int) -> str | None:
    """The reference with a function that is a mutant on some inputs; None for no function."""
    for node in ast.parse(mutant.text).body:
        if isinstance(node, ast.FunctionDef) and node.name == mutant.definition:
            text = ast.get_source_segment(mutant.text, node) or ""
            wrong = text.replace(f"def {node.name}(", f"def _wrong_{node.name}(", 1)
            return reference + _SOMETIMES.format(percent=percent, wrong=wrong, name=node.name)
    return None


def drawn(
    live: LiveCourse, files: list[str], count: int, percent: int = 100
) -> Iterator[tuple[Mutant, Submission]]:
    """Some mutants of the files, each within the references."""
    found = [one for file in files for one in mutants_of(live.references[file], file)]
    checked = {one.name for one in live.assignment.exercises() if one.checks}
    found = [one for one in found if one.definition in checked]
    chosen = random.Random(5).sample(found, min(count, len(found)))
    for mutant in chosen:
        reference = live.references[mutant.file]
        text = sometimes(reference, mutant, percent) if percent < 100 else mutant.text
        if text is None:
            continue
        texts = {**{file: live.references[file] for file in files}, mutant.file: text}
        given = {name: text.encode() for name, text in texts.items()}
        yield mutant, Submission("mutant", live.assignment.name, given)


def print_mutants(
    live: LiveCourse,
    hidden: list[PreparedAssignment],
    inputs: PublicInputs,
    chosen: Launcher,
    files: list[str],
    count: int,
    percent: int,
) -> None:
    """Print for how many mutants an input is found, and after how long."""
    public, questions = inputs.assignment, Questions()
    seconds, unexplained, graded, too_large = [], [], 0, 0
    for mutant, submission in drawn(live, files, count, percent):
        graded += 1
        only = frozenset(one.name for one in live.assignment.exercises() if one.file == mutant.file)
        options = GradingOptions(limits=LIMITS, only=only, until_lost=True)
        seen = grade(submission, public, chosen, options, questions)
        if any(one.lost_points for one in seen.checks):
            continue
        for assignment in hidden:
            options = GradingOptions(limits=LIMITS, only=only, public=public)
            result = grade(submission, assignment, chosen, options, questions)
            names = still_open(result.checks, None)
            if not names:
                continue
            search = FurtherSearch(inputs, inputs.further(names))  # made once for a class
            started = time.perf_counter()
            alone = GradingOptions(limits=LIMITS, inspected={})
            result = search.explained(result, submission, chosen, alone)
            taken = time.perf_counter() - started
            if any(one.example and one.example.seed for one in result.checks):
                seconds.append(taken)
                too_large += any(one.example and one.example.too_large for one in result.checks)
            else:
                name = ".".join(names[0])
                change = f"{mutant.before} -> {mutant.after}".replace("\n", " / ")
                unexplained.append(f"{mutant.file}:{mutant.line} {name}: {change}")
    total = len(seconds) + len(unexplained)
    print(
        f"{live.assignment.name}, {', '.join(files)}: {graded} mutants, {len(hidden)} seeds, "
        f"wrong on {percent} % of the inputs"
    )
    print(f"  fail on hidden cases and on no public one: {total}")
    if total:
        print(
            f"  an input is found for {len(seconds)} ({len(seconds) / total:.0%}), "
            f"{too_large} with a file that is too large"
        )
    if seconds:
        print(f"  after {statistics.median(seconds):.2f} s (median), {max(seconds):.2f} s at most")
    for one in unexplained:
        print(f"    none for {one}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("assignment")
    parser.add_argument("--part", choices=["numpy", "keras"], default="numpy")
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--mutants", type=int, default=400)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sometimes", type=int, default=100, metavar="PERCENT")
    given = parser.parse_args()
    live = load_live(choose(given.assignment, live_assignments(ROOT)))
    files = [one.name for one in live.assignment.files if one.backend == given.part]
    with tempfile.TemporaryDirectory() as scratch, launcher("auto") as chosen:
        course = Path(scratch)
        make_class(live, course, files[0], given.students)
        hidden = [
            untrained(
                prepare(
                    live,
                    f"hidden {number}",
                    Visibility.HIDDEN,
                    chosen,
                    only_backend=given.part,
                    with_training=False,
                    jobs=2,
                ).part(given.part)
            )
            for number in range(given.seeds)
        ]
        inputs = PublicInputs.of_class(CourseDirectory(course), live, chosen, ROOT)
        if inputs is None:
            raise SystemExit("Nothing is explained here: workers have no memory of their own.")
        if given.rounds:
            print_class(course, hidden[0], inputs, chosen, given.rounds)
        inputs.assignment = inputs.assignment.part(given.part)
        if given.mutants:
            print_mutants(live, hidden, inputs, chosen, files, given.mutants, given.sometimes)


if __name__ == "__main__":
    main()
