"""Full disks, kills and two runs at once: the old result or the new one, whole."""

from __future__ import annotations

import errno
import inspect
import io
import os
import shutil
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from grader.batch.store import ResultStore, StoreError
from grader.files.atomic import write_atomically
from tests.stored import files_in, result


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
            patch.setattr("grader.files.atomic.open", _FullDisk, raising=False)
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


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_folders_of_grades_are_not_for_everybody_either(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        ResultStore(tmp_path / "results" / "a1").write(result())
    finally:
        os.umask(before)
    for folder in (tmp_path / "results", tmp_path / "results" / "a1"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o750
    (tmp_path / "results").chmod(0o2775)  # as somebody decided
    ResultStore(tmp_path / "results" / "a1").write(result())
    assert stat.S_IMODE((tmp_path / "results").stat().st_mode) == 0o2775


@pytest.mark.parametrize("age", [0, 7_200, -7_200])
def test_what_a_killed_run_left_is_removed_whatever_the_clock_says(
    tmp_path: Path, age: int
) -> None:
    leftover = tmp_path / ".writing-0.tmp"
    leftover.write_bytes(b"x")
    os.utime(leftover, (time.time() - age, time.time() - age))
    ResultStore(tmp_path).write(result())
    assert files_in(tmp_path) == ["alice.json"]


@pytest.mark.skipif(os.name != "posix", reason="Windows removes no file that is open")
def test_what_a_running_one_writes_stays_whatever_the_clock_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync

    def meanwhile(descriptor: int) -> None:
        monkeypatch.setattr(os, "fsync", fsync)
        [temporary] = tmp_path.glob(".writing-*.tmp")
        os.utime(temporary, (0, 0))  # the clock jumped forward
        ResultStore(tmp_path).write(result("bob"))
        assert temporary.exists()

    monkeypatch.setattr(os, "fsync", meanwhile)
    ResultStore(tmp_path).write(result())
    assert files_in(tmp_path) == ["alice.json", "bob.json"]


def test_a_file_that_is_swept_before_it_is_locked_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [2]

    def late(descriptor: int) -> None:
        if left[0]:
            left[0] -= 1
            [temporary] = tmp_path.glob(".writing-*.tmp")
            temporary.unlink()

    monkeypatch.setattr("grader.files.atomic._lock", late)
    ResultStore(tmp_path).write(result())
    assert ResultStore(tmp_path).read("alice") == result()
    left[0] = 10_000
    with pytest.raises(StoreError, match="Another run removes every new file"):
        ResultStore(tmp_path).write(result(points=2))
    assert files_in(tmp_path) == ["alice.json"]


PROGRAM = f"""
import os, sys
from pathlib import Path
from grader.result import Result, SubmissionRecord
from grader.batch.store import ResultStore, StoreError

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


def test_a_file_that_somebody_has_open_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, refusals = os.replace, [1, 1]

    def busy(source: Path, target: Path) -> None:
        if refusals:
            refusals.pop()
            raise PermissionError(errno.EACCES, "Permission denied")
        replace(source, target)

    monkeypatch.setattr("grader.files.atomic._PAUSES", (0.0, 0.0, 0.0))
    monkeypatch.setattr(os, "replace", busy)
    ResultStore(tmp_path).write(result())
    assert ResultStore(tmp_path).read("alice") == result()
    refusals += [1] * 4
    with pytest.raises(StoreError, match=r"Permission denied.*Make the folder writable"):
        ResultStore(tmp_path).write(result(points=2))
    assert files_in(tmp_path) == ["alice.json"]


@pytest.mark.skipif(os.name == "nt", reason="Windows does not replace a file that is being read")
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
