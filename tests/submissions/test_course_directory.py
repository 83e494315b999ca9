"""Course directories: who handed in, and what grader.toml says."""

from __future__ import annotations

import dataclasses
import os
import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.confine.interface import Limits
from grader.sanitise.text import safe_text
from grader.submissions import CourseDirectory, CourseError, read_path
from grader.submissions.settings import LimitSettings
from grader.submissions.student_ids import student_id

ASSIGNMENT = "a1_least_squares"


def hand_in(course: Path, student: str, assignment: str = ASSIGNMENT) -> Path:
    folder = course / "submitted" / student / assignment
    folder.mkdir(parents=True)
    return folder


def configure(course: Path, text: str | bytes) -> Path:
    file = course / "grader.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def test_submissions_in_the_order_of_students(tmp_path: Path) -> None:
    students = ["zoë", "Alice", "bob", "student with spaces", "王小明", "🦊", "10", "9", "-rf", "ª"]
    folders = {student: hand_in(tmp_path, student) for student in students}
    hand_in(tmp_path, "someone else", "a2_logistic_regression")
    course = CourseDirectory(tmp_path)
    assert course.submitted(ASSIGNMENT) == [(one, folders[one]) for one in sorted(students)]
    assert course.notes == ()


def test_links_files_and_hidden_folders_are_passed_over_and_noted(tmp_path: Path) -> None:
    folder = hand_in(tmp_path, "alice")
    submitted = tmp_path / "submitted"
    (submitted / "readme.txt").write_bytes(b"")
    (submitted / ".DS_Store").write_bytes(b"")
    (submitted / ".ipynb_checkpoints").mkdir()
    hand_in(tmp_path, ".hidden")
    (submitted / "bob").mkdir()
    (submitted / "bob" / ASSIGNMENT).write_bytes(b"")
    (submitted / "bob" / "notes.txt").write_bytes(b"")
    expected = [
        ".hidden is hidden",
        "bob/a1_least_squares is a file",
        "readme.txt is a file",
    ]
    try:
        (submitted / "mallory").symlink_to(submitted / "alice")
        (submitted / "carol").mkdir()
        (submitted / "carol" / ASSIGNMENT).symlink_to(folder)
        expected += ["carol/a1_least_squares is a link", "mallory is a link"]
    except OSError:
        pass  # this account may not make links; the rest is tested all the same
    course = CourseDirectory(tmp_path)
    assert course.submitted(ASSIGNMENT) == [("alice", folder)]
    assert sorted(course.notes) == sorted(
        f"submitted/{text} and was passed over" for text in expected
    )


@pytest.mark.skipif(os.name != "posix", reason="names of any bytes exist on POSIX alone")
def test_students_whose_names_are_not_utf8_stay_apart(tmp_path: Path) -> None:
    names = [b"caf\xe9", b"caf\xff", b"bell\x07", b"bell\x08", b"a\nb", b"back\\xff"]
    try:
        folders = {hand_in(tmp_path, os.fsdecode(name)) for name in names}
    except OSError:
        pytest.skip("this file system takes UTF-8 names alone")
    found = CourseDirectory(tmp_path).submitted(ASSIGNMENT)
    assert [student for student, _ in found] == [
        "a\\u000ab",
        "back\\\\xff",
        "bell\\u0007",
        "bell\\u0008",
        "caf\\xe9",
        "caf\\xff",
    ]
    assert {folder for _, folder in found} == folders
    for student, folder in found:
        (folder / "least_squares.py").write_bytes(b"x = 1")
        read = read_path(folder, ["least_squares.py"], student=student, assignment=ASSIGNMENT)
        assert (read.student, set(read.files)) == (student, {"least_squares.py"})


@given(st.text(st.characters(codec=None), max_size=8), st.text(max_size=8))
def test_student_ids_can_be_shown_and_are_different(one: str, other: str) -> None:
    assert safe_text(student_id(one)) == student_id(one)
    assert student_id(one) == student_id(other) or one != other
    assert (student_id(one) != student_id(other)) is (one != other)


