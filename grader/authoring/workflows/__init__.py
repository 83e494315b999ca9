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
KERAS_REQUIREMENTS = Path("requirements/keras.txt")


def push_files(wheel: str) -> dict[Path, bytes]:
    """The workflows, what git is not to take, and what is installed before and for Keras.

    Parameters
    ----------
    wheel
        The name of the grader's wheel, which lies at the top.
    """
    own = Path(__file__).parent
    files = {target: (own / name).read_bytes() for name, target in _TARGETS.items()}
    files[NUMPY_REQUIREMENTS] = grading_requirements(wheel, keras=False)
    files[KERAS_REQUIREMENTS] = grading_requirements(wheel, keras=True)
    return files
