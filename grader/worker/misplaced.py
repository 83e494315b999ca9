"""Files that code opens by the place that they have on its author's machine.

``C:\\Users\\ada\\hw2\\k.txt``, ``data\\k.txt``, ``/content/drive/MyDrive/hw2/k.txt``: where no such
file is there, and one that was handed in ends alike, that one is opened. Of two files that have
one name, code opens the one that was handed in beside it: see `grader.worker.private`.

It is found while it is opened, so that nothing is run twice for it. Where the code itself catches
the error, it goes its own way, and nothing is found for it.
"""

from __future__ import annotations

import builtins
import contextlib
import functools
import io
import os
import re
import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from numpy.lib import _datasource

from grader.worker.handlers import catches
from grader.worker.private import is_any_private, is_private, private_folder

_MAX_FILES, _MAX_FOUND = 5_000, 100
_MAX_PATH, _MAX_FRAMES = 1_000, 50
_CAUGHT = frozenset(
    {
        "FileNotFoundError",
        "OSError",
        "IOError",
        "EnvironmentError",
        "Exception",
        "BaseException",
    }
)
_open, _exists, _is_file = io.open, os.path.exists, os.path.isfile
_open_table = _datasource.open


class Misplaced:
    """What a submission's code opens elsewhere, and where it was handed in.

    Parameters
    ----------
    folder
        Where the submission lies.
    files
        What was handed in.

    Attributes
    ----------
    opened
        What was opened in place of something else: ``name``, ``origin``, ``file``, ``line``.
    """

    def __init__(self, folder: Path, files: Collection[str] = ()) -> None:
        self._folder = folder
        self._private = is_any_private(files)
        self._is_needed = len(files) > 1
        self._found: dict[tuple[str, str], str] = {}
        """By path as the code says it, and the folder that its file alone sees, the file."""
        self._statements: list[tuple[str, int]] = []
        self.opened: list[dict[str, Any]] = []

    @contextlib.contextmanager
    def during(self, file: str, line: int) -> Iterator[None]:
        """A statement runs: whatever is found meanwhile is found for its sake."""
        self._statements.append((file, line))
        try:
            yield
        finally:
            self._statements.pop()

    def install(self) -> None:
        """Let whatever opens files or asks for them find these; past all that watches."""
        if not self._is_needed:
            return  # there is nothing but the file itself
        opening = self._replacing(_open, self._opens)
        vars(builtins)["open"] = vars(io)["open"] = opening
        vars(_datasource)["open"] = self._replacing(_open_table, self._opens)
        vars(os.path)["exists"] = self._replacing(_exists, self._asks)
        vars(os.path)["isfile"] = self._replacing(_is_file, self._asks)

    def _replacing(
        self, function: Callable[..., Any], by: Callable[..., Any]
    ) -> Callable[..., Any]:
        """What takes the place of a function; in a class it does not become a method either."""
        return functools.update_wrapper(functools.partial(by, function), function)

    def _opens(self, function: Callable[..., Any], /, *given: Any, **options: Any) -> Any:
        said, others, rest = _first(given, options)
        if said is None:
            return function(*given, **options)
        frame = self._own_frame(sys._getframe(1))
        beside = self._beside(said, frame)
        if beside is not None:
            return function(str(beside), *others, **rest)
        try:
            return function(*given, **options)
        except FileNotFoundError:
            mode = others[0] if others else rest.get("mode", "r")
            is_read = type(mode) is str and not {*"wax+"}.intersection(mode)
            place = self._place_of(said, frame) if is_read else ""
            if not place:
                raise
        opened = function(str(self._folder / place), *others, **rest)
        self._note(said, place)
        return opened

    def _asks(self, function: Callable[..., Any], /, *given: Any, **options: Any) -> Any:
        said, others, rest = _first(given, options)
        if said is None or others or rest or not (self._private or self._found):
            return function(*given, **options)
        frame = self._own_frame(sys._getframe(1))
        beside = self._beside(said, frame)
        if beside is not None:
            return function(beside)
        place = self._found.get((said, self._folder_of(frame)))
        return function(*given, **options) or (place is not None and function(self._folder / place))

    def _note(self, said: str, place: str) -> None:
        if self._statements and len(self.opened) < _MAX_FOUND:
            file, line = self._statements[-1]
            record = {"name": said, "origin": place, "file": file, "line": line}
            self.opened += [record] if record not in self.opened else []

    def _own_frame(self, frame: FrameType | None) -> FrameType | None:
        """The innermost code of the submission's that is running."""
        own = f"{self._folder}{os.sep}"
        for _ in range(_MAX_FRAMES):
            if frame is None or frame.f_code.co_filename.startswith(own):
                return frame
            frame = frame.f_back
        return None

    def _folder_of(self, frame: FrameType | None) -> str:
        """The folder of what the file of this code alone sees."""
        if frame is None:
            return ""
        return private_folder(Path(frame.f_code.co_filename).relative_to(self._folder).as_posix())

    def _beside(self, said: str, frame: FrameType | None) -> Path | None:
        """What lies beside the file whose code opens it, where another file has its name here.

        It is that for whatever the code does with it, so that what is written is read again.
        """
        if not self._private or frame is None:
            return None
        if os.path.isabs(said):  # from `__file__`, which lies in no folder here
            if not said.startswith(f"{self._folder}{os.sep}"):
                return None
            said = os.path.relpath(said, self._folder)
        elif not _is_here(self._folder):
            return None  # the code went elsewhere
        if is_private(said):
            return None
        place = self._folder / self._folder_of(frame) / said
        return place if _exists(place) else None

    def _place_of(self, said: str, frame: FrameType | None) -> str:
        """The file that is meant by a path; "" where none is to be found for this code."""
        if frame is None:
            return ""
        asked = said, self._folder_of(frame)
        if asked in self._found:
            return self._found[asked]
        if not self._statements or len(self._found) >= _MAX_FOUND:
            return ""  # nobody would be told
        if catches(frame, str(self._folder), _CAUGHT, goes_on=True):
            return ""
        place = self._file_of(said, asked[1])
        if place:
            self._found[asked] = place
        return place

    def _file_of(self, said: str, folder: str) -> str:
        """The file that was handed in, by the longest end of a path that only one has.

        Of several the one beside the code.
        """
        names = re.split(r"[\\/]+", said[-_MAX_PATH:])
        parts = [one for one in names if one not in ("", ".", "..")]
        files = self._files(folder)
        for first in range(len(parts) if len(names) > 1 else 0):
            end = "/".join(parts[first:]).casefold()
            fitting = {
                place: one for place, one in files.items() if f"/{place}".endswith(f"/{end}")
            }
            if fitting:
                return next(iter(fitting.values())) if len(fitting) == 1 else fitting.get(end, "")
        return ""

    def _files(self, folder: str) -> dict[str, str]:
        """What the code of a file may mean, by the place that it has for this code."""
        found: dict[str, str] = {}
        own = {}
        for path, _, names in os.walk(self._folder):
            inside = Path(path).relative_to(self._folder)
            for name in names:
                place = (inside / name).as_posix()
                if place.startswith(f"{folder}/"):
                    own[place.removeprefix(f"{folder}/").casefold()] = place
                elif not is_private(place):
                    found[place.casefold()] = place
            if len(found) + len(own) > _MAX_FILES:
                break
        return found | own


def _is_here(folder: Path) -> bool:
    try:
        return os.path.samefile(os.curdir, folder)
    except OSError:
        return False


def _first(given: tuple[Any, ...], options: dict[str, Any]) -> tuple[str | None, Any, Any]:
    """The path that a function was given, as a text, and what else it was given."""
    rest = dict(options)
    if given:
        file, others = given[0], given[1:]
    else:
        name = "file" if "file" in rest else "path"
        file, others = rest.pop(name, None), ()
    if isinstance(file, str | os.PathLike):
        with contextlib.suppress(Exception):
            said = os.fspath(file)
            return said if type(said) is str else None, others, rest
    return None, others, rest