@given(st.text("\\x0u78af\udc80\u0080\x07\U0010ffff", max_size=6), st.data())
def test_an_escape_cannot_be_imitated(one: str, data: st.DataObject) -> None:
    other = data.draw(st.sampled_from([student_id(one), one.replace("\\", "\\\\"), one + "\\"]))
    assert (student_id(one) == student_id(other)) is (one == other)


def test_missing_course_directory(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"nothing does not exist\. Expected .* --course"):
        CourseDirectory(tmp_path / "nothing")
    file = tmp_path / "file"
    file.write_bytes(b"")
    with pytest.raises(CourseError, match="is not a folder"):
        CourseDirectory(file)


def test_missing_submitted(tmp_path: Path) -> None:
    course = CourseDirectory(tmp_path)
    with pytest.raises(CourseError) as caught:
        course.submitted(ASSIGNMENT)
    message = str(caught.value)
    assert "submitted does not exist" in message
    assert "submitted/{student}/a1_least_squares/" in message
    assert "--course" in message
    (tmp_path / "submitted").write_bytes(b"")
    with pytest.raises(CourseError, match="is not a folder"):
        course.submitted(ASSIGNMENT)


def test_nobody_handed_in(tmp_path: Path) -> None:
    (tmp_path / "submitted").mkdir()
    course = CourseDirectory(tmp_path)
    with pytest.raises(CourseError, match="holds no submissions at all"):
        course.submitted(ASSIGNMENT)
    hand_in(tmp_path, "alice", "a1_least_square")
    hand_in(tmp_path, "bob", "unrelated")
    with pytest.raises(CourseError, match=r"Did you mean a1_least_square\?$"):
        course.submitted(ASSIGNMENT)
    with pytest.raises(CourseError, match=r"Handed in: a1_least_square, unrelated\.$"):
        course.submitted("zzz")


@pytest.mark.parametrize("name", ["", ".", "..", "../a1", "a\\b", "a\0b"])
def test_assignment_is_a_name_and_no_path(tmp_path: Path, name: str) -> None:
    hand_in(tmp_path, "alice")
    with pytest.raises(CourseError, match="is not the name of an assignment"):
        CourseDirectory(tmp_path).submitted(name)


def test_everything_is_optional(tmp_path: Path) -> None:
    course = CourseDirectory(tmp_path)
    assert course.settings.limits.book().base == Limits()
    assert course.name == tmp_path.name
    assert course.results == tmp_path / "results"
    assert not (tmp_path / "grader.toml").exists()


def test_limits_are_those_that_the_judge_takes() -> None:
    assert set(LimitSettings.model_fields) == {field.name for field in dataclasses.fields(Limits)}


