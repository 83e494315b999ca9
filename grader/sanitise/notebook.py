"""Notebooks that are shown by programs which clean nothing: nbgrader's, Jupyter's.

Text of a student's becomes code, which every program escapes, or a fenced block of Markdown. No
cell keeps metadata, attachments or outputs that are not ours, and none is raw: raw text is HTML
to nbconvert.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from grader.sanitise.markdown import fenced
from grader.sanitise.text import safe_text

MAX_TEXT = 200_000
"""Characters of one cell; a page must stay one that a browser can show."""

Cell = dict[str, Any]


def code_cell(source: str, metadata: Mapping[str, Any] | None = None) -> Cell:
    """A code cell without outputs.

    Nbformat's own makers validate each cell, which takes longer than all the rest; the tests
    validate whole notebooks.
    """
    return _cell("code", safe_text(source, MAX_TEXT), metadata) | {
        "execution_count": None,
        "outputs": [],
    }


def text_cell(text: str, metadata: Mapping[str, Any] | None = None) -> Cell:
    """A cell with anybody's text, shown letter by letter."""
    return _cell("markdown", fenced(safe_text(text, MAX_TEXT)), metadata)


def own_markdown_cell(source: str, metadata: Mapping[str, Any] | None = None) -> Cell:
    """A cell whose Markdown is the course's own and is shown as such."""
    return _cell("markdown", source, metadata)


def put_output(cell: Cell, *, text: str, html: str) -> None:
    """Let a code cell show one output; `html` has to be escaped already."""
    data = {"text/plain": text, "text/html": html}
    cell["execution_count"] = 1
    cell["outputs"] = [
        {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": data}
    ]


def notebook_content(cells: Sequence[Cell], kernel: Mapping[str, str]) -> bytes:
    """The cells as a notebook of format 4.5, which has a kernel and no other metadata."""
    numbered = [cell | {"id": f"cell-{number}"} for number, cell in enumerate(cells)]
    metadata = {"kernelspec": dict(kernel)}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": numbered}
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _cell(kind: str, source: str, metadata: Mapping[str, Any] | None) -> Cell:
    return {"cell_type": kind, "id": "", "metadata": dict(metadata or {}), "source": source}
