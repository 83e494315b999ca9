"""Zips whose names are in other encodings: students get their own names, and no gibberish."""

from __future__ import annotations

import os
import struct
import sys
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from grader.submissions.intake import CollectReport, collect
from tests.submissions.intake.collected import ASSIGNMENT, BLACKBOARD, WANTED, tree
from tests.submissions.intake.packing import add_raw, write_raw_zip, write_zip

CLASSES = {
    "gbk": ["王伟", "李娜", "张敏", "刘洋", "陈静", "黄晓明", "徐丽"],
    "shift_jis": ["田中太郎", "佐藤花子", "小林さくら", "ソース表"],
    "cp437": ["Müller Jörg", "Schröder Anna", "Weiß Jürgen", "García José", "Núñez María"],
}
PLATFORMS = {
    "moodle": "{name}_{number}_assignsubmission_file_/mlp.py",
    "canvas": "{name}_{number}_{number}_mlp.py",
    "blackboard": BLACKBOARD + "_{name}_attempt_2026-03-01-12-34-56_mlp.py",
    "plain": "{name}/mlp.py",
}


def gather(course: Path, files: dict[bytes, str | bytes], names: str = "") -> CollectReport:
    download = write_raw_zip(course.parent / "download.zip", files)
    return collect(course, [download], replace(WANTED, names=names))


def in_encoding(encoding: str, pattern: str) -> dict[bytes, str | bytes]:
    return {
        pattern.format(name=name, number=100 + number).encode(encoding): name
        for number, name in enumerate(CLASSES[encoding])
    }


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("encoding", CLASSES)
def test_platforms_see_the_decoded_names(course: Path, encoding: str, platform: str) -> None:
    report = gather(course, in_encoding(encoding, PLATFORMS[platform]))
    assert report.platforms == [platform] and not report.problems
    assert report.new == sorted(CLASSES[encoding])
    assert tree(course) == {f"submitted/{name}/{ASSIGNMENT}/mlp.py": name for name in report.new}
    [note] = report.notes
    assert note.startswith("download.zip: names that do not say their encoding were read as ")
    assert CLASSES[encoding][0] in note
    assert note.endswith("; if that is wrong, name the encoding with --names")


def test_a_named_encoding_needs_no_guess(course: Path) -> None:
    report = gather(course, {"김민준/mlp.py".encode("euc_kr"): "x"}, "EUC-KR")
    assert report.new == ["김민준"] and report.notes == []


def test_a_guess_that_is_not_sure_is_told_with_the_other_reading(course: Path) -> None:
    report = gather(course, {"김민준/mlp.py".encode("euc_kr"): "x"})
    [note] = report.notes
    assert "is not sure" in note and "would be" in note and "--names" in note


def test_a_students_own_zip(course: Path) -> None:
    inner = write_raw_zip(
        course.parent / "inner.zip",
        {f"作业/{name}.py".encode("gbk"): name for name in CLASSES["gbk"]},
    )
    files: dict[str, str | bytes] = {"ada/work.zip": inner.read_bytes(), "bob/mlp.py": "bob"}
    download = write_zip(course.parent / "download.zip", files)
    report = collect(course, [download], WANTED)
    folder = course / "submitted" / "ada" / ASSIGNMENT
    assert {path.name for path in folder.glob("*.py")} == {f"{n}.py" for n in CLASSES["gbk"]}
    [note] = report.notes
    assert note.startswith("ada: work.zip: names that do not say") and "GBK" in note


def with_unicode_path(raw: bytes, name: bytes) -> bytes:
    return struct.pack("<HHBI", 0x7075, 5 + len(name), 1, zlib.crc32(raw)) + name


OF_LINA = "李娜/mlp.py".encode("gbk")


@pytest.mark.parametrize(
    "extra, expected",
    [
        (with_unicode_path(OF_LINA, "王伟/mlp.py".encode()), "王伟"),
        (with_unicode_path(b"another name", "王伟/mlp.py".encode()), "李娜"),
        (with_unicode_path(OF_LINA, b"\xff\xfe/mlp.py"), "李娜"),
        (struct.pack("<HHB", 0x7075, 1, 1), "李娜"),
    ],
    ids=["honoured", "left behind by a program that renames", "no UTF-8", "too short"],
)
def test_the_extra_field_for_unicode_names(course: Path, extra: bytes, expected: str) -> None:
    download = course.parent / "download.zip"
    with zipfile.ZipFile(download, "w") as archive:
        add_raw(archive, OF_LINA, "x", extra)
    assert collect(course, [download], replace(WANTED, names="gbk")).new == [expected]


def test_a_hidden_way_out_in_another_encoding_is_still_refused(course: Path) -> None:
    download = course.parent / "download.zip"
    with zipfile.ZipFile(download, "w") as archive:
        add_raw(archive, OF_LINA, "x", with_unicode_path(OF_LINA, b"../../evil.py"))
        add_raw(archive, "王伟/mlp.py".encode("gbk"), "x")
    report = collect(course, [download], replace(WANTED, names="gbk"))
    assert report.new == ["王伟"]
    assert any("leads out of its folder" in note for note in report.notes)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep names as Unicode")
def test_an_unpacked_download_whose_names_are_bytes(course: Path) -> None:
    folder = course.parent / "unpacked"
    for name in CLASSES["gbk"]:
        place = os.path.join(os.fsencode(folder), name.encode("gbk"))
        os.makedirs(place)
        with open(os.path.join(place, b"mlp.py"), "w") as file:
            file.write(name)
    (folder / "Müller").mkdir()
    (folder / "Müller" / "mlp.py").write_text("Müller")
    report = collect(course, [folder], WANTED)
    assert report.new == sorted([*CLASSES["gbk"], "Müller"])
    assert "GBK" in report.notes[0]
