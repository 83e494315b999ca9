"""What is taken of a folder or a file that comes from somebody else's disk."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest

from grader.submissions import Submission, read_path, within_limits
from grader.submissions.names import is_near_miss
from grader.submissions.times import iso_time

EXPECTED = ["least_squares.py", "keras_least_squares.py"]
CODE = b"def predict(X, w):\n    return X @ w\n"


def read(path: Path) -> Submission:
    return read_path(path, EXPECTED, student="alice", assignment="a1_least_squares")


def write(path: Path, content: bytes = CODE, *, modified: float | None = None) -> Path:
    path.write_bytes(content)
    if modified is not None:
        os.utime(path, (modified, modified))
    return path


def link(path: Path, target: Path | str) -> None:
    try:
        path.symlink_to(target)
    except OSError:
        pytest.skip("this account may not make links")


def test_expected_files_and_helpers_are_taken_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path / "least_squares.py")
    write(tmp_path / "my_tools.py", b"x = 1\n")
    write(tmp_path / "test_public.py")
    write(tmp_path / "conftest.py")
    write(tmp_path / "data.csv")
    write(tmp_path / "not a module.py")
    (tmp_path / "package").mkdir()
    write(tmp_path / "package" / "inner.py")
    found = read(tmp_path)
    assert found.files == {"least_squares.py": CODE, "my_tools.py": b"x = 1\n"}
    assert found.problems == {}
    assert found.notes == ("not a module.py was left out: it cannot be imported by that name",)
    assert (found.student, found.assignment) == ("alice", "a1_least_squares")


def test_sha256_depends_on_names_contents_and_problems_alone(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
        write(folder / "least_squares.py")
        write(folder / "helper.py", b"a = 1")
    os.utime(two / "helper.py", (1, 1))
    assert read(one).sha256 == read(two).sha256
    (two / "helper.py").rename(two / "helpers.py")
    assert read(one).sha256 != read(two).sha256
    (one / "keras_least_squares.py").mkdir()
    (two / "helpers.py").rename(two / "helper.py")
    assert read(one).sha256 != read(two).sha256


def test_content_cannot_move_between_files_unseen() -> None:
    first = Submission("s", "a", files={"a.py": b"xb.py", "b.py": b""})
    second = Submission("s", "a", files={"a.py": b"x", "b.py": b"b.py"})
    assert first.sha256 != second.sha256


def test_directory_in_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "least_squares.py").mkdir()
    found = read(tmp_path)
    assert found.problems == {
        "least_squares.py": "least_squares.py is a directory; an ordinary file was expected"
    }
    assert found.files == {}


def test_links_are_never_followed(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.txt", b"the expected answers")
    folder = tmp_path / "submission"
    folder.mkdir()
    link(folder / "least_squares.py", secret)
    link(folder / "helper.py", secret)
    link(folder / "notes.ipynb", secret)
    link(folder / "Keras_Least_Squares.py", "/dev/zero")
    found = read(folder)
    assert found.files == {}
    assert found.problems["least_squares.py"] == (
        "least_squares.py is a link; an ordinary file was expected"
    )
    assert "Keras_Least_Squares.py is a link" in found.problems["keras_least_squares.py"]
    assert any("helper.py was left out: it is a link" in note for note in found.notes)
    single = tmp_path / "keras_least_squares.py"
    link(single, secret)
    assert (
        read(single)
        .problems["keras_least_squares.py"]
        .startswith("keras_least_squares.py is a link")
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_pipes_and_sockets_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "least_squares.py")
    os.mkfifo(tmp_path / "helper.py")
    os.mkfifo(tmp_path / "timestamp.txt")
    folder = os.getcwd()
    with socket.socket(socket.AF_UNIX) as unix:
        os.chdir(tmp_path)  # a socket's path has about 100 characters
        try:
            unix.bind("keras_least_squares.py")
        finally:
            os.chdir(folder)
        found = read(tmp_path)  # opening a pipe that nobody writes to would wait for ever
    assert found.problems == {
        "least_squares.py": "least_squares.py is a named pipe; an ordinary file was expected",
        "keras_least_squares.py": (
            "keras_least_squares.py is a socket; an ordinary file was expected"
        ),
    }
    assert found.files == {}
    assert any(
        note.startswith("helper.py was left out: it is a named pipe") for note in found.notes
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_file_swapped_for_a_pipe_after_the_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "least_squares.py")
    seen = path.lstat()
    path.unlink()
    os.mkfifo(path)
    monkeypatch.setattr(Path, "lstat", lambda self: seen)
    assert read(path).problems == {"least_squares.py": "least_squares.py changed while it was read"}


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="needs O_NOFOLLOW")
def test_file_swapped_for_a_link_after_the_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = write(tmp_path / "secret.txt", b"the expected answers")
    path = write(tmp_path / "least_squares.py")
    seen = path.lstat()
    path.unlink()
    link(path, secret)
    monkeypatch.setattr(Path, "lstat", lambda self: seen)
    found = read(path)
    assert found.files == {}
    assert "cannot be read" in found.problems["least_squares.py"]


def test_hard_links_are_ordinary_files(tmp_path: Path) -> None:
    source = write(tmp_path / "source.txt")
    folder = tmp_path / "submission"
    folder.mkdir()
    os.link(source, folder / "least_squares.py")
    assert read(folder).files == {"least_squares.py": CODE}


def test_too_large_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "least_squares.py").open("wb") as stream:
        stream.truncate(30 * 2**20)
    with (tmp_path / "helper.py").open("wb") as stream:
        stream.truncate(5 * 2**20 + 1)
    found = read(tmp_path)
    assert found.problems == {"least_squares.py": "least_squares.py is 30 MB, the limit is 5 MB"}
    assert found.notes == ("helper.py was left out: it is 5.1 MB, the limit is 5 MB",)


def test_file_of_exactly_the_limit_is_taken(tmp_path: Path) -> None:
    write(tmp_path / "least_squares.py", b"#" * 5 * 2**20)
    assert len(read(tmp_path).files["least_squares.py"]) == 5 * 2**20


def test_all_files_together_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(within_limits, "MAX_TOTAL", 3 * 2**20)
    write(tmp_path / "least_squares.py")
    for number in range(4):
        write(tmp_path / f"helper_{number}.py", b"#" * 2**20)
    found = read(tmp_path)
    assert sorted(found.files) == ["helper_0.py", "helper_1.py", "least_squares.py"]
    assert "helper_2.py was left out: it is too much: all files together may have 3 MB" in (
        found.notes
    )


def test_number_of_files_and_of_notes_is_bounded(tmp_path: Path) -> None:
    write(tmp_path / "least_squares.py")
    for number in range(150):
        write(tmp_path / f"Helper_{number:03}.py", b"")
        write(tmp_path / f"helper_{number:03}.py", b"x = 1")  # another file in case alone
        write(tmp_path / f"more_{number:03}.py", b"")
    found = read(tmp_path)
    assert "least_squares.py" in found.files
    assert len(found.files) == 200
    assert len(found.notes) == 41
    assert found.notes[-1].endswith("more notes")


def test_files_that_nothing_can_import_are_told_in_one_note(tmp_path: Path) -> None:
    write(tmp_path / "least_squares.py")
    for week in range(3, 9):
        write(tmp_path / f"Week {week} HW.py", b"")
    assert read(tmp_path).notes == (
        "Week 3 HW.py, Week 4 HW.py, Week 5 HW.py and 3 more were left out: "
        "they cannot be imported by these names",
    )


@pytest.mark.parametrize(
    "name",
    [
        "least_squares (1).py",
        "least_squares(2).py",
        "Least_Squares.py",
        "LEAST_SQUARES.PY",
        "least_squares-1.py",
        "least_squares_2.py",
        "least_squares copy.py",
        "least_squares - Copy (2).py",
        "Copy of least_squares.py",
        "least_squares.py.txt",
        "least_squares-1 (3).py",
    ],
)
def test_name_as_a_browser_or_platform_changes_it(tmp_path: Path, name: str) -> None:
    write(tmp_path / name)
    found = read(tmp_path)
    assert found.files == {"least_squares.py": CODE}
    assert found.notes == (f"{name} was taken as least_squares.py",)
    assert read(tmp_path / name).files == {"least_squares.py": CODE}


@pytest.mark.parametrize("name", ["least_square.py", "squares.py", "least_squares.pyc"])
def test_other_names_are_not_taken_for_the_file(tmp_path: Path, name: str) -> None:
    write(tmp_path / name)
    write(tmp_path / "tools.py")  # else the only file would be the submission
    write(tmp_path / "more_tools.py")
    assert "least_squares.py" not in read(tmp_path).files


def test_a_file_is_no_copy_of_itself() -> None:
    assert is_near_miss("least_squares (1).py", "least_squares.py")
    assert not is_near_miss("least_squares.py", "least_squares.py")


def test_exact_name_wins_over_a_newer_copy(tmp_path: Path) -> None:
    write(tmp_path / "least_squares.py", b"exact", modified=1_000)
    write(tmp_path / "least_squares (1).py", b"copy", modified=2_000)
    found = read(tmp_path)
    assert found.files == {"least_squares.py": b"exact"}
    assert found.notes == (
        "more than one file fits least_squares.py: least_squares.py was graded, "
        "and not least_squares (1).py",
    )


def test_newest_of_two_copies_wins(tmp_path: Path) -> None:
    write(tmp_path / "least_squares (1).py", b"newer", modified=2_000)
    write(tmp_path / "least_squares (2).py", b"older", modified=1_000)
    found = read(tmp_path)
    assert found.files == {"least_squares.py": b"newer"}
    assert (
        "of two files for least_squares.py, least_squares (1).py counts, because it is the newest"
        in found.notes
    )


def test_a_module_that_looks_like_a_copy_can_still_be_imported(tmp_path: Path) -> None:
    write(tmp_path / "least_squares.py", b"from least_squares_2 import predict\n")
    write(tmp_path / "least_squares_2.py")
    assert set(read(tmp_path).files) == {"least_squares.py", "least_squares_2.py"}


def test_file_one_folder_too_deep_is_taken_and_told(tmp_path: Path) -> None:
    (tmp_path / "a1_least_squares").mkdir()
    write(tmp_path / "a1_least_squares" / "least_squares.py")
    found = read(tmp_path)
    assert found.files == {"least_squares.py": CODE}
    assert found.sources == {"least_squares.py": "a1_least_squares/least_squares.py"}
    assert found.notes == ("a1_least_squares/least_squares.py was taken as least_squares.py",)


def test_single_file_of_another_name_is_the_first_expected(tmp_path: Path) -> None:
    found = read(write(tmp_path / "homework.py"))
    assert found.files == {"least_squares.py": CODE}
    assert found.notes == ("homework.py was taken as least_squares.py",)


def test_single_file_of_another_expected_name_stays_that(tmp_path: Path) -> None:
    found = read(write(tmp_path / "keras_least_squares.py"))
    assert found.files == {"keras_least_squares.py": CODE}
    assert found.notes == ()


def test_single_file_does_not_bring_its_neighbours(tmp_path: Path) -> None:
    write(tmp_path / "helper.py")
    assert set(read(write(tmp_path / "least_squares.py")).files) == {"least_squares.py"}


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("answers.zip", "answers.zip is not a complete zip"),
        ("README", "README is not a .py file, a notebook (.ipynb), an archive"),
    ],
)
def test_file_of_another_kind_is_a_problem(tmp_path: Path, name: str, problem: str) -> None:
    found = read(write(tmp_path / name))
    assert found.problems["least_squares.py"].startswith(problem)
    assert name in found.nothing_to_grade


def test_path_that_is_not_there(tmp_path: Path) -> None:
    assert read(tmp_path / "nothing").problems == {
        "least_squares.py": "there is no file or folder nothing"
    }
    assert "cannot be read" in read(tmp_path / "least_squares.py").problems["least_squares.py"]


def test_empty_folder_has_neither_files_nor_problems(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert (found.files, found.problems, found.notes) == ({}, {}, ())
    assert "the folder is empty" in found.nothing_to_grade
    assert found.submitted_at is None


def test_an_assignment_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected_files is empty"):
        read_path(tmp_path, [], student="alice", assignment="a1")


def test_folder_that_may_not_be_read(tmp_path: Path) -> None:
    if not hasattr(os, "geteuid") or os.geteuid() == 0:
        pytest.skip("root may read everything")
    tmp_path.chmod(0)
    try:
        problems = read(tmp_path).problems
    finally:
        tmp_path.chmod(0o700)
    assert set(problems) == set(EXPECTED)
    assert all(text.startswith("the folder cannot be read") for text in problems.values())


@pytest.mark.skipif(os.name != "posix", reason="names of any bytes exist on POSIX alone")
def test_names_of_any_bytes_are_shown_in_one_safe_line(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"evil\n\x1b[2J\xff.py")).write_bytes(CODE)
    except OSError:
        pytest.skip("this file system takes UTF-8 names alone")
    notes = read(tmp_path).notes
    assert len(notes) == 1
    assert notes[0].isprintable()


def test_time_is_the_newest_files(tmp_path: Path) -> None:
    write(tmp_path / "least_squares.py", modified=1_000_000)
    write(tmp_path / "helper.py", modified=2_000_000)
    write(tmp_path / "ignored.txt", modified=3_000_000)
    assert read(tmp_path).submitted_at == "1970-01-24T03:33:20+00:00"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01 15:58:23.948203 UTC", "2026-03-01T15:58:23+00:00"),
        ("2026-03-01 15:58:23", "2026-03-01T15:58:23+00:00"),
        ("2026-03-01T15:58:23Z\n", "2026-03-01T15:58:23+00:00"),
        ("2026-03-01 15:58:23 +0800", "2026-03-01T07:58:23+00:00"),
        ("2026-03-01 15:58:23 -05:00", "2026-03-01T20:58:23+00:00"),
    ],
)
def test_nbgraders_timestamp_counts(tmp_path: Path, text: str, expected: str) -> None:
    write(tmp_path / "least_squares.py", modified=1)
    write(tmp_path / "timestamp.txt", text.encode())
    found = read(tmp_path)
    assert found.submitted_at == expected
    assert found.notes == ()


@pytest.mark.parametrize(
    "text",
    [
        b"yesterday",
        b"2026-13-01 15:58:23 UTC",
        b"2026-03-01 15:58:23 NOWHERE",
        b"2026-03-01 15:58:23 ../../etc/passwd",
        b"0001-01-01 00:00:00 +2359",
        b"\xff\xfe",
        b"",
        b"9" * 5_000,
    ],
)
def test_timestamp_that_says_nothing_is_noted(tmp_path: Path, text: bytes) -> None:
    write(tmp_path / "least_squares.py", modified=1_000_000)
    write(tmp_path / "timestamp.txt", text)
    found = read(tmp_path)
    assert found.submitted_at == "1970-01-12T13:46:40+00:00"
    assert len(found.notes) == 1
    assert found.notes[0].startswith("timestamp.txt ")


@pytest.mark.parametrize("seconds", [1e14, -1e14, float("inf"), float("nan")])
def test_time_beyond_every_calendar(seconds: float) -> None:
    assert iso_time(seconds) is None


def test_copying_does_not_change_the_submission(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    write(source / "least_squares.py")
    shutil.copytree(source, tmp_path / "target")
    assert read(source) == read(tmp_path / "target")
