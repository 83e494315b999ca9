"""Open a download: a zip or a tar, or a folder that one was unpacked into."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from grader.files.unpack.archive import MAX_DIRECTORY
from grader.files.unpack.extract import MAX_BYTES
from grader.files.unpack.items import Item, Refused, empty_folder
from grader.files.unpack.opening import open_archive
from grader.files.zip_names import Guess, decoded
from grader.submissions.regular import Unreadable, is_regular_file, read_regular

MAX_ENTRIES = 200_000
_MAX_TAR = 8 * 2**30
"""Bytes of a class's download, decompressed to the disk; a zip is read where it lies."""


@contextmanager
def items_of(path: Path, names: str = "") -> Iterator[tuple[list[Item], Guess | None]]:
    """Give the files of a download; they can be opened while the context is.

    Parameters
    ----------
    names
        The encoding of the names that do not say theirs; "" where nobody told. Given with the
        files is what had to be guessed of it.

    Raises
    ------
    Refused
        When it is neither a folder nor an archive; the message completes "it …".
    """
    if path.is_dir():
        yield _of_folder(path, names)
        return
    try:
        stream = open(path, "rb")  # noqa: SIM115
    except OSError as error:
        raise Refused(f"cannot be read: {error.strerror}") from None
    with stream:
        if not stream.seekable():
            raise Refused("is not a file; a zip or a folder was expected")
        with open_archive(stream, path.name, _copy, MAX_DIRECTORY, names=names) as archive:
            yield list(archive.items()), archive.guess


def _copy(source: BinaryIO, target: BinaryIO) -> None:
    size = 0
    while chunk := source.read(2**20):
        size += len(chunk)
        if size > _MAX_TAR:
            raise Refused(f"unpacks to more than {_MAX_TAR // 2**30} GB")
        target.write(chunk)


def _of_folder(folder: Path, names: str) -> tuple[list[Item], Guess | None]:
    """The regular files below a folder; links are named and never followed."""
    found: dict[str, Path] = {}
    empty: list[Item] = []
    for place, folders, files in os.walk(folder):
        folders.sort()
        if not folders and not files and place != str(folder):
            empty.append(empty_folder(Path(place).relative_to(folder).as_posix()))
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]
        for name in sorted(files) + links:
            path = Path(place, name)
            found[path.relative_to(folder).as_posix()] = path
            if len(found) > MAX_ENTRIES:
                raise Refused(f"holds more than {MAX_ENTRIES:,} files")
    # What unpacked a zip may have kept its names byte by byte, which Python shows as surrogates.
    raw = [name for name in found if not _is_text(name)]
    texts, guess = decoded([os.fsencode(name) for name in raw], names)
    read = dict(zip(raw, texts, strict=True))
    items = [_of_file(path, read.get(name, name)) for name, path in found.items()]
    return items + empty, guess


def _is_text(name: str) -> bool:
    return not any("\udc80" <= letter <= "\udcff" for letter in name)


def _of_file(path: Path, name: str) -> Item:
    # A backslash is an ordinary character of a name here, and a separator in a zip.
    name = name.replace("\\", "\N{REPLACEMENT CHARACTER}")
    if not is_regular_file(path):
        return Item(name, lambda: _opened(path), problem="is a link, or not an ordinary file")
    return Item(name, lambda: _opened(path), modified=path.lstat().st_mtime)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        content = read_regular(path, MAX_BYTES)[0]
    except Unreadable as error:
        raise Refused(str(error)) from None
    yield io.BytesIO(content)
