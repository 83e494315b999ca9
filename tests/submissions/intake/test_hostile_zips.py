"""Zips made to do harm: each is told from the others, and the rest of the class is collected."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
import zlib
from datetime import datetime
from pathlib import Path

import pytest

from grader.files.unpack import archive as archive_module
from grader.files.unpack import extract
from grader.submissions.expected import Expected
from grader.submissions.intake import CollectError, Platform, Wanted, collect
from tests.submissions.intake.packing import FIRST, add, write_zip

ASSIGNMENT = "a9_test"
WANTED = Wanted(ASSIGNMENT, Expected(("mlp.py",)), Platform.PLAIN)
GOOD = "def f():\n    return 1\n"


def zip_bytes(files: dict[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            add(archive, name, content)
    return stream.getvalue()


def collect_zip(course: Path, mallorys: bytes, wanted: Wanted = WANTED):
    """Collect a class of three, of which mallory handed in a zip; the others must be there."""
    target = course.parent / "download.zip"
    write_zip(target, {"ada/mlp.py": GOOD, "mallory/work.zip": mallorys, "zoe/mlp.py": GOOD})
    report = collect(course, [target], wanted)
    assert {"ada", "zoe"} <= {*report.new, *report.unchanged}
    for student in ("ada", "zoe"):
        assert (course / "submitted" / student / ASSIGNMENT / "mlp.py").read_text() == GOOD
    outside = {path.name for path in course.parent.iterdir()} - {"course", "download.zip"}
    assert not outside
    assert {path.name for path in course.iterdir()} == {"submitted", ".grader"}
    return report


def files_below(folder: Path) -> list[Path]:
    """Whatever lies in a folder and is none itself."""
    return [one for one in folder.rglob("*") if one.is_symlink() or not one.is_dir()]


def files_of(course: Path, student: str = "mallory") -> dict[str, bytes]:
    folder = course / "submitted" / student / ASSIGNMENT
    found = {}
    for path in folder.rglob("*"):
        assert not path.is_symlink()
        if path.is_file() and path.name != "timestamp.txt":
            found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found


def with_entry(name: str, change=lambda info: None, content: bytes = b"evil") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        add(archive, "mlp.py", GOOD)
        info = zipfile.ZipInfo("x", FIRST.timetuple()[:6])
        info.filename = name  # as it stands: ZipInfo would tidy it
        change(info)
        archive.writestr(info, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    "name, message",
    [
        ("../evil.py", "leads out of its folder"),
        ("a/../../evil.py", "leads out of its folder"),
        ("..\\evil.py", "leads out of its folder"),
        ("/etc/evil.py", "whole disk"),
        ("\\\\server\\evil.py", "whole disk"),
        ("C:\\evil.py", "names a drive"),
        ("c:evil.py", "names a drive"),
        ("evil\x1b[31m.py", "control characters"),
        ("evil\n.py", "control characters"),
        ("evil\u202eyp.exe", "reorder text"),
        ("evil.py:stream", "one of <"),
        ("what?.py", "one of <"),
        ("con.py", "for a device"),
        ("LPT1", "for a device"),
        ("aux.tar.gz", "for a device"),
        ("com¹.py", "for a device"),
        ("evil.py.", "ends with a dot"),
        ("evil ", "ends with a dot or a space"),
        ("e" * 200 + ".py", "more than 150 bytes"),
        ("/".join("abcdefghij") + "/evil.py", "folders deep"),
        ("timestamp.txt", "only be written by the platform"),
        ("TIMESTAMP.TXT", "only be written by the platform"),
        ("MLP.py", "name of another file"),
        ("mlp.py", "name of another file"),
        ("mlp.py/evil.py", "name of a file"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names(course: Path, name: str, message: str) -> None:
    report = collect_zip(course, with_entry(name))
    assert files_of(course) == {"mlp.py": GOOD.encode()}
    assert not report.problems and len(report.notes) == 1
    assert message in report.notes[0] and report.notes[0].startswith("mallory: ")
    assert report.notes[0].isprintable()


def test_a_null_byte_does_not_cut_a_name(course: Path) -> None:
    content = with_entry("evil.py#x").replace(b"evil.py#x", b"evil.py\0x")
    report = collect_zip(course, content)
    assert files_of(course) == {"mlp.py": GOOD.encode()} and "null byte" in report.notes[0]


def test_composed_and_decomposed_names_are_one(course: Path) -> None:
    report = collect_zip(course, zip_bytes({"\xe9.py": "first", "e\u0301.py": "second"}))
    assert files_of(course) == {"\xe9.py": b"first"}
    assert "name of another file" in report.notes[0]


def test_names_in_utf8_without_the_mark_and_in_cp437(course: Path) -> None:
    utf8 = zip_bytes({"aa.py": "x"}).replace(b"aa.py", "é.py".encode())
    collect_zip(course, utf8)
    assert files_of(course) == {"é.py": b"x"}
    old = zip_bytes({"z.py": "x"}).replace(b"z.py", "ü.py".encode("cp437"))
    collect_zip(course, old)
    assert files_of(course) == {"ü.py": b"x"}


def test_names_that_claim_to_be_utf8_and_are_not(course: Path) -> None:
    content = zip_bytes({"éé.py": "x"}).replace("éé".encode(), b"\xff\xfe\xfd\xfc")
    report = collect_zip(course, content)
    assert "no known encoding" in " ".join(report.notes)
    assert report.problems == ["mallory was not collected: it holds no file to grade."]


@pytest.mark.parametrize(
    "kind, message",
    [
        (stat.S_IFLNK | 0o777, "is a link"),
        (stat.S_IFIFO | 0o600, "special file"),
        (stat.S_IFCHR | 0o600, "special file"),
    ],
)
@pytest.mark.parametrize("system", [0, 3])
def test_links_and_special_files(course: Path, kind: int, message: str, system: int) -> None:
    def change(info: zipfile.ZipInfo) -> None:
        info.external_attr, info.create_system = kind << 16, system

    report = collect_zip(course, with_entry("evil.py", change, b"/etc/passwd"))
    assert files_of(course) == {"mlp.py": GOOD.encode()}
    assert message in report.notes[0]


def test_a_file_behind_a_linked_folder(course: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, str(course.parent))
        add(archive, "link/evil.py", "x")
    collect_zip(course, stream.getvalue())
    # What is there is an ordinary folder of our own, and the one folder is taken off.
    assert files_of(course) == {"evil.py": b"x"}


def patched(content: bytes, signature: bytes, offset: int, value: bytes, which: int = -1) -> bytes:
    """Overwrite bytes of the first or last record of a kind."""
    place = content.index(signature) if which == 0 else content.rindex(signature)
    return content[: place + offset] + value + content[place + offset + len(value) :]


LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


def test_encrypted_entries(course: Path) -> None:
    content = patched(with_entry("evil.py"), CENTRAL, 8, struct.pack("<H", 1))
    report = collect_zip(course, content)
    assert "is encrypted; hand it in without a password" in report.notes[
        0
    ] and "evil.py" not in files_of(course)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_cannot_be_bounded(course: Path, method: int) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("mlp.py", b"\0" * 1_000_000)
    report = collect_zip(course, stream.getvalue())
    assert "only ordinary zips" in report.notes[0]


def test_a_wrong_checksum(course: Path) -> None:
    report = collect_zip(course, with_entry("evil.py").replace(b"evil", b"live", 1))
    content = with_entry("other.py").replace(b"evil", b"live")
    report = collect_zip(course, content)
    assert "checksum is wrong" in report.notes[0]
    assert files_of(course) == {"mlp.py": GOOD.encode()}


def test_a_size_that_lies(course: Path) -> None:
    """The table says 2 bytes; a file cut there must not pass for the whole."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        add(archive, "mlp.py", GOOD)
    content = patched(stream.getvalue(), CENTRAL, 24, struct.pack("<L", 2))
    report = collect_zip(course, content)
    assert "checksum is wrong" in report.notes[0] and not files_of(course)


