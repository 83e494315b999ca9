"""What the grader fails on again and again is set aside, and told by the commands."""

import threading
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from grader.batch.store import StoreError
from grader.cli.hook import group
from grader.ways.push.queue import DONE, FAILED, SET_ASIDE, PushJob, Queue
from grader.ways.push.server import _take_jobs


def job(student="ada", commit="c"):
    return PushJob(0, student, "a1", "/r", commit * 40, "d" * 40, 1.0)


class FailingGrader:
    """Fails on every push as it is told to; stops its server when it has."""

    def __init__(self, fail):
        self.fail, self.stop = fail, threading.Event()
        self.graded = 0

    def grade(self, job):
        self.graded += 1
        self.stop.set()
        return self.fail()


def raise_value_error():
    raise ValueError("of the grader's own")


def raise_store_error():
    raise StoreError("a full disk")


def grader_error():
    return SimpleNamespace(has_grader_error=True), "  predict  ?"


def serve_once(course, fail):
    """One life of a server: it takes up what failed, and grades one push if there is one."""
    queue = Queue(course)
    queue.recover()
    grader = FailingGrader(fail)
    if queue.counts().get("queued"):
        _take_jobs(queue, grader, grader.stop)
    queue.close()
    return grader.graded


@pytest.mark.parametrize("fail", [grader_error, raise_value_error])
def test_what_two_servers_failed_on_is_set_aside_and_told(tmp_path, fail):
    queue = Queue(tmp_path)
    bad = queue.add(job())
    assert serve_once(tmp_path, fail) == 1
    assert queue.job(bad).state == FAILED and "stays in the queue" in queue.job(bad).report
    assert serve_once(tmp_path, fail) == 1
    found = queue.job(bad)
    assert found.state == SET_ASIDE and "failed 2 times" in found.report
    assert "stays in the queue" not in found.report and "hook retry" in found.report
    assert [one.id for one in queue.due()] == [bad]
    assert serve_once(tmp_path, fail) == 0


def test_who_asks_has_it_graded_once_more(tmp_path):
    queue = Queue(tmp_path)
    bad = queue.add(job())
    for _ in range(2):
        serve_once(tmp_path, grader_error)
    queue.retry(queue.job(bad))
    assert serve_once(tmp_path, grader_error) == 1
    assert queue.job(bad).state == SET_ASIDE
    queue.retry(queue.job(bad))
    good = lambda: (SimpleNamespace(has_grader_error=False), "all right")  # noqa: E731
    assert serve_once(tmp_path, good) == 1
    assert (queue.job(bad).state, queue.job(bad).failures) == (DONE, 0)


def test_a_disk_that_takes_nothing_sets_nobody_aside(tmp_path):
    queue = Queue(tmp_path)
    one = queue.add(job())
    for _ in range(4):
        assert serve_once(tmp_path, raise_store_error) == 1
    assert queue.job(one).state == FAILED


def test_status_and_retry_name_it_letter_by_letter(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADER_COURSE", str(tmp_path))
    (tmp_path / "solutions").mkdir()
    queue = Queue(tmp_path)
    queue.add(job(":x:[red]"))
    for _ in range(2):
        serve_once(tmp_path, grader_error)
    run = CliRunner().invoke
    status = run(group, ["status", "--course", str(tmp_path)]).output
    assert "set aside: :x:[red], a1" in status and "failed on it 2 times" in status
    assert "grader hook retry ':x:[red]' --assignment a1" in status
    retried = run(group, ["retry", ":x:[red]", "--course", str(tmp_path)]).output
    assert ":x:[red], a1 is queued again." in retried
