"""Thousands of files, bombs and links cost themselves and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.submissions import candidates, choosing, searching
from tests.submissions.handing_in import CODE, FILE, STUB, is_code, lay, read, zipped


@pytest.mark.parametrize("inside", ["", "some/where/"])
def test_five_thousand_files_are_bounded(
    tmp_path: Path, inside: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few of them are read, and the one that is imported is among these."""
    read_files = []
    original = candidates.read_regular

    def counted(path: Path, limit: int) -> tuple[bytes, float]:
        read_files.append(path)
        return original(path, limit)

    monkeypatch.setattr(candidates, "read_regular", counted)
    many = {f"{inside}part{number:04}.py": b"" for number in range(5_000)}
    many[f"{inside}logistic regression.py"] = b"import part4999\n" + CODE
    found = read(lay(tmp_path, many))
    assert is_code(found.files[FILE])
    assert "part4999.py" in found.files
    assert len(found.files) == 200
    assert len(found.notes) <= 41
    assert len(read_files) < 600


def test_more_files_than_anybody_looks_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.submissions import tree

    monkeypatch.setattr(tree, "MAX_ENTRIES", 50)
    many = {f"sub/part{number:04}.py": b"" for number in range(200)}
    found = read(lay(tmp_path, many | {FILE: CODE}))
    assert is_code(found.files[FILE])
    assert "there are more than 50 files; the others were not looked at" in found.notes


def test_a_bomb_inside_a_submission_costs_the_archive(tmp_path: Path) -> None:
    bomb = zipped({FILE: b"#" * (32 * 2**20)})
    found = read(lay(tmp_path, {"work.zip": bomb, "main.py": CODE}))
    assert is_code(found.files[FILE])
    assert any("work.zip was not opened: it holds a zip bomb" in note for note in found.notes)


def test_a_zip_in_a_zip_without_end(tmp_path: Path) -> None:
    content = zipped({FILE: CODE})
    for _ in range(20):
        content = zipped({"again.zip": content})
    found = read(lay(tmp_path, {"work.zip": content}))
    assert FILE not in found.files
    assert "work.zip" in found.nothing_to_grade
    assert any("3 is the limit" in note for note in found.notes)


def test_links_in_folders_are_not_followed(tmp_path: Path) -> None:
    outside = lay(tmp_path / "outside", {FILE: CODE})
    folder = tmp_path / "submission"
    folder.mkdir()
    try:
        (folder / "linked").symlink_to(outside)
    except OSError:
        pytest.skip("this account may not make links")
    assert read(folder).files == {}


@pytest.mark.parametrize("count", [120, 600])
def test_hundreds_of_handouts_hide_nothing(tmp_path: Path, count: int) -> None:
    handouts = {f"p{number}/{FILE}": STUB for number in range(count)}
    found = read(lay(tmp_path, {**handouts, "z/mine.py": CODE}))
    assert is_code(found.files[FILE])


def test_what_was_not_looked_into_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "_MAX_ALIKE", 3)
    monkeypatch.setattr(searching, "MAX_SEARCHED", 5)
    handouts = {f"p{number}/{FILE}": STUB for number in range(9)}
    found = read(lay(tmp_path, {**handouts, "z/mine.py": CODE}))
    assert is_code(found.files[FILE])
    assert f"only 3 of 9 files for {FILE} were looked into" in found.notes
    assert any("2 were not" in note for note in found.notes)
