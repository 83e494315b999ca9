"""Files that code opens by the place that they have on its author's machine.

``C:\\Users\\ada\\hw2\\k.txt``, ``data\\k.txt``, ``/content/drive/MyDrive/hw2/k.txt``: where no such
file is there, and one that was handed in ends alike, that one is opened. Of two files that have
one name, code opens the one that was handed in beside it: see `grader.worker.private`.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import os
import re
import sys
from collections.abc import Callable, Collection
from functools import cached_property
from pathlib import Path
from types import FrameType
from typing import Any

from numpy.lib import _datasource

from grader.worker.private import is_any_private, private_folder

_MAX_FILES, _MAX_FOUND = 5_000, 100
_MAX_PATH, _MAX_FRAMES = 1_000, 50
_NOT_FOUND = re.compile(r"(.+?) (?:not found|was not found|does not exist)\b")
"""How NumPy says what it did not find, in an exception that has it nowhere else."""
_open, _exists, _is_file = io.open, os.path.exists, os.path.isfile


class Misplaced:
    """What a submission's code opens elsewhere, and where it was handed in.

    Parameters
    ----------
    folder
        Where the submission lies.
    files
        What was handed in.
    """

    def __init__(self, folder: Path, files: Collection[str] = ()) -> None:
        self._folder = folder
        self._private = is_any_private(files)
        self.found: dict[str, str] = {}
        """By path as the code says it, the file."""

    @property
    def is_needed(self) -> bool:
        """Whether anything is to be found elsewhere than where the code says."""
        return self._private or bool(self.found)

    def finds(self, error: BaseException) -> str:
        """What an exception did not find, if it was handed in and is found from now on."""
        if not isinstance(error, FileNotFoundError) or len(self.found) >= _MAX_FOUND:
            return ""
        said = error.filename
        if said is None and error.args and type(error.args[0]) is str:
            match = _NOT_FOUND.match(error.args[0])
            said = match[1] if match else None
        place = self._file_of(said) if type(said) is str and said not in self.found else ""
        if not place:
            return ""
        self.found[said] = place
        self.install()
        return str(said)

    def install(self) -> None:
        """Let whatever opens files or asks for them find what was found; past all that watches."""
        vars(builtins)["open"] = vars(io)["open"] = self._redirected(_open)
        with contextlib.suppress(Exception):  # NumPy keeps what it opens files by
            openers = getattr(_datasource, "_file_openers")  # noqa: B009
            openers._load()
            openers._file_openers[None] = self._redirected(_open)
        vars(os.path)["exists"] = self._redirected(_exists)
        vars(os.path)["isfile"] = self._redirected(_is_file)

    def _redirected(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def redirected(file: Any, *args: Any, **options: Any) -> Any:
            mode = args[0] if args else options.get("mode", "r")
            if type(mode) is str and not {*"wax+"}.intersection(mode) and not isinstance(file, int):
                try:
                    said = os.fspath(file)
                except TypeError:
                    return function(file, *args, **options)
                if type(said) is str and self._private and not os.path.isabs(said):
                    file = self._beside(said, sys._getframe(1)) or file
                if type(said) is str and said in self.found and not _exists(said):
                    file = self._folder / self.found[said]
            return function(file, *args, **options)

        return redirected

    def _beside(self, said: str, frame: FrameType | None) -> Path | None:
        """What lies beside the file whose code opens it, where another file has its name here."""
        own = f"{self._folder}{os.sep}"
        for _ in range(_MAX_FRAMES):
            if frame is None:
                break
            name = frame.f_code.co_filename
            if name.startswith(own):
                folder = private_folder(Path(name).relative_to(self._folder).as_posix())
                place = self._folder / folder / said
                return place if _exists(place) else None
            frame = frame.f_back
        return None

    def _file_of(self, said: str) -> str:
        """The file that was handed in, by the longest end of a path that only one has."""
        names = re.split(r"[\\/]+", said[-_MAX_PATH:])
        parts = [one for one in names if one not in ("", ".", "..")]
        for first in range(len(parts) if len(names) > 1 else 0):
            end = "/".join(parts[first:]).casefold()
            fitting = [one for one in self._files if f"/{one.casefold()}".endswith(f"/{end}")]
            if fitting:
                return fitting[0] if len(fitting) == 1 else ""
        return ""

    @cached_property
    def _files(self) -> list[str]:
        found: list[str] = []
        for path, _, names in os.walk(self._folder):
            inside = Path(path).relative_to(self._folder)
            found += [(inside / name).as_posix() for name in names]
            if len(found) > _MAX_FILES:
                break
        return found[:_MAX_FILES]
