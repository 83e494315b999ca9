"""The queue: fair, one job for each push, whole after any death."""

from grader.push.queue import DONE, FAILED, RUNNING, SUPERSEDED, PushJob, Queue, is_served, serving


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
