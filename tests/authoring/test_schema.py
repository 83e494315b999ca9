"""The committed schema is the model's, and results are valid by it."""

import json

import jsonschema

from grader.authoring.schema import SCHEMA_FILE, result_schema
from tests.mini import REFERENCE, grade_mini


def test_the_committed_schema_is_up_to_date(root):
    assert (root / SCHEMA_FILE).read_text(encoding="utf-8") == result_schema()


def test_a_result_is_valid_by_it():
    result = grade_mini(REFERENCE)
    jsonschema.validate(json.loads(result.model_dump_json()), json.loads(result_schema()))
