"""The report beside the gradebook: the one that `grader report` writes, or one sentence."""

import subprocess
import sys
import time

import psutil
import pytest

from grader.batch import BatchReport
from grader.batch.store import ResultStore
from grader.cli.report_process import ReportProcess
from grader.problems import MachineProblem
from grader.render.html import write_report
from tests.render.small_class import small_class


@pytest.fixture
def outcome(tmp_path):
    store = ResultStore(tmp_path / "results")
    results = small_class("++-", "+--", "+++")
    for result in results:
        store.write(result)
    return BatchReport(store, [one.student for one in results[:2]])


def child():
    """The process itself, as the system sees it."""
    children = psutil.Process().children()
    return next(one for one in children if "report_process" in str(one.cmdline()))


@pytest.fixture
def process():
    made = ReportProcess()
    yield made
    made.end()


def test_the_report_holds_the_class_of_this_batch(process, outcome, tmp_path):
    process.begin(outcome, tmp_path / "beside")
    page = process.page()
    expected = write_report(outcome.results, tmp_path / "here")
    assert page == tmp_path / "beside" / "index.html"
    for path in expected.parent.rglob("*.html"):
        assert (page.parent / path.relative_to(expected.parent)).read_bytes() == path.read_bytes()
    assert len(list(page.parent.glob("students/*.html"))) == 2


def test_what_cannot_be_written_is_told(process, outcome, tmp_path):
    (tmp_path / "reports").write_text("a file where the folder should be")
    process.begin(outcome, tmp_path / "reports" / "a")
    with pytest.raises(MachineProblem, match=r"cannot be written to .*reports/a: Not a directory"):
        process.page()


@pytest.mark.parametrize("begun", [True, False])
def test_a_process_that_was_killed_is_told(process, outcome, tmp_path, begun):
    if begun:
        process.begin(outcome, tmp_path / "reports")
    killed = child()
    killed.kill()
    if not begun:
        while killed.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
        process.begin(outcome, tmp_path / "reports")
    with pytest.raises(MachineProblem, match="exit code -9"):
        process.page()


def test_it_ends_with_the_batch(process):
    ended = child()
    process.end()
    assert not ended.is_running()


def test_a_script_that_calls_the_grader_is_not_run_again(outcome, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import pathlib, sys\n"
        "from grader.batch import BatchReport\n"
        "from grader.cli.report_process import ReportProcess\n"
        "from grader.batch.store import ResultStore\n"
        "print('started')\n"
        f"store = ResultStore(pathlib.Path({str(outcome.store.directory)!r}))\n"
        f"outcome = BatchReport(store, {outcome.students!r})\n"
        "report = ReportProcess()\n"
        f"report.begin(outcome, pathlib.Path({str(tmp_path / 'pages')!r}))\n"
        "print(report.page().name)\n"
        "report.end()\n"
    )
    ended = subprocess.run([sys.executable, script], capture_output=True, text=True)
    assert ended.stdout.split() == ["started", "index.html"], ended.stderr
