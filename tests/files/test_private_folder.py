"""``.grader`` is its owner's alone, whoever makes it and however it is found."""

import os
import stat

import pytest

from grader.batch.hidden import hidden_assignment
from grader.confine import SpawnedLauncher
from grader.files.private_folder import FOLDER, private_folder
from grader.student.progress import next_hint
from grader.submissions import CourseDirectory
from grader.submissions.intake import collect
from grader.ways.push.place import serving
from grader.ways.push.queue import Queue
from tests.mini import mini, mini_course
from tests.submissions.intake.collected import WANTED
from tests.submissions.intake.packing import write_zip

pytestmark = pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")


@pytest.fixture(autouse=True)
def open_umask():
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder):
    """The modes of the folder and of all below it that others may use."""
    found = [folder, *folder.rglob("*")]
    return {
        path.name: oct(stat.S_IMODE(path.lstat().st_mode))
        for path in found
        if not path.is_symlink() and path.lstat().st_mode & 0o077
    }


def by_collect(course):
    collect(course, [write_zip(course.parent / "d.zip", {"ada/mlp.py": "x"})], WANTED)


def by_queue(course):
    Queue(course).close()


def by_serving(course):
    with serving(course):
        pass


def by_hint(course):
    exercise = next(one for one in mini().exercises if one.hints)
    assert next_hint(course, exercise).number == 1
    assert next_hint(course, exercise).number == 2


def by_batch(course):
    (course / "grader.toml").write_text('seed = "x"\n', encoding="utf-8")
    with SpawnedLauncher() as launcher:
        hidden_assignment(CourseDirectory(course), mini_course(), launcher)


MAKERS = [by_batch, by_collect, by_queue, by_serving, by_hint, private_folder]


@pytest.mark.parametrize("make", MAKERS, ids=lambda one: one.__name__)
def test_whoever_comes_first_closes_it(tmp_path, make):
    course = tmp_path / "course"
    course.mkdir()
    make(course)
    assert (course / FOLDER).is_dir() and modes(course / FOLDER) == {}


@pytest.mark.parametrize("make", MAKERS, ids=lambda one: one.__name__)
def test_what_is_found_open_is_closed(tmp_path, make):
    course = tmp_path / "course"
    (course / FOLDER / "hidden" / "a1").mkdir(parents=True)
    (course / FOLDER / "hidden" / "a1" / "cases.npz").write_bytes(b"x")
    (course / FOLDER / "seal.key").write_bytes(b"x")
    assert len(modes(course / FOLDER)) == 5
    make(course)
    assert modes(course / FOLDER) == {}


def test_what_is_on_its_way_to_another_place_keeps_its_modes(tmp_path):
    file = private_folder(tmp_path) / "push-1" / "made" / "mini.py"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"x")
    private_folder(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o666


def test_links_lead_nobody_out(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o755)
    private_folder(tmp_path / ".." / tmp_path.name)
    (tmp_path / FOLDER / "link").symlink_to(outside)
    private_folder(tmp_path)
    assert stat.S_IMODE(outside.stat().st_mode) == 0o755


def test_a_file_in_the_way_is_an_error_of_the_machine(tmp_path):
    (tmp_path / FOLDER).write_text("x", encoding="utf-8")
    with pytest.raises(OSError, match="a file is there"):
        private_folder(tmp_path)


def test_somebody_elses_open_folder_is_not_used(tmp_path, monkeypatch):
    folder = private_folder(tmp_path)
    folder.chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: folder.stat().st_uid + 1)

    def refuse(*arguments, **more):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("pathlib.Path.chmod", refuse)
    with pytest.raises(PermissionError, match="chmod 700"):
        private_folder(tmp_path)
