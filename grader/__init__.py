"""An autograder for deep-learning courses: asks, listens, compares, explains.

What stands in ``__all__`` is for others to use; it is imported when it is first asked for, so
that a worker, which holds this file, `grader.wire` and `grader.worker` alone, loads nothing else.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.judge.grading import grade as grade
    from grader.problems import GraderProblem as GraderProblem
    from grader.result import Result as Result
    from grader.student.checking import pytest_parameters as pytest_parameters
    from grader.student.checking import run_public_check as run_public_check
    from grader.student.notebook import check as check

try:  # written when it is installed, from the tags of git
    from grader._version import __version__ as __version__
except ModuleNotFoundError:  # a checkout that nobody installed
    __version__ = "0+unknown"

_HOMES = {
    "GraderProblem": "grader.problems",
    "Result": "grader.result",
    "check": "grader.student.notebook",
    "grade": "grader.judge.grading",
    "pytest_parameters": "grader.student.checking",
    "run_public_check": "grader.student.checking",
}
__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'grader' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
