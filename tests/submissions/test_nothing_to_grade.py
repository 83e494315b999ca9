"""What cannot be graded is named, with what was found and what to hand in instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.submissions.handing_in import (
    CODE,
    FILE,
    JUNK,
    KERAS,
    KERAS_CODE,
    MLP,
    SOFTMAX,
    STUB,
    Files,
    lay,
    notebook,
    read,
    zipped,
)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"report.pdf": b"%PDF", "submission.rar": b"Rar!"},
            "found: report.pdf, submission.rar; hand in .py or .ipynb",
        ),
        ({}, "the folder is empty"),
        ({"a/b/page.html": b"<html>", "x.docx": b"PK"}, "x.docx, a/b/page.html"),
        ({"work.7z": b"7z"}, "pack them as .zip"),
        ({FILE: b"\n"}, f"{FILE} is empty"),
        (
            {"timestamp.txt": b"2026", "a.pdf": b"%PDF"},
            "found: a.pdf; hand in .py or .ipynb.",
        ),
        ({"work.zip": b"Rar!\x1a\x07"}, "work.zip is a RAR archive"),
        ({"work.zip": zipped({"report.pdf": b"%PDF"})}, "report.pdf"),
        ({"mlp.py": MLP}, "mlp.py, and this looks like a3's mlp.py"),
        ({FILE: MLP}, f"{FILE}, and this looks like a3's mlp.py"),
        ({"hw.ipynb": notebook(MLP)}, "this looks like a3's mlp.py"),
        ({"a.py": b"x = 1\n", "b.py": b"y = 1\n"}, "holds no exercise of"),
        ({f"{FILE}.gz": b"\x1f\x8b\x08 packed"}, f" {FILE}.gz cannot be opened here."),
        ({f"__MACOSX/._{FILE}": JUNK}, "nothing was found but __MACOSX"),
        ({f"a/b/c/d/e/f/g/{FILE}": CODE}, "more than 6 folders deep (a/b/c/d/e/f/g)"),
        ({"test_a2.py": b"def test_it(): pass\n"}, "found: test_a2.py"),
        ({"__init__.py": b"x = 1\n", "conftest.py": b""}, "found: __init__.py, conftest.py"),
        ({f".{FILE}": CODE}, f"only .{FILE} was found, and its name begins with a dot"),
        ({".hw.ipynb": notebook(CODE)}, "only .hw.ipynb was found"),
        ({"README": b"No code here.\n", "a.docx": b"PK"}, "found: README, a.docx"),
        ({f"{FILE}.docx": b"PK\x03\x04\0\0"}, f"found: {FILE}.docx"),
    ],
    ids=range(21),
)
def test_nothing_to_grade_is_said_in_words(tmp_path: Path, files: Files, said: str) -> None:
    found = read(lay(tmp_path, files))
    assert said in found.nothing_to_grade
    assert found.nothing_to_grade.startswith("There is nothing to grade here")
    assert found.nothing_to_grade.endswith(".")


def test_untouched_stubs_can_be_graded_and_are_told(tmp_path: Path) -> None:
    found = read(lay(tmp_path, {FILE: STUB, "report.pdf": b"%PDF"}))
    assert found.files == {FILE: STUB}
    assert found.nothing_to_grade == ""
    assert found.notes == (
        f"nothing that is asked for is written yet: {FILE} holds the stubs as they were given",
    )


def test_what_else_could_hold_the_missing_part_is_named(tmp_path: Path) -> None:
    found = read(lay(tmp_path, {FILE: CODE, "keras.rar": b"Rar!", "report.pdf": b"%PDF"}))
    assert found.notes == ("keras.rar cannot be opened here; hand in .py, .ipynb or .zip",)


def test_an_archive_beside_the_files_is_not_opened_and_told(tmp_path: Path) -> None:
    whole = {FILE: CODE + SOFTMAX, KERAS: KERAS_CODE + b"\n\nclass F1Score:\n    x = 1\n"}
    found = read(lay(tmp_path, whole | {"backup.zip": zipped({FILE: STUB})}))
    assert found.files == whole
    assert found.notes == (
        "backup.zip was not opened, because all that is asked for lies beside it",
    )