@pytest.mark.parametrize("keep", [0, 1, 10, 40, 100])
def test_truncated(course: Path, keep: int) -> None:
    report = collect_zip(course, with_entry("evil.py")[:keep])
    assert "is not a complete zip" in report.notes[0]
    assert report.problems == ["mallory was not collected: it holds no file to grade."]
    assert not files_below(course / "submitted" / "mallory")


def test_every_truncation_and_every_flipped_byte_is_survived(course: Path) -> None:
    whole = zip_bytes({"mlp.py": GOOD, "é/helper.py": "x = 1\n" * 50})
    files: dict[str, str | bytes] = {"ada/mlp.py": GOOD}
    for place in range(len(whole)):
        files[f"cut {place}/w.zip"] = whole[:place]
        flipped = whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :]
        files[f"flip {place}/w.zip"] = flipped
    target = write_zip(course.parent / "download.zip", files)
    report = collect(course, [target], WANTED)
    assert "ada" in report.new and not list(course.glob(".collecting-*"))
    # No file ever lies under another content than its own.
    for student in report.new[1:]:
        for content in files_of(course, student).values():
            assert content in (GOOD.encode(), b"x = 1\n" * 50)


def test_a_bomb_is_stopped_while_it_unpacks(course: Path, monkeypatch) -> None:
    bomb = zip_bytes({"mlp.py": GOOD, "zeros.npy": b"\0" * (32 * 2**20)})
    written = []
    copied = extract.Taking._copy

    def watched(self, source, target, packed):
        try:
            copied(self, source, target, packed)
        finally:
            written.append(target.tell())

    monkeypatch.setattr(extract.Taking, "_copy", watched)
    report = collect_zip(course, bomb)
    assert max(written) <= extract._RATIO_FROM
    assert len(report.problems) == 1 and "zip bomb" in report.problems[0]
    assert not files_below(course / "submitted" / "mallory")


