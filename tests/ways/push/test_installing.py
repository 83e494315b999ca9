"""Putting the hook into a repository: who may, and what each mistake says."""

import os

import pytest

from tests.ways.push.university import NAME, University, git, push, write


@pytest.fixture
def place(tmp_path):
    made = University(tmp_path / "university")
    bare = made.base / "git" / "ada.git"
    bare.mkdir(parents=True)
    git(bare, "init", "-q", "--bare")
    return made, bare


def refused(university, *arguments):
    done = university.grader("install", *map(str, arguments))
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return " ".join(done.stderr.split())


def test_install_names_student_branch_and_assignments(place):
    university, bare = place
    done = university.grader("install", str(bare), "--course", str(university.course))
    assert done.returncode == 0, done.stderr
    assert f"pushes to main are graded as ada's ({NAME})" in done.stdout
    assert os.access(bare / "hooks" / "post-receive", os.X_OK)
    again = university.grader(
        "install", str(bare), "--course", str(university.course), "--student", "lovelace"
    )
    assert again.returncode == 0 and "lovelace" in again.stdout


def test_a_hook_of_somebody_elses_is_kept(place):
    university, bare = place
    hook = bare / "hooks" / "post-receive"
    hook.write_text("#!/bin/sh\necho mine\n", encoding="utf-8")
    course = ("--course", university.course)
    assert "already exists and is not ours" in refused(university, bare, *course)
    assert "echo mine" in hook.read_text()
    done = university.grader("install", str(bare), *map(str, course), "--force")
    assert done.returncode == 0 and "echo mine" not in hook.read_text()


def test_each_wrong_repository_is_one_sentence(place):
    university, bare = place
    course = ("--course", university.course)
    nothing = university.base / "nothing"
    assert "There is no folder" in refused(university, nothing, *course)
    nothing.mkdir()
    assert "is not a git repository" in refused(university, nothing, *course)
    git(nothing, "init", "-q")
    assert "is not a bare repository" in refused(university, nothing, *course)
    assert "does not exist" in refused(university, bare, "--course", university.base / "no")
    assert "no assignment 'a9'" in refused(university, bare, *course, "--assignment", "a9")
    assert "--student" in refused(university, bare, *course, "--student", "../x")
    git(bare, "config", "core.hooksPath", "/somewhere")
    assert "core.hooksPath" in refused(university, bare, *course)


def test_without_a_server_the_push_is_queued_and_says_so(tmp_path):
    university = University(tmp_path)
    _, clone = university.enrol("ada", seconds=1)
    write(clone, "x = 1\n")
    assert "no grader is running" in push(clone)
    assert university.states() == {"queued": 1}
    told = university.grader("status", "--course", str(university.course)).stdout
    assert "No server is running" in told and f"queued: ada, {NAME}" in told


def test_a_queue_that_cannot_be_written_does_not_stop_the_push(tmp_path):
    university = University(tmp_path)
    bare, clone = university.enrol("ada")
    (university.course / ".grader").mkdir()
    (university.course / ".grader" / "queue.db").write_bytes(b"no database at all" * 100)
    write(clone, "x = 1\n")
    output = push(clone)
    assert "could not be queued (file is not a database)" in output
    assert git(bare, "rev-parse", "main") == git(clone, "rev-parse", "main")
    (university.course / ".grader" / "queue.db").unlink()
    assert "is queued" in push(clone)  # an empty commit, as the sentence says


def test_a_full_disk_does_not_stop_the_push(tmp_path):
    """A file size limit in the hook is how a full disk looks to SQLite."""
    university = University(tmp_path)
    bare, clone = university.enrol("ada")
    hook = bare / "hooks" / "post-receive"
    limited = "#!/bin/sh\nulimit -f 4\n" + hook.read_text().partition("\n")[2]
    hook.write_text(limited, encoding="utf-8")
    write(clone, "x = 1\n")
    output = push(clone)
    assert "could not be queued" in output and "Traceback" not in output, output
    assert git(bare, "rev-parse", "main") == git(clone, "rev-parse", "main")
