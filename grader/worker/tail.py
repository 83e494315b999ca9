"""The end of what a worker wrote, kept where no later worker inherits it."""

from __future__ import annotations

import mmap
import os

KEPT_BYTES = 4_000
"""How much is kept of the end of a worker's output."""
_PIECE = 65_536


class Tail:
    """Reads a pipe and keeps the end of what came.

    A forked process gets a copy of its parent's memory, so what one student's code wrote must
    never lie in the fork server's own. These pages are left out of every fork, and they are the
    only ones it touches: the kernel writes into them, and sends from them.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._pages = mmap.mmap(-1, KEPT_BYTES + _PIECE)
        self._pages.madvise(mmap.MADV_DONTFORK)
        self._view = memoryview(self._pages)
        self._filled = 0
        self.count = 0
        """Bytes that came so far."""

    def read(self) -> bool:
        """Read what there is; False at the end of the pipe."""
        free = self._view[self._filled : self._filled + _PIECE]
        count = os.readv(self._descriptor, [free])
        self.count += count
        self._filled += count
        if self._filled > KEPT_BYTES:
            self._pages.move(0, self._filled - KEPT_BYTES, KEPT_BYTES)
            self._filled = KEPT_BYTES
        return count > 0

    def view(self) -> memoryview:
        """The end of it, at most `KEPT_BYTES` bytes; a copy would be inherited."""
        return self._view[: self._filled]
