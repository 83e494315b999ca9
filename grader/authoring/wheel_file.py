"""The grader as one file that pip installs by its path: what a student edition brings along.

It is put together from what is installed here, be that a wheel or a checkout, so that neither a
repository nor a build backend nor a network is needed.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import stat
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipInfo

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from wheel.wheelfile import WheelFile

import grader
from grader.problems import DISTRIBUTION, GraderProblem

_NO_TIME = (1980, 1, 1, 0, 0, 0)
_PACKAGE = Path(grader.__file__).parent
_PROJECT = "pyproject.toml"
_VERSION_FILE = f"{_PACKAGE.name}/_version.py"
_LOCK = Path(__file__).with_name("lock.txt")


class CannotPackage(GraderProblem):
    """The grader that runs here cannot be put into a wheel; the message says why."""


def wheel_file() -> tuple[str, bytes]:
    """Return the name and the content of the grader's own wheel; the same code, the same bytes.

    Raises
    ------
    CannotPackage
        When the grader is not installed, or its checkout has changed what is installed.
    """
    installed = _installed()
    files = dict(_package_files()) | _included()
    description = _description(installed)
    version = installed.version
    if _checkout() is not None:
        version = _of_content(version, files | description)
        files[_VERSION_FILE] = f'__version__ = "{version}"\n'.encode()
        old, new = (f"\nVersion: {one}\n".encode() for one in (installed.version, version))
        description["METADATA"] = description["METADATA"].replace(old, new, 1)
    name = f"{DISTRIBUTION.replace('-', '_')}-{version}"
    about = {f"{name}.dist-info/{path}": content for path, content in description.items()}
    file = f"{name}-py3-none-any.whl"
    with tempfile.TemporaryDirectory(prefix="grader-wheel-") as folder:
        place = Path(folder) / file
        with _Timeless(place, "w") as archive:
            for contents in (files, about):  # what describes a wheel stands at its end
                for path in sorted(contents):
                    archive.writestr(path, contents[path])
        return file, place.read_bytes()


def pinned_versions() -> bytes:
    """The versions that are tested together, for pip's ``-c``."""
    root = _checkout()
    return (_LOCK if root is None else root / "requirements" / "lock.txt").read_bytes()


def _of_content(version: str, files: dict[str, bytes]) -> str:
    """A version that is other when the files are: pip passes over one that is installed already.

    A checkout keeps the version that it was installed with, whatever is changed in it afterwards.
    """
    digest = hashlib.sha256()
    for path in sorted(files.keys() - {_VERSION_FILE}):
        digest.update(path.encode() + b"\0" + hashlib.sha256(files[path]).digest())
    joined = "." if "+" in version else "+"
    return f"{version}{joined}c{digest.hexdigest()[:8]}"  # digits alone would lose leading zeros


class _Timeless(WheelFile):
    """A wheel in which no entry says when it was written, `RECORD` included."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, compress_type: int | None = None) -> None:
        entry = ZipInfo(str(zinfo_or_arcname), _NO_TIME)
        entry.compress_type = ZIP_DEFLATED
        entry.create_system = 3  # Unix, on which the rights are read, wherever this runs
        entry.external_attr = (stat.S_IFREG | 0o644) << 16
        super().writestr(entry, data, compress_type)


def _package_files() -> Iterator[tuple[str, bytes]]:
    for path in sorted(_PACKAGE.rglob("*")):
        inside = path.relative_to(_PACKAGE)
        hidden = any(part.startswith((".", "__pycache__")) for part in inside.parts)
        if path.is_file() and not hidden and path.suffix != ".pyc":
            yield f"{_PACKAGE.name}/{inside.as_posix()}", path.read_bytes()


def _included() -> dict[str, bytes]:
    """What lies elsewhere in a checkout, as its build would put it into the package."""
    root = _checkout()
    if root is None:
        return {}
    build = _project(root)["tool"]["hatch"]["build"]["targets"]["wheel"]
    return {
        target: (root / source).read_bytes() for source, target in build["force-include"].items()
    }


def _description(installed: importlib.metadata.Distribution) -> dict[str, bytes]:
    """The files that tell pip what the package is; it notes itself where it came from."""
    texts = {
        "METADATA": installed.read_text("METADATA"),
        "entry_points.txt": installed.read_text("entry_points.txt"),
        "WHEEL": (
            "Wheel-Version: 1.0\nGenerator: grader\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        ),
    }
    licences = (one for one in installed.files or () if ".dist-info/licenses/" in one.as_posix())
    texts |= {f"licenses/{one.name}": one.read_text(encoding="utf-8") for one in licences}
    return {path: text.encode() for path, text in texts.items() if text is not None}


def _installed() -> importlib.metadata.Distribution:
    try:
        found = importlib.metadata.distribution(DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        raise CannotPackage(
            f"The grader runs from {_PACKAGE.parent}, where nobody has installed it, so that its "
            "requirements are not known. Install it there: pip install -e ."
        ) from None
    root = _checkout()
    if found.version != grader.__version__ or (
        root is not None and _requires(found) != _declares(_project(root)["project"])
    ):
        raise CannotPackage(
            f"The grader in {_PACKAGE.parent} is other than what pip has installed of it (version "
            f"{found.version}): it has another version or other requirements. Install it again: "
            "pip install -e ."
        )
    return found


def _checkout() -> Path | None:
    """The folder of the grader's own repository; None where it runs from an installed wheel."""
    root = _PACKAGE.parent
    is_ours = (root / _PROJECT).is_file() and _project(root)["project"]["name"] == DISTRIBUTION
    return root if is_ours else None


def _project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / _PROJECT).read_text(encoding="utf-8"))


Needs = tuple[SpecifierSet, frozenset[Requirement], frozenset[str]]
"""Which Python, which packages without any extra, and which extras there are."""


def _requires(installed: importlib.metadata.Distribution) -> Needs:
    about = installed.metadata
    always = (one for one in map(Requirement, installed.requires or ()) if not _is_extra(one))
    extras = frozenset(about.get_all("Provides-Extra") or ())
    return SpecifierSet(about["Requires-Python"] or ""), frozenset(always), extras


def _is_extra(requirement: Requirement) -> bool:
    return "extra ==" in str(requirement.marker or "")


def _declares(project: dict[str, Any]) -> Needs:
    always = frozenset(map(Requirement, project["dependencies"]))
    extras = frozenset(project["optional-dependencies"])
    return SpecifierSet(project["requires-python"]), always, extras
