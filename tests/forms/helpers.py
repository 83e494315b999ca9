"""What tests of forms share: files that are handed in, and what full points look like."""

from __future__ import annotations

import json

import pytest

from grader.confine import LimitBook, Limits
from grader.course.expected import expected_of
from grader.judge.grading import GradingOptions, grade
from grader.result import Result, Status
from grader.submissions import read_path
from tests.conftest import strongest
from tests.mini import REFERENCE, mini

FUNCTIONS = REFERENCE.split("\n\n")


@pytest.fixture(scope="module")
def launcher():
    return strongest()


@pytest.fixture
def handed_in(tmp_path, launcher):
    def handed_in(files: dict[str, str | bytes], seconds: float = 10.0) -> Result:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode() if isinstance(text, str) else text)
        submission = read_path(tmp_path, expected_of(mini()), student="ada", assignment="m1_mini")
        limits = LimitBook(Limits(seconds=seconds, cpu_seconds=seconds))
        return grade(submission, mini(), launcher, GradingOptions(limits=limits))

    return handed_in


def notebook(*cells: str) -> str:
    made = [{"cell_type": "code", "source": one, "metadata": {}, "outputs": []} for one in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def assert_full(result: Result, words: str) -> None:
    lost = [(one.exercise, one.message) for one in result.checks if one.status != Status.PASSED]
    assert lost == []
    notes = result.submission.notes
    assert any(words in note for note in notes) if words else notes == [], notes


def as_script(text: str) -> str:
    indented = text.replace("\n", "\n    ")
    return f"if __name__ == '__main__':\n    {indented}"


ROOT = REFERENCE[REFERENCE.index("def root(x):") : REFERENCE.index("def noise(")]
