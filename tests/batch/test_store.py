"""Results on disk: what is written is read, and what is damaged is told."""

from __future__ import annotations

import math
import os
import shutil
from pathlib import Path

import pytest

from grader.batch.store import ResultStore, StoreError
from grader.result import (
    CheckResult,
    CurvePlot,
    Kind,
    Status,
    Visibility,
)
from grader.sanitise.file_names import file_name_of
from tests.stored import files_in, result


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


def test_a_loss_that_is_no_number_comes_back_as_none_and_the_file_is_json(tmp_path: Path) -> None:
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
    assert plot.student[0] == 1.0
    assert all(map(math.isnan, plot.student[1:]))
    text = store.path_of("alice").read_text(encoding="utf-8")
    assert '"student": "alice"' in text and "NaN" not in text and "Infinity" not in text


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
    assert store.read_all() == ([result("bob")], ["alice.json (is not complete JSON)"])
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
    assert store.read_all() == ([], ["alice.json (is not a result of this version: seed)"])


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
    expected = ["alice.json (is not a file)"]
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
    assert store.read_all() == ([], ["alice.json (is not a file)"])


def test_huge_file_is_not_read(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    with store.path_of("alice").open("wb") as stream:
        stream.truncate(2**27)
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
