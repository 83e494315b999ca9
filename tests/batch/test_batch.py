"""A batch: parallel, resumed, told of damage, stopped by a full disk without loss."""

import os
import signal
import subprocess
import sys
import time

import pytest

from grader.authoring.demo_class import write_class
from grader.batch import plan_batch, run_batch
from grader.batch.store import ResultStore, StoreError
from grader.judge.grading import GradingOptions
from grader.result import Status
from grader.submissions import CourseDirectory, CourseError
from tests.batch.mini_class import hand_in
from tests.conftest import have_hidden_cases, live, strongest
from tests.mini import REFERENCE, mini, replaced

STUDENTS = {
    "ada": REFERENCE,
    "bob smith": replaced(" / 2\n", "\n"),
    "小明 🎓": replaced("def predict", "def predikt"),
    "d∕slash": "def predict(:\n",
}


@pytest.fixture
def course(tmp_path):
    hand_in(tmp_path, STUDENTS)
    return CourseDirectory(tmp_path)


def run(course, **options):
    store = ResultStore(course.results / "m1_mini")
    plan = plan_batch(course, mini(), store, **options)
    report = run_batch(plan, mini(), store, strongest(), GradingOptions(course="c"), jobs=2)
    return plan, report


def test_every_student_gets_a_result_and_nobody_elses(course):
    _, report = run(course)
    points = {result.student: result.points for result in report.results}
    assert list(points) == sorted(STUDENTS)
    assert points["ada"] == 20 and points["bob smith"] == 18 and points["d∕slash"] == 0
    assert not report.failed


def test_results_that_still_hold_are_kept(course):
    _, first = run(course)
    plan, second = run(course)
    assert plan.jobs == []
    assert [r.comparable() for r in first.results] == [r.comparable() for r in second.results]
    assert len(run(course, fresh=True)[0].jobs) == len(STUDENTS)


def test_a_changed_file_is_graded_again(course):
    run(course)
    file = course.path / "submitted" / "bob smith" / "m1_mini" / "mini.py"
    file.write_text(REFERENCE, encoding="utf-8")
    plan, report = run(course)
    assert [job.student for job in plan.jobs] == ["bob smith"]
    assert next(r for r in report.results if r.student == "bob smith").points == 20


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b'{"schema_version": 1}', None])
def test_a_damaged_result_is_graded_again_and_said_so(course, damage):
    run(course)
    store = ResultStore(course.results / "m1_mini")
    path = store.path_of("ada")
    if damage is None:  # another student's result in this student's place
        path.write_bytes(store.path_of("bob smith").read_bytes())
    else:
        path.write_bytes(damage)
    plan, report = run(course)
    assert plan.damaged == ["ada"]
    assert next(r for r in report.results if r.student == "ada").points == 20


def test_a_full_disk_stops_the_batch_and_loses_nothing(course):
    run(course)
    store = ResultStore(course.results / "m1_mini")
    before = {path.name: path.read_bytes() for path in store.directory.iterdir()}
    file = course.path / "submitted" / "ada" / "m1_mini" / "mini.py"
    file.write_text(REFERENCE + "\n", encoding="utf-8")
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "from grader.batch.store import ResultStore, StoreError\n"
        "store = ResultStore(Path(sys.argv[1]))\n"
        "result, _ = store.read_checked('ada')\n"
        "try:\n    store.write(result)\n"
        "except StoreError as error:\n    print(error)\n    sys.exit(7)\n"
    )
    pytest.importorskip("resource")
    ended = subprocess.run(
        [sys.executable, "-c", script, str(store.directory)], capture_output=True, text=True
    )
    assert ended.returncode == 7, ended.stderr
    assert "The results written before are kept" in ended.stdout
    assert {path.name: path.read_bytes() for path in store.directory.iterdir()} == before


def test_a_store_that_cannot_write_raises_a_store_error(tmp_path):
    (tmp_path / "results").write_text("a file where the folder should be", encoding="utf-8")
    store = ResultStore(tmp_path / "results")
    from tests.mini import grade_mini

    with pytest.raises(StoreError, match="The results written before are kept"):
        store.write(grade_mini(""))


def test_a_student_without_the_files_gets_missing(course):
    (course.path / "submitted" / "eve" / "m1_mini").mkdir(parents=True)
    _, report = run(course)
    eve = next(r for r in report.results if r.student == "eve")
    assert {check.status for check in eve.checks} == {Status.MISSING}


def test_a_course_without_submissions_says_where_they_belong(tmp_path):
    with pytest.raises(CourseError, match="submitted"):
        CourseDirectory(tmp_path).submitted("a1_least_squares")


@pytest.mark.skipif(os.name != "posix", reason="kills a process group")
def test_a_killed_batch_goes_on_where_it_was(tmp_path, root):
    def grader(*arguments, **options):
        command = [sys.executable, "-m", "grader", *arguments]
        environment = {**os.environ, "GRADER_COURSE": str(root)}
        return subprocess.Popen(
            command,
            env=environment,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **options,
        )

    write_class(live("a1_least_squares"), tmp_path / "c", students=8, seed=1)
    have_hidden_cases(tmp_path / "c", "a1_least_squares")
    for file in (tmp_path / "c").rglob("keras_*.py"):
        file.unlink()
    batch = ("batch", "a1", "--course", "c", "--unconfined", "--no-report", "--jobs", "1")
    running = grader(*batch, start_new_session=True)
    results = tmp_path / "c" / "results" / "a1_least_squares"
    deadline = time.monotonic() + 60
    while len(list(results.glob("*.json"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate()
    kept = len(list(results.glob("*.json")))
    resumed = grader(*batch)
    output, _ = resumed.communicate()
    assert resumed.returncode == 0, output
    assert len(list(results.glob("*.json"))) == 8
    if kept < 8:
        assert f"{kept} results are still valid" in output
