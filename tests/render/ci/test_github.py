import base64
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.render.ci.finding import Finding
from grader.render.ci.github import (
    MOST_ERRORS,
    classroom_json,
    commands,
    notice,
    step_outputs,
)
from grader.sanitise.workflow import muted
from tests.render.small_class import check, student

NASTY = "::error::x\n%0A::set-env name=PATH::/tmp\r\n##[error]boo, a:b"


def finding(sign="-", message="wrong", line=3, path="assignments/a1/work.py"):
    return Finding("a1", check(1, sign).model_copy(update={"message": message}), path, line)


def parsed(line):
    """Read a workflow command as the runner does."""
    level, properties, data = re.fullmatch(r"::(\w+) (.*?)::(.*)", line, re.DOTALL).groups()

    def plain(text):
        for code, sign in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
            text = text.replace(code, sign)
        return text

    pairs = dict(one.split("=", 1) for one in properties.split(","))
    return level, {key: plain(value) for key, value in pairs.items()}, plain(data)


def test_an_annotation_names_file_line_and_what_is_wrong():
    (line,) = commands([finding()])
    level, places, text = parsed(line)
    assert (level, places["file"], places["line"]) == ("error", "assignments/a1/work.py", "3")
    assert text.startswith("wrong")


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_of_a_student_ends_a_command_or_begins_another(message, path):
    (line,) = commands([finding(message=message + NASTY, path=path + NASTY)])
    assert len(line.splitlines()) == 1 or not re.search(r"[\r\n]", line)
    level, places, _ = parsed(line)
    assert level == "error" and set(places) == {"file", "line", "title"}


def test_the_graders_own_failure_is_a_warning():
    (line,) = commands([finding("?")])
    assert line.startswith("::warning ")


def test_more_than_github_shows_are_counted():
    assert len(commands([finding()] * MOST_ERRORS)) == MOST_ERRORS
    lines = commands([finding()] * (MOST_ERRORS + 5))
    assert len(lines) == MOST_ERRORS
    assert "6 more checks fail" in lines[-1]


def test_a_notice_is_one_line():
    assert notice("a\nb%") == "::notice title=Grader::a%0Ab%25"


def test_what_is_printed_muted_stands_between_a_token_that_nobody_can_guess(capsys):
    with muted():
        print(NASTY)
    first, *inside, last = capsys.readouterr().out.strip().splitlines()
    token = first.removeprefix("::stop-commands::")
    assert len(token) == 32 and last == f"::{token}::"
    assert "::error::x" in inside


@pytest.mark.parametrize(("signs", "expected"), [("++", "pass"), ("+.", "fail"), ("-?", "error")])
def test_classroom_gets_points_and_one_of_three_outcomes(signs, expected):
    record = json.loads(classroom_json([student("ada", signs)]))
    assert record["status"] == expected
    assert record["max_score"] == 20
    assert sum(one["score"] for one in record["tests"]) == 10 * signs.count("+")


def test_a_later_step_reads_the_points():
    outputs = dict(line.split("=", 1) for line in step_outputs([student("a", "+-")]).splitlines())
    assert (outputs["points"], outputs["max_points"]) == ("10", "20")
    assert json.loads(base64.b64decode(outputs["result"]))["version"] == 1


def test_the_hint_follows_the_message():
    assert finding().text == "wrong\nMost likely your exercise_1 is upside down. Turn it."
