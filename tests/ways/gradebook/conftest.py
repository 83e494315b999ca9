"""What tests of formgrader share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def address(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Jupyter server with nbgrader's extensions, in the course directory of the module."""
    from tests.ways.gradebook.jupyter import (
        jupyter,  # where nbgrader is missing, nobody asks for it
    )

    with jupyter(course, tmp_path_factory.mktemp("jupyter")) as found:
        yield found