def test_a_bomb_whose_header_says_it_is_small(course: Path) -> None:
    bomb = zip_bytes({"zeros.npy": b"\0" * (32 * 2**20)})
    for signature, offset in ((CENTRAL, 24), (LOCAL, 22)):
        bomb = patched(bomb, signature, offset, struct.pack("<L", 100), which=0)
    report = collect_zip(course, bomb)
    assert "checksum is wrong" in report.notes[0]


def test_a_bomb_in_layers(course: Path) -> None:
    """Each layer is small and packs well; together they are too much."""
    inner = zip_bytes({"zeros.npy": b"\0" * (32 * 2**20)})
    middle = zip_bytes({f"{index}.zip": inner for index in range(50)})
    report = collect_zip(course, zip_bytes({f"{index}.zip": middle for index in range(20)}))
    assert len(report.problems) == 1 and "mallory" in report.problems[0]


def test_much_that_does_not_pack_well(course: Path, monkeypatch) -> None:
    monkeypatch.setattr(extract, "MAX_BYTES", 2**20)
    noise = os.urandom(400_000)
    report = collect_zip(course, zip_bytes({f"{index}.bin": noise for index in range(4)}))
    assert "unpacks to more than 1 MB" in report.problems[0]


def test_overlapping_entries(course: Path) -> None:
    """One block of data, claimed by many entries: every claim is refused."""
    name, data = b"a.txt", zlib.compress(b"\0" * 10_000)[2:-4]
    checksum = zlib.crc32(b"\0" * 10_000)
    fields = struct.pack("<HHHHHLLLHH", 20, 0, 8, 0, 0x5000, checksum, len(data), 10_000, 5, 0)
    content = LOCAL + fields + name + data
    directory = b""
    for index in range(100):
        directory += CENTRAL + struct.pack("<H", 20) + fields
        directory += struct.pack("<HHHLL", 0, 0, 0, 0, 0) + b"%05d" % index
    end = END + struct.pack("<HHHHLLH", 0, 0, 100, 100, len(directory), len(content), 0)
    report = collect_zip(course, content + directory + end)
    assert "shares its bytes" in report.notes[0]
    assert report.problems == ["mallory was not collected: it holds no file to grade."]


def test_thousands_of_files(course: Path) -> None:
    report = collect_zip(course, zip_bytes({f"f{index}.py": "" for index in range(3_000)}))
    assert report.problems == ["mallory was not collected: it has more than 1,000 files."]


def test_a_huge_table_of_contents_is_never_read(course: Path, monkeypatch) -> None:
    entry = CENTRAL + struct.pack("<H", 20) + b"\0" * 24 + struct.pack("<HHH", 0, 0, 65_000)
    entry = entry.ljust(46, b"\0")
    directory = entry * 40_000
    end = END + struct.pack("<HHHHLLH", 0, 0, 40_000, 40_000, len(directory), 0, 0)
    made = []
    original = zipfile.ZipInfo.__init__

    def counted(self, *arguments, **named):
        made.append(1)
        original(self, *arguments, **named)

    monkeypatch.setattr(zipfile.ZipInfo, "__init__", counted)
    report = collect_zip(course, directory + end)
    assert "table of contents of more than 1 MB" in report.notes[0]
    assert len(made) < 1_000


