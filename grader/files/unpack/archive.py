"""Read a zip that somebody else made: every claim in it may be a lie.

Nothing is extracted here. `Archive` lists the entries with what is wrong with each, and opens
one at a time; who reads it counts what really comes out (`grader.files.unpack.extract`).
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, BinaryIO

from grader.files.unpack.items import MEGABYTE, Item, Refused, empty_folder
from grader.files.zip_names import decoded

MAX_DIRECTORY = 32 * MEGABYTE
"""Bytes of the table of contents of a class's download; Python takes ten times that for it."""
MAX_INNER_DIRECTORY = MEGABYTE
"""The same of a zip that a student made."""

_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_OTHER_METHODS = {9: "deflate64", 12: "bzip2", 14: "lzma", 93: "zstd", 95: "xz", 98: "ppmd"}
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_UTF8 = 0x800
_LOCAL_HEADER = 30
_EXTENDED_TIME = 0x5455
_UNICODE_PATH = 0x7075
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)
"""What `zipfile` raises on bytes that are not as they should be."""


class Archive:
    """A zip, open for reading.

    Parameters
    ----------
    stream
        The bytes, seekable; they stay the caller's to close.
    max_directory
        Bytes that the table of contents may have.
    names
        The encoding of the names that do not say theirs; "" where nobody told.

    Attributes
    ----------
    guess
        The encoding that such names were read in, where it had to be guessed.

    Raises
    ------
    Refused
        When it is not a complete zip, or its table of contents is too large.
    """

    def __init__(
        self, stream: BinaryIO, max_directory: int = MAX_DIRECTORY, names: str = ""
    ) -> None:
        try:
            self._zip = zipfile.ZipFile(_BoundedReads(stream, max_directory))
        except zipfile.BadZipFile as error:
            raise Refused(
                f"is not a complete zip ({_reason(error)}); it was cut off or damaged on its way"
            ) from None
        except UnicodeDecodeError:
            raise Refused("has a table of contents with names in no known encoding") from None
        except _DAMAGE as error:
            raise Refused(f"has a damaged table of contents ({_reason(error)})") from None
        entries = self._zip.infolist()
        self._overlapping = _overlapping(entries)
        declared = [_declared_name(info) for info in entries]
        raw = [
            _raw_name(info) for info, name in zip(entries, declared, strict=True) if name is None
        ]
        others, self.guess = decoded(raw, names)
        rest = iter(others)
        self._names = [next(rest) if name is None else name for name in declared]

    def __enter__(self) -> Archive:
        """The archive itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Forget the table of contents; the stream stays open."""
        self._zip.close()

    def items(self) -> Iterator[Item]:
        """The files in it, in its own order, and what stands in for those of empty folders."""
        filled = {name.rstrip("/").rpartition("/")[0] for name in self._names}
        for info, name in zip(self._zip.infolist(), self._names, strict=True):
            if name.endswith("/"):
                if name.rstrip("/") not in filled:
                    yield empty_folder(name)
                continue
            yield Item(
                path=name,
                open=lambda info=info: self._open(info),  # type: ignore[misc]
                packed=info.compress_size,
                moment=_moment(info),
                problem=self._problem(info),
            )

    def _problem(self, info: zipfile.ZipInfo) -> str:
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind == stat.S_IFLNK:
            return "is a link; links are not followed"
        if kind not in (0, stat.S_IFREG):
            return "is a device, a pipe or another special file"
        if info.flag_bits & _ENCRYPTED:
            return "is encrypted; hand it in without a password"
        if info.compress_type not in _METHODS:
            method = _OTHER_METHODS.get(info.compress_type, f"method {info.compress_type}")
            return f"is compressed by {method}; only ordinary zips (deflate) are read"
        if id(info) in self._overlapping:
            return "shares its bytes with another entry, as in a zip bomb"
        return ""

    @contextmanager
    def _open(self, info: zipfile.ZipInfo) -> Iterator[BinaryIO]:
        try:
            with self._zip.open(info) as stream:
                yield stream  # type: ignore[misc]
        except zipfile.BadZipFile as error:
            if "CRC" in str(error):
                raise Refused("is damaged: its checksum is wrong") from None
            raise Refused(f"is damaged ({_reason(error)})") from None
        except _DAMAGE as error:
            raise Refused(f"is damaged ({_reason(error)})") from None


