"""The queue: fair, one job for each push, whole after any death."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.files.private_folder import private_folder
from grader.ways.push.place import is_served, serving
from grader.ways.push.queue import DONE, FAILED, RUNNING, SET_ASIDE, SUPERSEDED, PushJob, Queue


def job(student, assignment="a1", commit="c"):
    return PushJob(0, student, assignment, "/r", commit * 40, "d" * 40, 1.0)


def test_students_take_turns_however_many_pushes_one_has(tmp_path):
    queue = Queue(tmp_path)
    for number in range(20):
        queue.add(job("flood", f"a{number}"))
    for student in ("ada", "grace"):
        queue.add(job(student, "a1"))
        queue.add(job(student, "a2"))
    served = []
    while (one := queue.claim()) is not None:
        served.append(one.student)
        queue.finish(one.id, DONE, "")
    assert served[:6] == ["flood", "ada", "grace"] * 2
    assert served[6:] == ["flood"] * 18


def test_a_newer_push_supersedes_the_one_that_waits(tmp_path):
    queue = Queue(tmp_path)
    first, other = queue.add(job("ada")), queue.add(job("ada", "a2"))
    second = queue.add(job("ada", commit="e"))
    assert queue.job(first).state == SUPERSEDED
    assert [queue.claim().id, queue.claim()] == [other, None]  # nobody has two running
    queue.finish(other, DONE, "")
    assert queue.claim().id == second


def test_a_push_during_grading_is_graded_afterwards(tmp_path):
    queue = Queue(tmp_path)
    first = queue.add(job("ada"))
    assert queue.claim().id == first
    second = queue.add(job("ada", commit="e"))
    assert queue.job(first).state == RUNNING
    queue.finish(first, DONE, "report")
    assert queue.claim().id == second


def test_what_a_dead_server_left_is_queued_again(tmp_path):
    queue = Queue(tmp_path)
    running, failed, done = (queue.add(job(student)) for student in ("a", "b", "c"))
    for _ in range(3):
        queue.claim()
    queue.finish(failed, FAILED, "why")
    queue.finish(done, DONE, "report")
    replaced = queue.add(job("a", commit="e"))
    queue.close()
    queue = Queue(tmp_path)
    assert queue.recover() == 1
    assert queue.job(running).state == SUPERSEDED
    assert {one.id for one in queue.waiting()} == {failed, replaced}
    assert queue.job(done).state == DONE


def test_a_course_has_one_server(tmp_path):
    assert not is_served(tmp_path)
    with serving(tmp_path) as first, serving(tmp_path) as second:
        assert (first, second) == (True, False)
        assert is_served(tmp_path)
    assert not is_served(tmp_path)


def die(course):
    """What is left when the server is killed, as the next one finds it."""
    queue = Queue(course)
    queue.recover()
    return queue


def test_what_two_servers_died_of_is_set_aside_and_told(tmp_path):
    queue = Queue(tmp_path)
    bad = queue.add(job("mallory"))
    assert queue.claim().id == bad
    queue = die(tmp_path)
    assert queue.claim().id == bad and queue.set_aside() == []
    queue = die(tmp_path)
    assert queue.claim() is None
    [found] = queue.set_aside()
    assert (found.id, found.state) == (bad, SET_ASIDE)
    assert "died 2 times" in found.report and "hook retry" in found.report
    assert [one.id for one in queue.due()] == [bad]  # the student's page tells it, too
    assert queue.waiting() == []


def test_a_new_push_of_the_same_student_is_graded_and_takes_the_place(tmp_path):
    queue = Queue(tmp_path)
    bad = queue.add(job("mallory"))
    for _ in range(2):
        queue.claim()
        queue = die(tmp_path)
    other, newer = queue.add(job("mallory", "a2")), queue.add(job("mallory", commit="e"))
    assert queue.job(bad).state == SUPERSEDED  # served later, it would replace what is newer
    for identity in (other, newer):
        assert queue.claim().id == identity
        queue.finish(identity, DONE, "")


def test_who_ran_beside_it_is_not_set_aside(tmp_path):
    queue = Queue(tmp_path)
    ada, bad, late = (queue.add(job(student)) for student in ("ada", "mallory", "late"))
    assert (queue.claim().id, queue.claim().id) == (ada, bad)
    queue = die(tmp_path)
    assert queue.claim().id == late  # waited for longest
    assert queue.claim() is None  # whatever runs now, the suspects run alone
    queue.finish(late, DONE, "")
    assert queue.claim().id == ada
    grace = queue.add(job("grace"))
    assert queue.claim() is None
    queue.finish(ada, DONE, "")
    assert queue.claim().id == grace
    queue.finish(grace, DONE, "")
    assert queue.claim().id == bad
    assert die(tmp_path).claim() is None
    assert queue.counts() == {DONE: 3, SET_ASIDE: 1}


def test_whoever_asks_has_it_graded_once_more(tmp_path):
    queue = Queue(tmp_path)
    bad = queue.add(job("mallory"))
    for _ in range(2):
        queue.claim()
        queue = die(tmp_path)
    queue.retry(queue.job(bad))
    assert queue.claim().id == bad
    queue.add(job("ada"))
    assert queue.claim() is None  # it runs alone still
    queue = die(tmp_path)
    assert queue.job(bad).state == SET_ASIDE


def test_a_server_that_is_told_to_stop_counts_no_attempt(tmp_path):
    queue = Queue(tmp_path)
    slow = queue.add(job("ada"))
    for _ in range(3):
        assert queue.claim().id == slow
        queue.stopping()  # and killed then, by who has no patience
        queue = die(tmp_path)
    assert queue.set_aside() == []


def test_a_failure_that_the_server_outlived_counts_no_attempt(tmp_path):
    queue = Queue(tmp_path)
    one = queue.add(job("ada"))
    for _ in range(3):
        assert queue.claim().id == one
        queue.finish(one, FAILED, "a full disk")
        queue = die(tmp_path)
    assert queue.set_aside() == []


OLD = """
CREATE TABLE jobs (id INTEGER PRIMARY KEY AUTOINCREMENT, student TEXT NOT NULL,
  assignment TEXT NOT NULL, repository TEXT NOT NULL, commit_id TEXT NOT NULL, tree TEXT NOT NULL,
  pushed_at REAL NOT NULL, state TEXT NOT NULL DEFAULT 'queued', report TEXT NOT NULL DEFAULT '');
CREATE TABLE turns (student TEXT PRIMARY KEY, turn INTEGER NOT NULL);
INSERT INTO jobs VALUES (7, 'ada', 'a1', '/r', 'c', 'd', 1.0, 'running', '');
INSERT INTO jobs VALUES (8, 'bob', 'a1', '/r', 'c', 'd', 1.0, 'done', 'report');
PRAGMA user_version = {version};
"""


@pytest.mark.parametrize("version", [1, 2])
def test_a_queue_of_an_older_version_is_taken_over(tmp_path, version):
    folder = private_folder(tmp_path)
    database = sqlite3.connect(folder / "queue.db")
    database.executescript(OLD.format(version=version))
    database.close()
    with ThreadPoolExecutor(8) as pool:  # hooks and a server come at the same time
        for queue in pool.map(lambda _: Queue(tmp_path).close(), range(8)):
            assert queue is None
    queue = Queue(tmp_path)
    assert queue.job(8).report == "report"
    queue = die(tmp_path)
    assert queue.claim().id == 7
    queue = die(tmp_path)
    queue.claim()
    assert die(tmp_path).job(7).state == SET_ASIDE
