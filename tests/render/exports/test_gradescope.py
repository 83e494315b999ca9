"""results.json has the shape that Gradescope publishes."""

import json

import jsonschema
import pytest

from grader.render.exports.grades import grade_of
from grader.render.exports.gradescope import results_json
from grader.result import Status

FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["score", "tests"],
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "integer", "minimum": 0},
        "output": {"type": "string"},
        "output_format": FORMAT,
        "test_output_format": FORMAT,
        "test_name_format": FORMAT,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": {"type": "object"},
        "leaderboard": {"type": "array"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "score": {"type": "number"},
                    "max_score": {"type": "number"},
                    "status": {"enum": ["passed", "failed"]},
                    "name": {"type": "string"},
                    "name_format": FORMAT,
                    "number": {"type": "string"},
                    "output": {"type": "string"},
                    "output_format": FORMAT,
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "visibility": VISIBILITY,
                    "extra_data": {"type": "object"},
                },
            },
        },
    },
}


def test_every_result_has_the_published_shape(results, grades):
    for result, grade in zip(results, grades, strict=True):
        content = results_json(result, grade)
        record = json.loads(content, parse_constant=pytest.fail)
        jsonschema.validate(record, SCHEMA)
        assert record["score"] == result.points
        assert [test["score"] for test in record["tests"]] == [c.points for c in result.checks]
        for test, check in zip(record["tests"], result.checks, strict=True):
            assert (test["status"] == "passed") == (check.status is Status.PASSED)
            assert test["max_score"] == check.max_points
            assert check.message in test["output"] or check.status is Status.PASSED


def test_lateness_counts(late, course):
    record = json.loads(results_json(late, grade_of(late, course)))
    assert record["score"] == round(late.points * 0.8, 2)
    assert "late by 1.04 days" in record["output"]


def test_there_is_no_file_when_the_grader_failed(broken, course):
    assert results_json(broken, grade_of(broken, course)) is None