def test_settings(tmp_path: Path) -> None:
    configure(
        tmp_path,
        b"\xef\xbb\xbf"
        + 'name = "Deep learning, 深度学习"\nseed = "a secret"\n'
        "[limits]\nseconds = 3\nnumpy_megabytes = 512\n".encode(),
    )
    course = CourseDirectory(tmp_path)
    assert course.name == "Deep learning, 深度学习"
    assert course.seed() == "a secret"
    assert course.settings.limits.book().base == Limits(seconds=3.0, numpy_megabytes=512)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('sead = "s"', "sead is not known. Did you mean seed?"),
        ("[limit]\nseconds = 1", "limit is not known. Did you mean limits?"),
        ("[limits]\nsecond = 1", "limits.second is not known. Did you mean limits.seconds?"),
        ("[late]\ndeu.a = 2026-03-01T00:00:00Z", "late.deu is not known. Did you mean late.due?"),
        (
            "q = 1",
            "q is not known. Known are name, seed, limits, late, submissions, limits.seconds",
        ),
        ("[limits]\nseconds = 0", "limits.seconds: Input should be greater than 0."),
        ("[limits]\nseconds = nan", "limits.seconds: Input should be a finite number."),
        ("[limits]\nseconds = inf", "limits.seconds: Input should be a finite number."),
        ('[limits]\nseconds = "3"', "limits.seconds: Input should be a valid number."),
        ("[limits]\nseconds = true", "limits.seconds: Input should be a valid number."),
        ("limits = 3", "limits: "),
        ("[late]\ndue.a = 2026-03-01", "late.due.a: write a date and a time"),
        ('[late]\ndue.a = "2026-03-01"', "late.due.a: give the time as well"),
        ('[late]\ndue.a = "the first of March"', "late.due.a: Invalid isoformat string"),
        ("[late]\ndue.a = 5", "late.due.a: write a date and a time"),
        ('seed = ""', "seed is empty. Remove the line, and a seed will be made."),
        ("seed = ", "is not valid TOML: Invalid value"),
        ('seed = "a"\nseed = "b"', "is not valid TOML: Cannot overwrite a value"),
        (b'seed = "a"\nname = "\xe9"', "line 2: not UTF-8 text; save it as UTF-8."),
        ("x = " + "[" * 10_000, "is nested too deeply."),
    ],
    ids=range(20),
)
def test_wrong_entry_is_explained(tmp_path: Path, text: str | bytes, message: str) -> None:
    file = configure(tmp_path, text)
    with pytest.raises(CourseError) as caught:
        CourseDirectory(tmp_path)
    assert str(caught.value).startswith(str(file))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("seconds = -1", "line 4: limits.seconds: Input should be greater than 0."),
        ("numpy_megabytes = 99_999_999", "line 4: limits.numpy_megabytes: this machine has"),
        ("megabytes = 5", "line 4: limits.megabytes is not known. Did you mean"),
        ("a1_least_squares.second = 5", "line 4: limits.a1_least_squares.second is not known."),
        ("a1_least_squares.fit.seconds = 0", "line 4: limits.a1_least_squares.fit.seconds: "),
        ("a1.fit.held_out.deeper = {}", "line 4: limits.a1.fit.held_out.deeper is not known."),
        ("answer_megabytes = 65", "line 4: limits.answer_megabytes: Input should be less than"),
    ],
)
def test_a_limit_without_sense_is_named_with_its_line(
    tmp_path: Path, entry: str, message: str
) -> None:
    configure(tmp_path, f'# limits\nname = "c"\n[limits]\n{entry}\n')
    with pytest.raises(CourseError) as caught:
        CourseDirectory(tmp_path)
    assert message in str(caught.value)


def test_limits_hold_for_the_course_an_assignment_an_exercise_or_a_check(tmp_path: Path) -> None:
    configure(
        tmp_path,
        "[limits]\nseconds = 5\n[limits.a1]\nseconds = 6\nprocesses = 99\n"
        "[limits.a1.fit]\nseconds = 7\n[limits.a1.fit.held_out]\ncpu_seconds = 8\n",
    )
    book = CourseDirectory(tmp_path).settings.limits.book()
    assert book.at("a2", "fit", "held_out") == Limits(seconds=5)
    assert book.at("a1", "predict", "batch") == Limits(seconds=6, processes=99)
    assert book.at("a1", "fit", "held_out") == Limits(seconds=7, processes=99, cpu_seconds=8)
    assert book.sets("cpu_seconds", "a1", "fit", "held_out")
    assert not book.sets("cpu_seconds", "a1", "fit", "other")


def test_the_seed_is_in_no_message(tmp_path: Path) -> None:
    configure(tmp_path, 'seed = ["the secret"]\nsede = "the secret"')
    with pytest.raises(CourseError) as caught:
        CourseDirectory(tmp_path)
    assert "the secret" not in str(caught.value)


def test_configuration_that_is_a_directory(tmp_path: Path) -> None:
    (tmp_path / "grader.toml").mkdir()
    with pytest.raises(CourseError, match="cannot be read"):
        CourseDirectory(tmp_path)


def test_missing_seed_is_made_and_kept(tmp_path: Path) -> None:
    course = CourseDirectory(tmp_path)
    seed = course.seed()
    assert len(seed) >= 32
    assert course.seed() == seed
    assert CourseDirectory(tmp_path).seed() == seed
    assert os.listdir(tmp_path) == ["grader.toml"]
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "grader.toml").stat().st_mode) == 0o600
    other = tmp_path / "other"
    other.mkdir()
    assert CourseDirectory(other).seed() != seed


