"""The student edition: what students get, and nothing that gives an answer away."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import grader
from grader import __version__
from grader.authoring.workflows import push_files
from grader.course.catalogue import PUBLIC_FOLDER
from grader.course.frozen import CASES, CHECKS
from grader.files.atomic import write_atomically
from grader.problems import GraderProblem

LOCK = "requirements/lock.txt"
_SECTION = re.compile(r"^(?=\[)", re.MULTILINE)
_KEPT_SECTIONS = ("[build-system", "[project", "[tool.hatch")
_FROM_GIT = ("[tool.hatch.version", "[tool.hatch.build.hooks.vcs")
_BUILD_REQUIREMENT = re.compile(r', "hatch-vcs[^"]*"')
_README = """# {title}

Everything runs on your own machine, offline: nothing is sent anywhere.

```
python -m venv .venv                         # once; Python 3.11, 3.12 or 3.13
. .venv/bin/activate                         # Windows: .venv\\Scripts\\activate
pip install -c requirements/lock.txt -e .    # once: the versions that your course has tested
cd {first}
grader check                                 # what is right, what is wrong, and why
grader check --watch                         # again whenever you save
grader hint {exercise}                       # one hint at a time
grader check --case counterexample-….npz     # an input that stood beside your report
```

Work in the `.py` file or in the notebook of the same name, not in both. Plain `pytest` in an
assignment's folder runs the same checks. In a notebook, run the cell below each exercise.

| assignment | what you build |
|---|---|
{rows}
"""


class ReleaseError(GraderProblem):
    """The student edition cannot be written."""


def release(root: Path, names: Sequence[str], target: Path, title: str) -> list[Path]:
    """Write the student edition of some assignments into `target`; return its files.

    Each file is named here or made here, one by one: what is not meant for students cannot
    slip in. What an earlier release wrote and this one does not is removed.

    Parameters
    ----------
    root
        The course's folder, with ``assignments/`` and ``datasets/``.

    Raises
    ------
    ReleaseError
        When something is missing, or `target` lies in the course's folder or holds something
        that no release has written.
    """
    _require_place(root, target)
    files = dict(_assignments(root, names))
    files |= dict(package_files())
    files |= dict(_datasets(root))
    for name in ("LICENSE", LOCK):
        files[Path(name)] = content_of(root / name)
    project = content_of(root / "pyproject.toml")
    files[Path("pyproject.toml")] = _project(project)
    files |= push_files(project)
    files[Path("README.md")] = _readme(root, names, title).encode("utf-8")
    manifest = "".join(f"{path.as_posix()}\n" for path in sorted(files))
    files[_MANIFEST] = manifest.encode("utf-8")
    _remove_earlier(target, files)
    for path, content in files.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target / path, content, mode=0o644)
    return sorted(files)


_MANIFEST = Path(".release")
"""The names of all files of the last release, so that the next one can clean up."""


def _require_place(root: Path, target: Path) -> None:
    if target.resolve().is_relative_to(root.resolve()):
        raise ReleaseError(
            f"The student edition cannot lie in the course's own folder {root}, where the "
            "solutions are. Name another folder with --output."
        )
    if target.exists() and not target.is_dir():
        raise ReleaseError(f"{target} is not a folder. Name another with --output.")
    if target.is_dir() and any(target.iterdir()) and not (target / _MANIFEST).is_file():
        raise ReleaseError(
            f"{target} holds something other than a student edition. Name an empty folder with "
            "--output."
        )


def _assignments(root: Path, names: Sequence[str]) -> Iterable[tuple[Path, bytes]]:
    for name in names:
        folder = root / "assignments" / name
        own = sorted(path for path in folder.iterdir() if path.suffix in {".py", ".ipynb", ".md"})
        for path in [*own, *(folder / PUBLIC_FOLDER / one for one in (CHECKS, CASES))]:
            yield path.relative_to(root), content_of(path)


def package_files() -> Iterable[tuple[Path, bytes]]:
    """Yield the grader itself, by path: `grader check` needs most of it, and it holds no answer."""
    folder = Path(grader.__file__).parent
    for path in sorted(folder.rglob("*")):
        hidden = any(
            part.startswith((".", "__pycache__")) for part in path.relative_to(folder).parts
        )
        if path.is_file() and not hidden and path.suffix not in {".pyc", ".csv"}:
            yield Path("grader") / path.relative_to(folder), content_of(path)


def _datasets(root: Path) -> Iterable[tuple[Path, bytes]]:
    for path in sorted((root / "datasets").glob("*")):
        if path.suffix in {".csv", ".md"}:
            yield path.relative_to(root), content_of(path)


def _project(content: bytes) -> bytes:
    """The installation alone: linters and tests are the course's own, and so are the tags of git.

    The edition may lie in a repository with tags of its own, so that its version is written down.
    """
    sections = _SECTION.split(content.decode("utf-8"))
    kept = [one.rstrip() for one in sections if one.startswith(_KEPT_SECTIONS)]
    text = "\n\n".join(one for one in kept if not one.startswith(_FROM_GIT)) + "\n"
    text = _BUILD_REQUIREMENT.sub("", text)
    return text.replace('dynamic = ["version"]', f'version = "{__version__}"').encode("utf-8")


def _readme(root: Path, names: Sequence[str], title: str) -> str:
    from grader.course import frozen

    rows, first, exercise = [], "", ""
    for name in names:
        prepared = frozen.load(root / "assignments" / name / PUBLIC_FOLDER)
        rows.append(f"| [{name}](assignments/{name}/README.md) | {prepared.summary} |")
        first = first or f"assignments/{name}"
        exercise = exercise or prepared.exercises[0].name
    return _README.format(title=title, first=first, exercise=exercise, rows="\n".join(rows))


def _remove_earlier(target: Path, files: dict[Path, bytes]) -> None:
    if not (target / _MANIFEST).is_file():
        return
    for line in (target / _MANIFEST).read_text(encoding="utf-8").splitlines():
        old = Path(line)
        inside = not old.is_absolute() and ".." not in old.parts
        if inside and old not in files and not (target / old).is_symlink():
            (target / old).unlink(missing_ok=True)
            for folder in old.parents:
                if folder != Path() and (target / folder).is_dir():
                    with contextlib.suppress(OSError):  # something of somebody else's is in it
                        (target / folder).rmdir()


def content_of(path: Path) -> bytes:
    """What a file of the course holds; raises `ReleaseError`."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReleaseError(
            f"{path} cannot be read: {error.strerror}. A release is made from the course's own "
            "folder, with everything in it; run grader freeze after a change."
        ) from None
