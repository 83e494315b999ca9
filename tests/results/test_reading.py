"""Stored results outlive the grader that wrote them, in both directions."""

import json
from pathlib import Path

import pytest

from grader.result import Result, Status

BEFORE = Path(__file__).with_name("version_1.json")
"""A wrong `half_mse`, as the first version of the format wrote it."""


def test_a_result_of_before_says_what_it_said():
    result = Result.model_validate_json(BEFORE.read_bytes())
    written = json.loads(BEFORE.read_bytes())
    kept = result.model_dump(mode="json")
    assert {name: kept[name] for name in written} == written
    assert [one.check for one in result.checks if one.status is Status.FAILED] != []


@pytest.mark.parametrize("place", ["result", "submission", "check", "diagnosis"])
def test_what_a_grader_of_tomorrow_adds_is_left_out(place):
    record = json.loads(BEFORE.read_bytes())
    failed = next(one for one in record["checks"] if one["diagnosis"])
    where = {
        "result": record,
        "submission": record["submission"],
        "check": failed,
        "diagnosis": failed["diagnosis"],
    }
    before = Result.model_validate(record)
    where[place]["of_tomorrow"] = {"any": ["thing"]}
    assert Result.model_validate(record) == before
