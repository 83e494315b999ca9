"""Results on disk: whole or not at all, one file for each student on any system."""

from __future__ import annotations

import errno
import inspect
import io
import math
import os
import re
import shutil
import stat
import subprocess
import sys
import textwrap
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grader.result import (
    CheckResult,
    CurvePlot,
    Kind,
    Result,
    Status,
    SubmissionRecord,
    Visibility,
)
from grader.store import ResultStore, StoreError, file_name_of, write_atomically

ANY_TEXT = st.text(st.characters(codec=None), max_size=40)
"""Lone surrogates and controls included."""
LIKELY = st.text("aAbBéÉe\u0301ﬁıİß王🦊 .~-_%/\\:con1\0\udcff", max_size=12)


def result(student: str = "alice", *, points: float = 1, notes: int = 0) -> Result:
    return Result(
        course="course",
        assignment="a1_least_squares",
        student=student,
        submission=SubmissionRecord(
            files=["least_squares.py"], sha256="0" * 64, notes=["x" * 1_000] * notes
        ),
        points=points,
        max_points=1_000_000,
        checks=[],
        seed="fingerprint",
        confinement="unconfined",
        grader_version="0",
    )


def files_in(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


# Names


@given(ANY_TEXT | LIKELY)
def test_name_is_safe_on_every_system(student: str) -> None:
    name = file_name_of(student) + ".json"
    assert len(name.encode("utf-8")) <= 150
    assert len(unicodedata.normalize("NFD", name).encode("utf-8")) <= 255
    assert not set(name) & set('<>:"/\\|?*%')
    assert name.isprintable()
    assert not name.startswith((".", " ", "-", "~"))
    stem = file_name_of(student)
    assert not stem.endswith((".", " "))
    reserved = r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?"
    assert not re.fullmatch(reserved, stem, re.IGNORECASE)


@given(ANY_TEXT | LIKELY, ANY_TEXT | LIKELY)
def test_different_students_have_different_files(one: str, other: str) -> None:
    assume(one != other)
    assert _as_file_systems_see(file_name_of(one)) != _as_file_systems_see(file_name_of(other))


@given(st.sets(st.text("\ud83d\ude00\udcff\udcfe🦊\0\x01", max_size=3), max_size=12))
def test_ids_without_a_letter_stay_apart(students: set[str]) -> None:
    assert len({file_name_of(student) for student in students}) == len(students)


@given(LIKELY)
def test_ids_that_file_systems_fold_together_stay_apart(student: str) -> None:
    alike = {
        student,
        student.upper(),
        student.lower(),
        student.casefold(),
        student + " ",
        student + ".",
        " " + student,
        unicodedata.normalize("NFC", student),
        unicodedata.normalize("NFD", student),
        unicodedata.normalize("NFKC", student),
        file_name_of(student),
    }
    ids = alike - {file_name_of(student)} | {student}
    assert len({_as_file_systems_see(file_name_of(one)) for one in ids}) == len(ids)


@given(ANY_TEXT | LIKELY)
def test_a_file_name_taken_as_an_id_hits_no_other_file(student: str) -> None:
    name = file_name_of(student)
    assert name == student or file_name_of(name) != name


def _as_file_systems_see(name: str) -> str:
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())


@pytest.mark.parametrize("student", ["alice", "s12345", "a.b-c_d@uni.example", "two words", "0+1"])
def test_ordinary_id_is_its_own_file_name(student: str) -> None:
    assert file_name_of(student) == student


@pytest.mark.parametrize(
    ("student", "start"),
    [
        ("Alice", "Alice~"),
        ("王小明", "王小明~"),
        ("con", "con~"),
        ("aux.txt", "aux-txt~"),
        ("com1 .x", "com1--x~"),
        ("../../etc/passwd", "etc-passwd~"),
        ("", "student~"),
        ("🦊", "student~"),
        ("a" * 101, "a" * 64 + "~"),
        ("王" * 100, "王" * 21 + "~"),
        ("trailing.", "trailing~"),
    ],
)
def test_other_ids_stay_readable(student: str, start: str) -> None:
    assert re.fullmatch(re.escape(start) + "[0-9a-f]{32}", file_name_of(student))


# Writing and reading


