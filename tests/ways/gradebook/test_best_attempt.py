"""Where the best attempt counts, the gradebook and formgrader show that one, now and later."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from grader.batch import plan_batch, run_batch
from grader.batch.store import ResultStore
from grader.judge.grading import GradingOptions
from grader.submissions import CourseDirectory
from grader.ways.gradebook.opening import opened
from grader.ways.gradebook.publish import publish
from tests.conftest import strongest
from tests.mini import REFERENCE, body, mini
from tests.ways.gradebook.course import NAME, course_in


def test_the_best_attempt_is_what_is_shown(tmp_path: Path) -> None:
    course = course_in(tmp_path, '[submissions]\nattempts = "best"\n')
    attempts = {
        f".attempts/ada/{NAME}/1": (REFERENCE + "# the best\n", "2026-03-01 12:00:00 UTC"),
        f"submitted/ada/{NAME}": (body("return X @ w"), "2026-03-02 12:00:00 UTC"),
    }
    for place, (text, stamp) in attempts.items():
        folder = tmp_path / place
        folder.mkdir(parents=True)
        (folder / "mini.py").write_text(text)
        (folder / "timestamp.txt").write_text(stamp)
    shown = tmp_path / "autograded" / "ada" / NAME / "mini.ipynb"
    for jobs in (1, 0):  # the second time the result is kept, and the notebook made anew
        shown.unlink(missing_ok=True)
        directory = CourseDirectory(tmp_path)
        store = ResultStore(directory.results / NAME)
        plan = plan_batch(directory, mini(), store)
        assert len(plan.jobs) == jobs
        report = run_batch(plan, mini(), store, strongest(), GradingOptions(), jobs=1)
        publish(directory, mini(), plan, report.results)
        with opened(course) as gradebook:
            submission = gradebook.find_submission(NAME, "ada")
            assert submission.score == 20
            assert submission.timestamp == datetime(2026, 3, 1, 12)
        assert "# the best" in shown.read_text()
