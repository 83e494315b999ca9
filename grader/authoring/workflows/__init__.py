"""What the student edition needs to be graded on every push, on GitHub and on GitLab.

The workflows are plain files, valid as they stand: ``github.yml`` and ``gitlab.yml``.
"""

from __future__ import annotations

from pathlib import Path

from grader.authoring.requirements import grading_requirements

_TARGETS = {
    "github.yml": Path(".github/workflows/grade.yml"),
    "gitlab.yml": Path(".gitlab-ci.yml"),
    "gitignore.txt": Path(".gitignore"),
}
NUMPY_REQUIREMENTS = Path("requirements/numpy.txt")


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
    files[NUMPY_REQUIREMENTS] = grading_requirements(project, keras=False, data=False)
    return files
