"""Read a tar that somebody else made, as distrustful as zips are read by `archive`."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import BinaryIO

from grader.files.unpack.items import MEGABYTE, Item, Refused
from grader.files.zip_names import Guess

MAX_MEMBERS = 20_000
_MAX_HEADER = MEGABYTE
"""Bytes of one extended header, which `tarfile` reads in one piece."""
_DAMAGE = (
    tarfile.TarError,
    EOFError,
    ValueError,
    OverflowError,
    IndexError,
    KeyError,
    RecursionError,
)


class Tar:
    """A tar that is not compressed (any more), open for reading.

    Parameters
    ----------
    stream
        The bytes, seekable; they stay the caller's to close.

    Attributes
    ----------
    guess
        None: what writes tars today writes their names in UTF-8.

    Raises
    ------
    Refused
        When it is no tar.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.guess: Guess | None = None
        try:
            self._tar = tarfile.open(  # noqa: SIM115
                fileobj=_BoundedReads(stream), mode="r:", errorlevel=2
            )
        except _DAMAGE as error:
            raise Refused(f"is not a complete tar ({_reason(error)})") from None

    def __enter__(self) -> Tar:
        """The tar itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Forget the entries; the stream stays open."""
        self._tar.close()

    def items(self) -> Iterator[Item]:
        """The files in it, in its own order; folders are no files."""
        last = -1
        for count in range(MAX_MEMBERS + 1):
            try:
                member = self._tar.next()
            except _DAMAGE as error:
                raise Refused(f"is damaged ({_reason(error)})") from None
            if member is None:
                return
            if count == MAX_MEMBERS:
                raise Refused(f"has more than {MAX_MEMBERS:,} entries; no submission needs that")
            if self._tar.offset <= last:  # a negative size would be read for ever
                raise Refused("is damaged (an entry points back to one before it)")
            last = self._tar.offset
            if not member.isdir():
                yield Item(
                    path=member.name,
                    open=lambda member=member: self._open(member),  # type: ignore[misc]
                    moment=_moment(member),
                    problem=_problem(member),
                )

    @contextmanager
    def _open(self, member: tarfile.TarInfo) -> Iterator[BinaryIO]:
        try:
            stream = self._tar.extractfile(member)
            if stream is None:
                raise Refused("is not an ordinary file")
            with stream:
                yield stream  # type: ignore[misc]
        except _DAMAGE as error:
            raise Refused(f"is damaged ({_reason(error)})") from None


class _BoundedReads(io.RawIOBase):
    """A stream that gives no more than so many bytes at once: `tarfile` believes every size."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        if size < 0 or size > _MAX_HEADER:
            raise Refused(f"has a header of more than {_MAX_HEADER // MEGABYTE} MB")
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


def _problem(member: tarfile.TarInfo) -> str:
    if member.issym() or member.islnk():
        return "is a link; links are not followed"
    if member.issparse():
        return "is stored with holes (sparse); no submission needs that"
    return "" if member.isreg() else "is a device, a pipe or another special file"


def _moment(member: tarfile.TarInfo) -> datetime | None:
    try:
        return datetime.fromtimestamp(member.mtime, UTC) if member.mtime > 0 else None
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split())[:80] or type(error).__name__
