"""Notebooks as plain data: what both notebook tools need of the format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.five_functions.tool import written

Cell = dict[str, Any]


def code_cell(name: str, text: str, **metadata: Any) -> Cell:
    """A code cell that has not run yet."""
    return {
        "cell_type": "code",
        "id": name.replace("_", "-"),
        "metadata": metadata,
        "execution_count": None,
        "outputs": [],
        "source": text.rstrip("\n"),
    }


def write_notebook(path: Path, cells: list[Cell]) -> None:
    """Write a Python notebook of format 4.5."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    written(path, json.dumps(notebook, indent=1))
