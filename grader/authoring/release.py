"""The student edition: what students get, and nothing that gives an answer away."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.authoring.requirements import requirement_of
from grader.authoring.wheel_file import pinned_versions, wheel_file
from grader.authoring.workflows import push_files
from grader.course import frozen
from grader.course.catalogue import PUBLIC_FOLDER
from grader.course.frozen import CASES, CHECKS
from grader.course.prepared import PreparedAssignment
from grader.files.atomic import write_atomically
from grader.problems import GraderProblem

LOCK = "requirements/lock.txt"
_README = """# {title}

Everything runs on your own machine, offline: nothing is sent anywhere. It needs Python 3.11, 3.12
or 3.13.

```
# Once: an environment, and the grader with the versions that your course has tested.
python -m venv .venv
. .venv/bin/activate                         # Windows: .venv\\Scripts\\activate
python -m pip install -c {lock} "{wheel}"

cd {first}
grader check                                 # what is right, what is wrong, and why
grader check --watch                         # again whenever you save
grader hint {exercise}                       # one hint at a time
grader check --case counterexample-….npz     # an input that stood beside your report
```
{parts}
When a later edition brings another `.whl`, install that one as well.

Work in the `.py` file or in the notebook of the same name, not in both. Plain `pytest` in an
assignment's folder runs the same checks. In a notebook, run the cell below each exercise.

| assignment | what you build |
|---|---|
{rows}
"""
_PARTS = """
`[keras]` brings Keras and TensorFlow. Without it the NumPy parts are checked all the same.
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
        The course's folder, with ``assignments/``. What it has beside them of ``datasets/``, a
        ``LICENSE`` and a ``requirements/lock.txt`` of its own goes along.

    Raises
    ------
    ReleaseError
        When something is missing, or `target` lies in the course's folder or holds something
        that no release has written.
    CannotPackage
        When the grader that runs here cannot go along.
    """
    _require_place(root, target)
    if not names:
        raise ReleaseError(
            f"There is no assignment in {root / 'assignments'} that could be released. Run grader "
            "freeze first."
        )
    files = dict(_assignments(root, names))
    files |= dict(_datasets(root))
    files |= own_files(root)
    name, content = wheel_file()
    files[Path(name)] = content
    prepared = [frozen.load(root / "assignments" / one / PUBLIC_FOLDER) for one in names]
    with_keras = any(one.has_keras for one in prepared)
    files |= push_files(name)
    files[Path("README.md")] = _readme(prepared, title, name, with_keras=with_keras).encode()
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


def _datasets(root: Path) -> Iterable[tuple[Path, bytes]]:
    for path in sorted((root / "datasets").glob("*")):
        if path.suffix in {".csv", ".md"}:
            yield path.relative_to(root), content_of(path)


def own_files(root: Path) -> dict[Path, bytes]:
    """The course's licence, where it has one, and the versions that it pins, or the grader does."""
    files = {Path(LOCK): pinned_versions()}
    own = (Path(name) for name in ("LICENSE", LOCK) if (root / name).exists())
    return files | {path: content_of(root / path) for path in own}


def _readme(
    assignments: Sequence[PreparedAssignment], title: str, wheel: str, *, with_keras: bool
) -> str:
    rows = [
        f"| [{one.name}](assignments/{one.name}/README.md) | {one.summary} |" for one in assignments
    ]
    return _README.format(
        title=title,
        lock=LOCK,
        wheel=requirement_of(wheel, "keras" if with_keras else ""),
        first=f"assignments/{assignments[0].name}",
        exercise=assignments[0].exercises[0].name,
        parts=_PARTS if with_keras else "",
        rows="\n".join(rows),
    )


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
