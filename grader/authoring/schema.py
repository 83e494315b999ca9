"""The JSON schema of a Result, generated from the model and committed under ``docs/``."""

from __future__ import annotations

import json
from pathlib import Path

from grader.result import Result

SCHEMA_FILE = "docs/result.schema.json"


def result_schema() -> str:
    """The schema as it is committed."""
    schema = Result.model_json_schema(mode="serialization")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write_schema(root: Path) -> None:
    """Bring the committed schema up to date."""
    (root / SCHEMA_FILE).write_text(result_schema(), encoding="utf-8", newline="\n")
