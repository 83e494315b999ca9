"""What the student edition needs to be graded on every push, on GitHub and on GitLab.

The workflows are plain files, valid as they stand: ``github.yml`` and ``gitlab.yml``.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

_TARGETS = {
    "github.yml": Path(".github/workflows/grade.yml"),
    "gitlab.yml": Path(".gitlab-ci.yml"),
    "gitignore.txt": Path(".gitignore"),
}
NUMPY_REQUIREMENTS = Path("requirements/numpy.txt")
_HEAVY = re.compile(r"keras|tensorflow|scikit-learn")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def push_files(project: bytes) -> dict[Path, bytes]:
    """The workflows, what git is not to take, and what is installed before Keras is wanted.

    Parameters
    ----------
    project
        The course's ``pyproject.toml``: its dependencies without those that Keras parts alone
        need, and those of the extra `ci`.
    """
    own = Path(__file__).parent
    files = {target: (own / name).read_bytes() for name, target in _TARGETS.items()}
    files[NUMPY_REQUIREMENTS] = _numpy_requirements(project)
    return files


def _numpy_requirements(project: bytes) -> bytes:
    declared = tomllib.loads(project.decode("utf-8"))["project"]
    wanted = [*declared["dependencies"], *declared["optional-dependencies"]["ci"]]
    lines = [one for one in wanted if not _HEAVY.match(_name(one))]
    return (
        "# What NumPy parts need; pip's -c requirements/lock.txt pins it.\n"
        + "\n".join(lines)
        + "\n"
    ).encode()


def _name(requirement: str) -> str:
    found = _NAME.match(requirement)
    return found.group().lower() if found else ""
