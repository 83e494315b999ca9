"""The server: killed and started again, told to stop, left without what it needs."""

import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.push.queue import Queue
from tests.conftest import strongest
from tests.mini import REFERENCE, replaced
from tests.push.university import NAME, University, git, push, stop, wait_until, write

STUDENTS = 8

pytestmark = pytest.mark.skipif(
    strongest().confinement == "unconfined", reason="nothing can be confined here"
)


def finish(university):
    """Wait until nothing is queued or running."""
    wait_until(lambda: not {"queued", "running"} & university.states().keys(), university)


@pytest.mark.slow
def test_a_killed_server_loses_no_push(tmp_path):
    university = University(tmp_path)
    clones = {f"s{n}": university.enrol(f"s{n}", seconds=0)[1] for n in range(STUDENTS)}
    process = university.start()
    for number, clone in enumerate(clones.values()):
        write(clone, f"# {number}\n{REFERENCE}")
    with ThreadPoolExecutor(4) as pool:
        pushes = [pool.submit(push, clone) for clone in clones.values()]
        pushes[1].result()
        stop(process, signal.SIGKILL)
        for one in pushes:
            one.result()
    write(clones["s0"], replaced("/ 2", "/ 1"))
    push(clones["s0"])
    process = university.start()
    finish(university)
    assert stop(process) == 0
    states = university.states()
    assert states["done"] + states.get("superseded", 0) == STUDENTS + 1
    for student in clones:
        result = university.result(student)
        assert (result.points == result.max_points) == (student != "s0")


def test_a_course_has_one_server(university):
    second = university.grader("serve", "--course", str(university.course))
    assert second.returncode == 2 and "one is enough" in " ".join(second.stderr.split())


@pytest.mark.slow
def test_a_commit_that_a_force_push_removed_leaves_the_result(tmp_path):
    university = University(tmp_path)
    bare, clone = university.enrol("ada", seconds=0)
    write(clone, REFERENCE)
    push(clone)
    process = university.start()
    finish(university)
    stop(process)
    kept = university.result("ada")
    write(clone, "# later\n" + REFERENCE)
    push(clone)  # queued, and no server runs
    git(bare, "update-ref", "refs/heads/main", "main~1")
    git(bare, "reflog", "expire", "--expire=now", "--all")
    git(bare, "gc", "-q", "--prune=now")
    process = university.start()
    finish(university)
    assert stop(process) == 0
    assert university.states() == {"done": 1, "failed": 1}
    assert university.result("ada") == kept
    queue = Queue(university.course)
    assert "no longer in the repository" in queue.waiting()[0].report
    queue.close()


@pytest.mark.slow
def test_what_the_grader_cannot_keep_is_graded_by_the_next_server(tmp_path):
    """A file where the folder of results belongs stands for a disk that takes nothing."""
    university = University(tmp_path)
    _, clone = university.enrol("ada")
    process = university.start()
    (university.course / "results").write_text("in the way", encoding="utf-8")
    write(clone, REFERENCE)
    output = push(clone)
    assert "The grader failed on this push" in output and "stays in the queue" in output
    assert stop(process) == 0
    (university.course / "results").unlink()
    process = university.start()
    finish(university)
    assert stop(process) == 0
    assert university.states() == {"done": 1}
    assert (university.course / "submitted" / "ada" / NAME / "mini.py").exists()
