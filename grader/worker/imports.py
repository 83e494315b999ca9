"""What a student's files may import: each other, Python's standard library, and what is taught.

The rule is about learning (a package that would do the exercise is refused); confinement is what
protects. A refused import binds a stand-in that fails when it is used. Inside a ``try`` whose
handler would catch it the import fails at once, as on a machine without the package, so that a
fallback works.
"""

from __future__ import annotations

import builtins
import functools
import importlib.abc
import importlib.util
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from grader.worker.event_loop import offer_event_loops
from grader.worker.handlers import catches_import_error
from grader.worker.own_names import alias_of, everything_of, is_shadowing
from grader.worker.packages import KNOWN
from grader.worker.private import private_folder
from grader.worker.stand_in import Holder, StandIn

_BACKENDS = frozenset({"jax", "tensorflow", "torch"})
_ANY_BACKEND = "has to run on every backend; see keras.ops"
_MAX_REFUSED = 50


class ForbiddenImport(ModuleNotFoundError):
    """Graded code imported a package that the assignment does not allow."""


@dataclass
class ImportRule:
    """Answers the imports of a submission's own files.

    Attributes
    ----------
    folder
        Where the submission lies; only its files are held to the rule, since NumPy and Keras
        import parts of themselves while they work.
    allowed
        Third-party packages that the file may import.
    own
        The submission's own modules and packages.
    refused
        What was refused so far, in order, each once: ``package``, ``file``, ``line``,
        ``taken_as``, the allowed package that stands in for it, or "", and ``known``, whether
        it is a package rather than a module that was not handed in.
    private
        The modules that one file alone sees; see `grader.worker.private`.
    stars
        The refusals of ``from package import *``, whose names nobody knows.
    """

    folder: Path
    allowed: frozenset[str]
    own: frozenset[str]
    private: frozenset[str] = frozenset()
    refused: list[dict[str, Any]] = field(default_factory=list)
    stars: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Keep what is asked at every import."""
        self._prefix = str(self.folder)
        self._free = self.allowed | self.own | sys.stdlib_module_names
        self._importing: Callable[..., ModuleType] = builtins.__import__

    def install(self, *, block_packages: bool) -> None:
        """Answer imports from now on.

        Parameters
        ----------
        block_packages
            Also refuse every other third-party package, by whatever road it is imported.
        """
        builtins.__import__ = self._import  # type: ignore[assignment]
        importlib.util.find_spec = _without_the_blocked(importlib.util.find_spec)
        if self.private:
            self._offer_private_modules()
        if block_packages:
            sys.meta_path.insert(0, _BlockedPackages(self._free, loaded_packages()))

    def _import(
        self,
        name: str,
        global_names: Any = None,
        local_names: Any = None,
        fromlist: Any = (),
        level: int = 0,
    ) -> Any:
        names = global_names or {}
        if self.private and global_names is None:
            names = sys._getframe(1).f_globals  # ``__import__("utils")``
        if not str(names.get("__file__", "")).startswith(self._prefix):
            return self._importing(name, global_names, local_names, fromlist, level)
        if self.private and (level == 0 or not names.get("__package__")):
            found = self._import_private(name, str(names["__file__"]), tuple(fromlist or ()))
            if found is not None:
                return found
        if level > 0 and not names.get("__package__"):
            return self._beside(name, tuple(fromlist or ()), sys._getframe(1))
        alias = "" if level > 0 else self._alias(name, names)
        if alias:
            return self._own_module(name, alias, tuple(fromlist or ()), sys._getframe(1))
        if level > 0 or name.partition(".")[0] in self._free:
            found = self._importing(name, global_names, local_names, fromlist, level)
            if name.partition(".")[0] == "asyncio" and level == 0:
                offer_event_loops()
            return found
        return self._refuse(name, tuple(fromlist or ()), sys._getframe(1))

    def _alias(self, name: str, names: Any) -> str:
        """The alias of a module of the student's that is named as one of Python's own, or "".

        A file that imports its own name means Python's.
        """
        root = name.partition(".")[0]
        if root not in self.own or not is_shadowing(root):
            return ""
        is_itself = names.get("__file__") == str(self.folder / f"{root}.py")
        return "" if is_itself else alias_of(name, self.folder)

    def _own_module(
        self, name: str, alias: str, fromlist: tuple[str, ...], frame: FrameType
    ) -> Any:
        root = name.partition(".")[0]
        own = f"file {root}.py" if (self.folder / f"{root}.py").is_file() else f"folder {root}"
        try:
            found = self._importing(alias, None, None, fromlist, 0)
        except SyntaxError:
            self._note(root, frame, taken_as=f"Python's own module, since the {own} cannot be read")
            return self._importing(name, None, None, fromlist, 0)
        taken_as = f"the {own} that was handed in, not as Python's own module"
        self._note(root, frame, taken_as=taken_as)
        return everything_of(found) if "*" in fromlist else found

    def _import_private(self, name: str, file: str, fromlist: tuple[str, ...]) -> Any:
        """A module that this file alone sees; None where there is none of that name."""
        folder = private_folder(Path(file).relative_to(self.folder).as_posix())
        root = name.partition(".")[0]
        if f"{folder}/{root}" not in self.private:
            return None
        package = folder.replace("/", ".")
        found = self._importing(f"{package}.{name}", None, None, fromlist or ("*",), 0)
        return found if fromlist else sys.modules[f"{package}.{root}"]

    def _offer_private_modules(self) -> None:
        """Let calls that import find what a file alone sees as well."""
        import_module, from_file = importlib.import_module, importlib.util.spec_from_file_location

        @functools.wraps(import_module)
        def imported(name: str, package: str | None = None) -> ModuleType:
            file = str(sys._getframe(1).f_globals.get("__file__", ""))
            if package is None and type(name) is str and file.startswith(self._prefix):
                found: ModuleType | None = self._import_private(name, file, ("*",))
                if found is not None:
                    return found
            return import_module(name, package)

        @functools.wraps(from_file)
        def spec(name: str, location: Any = None, **options: Any) -> ModuleSpec | None:
            file = str(sys._getframe(1).f_globals.get("__file__", ""))
            if isinstance(location, str | os.PathLike) and file.startswith(self._prefix):
                folder = private_folder(Path(file).relative_to(self.folder).as_posix())
                said = os.path.relpath(location, self.folder)
                if (self.folder / folder / said).is_file():
                    location = self.folder / folder / said
            return from_file(name, location, **options)

        importlib.import_module = imported
        importlib.util.spec_from_file_location = spec

    def _beside(self, name: str, fromlist: tuple[str, ...], frame: FrameType) -> Any:
        """In a file that lies in no package, ``from .utils import f`` means the file beside it."""
        if not name:
            return Holder({one: self._beside(one, (), frame) for one in fromlist if one != "*"})
        if name.partition(".")[0] in self._free:
            alias = self._alias(name, {})
            return self._importing(alias or name, None, None, fromlist, 0)
        return self._refuse(name, fromlist, frame)

    def _refuse(self, name: str, fromlist: tuple[str, ...], frame: FrameType) -> Any:
        root = name.partition(".")[0]
        if self._through_tensorflow(name, fromlist):
            self._note("tensorflow.keras", frame, taken_as="keras")
            return self._keras(name, fromlist)
        if catches_import_error(frame, self._prefix):
            raise ForbiddenImport(f"No module named {root!r}", name=name)
        self._note(root, frame)
        refusal = self._sentence(name, frame.f_lineno)
        if not fromlist:
            return self._chain(name, refusal)
        if "*" in fromlist:
            self.stars.append(refusal)
        return Holder({one: StandIn(refusal, name) for one in fromlist if one != "*"})

    def _sentence(self, name: str, line: int) -> str:
        root = name.partition(".")[0]
        others = sorted(self.allowed)
        rest = f"{', '.join(others)} and the standard library" if others else "the standard library"
        if root not in KNOWN:
            return (
                f"{name}, imported in line {line}, is neither among the files that were handed in "
                f"nor a package that may be used; this file may import {rest}"
            )
        text = f"{name}, imported in line {line}, may not be used in this file"
        if "keras" in self.allowed and root in _BACKENDS:
            return f"{text}, which {_ANY_BACKEND}. It may import {rest}"
        return f"{text}; it may import {rest}"

    def _chain(self, name: str, refusal: str) -> StandIn:
        """``import a.b.c`` binds ``a``, in which ``b.c`` can be reached."""
        first, *others = name.split(".")
        parts: dict[str, Any] = {}
        for part in reversed(others):
            parts = {part: StandIn(refusal, name, parts)}
        if first == "tensorflow" and "keras" in self.allowed:
            parts["keras"] = sys.modules["keras"]
        return StandIn(refusal, name, parts)

    def _through_tensorflow(self, name: str, fromlist: tuple[str, ...]) -> bool:
        """Whether it is Keras that is wanted, by the name that it has inside of TensorFlow."""
        if "keras" not in self.allowed:
            return False
        inside = name.startswith("tensorflow.keras") or name.startswith("tensorflow.python.keras")
        return (inside and bool(fromlist)) or (name == "tensorflow" and fromlist == ("keras",))

    def _keras(self, name: str, fromlist: tuple[str, ...]) -> Any:
        if name == "tensorflow":
            return Holder({"keras": self._importing("keras")})
        real = name.removeprefix("tensorflow.").removeprefix("python.")
        return self._importing(real, None, None, fromlist, 0)

    def _note(self, package: str, frame: FrameType, *, taken_as: str = "") -> None:
        known = any(one["package"] == package for one in self.refused)
        if not known and len(self.refused) < _MAX_REFUSED:
            file = frame.f_code.co_filename.removeprefix(self._prefix).lstrip("/\\")
            place = {"file": file, "line": frame.f_lineno}
            what = {"package": package, "taken_as": taken_as, "known": package in KNOWN}
            self.refused.append({**what, **place})


class _BlockedPackages(importlib.abc.MetaPathFinder):
    """Finds no top-level package that the course does not allow.

    Several sets of names, since to join them would touch, and so copy, all that they hold.
    """

    def __init__(self, *allowed: frozenset[str]) -> None:
        self.allowed = allowed

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package = fullname.partition(".")[0]
        if any(package in names for names in self.allowed):
            return None
        if package.startswith("_sysconfigdata"):  # the standard library's, named after the system
            return None
        raise ForbiddenImport(f"the package {fullname} may not be imported here", name=fullname)


def _without_the_blocked(
    find_spec: Callable[..., ModuleSpec | None],
) -> Callable[..., ModuleSpec | None]:
    """`importlib.util.find_spec` as on a machine without the packages, so that a fallback works."""

    @functools.wraps(find_spec)
    def found(name: str, package: str | None = None) -> ModuleSpec | None:
        try:
            return find_spec(name, package)
        except ForbiddenImport:
            return None

    return found


def own_modules(files: Iterable[str]) -> frozenset[str]:
    """The top-level names by which a submission's files import each other."""
    return frozenset(
        name.partition("/")[0].removesuffix(".py") for name in files if name.endswith(".py")
    )


@functools.cache
def loaded_packages() -> frozenset[str]:
    """The top-level packages that are loaded before the first submission is."""
    return frozenset(name.partition(".")[0] for name in sys.modules)
