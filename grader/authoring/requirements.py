"""What has to be installed to grade, chosen from the dependencies that the course declares."""

from __future__ import annotations

import re
import tomllib

_KERAS = re.compile(r"keras|tensorflow")
_DATA = re.compile(r"scikit-learn")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def grading_requirements(project: bytes, *, keras: bool, data: bool) -> bytes:
    """A requirements file: the dependencies, and those of the extra `ci`.

    Parameters
    ----------
    project
        The course's ``pyproject.toml``.
    keras
        Whether Keras parts are graded; NumPy parts need neither Keras nor TensorFlow.
    data
        Whether data sets are made or read, by the course's own code; frozen cases hold theirs.
    """
    declared = tomllib.loads(project.decode("utf-8"))["project"]
    wanted = [*declared["dependencies"], *declared["optional-dependencies"]["ci"]]
    left_out = [pattern for pattern, kept in ((_KERAS, keras), (_DATA, data)) if not kept]
    lines = [one for one in wanted if not any(two.match(_name(one)) for two in left_out)]
    parts = "Keras parts" if keras else "NumPy parts"
    heading = f"# What {parts} need; pip's -c requirements/lock.txt pins it."
    return "\n".join((heading, *lines, "")).encode()


def _name(requirement: str) -> str:
    found = _NAME.match(requirement)
    return found.group().lower() if found else ""
