"""Which grader graded: a digest of the code that a grade passes through, and of what computes.

Hashed are the syntax trees of the modules that imports reach from where grading begins, so that
comments, docstrings and layout regrade nobody. The digest of a file is kept until the file is
another, since trees take seconds to make.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import hashlib
import json
import os
import sys
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import grader
from grader.confine import Engine
from grader.files.atomic import write_atomically
from grader.files.foreign_json import read_json

PREPARING = ("grader.course.prepare", "grader.course.slips", "grader.datasets", "grader.worker")
"""Where it begins what references are asked and what they answer; a package is all that is in it.

Checks import the data sets, and what drives slips is sent to workers as text.
"""
GRADING = ("grader.batch.grading", *PREPARING)
"""Where the judge begins, with all that its cases and its workers come from."""
_LIBRARIES = ("numpy", "keras", "tensorflow", "tensorflow-cpu")
"""A file may import TensorFlow whatever backend Keras has."""
_OF_BACKEND = {"tensorflow": (), "jax": ("jax", "jaxlib"), "torch": ("torch",)}
_PACKAGE = Path(grader.__file__).parent
_NAMES_A_COMMIT = "grader._version"
"""Another commit is no other grader."""
_HEADER = 16
"""Bytes of a compiled file before its code: they hold the time of its source."""


def grader_fingerprint(engine: Engine, roots: tuple[str, ...] = GRADING) -> str:
    """A digest of the grader that is installed here; it is other when a grade may be.

    Versions of libraries are those of the installed files: nothing is imported to ask for them.

    Parameters
    ----------
    roots
        The modules and packages that everything begins with.
    """
    return _fingerprint(engine.keras_backend, roots)


@cache  # what this process has imported stays as it was
def _fingerprint(backend: str, roots: tuple[str, ...]) -> str:
    found = digests(_PACKAGE, roots)
    known = [f"{name} {found[name]}" for name in sorted(found)]
    known.append(f"backend {backend}")
    for package in (*_LIBRARIES, *_OF_BACKEND[backend]):
        with contextlib.suppress(PackageNotFoundError):
            known.append(f"{package} {_version(package)}")
    return hashlib.sha256("\n".join(known).encode()).hexdigest()[:32]


def _version(package: str) -> str:
    """The line of the installed files that says it; `importlib` would parse all others, too."""
    lines = (distribution(package).read_text("METADATA") or "").splitlines()
    return next((line for line in lines if line.startswith("Version:")), "")


def digests(package: Path, roots: Iterable[str]) -> dict[str, str]:
    """The digest of every module of a package that imports reach from `roots`, by name."""
    files = dict(_files(package.name, package))
    with _kept(package) as kept:
        found: dict[str, str] = {}
        waiting = [one for one in files if one.startswith(tuple(f"{root}." for root in roots))]
        waiting += _reached(roots, files)
        while waiting:
            name = waiting.pop()
            if name not in found and name in files:
                found[name], imported = kept.about(name, files)
                waiting += imported
    return found


def _files(name: str, folder: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """The files of a package's modules by name; a source comes after what was compiled of it."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda one: one.name, reverse=True):
            stem, suffix = os.path.splitext(entry.name)
            if suffix in {".py", ".pyc"}:
                yield (name if stem == "__init__" else f"{name}.{stem}"), entry
            elif stem.isidentifier() and stem != "__pycache__" and entry.is_dir():
                yield from _files(f"{name}.{stem}", Path(entry.path))


def _reached(names: Iterable[str], known: Container[str]) -> set[str]:
    """The modules that names stand for, with the packages that are imported before them."""
    found = set()
    for name in names:
        parts = name.split(".")
        found |= {".".join(parts[:end]) for end in range(1, len(parts) + 1)}
    return {one for one in found if one in known and one != _NAMES_A_COMMIT}


@dataclass
class _Kept:
    """What is known of files, by their names, times and sizes."""

    files: dict[str, list[Any]]
    is_new: bool = False

    def about(self, name: str, files: dict[str, os.DirEntry[str]]) -> tuple[str, list[str]]:
        """The digest of a module's file, and the modules that it imports."""
        status = files[name].stat()
        key = [files[name].path, status.st_mtime_ns, status.st_ctime_ns, status.st_size]
        entry = self.files.get(name)
        if entry is None or entry[:4] != key:
            entry = self.files[name] = [*key, *_read(Path(files[name].path), files)]
            self.is_new = True
        return entry[4], entry[5]


def _read(path: Path, files: dict[str, os.DirEntry[str]]) -> tuple[str, list[str]]:
    content = path.read_bytes()
    if path.suffix == ".pyc":  # without its source: any change counts, and it may import all
        return hashlib.sha256(content[_HEADER:]).hexdigest(), sorted(_reached(files, files))
    tree = ast.parse(content)
    digest = hashlib.sha256(repr(_plain(tree)).encode("utf-8", "surrogatepass")).hexdigest()
    return digest, sorted(_reached(_imported(tree), files))


def _plain(value: Any) -> Any:
    """A syntax tree as tuples, without places and without texts that nothing reads."""
    if isinstance(value, ast.AST):
        fields = [_plain(getattr(value, name, None)) for name in value._fields]
        return (type(value).__name__, *fields)
    if isinstance(value, list):
        return [_plain(one) for one in value if not _is_text(one)]
    return value


def _is_text(node: Any) -> bool:
    """Whether a statement is nothing but a text: a docstring."""
    constant = node.value if isinstance(node, ast.Expr) else None
    return isinstance(constant, ast.Constant) and isinstance(constant.value, str)


def _imported(tree: ast.Module) -> Iterator[str]:
    """The names that a tree imports, and those of what it takes from them."""
    for node in _running(tree.body):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{one.name}" for one in node.names)


def _running(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """All statements of a body and below, without what is there for type checkers alone."""
    for node in body:
        yield node
        for field in _BODIES:
            if field == "body" and _is_for_type_checkers(node):
                continue
            yield from _running(getattr(node, field, ()))


_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")


def _is_for_type_checkers(node: ast.AST) -> bool:
    test = node.test if isinstance(node, ast.If) else None
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


@contextlib.contextmanager
def _kept(package: Path) -> Iterator[_Kept]:
    """What is known from before; what is learnt is kept for the next time, if it can be."""
    kept = _Kept(next(filter(None, map(_known, _places(package))), {}))
    enabled = gc.isenabled()
    gc.disable()  # trees are many objects, and it would look at all of them again and again
    try:
        yield kept
    finally:
        if enabled:
            gc.enable()
    if kept.is_new:
        _keep(package, {"made_by": _made_by(), "files": kept.files})


def _keep(package: Path, known: dict[str, Any]) -> None:
    for place in _places(package):
        with contextlib.suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(place, json.dumps(known).encode(), mode=0o600)
            return


def _known(place: Path) -> dict[str, list[Any]] | None:
    try:
        known = read_json(place.read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(known, dict) or known.get("made_by") != _made_by():
        return None
    return {name: entry for name, entry in known["files"].items() if len(entry) == 6}


def _made_by() -> list[Any]:
    """What decides on the digest of a file besides its content."""
    own = Path(__file__).stat()
    return [sys.version, own.st_mtime_ns, own.st_size]


def _places(package: Path) -> Iterator[Path]:
    """Where digests are kept: beside Python's own compiled files, or at home."""
    name = f"fingerprints-{hashlib.sha256(str(package).encode()).hexdigest()[:16]}.json"
    yield package / "__pycache__" / name
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    yield Path(home) / "deep-learning-grader" / name
