"""An empty course directory to collect into."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tmp_path / "course"
    folder.mkdir()
    return folder
