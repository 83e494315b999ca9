import json

from grader.render.ci.finding import Finding
from grader.render.ci.gitlab import code_quality_json
from tests.render.small_class import check


def records(*findings):
    return json.loads(code_quality_json(findings))


def test_a_finding_has_what_the_format_asks_for():
    (record,) = records(Finding("a1", check(1, "-"), "assignments/a1/work.py", 7))
    assert record["location"] == {"path": "assignments/a1/work.py", "lines": {"begin": 7}}
    assert record["severity"] == "major"
    assert record["description"].startswith("exercise_1: title 1. failed Most likely")


def test_a_fingerprint_outlives_an_edit_and_tells_checks_apart():
    first, moved, other = records(
        Finding("a1", check(1, "-"), "work.py", 7),
        Finding("a1", check(1, "-").model_copy(update={"message": "else"}), "work.py", 9),
        Finding("a1", check(2, "-"), "work.py", 7),
    )
    assert first["fingerprint"] == moved["fingerprint"] != other["fingerprint"]


def test_a_file_as_a_whole_stands_on_its_first_line_and_our_own_failure_is_no_fault():
    (record,) = records(Finding("a1", check(1, "?"), "work.py", None))
    assert (record["location"]["lines"]["begin"], record["severity"]) == (1, "info")