@pytest.mark.parametrize(
    "old",
    [
        b"# Our course\n\n[limits]   # generous\nseconds = 20\n",
        b"[late]\r\ndue.a = 2026-03-01T00:00:00Z\r\n",
        b"\xef\xbb\xbfname = 'x'",
        b"",
        b"# seed = 'not this one'\n",
    ],
)
def test_making_a_seed_keeps_the_rest_of_the_file(tmp_path: Path, old: bytes) -> None:
    file = configure(tmp_path, old)
    file.chmod(0o644)
    seed = CourseDirectory(tmp_path).seed()
    new = file.read_bytes()
    assert new.removeprefix(b"\xef\xbb\xbf").endswith(old.removeprefix(b"\xef\xbb\xbf"))
    assert new.startswith(b"\xef\xbb\xbf") is old.startswith(b"\xef\xbb\xbf")
    assert new.count(b"\r\n") == (new.count(b"\n") if b"\r\n" in old else 0)
    before = tomllib.loads(old.decode("utf-8-sig"))
    assert tomllib.loads(new.decode("utf-8-sig")) == {**before, "seed": seed}
    if os.name == "posix":  # all hidden cases follow from what stands in it now
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_seed_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    file = configure(tmp_path, b"seed = 'of an older version'\n")
    file.chmod(0o644)
    course = CourseDirectory(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and course.notes == ()
    assert course.seed() == "of an older version"


def test_settings_without_a_seed_keep_their_modes(tmp_path: Path) -> None:
    file = configure(tmp_path, b"name = 'a course'\n")
    file.chmod(0o644)
    CourseDirectory(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


@pytest.mark.parametrize("old", [b"", b"seed = 'known'\n"])
def test_a_file_of_somebody_else_is_left_open_and_named(
    tmp_path: Path, old: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = configure(tmp_path, old)
    file.chmod(0o644)
    (tmp_path / "submitted" / "ada" / "a1").mkdir(parents=True)
    owner = os.geteuid()
    monkeypatch.setattr("os.geteuid", lambda: owner + 1)
    course = CourseDirectory(tmp_path)
    course.seed()
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    course.submitted("a1")
    assert len(course.notes) == 1 and "chmod 600 grader.toml" in course.notes[0]


def test_seed_that_another_run_has_just_made_is_taken(tmp_path: Path) -> None:
    first, second = CourseDirectory(tmp_path), CourseDirectory(tmp_path)
    assert first.seed() == second.seed()


def test_linked_configuration_stays_a_link(tmp_path: Path) -> None:
    shared = tmp_path / "shared.toml"
    shared.write_text("name = 'x'\n", encoding="utf-8")
    course = tmp_path / "course"
    course.mkdir()
    try:
        (course / "grader.toml").symlink_to(shared)
    except OSError:
        pytest.skip("this account may not make links")
    seed = CourseDirectory(course).seed()
    assert (course / "grader.toml").is_symlink()
    assert seed in shared.read_text(encoding="utf-8")


def test_seed_that_cannot_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    course = CourseDirectory(tmp_path)

    def refuse(*arguments: object, **more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(CourseError, match=r"cannot be kept in .*No space left on device"):
        course.seed()
    assert os.listdir(tmp_path) == []


def test_late_seconds(tmp_path: Path) -> None:
    configure(
        tmp_path,
        "[late]\ndue.a1 = 2026-03-01T12:00:00+01:00\n"
        'due.a2 = "2026-03-01 12:00"\ndue.a3 = 2026-03-01T12:00:00\n',
    )
    course = CourseDirectory(tmp_path)
    assert course.late_seconds("a1", "ada", "2026-03-01T11:00:00+00:00") == 0
    assert course.late_seconds("a1", "ada", "2026-03-01T10:59:00+00:00") == 0
    assert course.late_seconds("a1", "ada", "2026-03-01T11:01:30+00:00") == 90
    assert course.late_seconds("a2", "ada", "2026-03-01T12:00:01+00:00") == 1
    assert course.late_seconds("a3", "ada", "2026-03-01T12:00:01+00:00") == 1
    assert course.late_seconds("a1", "ada", None) == 0
    assert course.late_seconds("a4", "ada", "2026-03-01T11:01:30+00:00") == 0


@pytest.mark.skipif(os.name != "posix", reason="names of any bytes exist on POSIX alone")
def test_name_of_the_course_can_be_shown(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"k\xfcrs\x1b")
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this file system takes UTF-8 names alone")
    assert CourseDirectory(folder).name == "k\ufffdrs\ufffd"
