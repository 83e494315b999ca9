"""What a student edits in a notebook beside the code has no effect on what is graded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grader.submissions import Submission
from tests.submissions.test_notebook import code, read, text


def graded(folder: Path, *cells: Any) -> Submission:
    folder.mkdir(exist_ok=True)
    return read(folder, *cells)


def tags(**changed: Any) -> dict[str, Any]:
    nbgrader = {
        "grade": True,
        "grade_id": "check-f",
        "locked": True,
        "points": 2,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }
    return {"nbgrader": nbgrader | changed}


@pytest.mark.parametrize(
    "metadata",
    [
        tags(points=1_000),
        tags(points=-5),
        tags(points="<script>"),
        tags(points=float("inf")),
        tags(locked=False, solution=True),
        tags(grade_id="solution-f"),
        tags(grade_id="../../evil"),
        tags(schema_version=99),
        tags(task=True, solution=True, grade=True),
        {"nbgrader": [1]},
        {"nbgrader": None},
        {"tags": ["skip-execution", "raises-exception"], "deletable": False},
        {},
    ],
)
def test_metadata(tmp_path: Path, metadata: dict[str, Any]) -> None:
    def cells(changed: dict[str, Any]) -> list[dict[str, Any]]:
        solution = code("def f():\n    return 1", metadata=tags(grade_id="solution-f"), id="one")
        check = code("from grader import check\ncheck('f')", metadata=changed, id="two")
        return [text("# f"), solution, check]

    before = graded(tmp_path / "before", *cells(tags()))
    after = graded(tmp_path / "after", *cells(metadata))
    assert (after.files, after.sha256, after.problems) == (
        before.files,
        before.sha256,
        before.problems,
    )


@pytest.mark.parametrize("ids", [("a", "a"), ("", None), ("x" * 10**6, 7), ("../..", ["a"])])
def test_cell_ids(tmp_path: Path, ids: tuple[Any, Any]) -> None:
    before = graded(tmp_path / "before", code("a = 1", id="one"), code("b = 2", id="two"))
    after = graded(tmp_path / "after", code("a = 1", id=ids[0]), code("b = 2", id=ids[1]))
    assert after.files == before.files and after.notes == before.notes


def test_a_check_cell_that_was_unlocked_and_rewritten_decides_nothing(tmp_path: Path) -> None:
    """Calls of check() never run in the course's grading; what else stands there is code."""
    solution = code("def f():\n    return 0")
    fake = code("def check(name):\n    print('2 of 2 points')\ncheck('f')", metadata=tags())
    found = graded(tmp_path, solution, fake)
    module = found.files["mlp.py"].decode()
    assert "# left out: check('f')" in module and "def f():\n    return 0" in module


def test_outputs_that_claim_points_decide_nothing(tmp_path: Path) -> None:
    claim = {"output_type": "stream", "name": "stdout", "text": "f: 2 of 2 points"}
    before = graded(tmp_path / "before", code("def f():\n    return 0"))
    after = graded(tmp_path / "after", code("def f():\n    return 0", outputs=[claim]))
    assert after.sha256 == before.sha256