class _BoundedReads(io.RawIOBase):
    """A stream that gives no more than so many bytes at once.

    `zipfile` reads the table of contents in one piece, of the size that the zip claims, and
    makes an object of each entry: this is the one place where that can be stopped in time.
    """

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._stream, self._limit = stream, limit

    def read(self, size: int = -1) -> bytes:
        wanted = self._limit + 1 if size < 0 else min(size, self._limit + 1)
        try:
            content = self._stream.read(wanted)
        except OSError as error:
            raise zipfile.BadZipFile(f"the disk cannot read it: {error.strerror}") from None
        if len(content) > self._limit:
            raise Refused(
                f"has a table of contents of more than {self._limit // MEGABYTE} MB; "
                "no submission needs that"
            )
        return content

    def seek(self, offset: int, whence: int = 0) -> int:
        try:
            return self._stream.seek(offset, whence)
        except (OSError, ValueError):  # before the first byte, or farther than any disk goes
            raise zipfile.BadZipFile("it points outside of the file") from None

    def tell(self) -> int:
        return self._stream.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


def _overlapping(entries: list[zipfile.ZipInfo]) -> set[int]:
    """The entries whose bytes another entry claims, too, by `id`.

    An entry takes at least its local header and what it claims to hold. Newer versions of
    `zipfile` look as well, but only when an entry is opened, and not all that we support do.
    """
    found: set[int] = set()
    end, owner = -1, None
    for info in sorted(entries, key=lambda one: one.header_offset):
        if info.header_offset < end and owner is not None:
            found |= {id(info), id(owner)}
        its_end = info.header_offset + _LOCAL_HEADER + info.compress_size
        if its_end > end:
            end, owner = its_end, info
    return found


def _declared_name(info: zipfile.ZipInfo) -> str | None:
    """The name, where the zip says in which encoding it is; None where it does not.

    Beside a name for old programs, Info-ZIP's and others' extra field gives it in UTF-8; a
    program that renames entries and knows nothing of the field leaves an old one behind, which
    the checksum of the name tells.
    """
    name = info.orig_filename  # `filename` ends at the first null byte
    if info.flag_bits & _UTF8 or name.isascii():
        return name
    field = _extra_field(info.extra, _UNICODE_PATH)
    if len(field) > 5 and field[0] == 1:
        (checksum,) = struct.unpack_from("<I", field, 1)
        if checksum == zlib.crc32(_raw_name(info)):
            with suppress(UnicodeDecodeError):
                return field[5:].decode("utf-8")
    return None


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    """The bytes of a name that is not marked as UTF-8: `zipfile` reads them as cp437."""
    return info.orig_filename.encode("cp437")


def _moment(info: zipfile.ZipInfo) -> datetime | None:
    """When the entry was made: in UTC where the zip says so, else as a clock on the wall."""
    seconds = _extended_time(info.extra)
    try:
        if seconds is not None:
            return datetime.fromtimestamp(seconds, UTC)
        moment = datetime(*info.date_time)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.year > 1980 else None  # what programs write that know no time


def _extended_time(extra: bytes) -> int | None:
    field = _extra_field(extra, _EXTENDED_TIME)
    if len(field) < 5 or not field[0] & 1:
        return None
    seconds: int = struct.unpack_from("<i", field, 1)[0]
    return seconds


def _extra_field(extra: bytes, wanted: int) -> bytes:
    """The content of the first whole field of a kind; empty when there is none."""
    place = 0
    while place + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, place)
        content = extra[place + 4 : place + 4 + size]
        if kind == wanted and len(content) == size:
            return content
        place += 4 + size
    return b""


def _reason(error: Any) -> str:
    text = " ".join(str(error).split())[:80]
    return (
        text.replace("File is not a zip file", "no end of a zip is in it") or type(error).__name__
    )
