"""Several attempts: kept in order, each once, and never lost."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from filelock import FileLock

from grader.submissions.intake import CollectError, collect
from tests.submissions.intake.collected import ASSIGNMENT, WANTED, run, tree
from tests.submissions.intake.packing import write_zip


def canvas(**files: str) -> dict[str, str | bytes]:
    return {f"ada_1_{key[1:]}_mlp.py": text for key, text in files.items()}


def test_canvas_attempts_in_one_download(course: Path) -> None:
    report = run(course, canvas(f20="second", f3="first", f100="third"))
    assert tree(course) == {
        f"submitted/ada/{ASSIGNMENT}/mlp.py": "third",
        f".attempts/ada/{ASSIGNMENT}/1/mlp.py": "first",
        f".attempts/ada/{ASSIGNMENT}/2/mlp.py": "second",
    }
    assert report.attempts == 3
    again = run(course, canvas(f20="second", f3="first", f100="third"))
    assert again.unchanged == ["ada"] and again.attempts == 3


def test_downloads_of_several_days(course: Path) -> None:
    """In whatever order they come, also one by one, again, and all at once."""
    days = [
        write_zip(course.parent / f"{day}.zip", canvas(f1=text), datetime(2026, 3, day))
        for day, text in ((1, "first"), (2, "second"), (3, "first"))
    ]
    expected = {
        f"submitted/ada/{ASSIGNMENT}/mlp.py": "first",
        f".attempts/ada/{ASSIGNMENT}/1/mlp.py": "first",
        f".attempts/ada/{ASSIGNMENT}/2/mlp.py": "second",
    }
    assert collect(course, [days[1]], WANTED).new == ["ada"]
    assert collect(course, [days[0]], WANTED).earlier == ["ada"]
    assert collect(course, [days[2]], WANTED).replaced == ["ada"]
    assert tree(course) == expected
    for again in (days, [days[0]], [days[2], days[1]]):
        assert collect(course, again, WANTED).unchanged == ["ada"]
    assert tree(course) == expected
    fresh = course.parent / "fresh"
    fresh.mkdir()
    collect(fresh, [days[2], days[0], days[1]], WANTED)
    assert tree(fresh) == expected


def test_the_same_files_in_a_later_download_keep_their_first_time(course: Path) -> None:
    run(course, canvas(f1="ada"), moment=datetime(2026, 3, 1))
    assert run(course, canvas(f1="ada"), moment=datetime(2026, 3, 9)).unchanged == ["ada"]
    stamp = course / "submitted" / "ada" / ASSIGNMENT / "timestamp.txt"
    assert stamp.read_text().startswith("2026-03-01")


def test_a_refused_attempt_does_not_replace_a_good_one(course: Path) -> None:
    run(course, {"ada_1_5_mlp.py": "good"})
    many = {f"{index}.txt": "" for index in range(1_001)}
    inner = write_zip(course.parent / "inner.zip", many).read_bytes()
    report = run(course, {"ada_1_6_work.zip": inner}, moment=datetime(2026, 4, 1))
    assert report.problems == ["ada was not collected: it has more than 1,000 files."]
    assert tree(course) == {f"submitted/ada/{ASSIGNMENT}/mlp.py": "good"}


def test_what_somebody_laid_there_by_hand_is_kept(course: Path) -> None:
    folder = course / "submitted" / "ada" / ASSIGNMENT
    folder.mkdir(parents=True)
    (folder / "mlp.py").write_text("by hand")
    (folder / "link").symlink_to("/etc/passwd")
    assert run(course, {"ada_1_5_mlp.py": "collected"}).replaced == ["ada"]
    assert (folder / "mlp.py").read_text() == "collected"
    kept = course / ".attempts" / "ada" / ASSIGNMENT / "1"
    assert (kept / "mlp.py").read_text() == "by hand" and (kept / "link").is_symlink()


@pytest.mark.parametrize("fails_at", range(1, 8))
def test_a_disk_that_fails_loses_nothing(course: Path, monkeypatch, fails_at: int) -> None:
    """Whichever rename or copy fails: the attempt that was there is there, and a rerun fixes it."""
    first = write_zip(course.parent / "1.zip", canvas(f1="first"), datetime(2026, 3, 1))
    second = write_zip(
        course.parent / "2.zip", canvas(f1="second", f2="third"), datetime(2026, 3, 2)
    )
    collect(course, [first], WANTED)
    calls = []

    def failing(original):
        def call(*arguments, **named):
            calls.append(original)
            if len(calls) == fails_at:
                raise OSError(28, "No space left on device")
            return original(*arguments, **named)

        return call

    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", failing(os.rename))
        patched.setattr(shutil, "copytree", failing(shutil.copytree))
        if fails_at <= 6:
            with pytest.raises(CollectError, match="No space left on device"):
                collect(course, [second], WANTED)
            assert "first" in tree(course).values()
            assert f"submitted/ada/{ASSIGNMENT}/mlp.py" in tree(course)
        else:
            collect(course, [second], WANTED)
    collect(course, [second], WANTED)
    assert not list(course.glob(".collecting-*"))
    assert sorted(tree(course).items()) == [
        (f".attempts/ada/{ASSIGNMENT}/1/mlp.py", "first"),
        (f".attempts/ada/{ASSIGNMENT}/2/mlp.py", "second"),
        (f"submitted/ada/{ASSIGNMENT}/mlp.py", "third"),
    ]


def test_what_lies_in_the_way(course: Path) -> None:
    elsewhere = course.parent / "elsewhere"
    elsewhere.mkdir()
    (course / "submitted" / "eve").mkdir(parents=True)
    (course / "submitted" / "ada").symlink_to(elsewhere)
    (course / "submitted" / "bob").write_text("a file")
    (course / "submitted" / "eve" / ASSIGNMENT).symlink_to(elsewhere)
    files: dict[str, str | bytes] = {
        f"{name}/mlp.py": name for name in ("ada", "bob", "eve", "zoe")
    }
    report = run(course, files)
    assert report.new == ["zoe"] and len(report.problems) == 3
    assert all("is a link or a file; a folder was expected" in one for one in report.problems)
    assert not list(elsewhere.iterdir())


def test_two_runs_at_once_are_kept_apart(course: Path) -> None:
    """A second run, whose folders the first might move, is refused and changes nothing."""
    run(course, {"ada/mlp.py": "1\n"})
    before = tree(course)
    told = pytest.raises(CollectError, match="another grader collect is writing")
    with FileLock(course / ".grader" / "collect.lock"), told:
        run(course, {"bob/mlp.py": "2\n"})
    assert tree(course) == before
    run(course, {"bob/mlp.py": "2\n"})
    assert tree(course) == before | {"submitted/bob/a3_mlp/mlp.py": "2\n"}
