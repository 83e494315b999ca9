"""Notebooks as plain dictionaries: an nbgrader source, and a student's submission."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FUNCTIONS = ("sigmoid", "loss", "gradients", "accuracy", "f1")
POINTS = 20
_TEST = """import sys
sys.path.insert(0, {folder!r})
from agreement import agrees
agrees({name!r}, {name})"""


def assignment_notebook(source: str, folder: Path) -> dict[str, Any]:
    """One cell for the student's code, and one test cell for each function."""
    cells = [_cell(source, "solution", solution=True)]
    for name in FUNCTIONS:
        text = _TEST.format(folder=str(folder), name=name)
        cells.append(_cell(text, f"test_{name}", grade=True, points=POINTS))
    return _notebook(cells)


def plain_notebook(source: str) -> dict[str, Any]:
    """A notebook with the student's code alone."""
    return _notebook([_cell(source, "code")])


def write(notebook: dict[str, Any], path: Path) -> None:
    """Write a notebook, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def _cell(
    source: str, name: str, *, solution: bool = False, grade: bool = False, points: int = 0
) -> dict[str, Any]:
    nbgrader = {
        "schema_version": 3,
        "grade_id": name,
        "solution": solution,
        "grade": grade,
        "locked": grade,
        "task": False,
        **({"points": points} if grade else {}),
    }
    return {
        "cell_type": "code",
        "id": name.replace("_", "-"),
        "execution_count": None,
        "outputs": [],
        "metadata": {"nbgrader": nbgrader} if solution or grade else {},
        "source": source,
    }


def _notebook(cells: list[dict[str, Any]]) -> dict[str, Any]:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
