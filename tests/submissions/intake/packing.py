"""Pack a class as learning platforms do: real zips, made from a course directory."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

FIRST = datetime(2026, 3, 1, 12, 0, 0)

Files = dict[str, str | bytes]


def write_zip(path: Path, files: Files, moment: datetime | None = FIRST) -> Path:
    """A plain zip; every entry has the same time."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            add(archive, name, content, moment)
    return path


def add(
    archive: zipfile.ZipFile, name: str, content: str | bytes, moment: datetime | None = FIRST
) -> None:
    date = moment.timetuple()[:6] if moment else (1980, 1, 1, 0, 0, 0)
    info = zipfile.ZipInfo(name, date)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content)


class RawName(zipfile.ZipInfo):
    """An entry whose name is these bytes, in an encoding that the zip does not tell."""

    raw: bytes

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.raw, self.flag_bits & ~0x800


def add_raw(
    archive: zipfile.ZipFile, name: bytes, content: str | bytes, extra: bytes = b""
) -> None:
    """Add an entry as old programs write it."""
    info = RawName(name.decode("cp437"), FIRST.timetuple()[:6])
    info.raw, info.extra = name, extra
    archive.writestr(info, content)


def write_raw_zip(path: Path, files: dict[bytes, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            add_raw(archive, name, content)
    return path


def submissions(course: Path, assignment: str) -> Iterator[tuple[int, str, list[Path], datetime]]:
    """Number, student, files and time of every submission of a course directory."""
    for number, folder in enumerate(sorted((course / "submitted").glob(f"*/{assignment}"))):
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        yield number, folder.parent.name, files, FIRST + timedelta(minutes=number)


def pack_canvas(course: Path, assignment: str, target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for number, student, files, moment in submissions(course, assignment):
            late = "LATE_" if number % 5 == 0 else ""
            for index, file in enumerate(files):
                again = "-1" if number % 3 == 0 else ""
                name = f"{student}_{late}{1000 + number}_{50_000 + 10 * number + index}_"
                add(archive, name + file.stem + again + file.suffix, file.read_bytes(), moment)
        add(archive, "somebody_9999_text.html", "<p>I did it</p>")
    return target


def pack_moodle(course: Path, assignment: str, target: Path) -> Path:
    """Every second student handed in a zip of a folder; every third entry is of the flat form."""
    with zipfile.ZipFile(target, "w") as archive:
        for number, student, files, moment in submissions(course, assignment):
            start = f"{student}_{1234560 + number}_assignsubmission_"
            add(archive, f"{start}onlinetext_/onlinetext.html", "<p>see file</p>", moment)
            if number % 2:
                inner = target.with_name("inner.zip")
                write_zip(inner, {f"my work/{file.name}": file.read_bytes() for file in files})
                add(archive, f"{start}file_/work.zip", inner.read_bytes(), moment)
                inner.unlink()
                continue
            joint = "file_" if number % 3 == 0 else "file_/"
            for file in files:
                add(archive, f"{start}{joint}{file.name}", file.read_bytes(), moment)
    return target


def pack_blackboard(course: Path, assignment: str, target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for _, student, files, moment in submissions(course, assignment):
            start = f"gradebook_DL_2026_Least_Squares_{student}_attempt_{moment:%Y-%m-%d-%H-%M-%S}"
            lines = [
                f"Name: Student Of Ours ({student})",
                "Assignment: Least Squares",
                f"Date Submitted: {moment:%A, %B %d, %Y %I:%M:%S %p} CET",
                "Current Grade: Not Yet Graded",
                "",
                "Submission Field:",
                "There is no student submission text data for this assignment.",
                "",
                "Files:",
            ]
            for file in files:
                name = f"{start}_{file.name}"
                lines += [f"\tOriginal filename: {file.name}", f"\tFilename: {name}", ""]
                add(archive, name, file.read_bytes())
            add(archive, f"{start}.txt", "\n".join(lines))
    return target


PACKERS = {"canvas": pack_canvas, "moodle": pack_moodle, "blackboard": pack_blackboard}
