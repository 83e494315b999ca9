"""Decompress gzip, bzip2 and xz as a stream: bounded in memory, whatever the bytes claim."""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Callable
from typing import Any, BinaryIO

from grader.files.unpack.items import MEGABYTE, Refused

_CHUNK = 64 * 1_024
_XZ_MEMORY = 128 * MEGABYTE
"""An xz may ask for 4 GB of dictionary; the strongest setting of the program takes 65 MB."""
_MAX_STREAMS = 1_000
"""Compressed streams one after the other, as parallel programs write them."""
_DAMAGE = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError)


class _Gzip:
    """What `bz2` and `lzma` offer, for gzip; `gzip` itself reads a long name byte by byte."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    def decompress(self, data: bytes, size: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, size)

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data


_MAKERS: dict[bytes, Callable[[], Any]] = {
    b"\x1f\x8b": _Gzip,
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\0": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY),
}


def decompressed(stream: BinaryIO, start: bytes) -> BinaryIO | None:
    """A stream of what is packed in `stream`, which begins with `start`; None if nothing is."""
    for mark, maker in _MAKERS.items():
        if start.startswith(mark):
            return io.BufferedReader(_Decompressing(stream, maker), _CHUNK)
    return None


class _Decompressing(io.RawIOBase):
    def __init__(self, stream: BinaryIO, maker: Callable[[], Any]) -> None:
        self._stream, self._maker = stream, maker
        self._inner = maker()
        self._streams = 1
        self._waiting = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._next(len(buffer))
        except _DAMAGE as error:
            raise Refused(f"is damaged ({str(error)[:80] or type(error).__name__})") from None
        buffer[: len(data)] = data
        return len(data)

    def _next(self, size: int) -> bytes:
        while True:
            if self._inner.eof:
                self._waiting = self._inner.unused_data or self._stream.read(_CHUNK)
                if not self._waiting.strip(b"\0"):  # the padding of a tape
                    return b""
                self._streams += 1
                if self._streams > _MAX_STREAMS:
                    raise Refused(f"is packed in more than {_MAX_STREAMS:,} pieces")
                self._inner = self._maker()
            elif self._inner.needs_input and not self._waiting:
                self._waiting = self._stream.read(_CHUNK)
                if not self._waiting:
                    raise EOFError("it was cut off on its way")
            given, self._waiting = self._waiting, b""
            data: bytes = self._inner.decompress(given, size)
            if data:
                return data
