"""`[submissions] attempts = "best"`: all attempts are graded, the best counts, and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.batch import plan_batch, run_batch
from grader.batch.attempts import Attempt, best_of, counted
from grader.batch.store import ResultStore
from grader.judge.grading import GradingOptions
from grader.result import CheckResult, Kind, Result, Status, Visibility
from grader.submissions import CourseDirectory, CourseError, Submission
from tests.conftest import strongest
from tests.mini import REFERENCE, mini, replaced
from tests.stored import result as stored_result

TWO_LESS = replaced(" / 2\n", "\n")
NOTHING = "def predict(:\n"


def lay(course: Path, settings: str, *texts: str, stamps: tuple[str, ...] = ()) -> None:
    (course / "grader.toml").write_text(settings)
    for number, text in enumerate(texts, start=1):
        folder = course / ".attempts" / "ada" / "m1_mini" / str(number)
        if number == len(texts):
            folder = course / "submitted" / "ada" / "m1_mini"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "mini.py").write_text(text)
        stamp = stamps[number - 1] if stamps else f"2026-03-0{number} 12:00:00 UTC"
        (folder / "timestamp.txt").write_text(stamp)


def run(course: Path) -> tuple[int, Result]:
    directory = CourseDirectory(course)
    store = ResultStore(directory.results / "m1_mini")
    plan = plan_batch(directory, mini(), store)
    report = run_batch(plan, mini(), store, strongest(), GradingOptions(), jobs=2)
    return len(plan.jobs), report.results[0]


BEST = '[submissions]\nattempts = "best"\n'


def test_best_and_latest(tmp_path: Path) -> None:
    lay(tmp_path, BEST, NOTHING, REFERENCE, TWO_LESS)
    jobs, result = run(tmp_path)
    assert (jobs, result.points) == (1, 20)
    assert result.submission.notes == ["attempt 2 of 3 counts: it has the most points"]
    assert result.submission.submitted_at == "2026-03-02T12:00:00+00:00"
    assert run(tmp_path)[0] == 0  # it still holds
    (tmp_path / "grader.toml").write_text("")
    jobs, result = run(tmp_path)
    assert (jobs, result.points, result.submission.notes) == (1, 18, [])
    (tmp_path / "grader.toml").write_text(BEST)
    assert run(tmp_path)[1].points == 20


def test_any_attempt_that_changes_is_graded_again(tmp_path: Path) -> None:
    lay(tmp_path, BEST, NOTHING, TWO_LESS)
    assert run(tmp_path)[1].points == 18
    lay(tmp_path, BEST, REFERENCE, TWO_LESS)
    jobs, result = run(tmp_path)
    assert (jobs, result.points) == (1, 20)
    lay(tmp_path, BEST, REFERENCE, NOTHING, TWO_LESS)
    jobs, result = run(tmp_path)
    assert jobs == 1 and result.submission.notes[0].startswith("attempt 1 of 3")


def test_of_equals_the_latest_counts(tmp_path: Path) -> None:
    lay(tmp_path, BEST, REFERENCE, REFERENCE + "\n")
    assert run(tmp_path)[1].submission.notes[0].startswith("attempt 2 of 2")


def test_lateness_is_weighed(tmp_path: Path) -> None:
    late = "[late]\npercent_per_day = 50\ndue.m1_mini = 2026-03-01T12:00:00Z\n"
    lay(tmp_path, BEST + late, TWO_LESS, REFERENCE)
    result = run(tmp_path)[1]
    assert result.points == 18 and result.submission.notes[0].startswith("attempt 1 of 2")
    assert run(tmp_path)[0] == 0
    (tmp_path / "grader.toml").write_text(BEST + late.replace("50", "1"))
    assert run(tmp_path)[1].points == 20


def attempt(name: str) -> Attempt:
    return Attempt(Path(name), Submission("ada", "m1_mini", {"mini.py": name.encode()}))


def outcome(points: float, status: Status = Status.PASSED) -> Result:
    check = CheckResult(
        exercise="f",
        check="g",
        title="",
        kind=Kind.OUT,
        visibility=Visibility.HIDDEN,
        points=points,
        max_points=10,
        status=status,
    )
    return stored_result("ada", points=points).model_copy(
        update={"max_points": 10, "checks": [check]}
    )


def test_an_attempt_on_which_the_grader_failed_may_be_the_best() -> None:
    attempts = [attempt("a"), attempt("b"), attempt("c")]
    failed = outcome(0, Status.GRADER_ERROR)
    assert best_of(attempts, [outcome(9), failed, outcome(3)]).has_grader_error
    whole = best_of(attempts, [outcome(10), failed, outcome(3)])
    assert not whole.has_grader_error and whole.points == 10


def test_which_attempt_a_result_is_of() -> None:
    attempts = [attempt("a"), attempt("b")]
    record = outcome(1).submission.model_copy(
        update={"sha256": attempts[0].submission.sha256, "submitted_at": None}
    )
    assert counted(attempts, outcome(1).model_copy(update={"submission": record})).path == Path("a")
    assert counted(attempts, outcome(1)).path == Path("b")


def test_an_unknown_choice_is_told(tmp_path: Path) -> None:
    lay(tmp_path, '[submissions]\nattempts = "worst"\n', REFERENCE)
    with pytest.raises(
        CourseError, match=r"submissions\.attempts: Input should be 'latest' or 'best'"
    ):
        CourseDirectory(tmp_path)
    lay(tmp_path, '[submissions]\natempts = "best"\n', REFERENCE)
    with pytest.raises(CourseError, match=r"Did you mean submissions\.attempts"):
        CourseDirectory(tmp_path)
