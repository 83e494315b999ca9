"""The server: killed and started again, told to stop, left without what it needs."""

import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from grader.ways.push.queue import Queue
from tests.conftest import strongest
from tests.mini import REFERENCE, replaced
from tests.ways.push.university import NAME, University, git, push, stop, wait_until, write

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


@pytest.mark.slow
def test_what_the_server_was_killed_of_twice_is_set_aside_until_somebody_asks(tmp_path):
    university = University(tmp_path)
    course = ("--course", str(university.course))
    configuration = university.course / "grader.toml"
    settings = configuration.read_text(encoding="utf-8")
    configuration.write_text(settings + "seconds = 600\n", encoding="utf-8")
    _, clone = university.enrol("mallory", seconds=0)
    write(clone, "import time\ntime.sleep(600)\n" + REFERENCE)
    push(clone)
    for _ in range(2):
        process = university.start()
        wait_until(lambda: "running" in university.states(), university)
        stop(process, signal.SIGKILL)
    configuration.write_text(settings + "seconds = 2\n", encoding="utf-8")
    process = university.start()
    finish(university)
    assert university.states() == {"set aside": 1} and university.result("mallory") is None
    assert "mallory, m1_mini is set aside" in university.log()
    status = university.grader("status", *course).stdout
    assert "set aside: mallory, m1_mini" in status and "grader hook retry mallory" in status
    assert "died 2 times" in push(clone)  # nothing changed, so the last report is shown
    assert "No push of ada was set aside" in university.grader("retry", "ada", *course).stderr
    assert "queued again" in university.grader("retry", "mallory", *course).stdout
    wait_until(lambda: {"running", "done"} & university.states().keys(), university)
    assert stop(process) == 0  # what is running is ended first
    assert university.states() == {"done": 1} and university.result("mallory") is not None
    write(clone, REFERENCE)
    push(clone)
    process = university.start()
    finish(university)
    assert stop(process) == 0
    result = university.result("mallory")
    assert result.points == result.max_points


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
