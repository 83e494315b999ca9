"""Open an archive by what it is, whatever its name says."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from grader.files.unpack import pointer
from grader.files.unpack.archive import Archive
from grader.files.unpack.items import Refused
from grader.files.unpack.streams import decompressed
from grader.files.unpack.tar import Tar

ENDINGS = (
    ".zip",
    ".tar",
    ".tar.gz",
    ".tgz",
    ".tar.bz2",
    ".tbz2",
    ".tbz",
    ".tar.xz",
    ".txz",
)
_STRANGERS = {b"Rar!": "a RAR archive", b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive"}
Copy = Callable[[BinaryIO, BinaryIO], None]


def is_archive(name: str) -> bool:
    """Whether a file of this name is opened, and what is in it taken."""
    return name.casefold().endswith(ENDINGS)


def folder_name(archive: str) -> str:
    """The name of an archive as that of the folder that it becomes."""
    ending = next(one for one in ENDINGS if archive.casefold().endswith(one))
    return archive[: -len(ending)].rstrip(". ") or "archive"


@contextmanager
def open_archive(
    stream: BinaryIO,
    name: str,
    copy: Copy,
    max_directory: int,
    folder: Path | None = None,
    names: str = "",
) -> Iterator[Archive | Tar]:
    """Open a zip or a tar, compressed or not.

    Parameters
    ----------
    stream
        Seekable, at its start.
    name
        Decides where the bytes do not say what they are.
    copy
        Copies what is decompressed, and raises `Refused` when it is too much.
    folder
        Where a tar is decompressed to, by default where temporary files are.
    names
        The encoding of the names in a zip that do not say theirs; "" where nobody told.

    Raises
    ------
    Refused
        When it is neither, or not whole; the message completes "it …".
    """
    start = stream.read(len(pointer.MARK))
    stream.seek(0)
    if start == pointer.MARK:
        raise Refused(pointer.PROBLEM)
    for mark, kind in _STRANGERS.items():
        if start.startswith(mark):
            raise Refused(f"is {kind}, which cannot be opened here; hand in a .zip instead")
    packed = decompressed(stream, start)
    if packed is not None:
        with tempfile.TemporaryFile(dir=folder) as unpacked:
            copy(packed, unpacked)
            unpacked.seek(0)
            with Tar(unpacked) as tar:
                yield tar
    elif _looks_like_tar(stream) or name.casefold().endswith(".tar"):
        with Tar(stream) as tar:
            yield tar
    else:
        with Archive(stream, max_directory, names) as archive:
            yield archive


def _looks_like_tar(stream: BinaryIO) -> bool:
    """Whether the mark of POSIX and GNU stands where tars have it."""
    start = stream.read(512)
    stream.seek(0)
    return start[257:262] == b"ustar" and not start.startswith(b"PK")
