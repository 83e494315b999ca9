"""Names that a push may have and a disk may not: the student is told, and the rest is graded."""

import subprocess
from pathlib import Path

import pytest

from grader.confine import SpawnedLauncher
from grader.files.unpack.items import Refused
from grader.submissions import CourseDirectory
from grader.ways.push.grading import PushGrader
from grader.ways.push.queue import PushJob
from grader.ways.push.tree import PushedFiles, take
from tests.mini import REFERENCE
from tests.ways.push.university import NAME, environment, git, write

LONG = "a" * 300


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    folder = tmp_path_factory.mktemp("repository")
    git(folder, "init", "-q", "--bare")
    return folder


def blob(repository: Path) -> str:
    return git(repository, "hash-object", "-w", "--stdin", given=REFERENCE.encode()).strip()


def tree(repository: Path, *names: str) -> str:
    """A tree with these files at its top, whatever a disk says to their names."""
    identity = bytes.fromhex(blob(repository))
    raw = b"".join(
        b"100644 " + name.encode("utf-8", "surrogateescape") + b"\0" + identity
        for name in sorted(names)
    )
    command = ["git", "hash-object", "-t", "tree", "-w", "--stdin", "--literally"]
    done = subprocess.run(
        command, cwd=repository, input=raw, env=environment(), capture_output=True, check=True
    )
    return done.stdout.decode().strip()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (f"{LONG}.py", "more than 150 bytes"),
        ("é" * 120 + ".py", "more than 150 bytes"),
        (f"{LONG}.ipynb", "more than 150 bytes"),
        ("Mini.py", "has the name of mini.py"),
        ("con.py", "for a device"),
        ("what?.py", "one of <"),
        ("new\nline.py", "control characters"),
        ("back\\slash.py", "a backslash"),
        ("caf\udce9.py", "control characters"),
    ],
    ids=range(9),
)
def test_what_no_disk_can_keep_is_left_out_and_named(repository, name, reason):
    taken = take(repository, tree(repository, name, "mini.py"), ["mini.py"])
    assert list(taken.files) == ["mini.py"] and taken.problems == {}
    [note] = taken.notes
    assert "was left out: it" in note and reason in note and len(note) < 300


def test_the_first_of_two_names_that_differ_in_capitals_counts(repository):
    taken = take(repository, tree(repository, "Mine.py", "mine.py"), ["mini.py"])
    assert list(taken.files) == ["Mine.py"]
    assert ["mine.py" in one and "capitals" in one for one in taken.notes] == [True]


def test_a_name_in_decomposed_form_is_the_composed_one(repository):
    taken = take(repository, tree(repository, "u\u0308bung.py"), ["mini.py"])
    assert list(taken.files) == ["\u00fcbung.py"] and taken.notes == []


def test_thousands_of_such_names_are_a_few_lines(repository):
    names = [f"{LONG}{number}.py" for number in range(500)]
    taken = take(repository, tree(repository, *names), ["mini.py"])
    assert taken.files == {} and len(taken.notes) < 30


@pytest.fixture
def grader(tmp_path):
    with SpawnedLauncher() as launcher:
        yield PushGrader(CourseDirectory(tmp_path), tmp_path, launcher)


def job(student):
    return PushJob(0, student, NAME, "/r", "c" * 40, "d" * 40, 1.0)


def test_what_this_disk_refuses_is_the_students_too(grader):
    pushed = PushedFiles(files={f"{LONG}.py": b"", "mini.py": b"x"})
    place = grader._hand_in(job("ada"), pushed)
    assert sorted(path.name for path in place.iterdir()) == ["mini.py", "timestamp.txt"]
    assert list(pushed.files) == ["mini.py"]
    assert ["this disk refuses" in one for one in pushed.notes] == [True]


def test_a_student_whom_no_folder_can_be_named_after_is_told(grader):
    with pytest.raises(Refused, match="too long"):
        grader._hand_in(job(LONG), PushedFiles())


def test_a_name_of_300_letters_is_told_in_the_push_and_the_rest_is_graded(university):
    _, clone = university.enrol("longname")
    write(clone, REFERENCE)
    git(clone, "add", "-A")
    identity = blob(clone)
    git(
        clone,
        "update-index",
        "--add",
        "--cacheinfo",
        f"100644,{identity},assignments/{NAME}/{LONG}.py",
    )
    git(clone, "commit", "-q", "-m", "long")
    output = git(clone, "push", "origin", "main")
    result = university.result("longname")
    assert result.points == result.max_points, output
    assert "more than 150 bytes" in " ".join(result.submission.notes)
    assert "machine" not in output


@pytest.mark.parametrize("student", [LONG, "ad\u00ada", "a\u2028b", "a:b", ".ada"], ids=range(5))
def test_no_hook_is_installed_for_an_id_that_cannot_be_a_folder(university, tmp_path, student):
    git(tmp_path, "init", "-q", "--bare")
    arguments = ("--course", str(university.course), "--student", student)
    done = university.grader("install", str(tmp_path), *arguments)
    assert done.returncode == 2 and "is not the name of a folder" in done.stderr