def test_a_zip_that_holds_itself(course: Path) -> None:
    """As deep as a quine would go: the depth ends it, not the content."""
    content = zip_bytes({"mlp.py": GOOD})
    for _ in range(20):
        content = zip_bytes({"again.zip": content, "note.txt": "deeper"})
    report = collect_zip(course, content)
    assert set(files_of(course)) == {"note.txt"}
    assert any("3 is the limit" in note for note in report.notes)


def test_no_more_notes_than_somebody_reads(course: Path) -> None:
    report = collect_zip(
        course, zip_bytes({f"../{index}.py": "" for index in range(500)} | {"a.py": ""})
    )
    assert len(report.notes) == 21 and report.notes[-1] == "mallory: and 480 more"


def test_hostile_entries_of_the_download_itself(course: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        add(archive, "ada/mlp.py", GOOD)
        add(archive, "../evil/mlp.py", GOOD)
        add(archive, "/etc/mlp.py", GOOD)
        link = zipfile.ZipInfo("bob/mlp.py", FIRST.timetuple()[:6])
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        add(archive, "con/mlp.py", GOOD)
        add(archive, "e\x07vil/mlp.py", GOOD)
        add(archive, "Zoe/mlp.py", GOOD)
        add(archive, "zoe/mlp.py", GOOD)
    target = course.parent / "download.zip"
    target.write_bytes(stream.getvalue())
    report = collect(course, [target], WANTED)
    assert report.new == ["ada"]
    assert len(report.problems) == 5
    text = "\n".join(report.problems)
    for message in ("for a device", "U+0007 CONTROL CHARACTER", "capitals or accents"):
        assert message in text
    assert "holds no file to grade" in text  # bob's link
    assert "leads out" in report.notes[0] and "whole disk" in report.notes[1]
    assert sorted(os.listdir(course / "submitted")) == ["ada", "bob"]
    assert not files_below(course / "submitted" / "bob")


def test_a_download_that_is_no_zip(course: Path) -> None:
    target = course.parent / "download.zip"
    target.write_bytes(b"<html>log in first</html>")
    with pytest.raises(CollectError, match="is not a complete zip"):
        collect(course, [target], WANTED)
    with pytest.raises(CollectError, match="cannot be read: No such file"):
        collect(course, [course / "nothing.zip"], WANTED)


def test_a_folder_with_links_and_pipes(course: Path) -> None:
    secret = course.parent / "secret.txt"
    secret.write_text("seed")
    folder = course.parent / "download"
    (folder / "ada").mkdir(parents=True)
    (folder / "ada" / "mlp.py").write_text(GOOD)
    (folder / "ada" / "evil.py").symlink_to(secret)
    (folder / "bob").symlink_to(course.parent)
    os.mkfifo(folder / "ada" / "pipe.py")
    (folder / "ada" / "back\\slash.py").write_text("x")
    report = collect(course, [folder], WANTED)
    assert report.new == ["ada"]
    assert set(files_of(course, "ada")) == {"mlp.py", "back\ufffdslash.py"}
    assert sum("is a link, or not an ordinary file" in note for note in report.notes) == 2


def test_times_that_no_calendar_has(course: Path) -> None:
    content = with_entry("x.py")
    for signature, offset in ((CENTRAL, 12), (LOCAL, 10)):
        content = patched(content, signature, offset, b"\xff\xff\xff\xff")
    target = course.parent / "download.zip"
    target.write_bytes(
        zip_bytes({"ada/mlp.py": GOOD}).replace(
            struct.pack("<HH", 12 << 11, (2026 - 1980) << 9 | 3 << 5 | 1), b"\xff\xff\xff\xff"
        )
    )
    report = collect(course, [target], WANTED)
    assert report.new == ["ada"]
    assert not (course / "submitted" / "ada" / ASSIGNMENT / "timestamp.txt").exists()
    assert archive_module._moment(zipfile.ZipInfo("x", (1980, 1, 1, 0, 0, 0))) is None
    assert archive_module._moment(zipfile.ZipInfo("x", (2026, 3, 1, 0, 0, 0))) == datetime(
        2026, 3, 1
    )