@pytest.mark.parametrize("student", ["alice", "Alice", "王小明", "caf\\xe9", "a/b", "e\u0301", ""])
def test_what_is_written_is_read(tmp_path: Path, student: str) -> None:
    store = ResultStore(tmp_path / "results" / "a1_least_squares")
    assert store.read(student) is None
    assert store.read_checked(student) == (None, False)
    assert store.read_all() == ([], [])
    store.write(result(student, points=1))
    store.write(result(student, points=2))
    assert store.read(student) == result(student, points=2)
    assert store.read_checked(student) == (result(student, points=2), False)
    assert store.read_all() == ([result(student, points=2)], [])
    assert files_in(store.directory) == [file_name_of(student) + ".json"]


def test_all_results_in_the_order_of_students(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    students = ["b", "A", "a", "王小明", "Z", "10", "9"]
    for student in students:
        store.write(result(student))
    results, damaged = store.read_all()
    assert [one.student for one in results] == sorted(students)
    assert damaged == []


def test_an_id_that_cannot_be_shown_is_found_again(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    store.write(result("caf\udce9"))
    assert store.read("caf\udce9") == result("caf\ufffd")


def test_a_loss_that_became_nan_comes_back(tmp_path: Path) -> None:
    curve = CurvePlot(title="loss", student=[1.0, math.inf, math.nan], reference=[1.0])
    check = CheckResult(
        exercise="fit",
        check="train",
        title="learns",
        kind=Kind.TRAIN,
        visibility=Visibility.HIDDEN,
        points=0,
        max_points=1,
        status=Status.FAILED,
        plots=[curve],
    )
    store = ResultStore(tmp_path)
    store.write(result().model_copy(update={"checks": [check]}))
    found = store.read("alice")
    assert found is not None
    plot = found.checks[0].plots[0]
    assert isinstance(plot, CurvePlot)
    assert plot.student[:2] == [1.0, math.inf]
    assert math.isnan(plot.student[2])


def test_what_is_no_json_is_refused_and_the_old_result_kept(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    store.write(result(points=1))
    odd = result(points=2).model_copy(update={"environment": {"version": object()}})
    with pytest.raises(StoreError, match="cannot be written as JSON"):
        store.write(odd)
    assert store.read("alice") == result(points=1)


@pytest.mark.parametrize("cut", [0, 1, 100, -1])
def test_file_that_was_cut_off_is_damaged(tmp_path: Path, cut: int) -> None:
    store = ResultStore(tmp_path)
    store.write(result())
    store.write(result("bob"))
    path = store.path_of("alice")
    path.write_bytes(path.read_bytes().rstrip()[:cut])
    assert store.read("alice") is None
    assert store.read_checked("alice") == (None, True)
    assert store.read_all() == ([result("bob")], ["alice.json (is not whole JSON)"])
    store.write(result(points=3))
    assert store.read_all() == ([result(points=3), result("bob")], [])


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b"{}",
        b'{"schema_version": 99}',
        b"\0" * 4_096,
        b"[" * 100_000,
        b'{"student": "\\ud800"}',
    ],
    ids=range(8),
)
def test_what_is_no_result_is_damaged(tmp_path: Path, content: bytes) -> None:
    store = ResultStore(tmp_path)
    store.path_of("alice").write_bytes(content)
    assert store.read_checked("alice") == (None, True)
    results, damaged = store.read_all()
    assert results == []
    assert len(damaged) == 1
    assert damaged[0].startswith("alice.json (is no")


def test_result_with_an_unknown_entry_is_damaged(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    store.write(result())
    path = store.path_of("alice")
    path.write_bytes(path.read_bytes().replace(b'"seed"', b'"sede"'))
    assert store.read_all() == ([], ["alice.json (is no result of this version: seed)"])


def test_result_of_another_student_is_damaged(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    store.write(result("bob", points=100))
    shutil.copy(store.path_of("bob"), store.path_of("alice"))
    assert store.read_checked("alice") == (None, True)
    assert store.read("alice") is None
    results, damaged = store.read_all()
    assert results == [result("bob", points=100)]
    assert damaged == ["alice.json (holds the result of bob)"]


def test_directory_or_broken_link_in_place_of_a_result(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    store.path_of("alice").mkdir()
    expected = ["alice.json (is no file)"]
    try:
        store.path_of("bob").symlink_to(tmp_path / "nothing")
        expected.append("bob.json (is a link to nothing)")
    except OSError:
        pass  # this account may not make links; the rest is tested all the same
    assert store.read_all() == ([], expected)
    assert store.read_checked("alice") == (None, True)
    with pytest.raises(StoreError, match="result of alice cannot be written"):
        store.write(result())
    assert files_in(tmp_path) == [text.partition(" ")[0] for text in expected]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_pipe_in_place_of_a_result_is_not_opened(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    os.mkfifo(store.path_of("alice"))
    assert store.read_all() == ([], ["alice.json (is no file)"])


def test_huge_file_is_not_read(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    with store.path_of("alice").open("wb") as stream:
        stream.truncate(2**40 if sys.platform == "linux" else 2**27)
    assert store.read_all() == ([], ["alice.json (is too large for a result)"])


def test_other_files_are_not_looked_at(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    store.write(result())
    (tmp_path / "notes.txt").write_bytes(b"x")
    (tmp_path / ".writing-0.tmp").write_bytes(b"x")
    (tmp_path / "._alice.json").write_bytes(b"x")
    assert store.read_all() == ([result()], [])


def test_folder_that_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "results"
    path.write_bytes(b"")
    store = ResultStore(path)
    with pytest.raises(StoreError, match=r"The results written before are kept\. "):
        store.write(result())
    with pytest.raises(StoreError, match="cannot be read"):
        store.read_all()
    assert store.read_checked("alice")[0] is None


# Crashes and full disks


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_failure_at_any_step_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    store = ResultStore(tmp_path)
    store.write(result(points=1))

    def fail(*arguments: object, **more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        if step == "write":
            patch.setattr("grader.store.open", _FullDisk, raising=False)
        else:
            patch.setattr(os, step, fail)
        with pytest.raises(StoreError) as caught:
            store.write(result(points=2))
    assert str(caught.value) == (
        f"The result of alice cannot be written to {tmp_path}: No space left on device. "
        "The results written before are kept. Free some space and run the same command again."
    )
    assert files_in(tmp_path) == ["alice.json"]
    assert store.read("alice") == result(points=1)


class _FullDisk(io.FileIO):
    """A file that takes a hundred bytes and no more."""

    def write(self, content: object) -> int:
        super().write(bytes(content)[:100])  # type: ignore[call-overload]
        raise OSError(errno.ENOSPC, "No space left on device")


def test_content_is_on_the_disk_before_it_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace

    def spy_fsync(descriptor: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        size = os.fstat(descriptor).st_size if kind == "file" else 0
        steps.append(f"sync {kind} {size}".rstrip(" 0"))
        fsync(descriptor)

    def spy_replace(source: Path, target: Path) -> None:
        assert Path(source).parent == Path(target).parent  # else it would be copied
        steps.append("replace")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", spy_fsync)
    monkeypatch.setattr(os, "replace", spy_replace)
    write_atomically(tmp_path / "file", b"x" * 12_345)
    expected = ["sync file 12345", "replace"]
    assert steps == ([*expected, "sync folder"] if os.name == "posix" else expected)


def test_file_system_that_cannot_sync_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync

    def no_folders(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", no_folders)
    ResultStore(tmp_path).write(result())
    assert ResultStore(tmp_path).read("alice") == result()


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_grades_are_not_for_everybody(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        ResultStore(tmp_path).write(result())
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "alice.json").stat().st_mode) == 0o640


def test_old_leftovers_of_a_killed_run_are_removed(tmp_path: Path) -> None:
    old, young = tmp_path / ".writing-old.tmp", tmp_path / ".writing-young.tmp"
    for path in (old, young):
        path.write_bytes(b"x")
    two_hours_ago = time.time() - 7_200
    os.utime(old, (two_hours_ago, two_hours_ago))
    ResultStore(tmp_path).write(result())
    assert files_in(tmp_path) == [".writing-young.tmp", "alice.json"]


PROGRAM = f"""
import os, sys
from pathlib import Path
from grader.result import Result, SubmissionRecord
from grader.store import ResultStore, StoreError

{inspect.getsource(result)}
store = ResultStore(Path(sys.argv[1]))
"""


def run_program(body: str, *arguments: object, prefix: tuple[str, ...] = ()) -> str:
    """Run a program in a process of its own; return what it printed."""
    done = subprocess.run(
        command_of(body, *arguments, prefix=prefix),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        cwd=Path(__file__).parent.parent,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def command_of(body: str, *arguments: object, prefix: tuple[str, ...] = ()) -> list[str]:
    program = PROGRAM + textwrap.dedent(body)
    return [*prefix, sys.executable, "-c", program, *map(str, arguments)]


@pytest.mark.skipif(os.name != "posix", reason="needs limits of POSIX")
def test_file_size_limit(tmp_path: Path) -> None:
    printed = run_program(
        """
        import resource
        store.write(result(points=1))
        size = store.path_of("alice").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (4 * size, 4 * size))
        store.write(result("bob"))
        try:
            store.write(result(points=2, notes=20))
        except StoreError as error:
            print(error)
        store.write(result("carol"))
        """,
        tmp_path,
    )
    assert printed == (
        f"The result of alice cannot be written to {tmp_path}: File too large. The results "
        "written before are kept. Raise the limit on the size of files (ulimit -f) and run "
        "the same command again.\n"
    )
    assert files_in(tmp_path) == ["alice.json", "bob.json", "carol.json"]
    assert ResultStore(tmp_path).read_all() == (
        [result(points=1), result("bob"), result("carol")],
        [],
    )


def test_full_disk(tmp_path: Path) -> None:
    """A real file system of 64 KiB, mounted where nobody else sees it."""
    unshare = shutil.which("unshare")
    mount = shutil.which("mount")
    if unshare is None or mount is None:
        pytest.skip("needs unshare and mount")
    prefix = (unshare, "--mount", "--map-root-user")
    tiny = tmp_path / "tiny"
    tiny.mkdir()
    mounting = (mount, "-t", "tmpfs", "-o", "size=64k", "none", str(tiny))
    tried = subprocess.run([*prefix, *mounting], capture_output=True, check=False)
    if tried.returncode != 0:
        pytest.skip("this account may not mount a file system")
    printed = run_program(
        """
        import shutil, subprocess
        subprocess.run(sys.argv[2:], check=True)
        written = 0
        try:
            for number in range(1_000):
                store.write(result(f"student-{number:03}"))
                written += 1
        except StoreError as error:
            print(error)
        results, damaged = store.read_all()
        assert [one.student for one in results] == [f"student-{n:03}" for n in range(written)]
        assert 3 < written < 64, written
        assert damaged == [], damaged
        assert len(os.listdir(store.directory)) == written
        try:  # a result that is there stays, when its successor has no room
            store.write(result("student-000", points=2, notes=100))
        except StoreError as error:
            print(error)
        assert store.read("student-000") == result("student-000")
        assert len(os.listdir(store.directory)) == written
        for number in range(3):  # room is made, and the same goes on
            store.path_of(f"student-{number:03}").unlink()
        store.write(result("student-000", points=3))
        assert store.read("student-000") == result("student-000", points=3)
        """,
        tiny / "results",
        *mounting,
        prefix=prefix,
    )
    lines = printed.splitlines()
    assert len(lines) == 2
    for line in lines:
        assert "No space left on device. The results written before are kept." in line
        assert line.endswith("Free some space and run the same command again.")
    assert files_in(tiny) == []  # nothing reached the disk below


def test_killed_while_writing(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    store.write(result(points=0, notes=500))
    for _ in range(5):
        process = subprocess.Popen(
            command_of(
                """
                print("ready", flush=True)
                number = 0
                while True:
                    number += 1
                    store.write(result(points=number, notes=500))
                """,
                tmp_path,
            ),
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parent.parent,
        )
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"ready"
        before = store.path_of("alice").stat().st_mtime_ns
        while store.path_of("alice").stat().st_mtime_ns == before and process.poll() is None:
            time.sleep(0.001)
        process.kill()
        process.wait()
        process.stdout.close()
        found, damaged = store.read_checked("alice")
        assert not damaged
        assert found is not None
        assert found == result(points=found.points, notes=500)
    assert store.read_all()[1] == []


def test_two_runs_at_once(tmp_path: Path) -> None:
    body = """
        for number in range(60):
            store.write(result(points=number, notes=50))
            found, damaged = store.read_checked("alice")
            assert found is not None and not damaged
    """
    running = [
        subprocess.Popen(command_of(body, tmp_path), cwd=Path(__file__).parent.parent)
        for _ in range(2)
    ]
    assert [process.wait(timeout=120) for process in running] == [0, 0]
    assert ResultStore(tmp_path).read("alice") == result(points=59, notes=50)
    assert files_in(tmp_path) == ["alice.json"]
