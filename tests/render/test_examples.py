"""What is said of a public input on which a check fails, and the file beside the page."""

import base64
import re
from html import unescape
from pathlib import Path

import pytest
from rich.console import Console

from grader.render.cell import cell_html
from grader.render.ci.finding import Finding
from grader.render.ci.github import classroom_json, commands
from grader.render.ci.gitlab import code_quality_json
from grader.render.ci.markdown import markdown
from grader.render.comments import comment_on
from grader.render.examples import example_files, example_text
from grader.render.explaining import explained_check
from grader.render.exports.grades import grade_of
from grader.render.exports.gradescope import results_json
from grader.render.exports.junit import junit_xml
from grader.render.exports.moodle import moodle_csv
from grader.render.html import student_page, write_report
from grader.render.summary import exercises
from grader.render.terminal import print_result
from grader.result import CheckResult, Example
from grader.submissions import CourseDirectory
from tests.course.test_counterexample import counterexample
from tests.mini import check_of, grade_mini, replaced

WRONG = grade_mini(replaced("return X @ w + b", "return X @ w"))
FILE = counterexample().encode()
NAME = "counterexample-predict-batch.npz"
FOUND = Example(
    seed="example 3",
    message="5 rows: all 5 values differ\n  expected: [1.]\n  received: <b>[2.]\x1b[2J",
    right=4,
    file=base64.b64encode(FILE).decode(),
)


def with_example(example, result=WRONG, name="predict.batch"):
    old = check_of(result, name)
    new = CheckResult.model_validate({**old.model_dump(), "example": example.model_dump()})
    return result.model_copy(
        update={"checks": [new if one is old else one for one in result.checks]}
    )


def printed(result):
    console = Console(width=300, record=True, force_terminal=False, file=open("/dev/null", "w"))  # noqa: SIM115
    print_result(console, result)
    return console.export_text()


def test_words_of_a_student_are_no_tags_on_the_page():
    page = student_page(with_example(FOUND))
    assert "&lt;b&gt;[2.]" in page and "<b>[2.]" not in page
    assert NAME not in page  # no file lies beside a page that is made alone


MEDIA = {
    "nbgrader's comments": lambda result: comment_on(exercises(result)[0]),
    "Moodle's worksheet": lambda result: moodle_csv([grade_of(result, COURSE)]).content.decode(),
    "formgrader's notebooks": lambda result: cell_html(part(result)),
    "annotations": lambda result: " ".join(commands(findings(result))),
    "GitLab": lambda result: code_quality_json(findings(result)).decode(),
    "GitHub Classroom": lambda result: classroom_json([result]).decode(),
    "summary": lambda result: markdown([result]),
    "JUnit": lambda result: junit_xml([result]).decode(),
    "Gradescope": lambda result: results_json(result, grade_of(result, COURSE)).decode(),
    "terminal": printed,
    "page": student_page,
}
COURSE = CourseDirectory(Path())


def part(result):
    own = [check for check in result.checks if check.exercise == "predict"]
    return result.model_copy(update={"checks": own})


def findings(result):
    return [
        Finding(result.assignment, check, "mini.py", None)
        for check in part(result).checks
        if check.lost_points
    ]


@pytest.mark.parametrize("medium", MEDIA)
def test_every_medium_shows_the_input_or_says_that_there_is_none(medium):
    show = MEDIA[medium]
    text = show(with_example(FOUND))
    assert "It fails on this input, too:" in text and "expected: [1.]" in text
    assert "all 5 values differ" in text and "\x1b" not in text
    text = show(with_example(Example(right=3, only_public=True)))
    assert "No example found" in text and "since the course's solutions" in unescape(text)


def test_of_an_exercise_the_check_with_an_input_is_explained():
    first, second = part(WRONG).checks[0], check_of(WRONG, "predict.batch")
    other = first.model_copy(update={"check": "other", "message": "another"})
    found = second.model_copy(update={"example": FOUND})
    for checks in ([other, found], [found, other]):
        assert explained_check(WRONG.model_copy(update={"checks": checks})) is found


def test_an_input_that_is_too_large_for_a_file_is_told_on_the_page(tmp_path):
    write_report([with_example(FOUND.model_copy(update={"file": "", "too_large": True}))], tmp_path)
    (page,) = (tmp_path / "students").iterdir()
    assert "too large to hand out as a file (more than 64 KB)" in page.read_text(encoding="utf-8")


def test_a_file_lies_beside_the_page_and_is_named_there(tmp_path):
    write_report([with_example(FOUND)], tmp_path)
    (page,) = (tmp_path / "students").glob("*.html")
    text = page.read_text(encoding="utf-8")
    (link, name) = re.search(r'href="([^"]+\.npz)" download="([^"]+)"', text).groups()
    assert name == NAME and f"grader check m1_mini --case {NAME}" in text
    assert (page.parent / link).read_bytes() == FILE
    write_report([with_example(Example(right=3))], tmp_path)
    assert [one.suffix for one in page.parent.iterdir()] == [".html"]


@pytest.mark.parametrize(
    ("example", "text"),
    [
        (Example(), "No example found: no public input shows this mistake so far."),
        (
            Example(right=1),
            "No example found: your code gives the right answer on 1 public input of this check.",
        ),
        (
            Example(right=3, only_public=True),
            "No example found: your code gives the right answer on 3 public inputs of this check. "
            "Others cannot be tried here, since the course's solutions make them.",
        ),
        (
            Example(seed="public", message="four"),
            "It fails on the public cases, too, which `grader check` runs.\nfour",
        ),
        (None, ""),
    ],
)
def test_what_was_not_found_is_said_as_it_is(example, text):
    check = check_of(WRONG, "predict.batch")
    assert example_text(check.model_copy(update={"example": example})) == text


def test_only_what_has_a_file_has_one():
    assert example_files(with_example(FOUND)) == {NAME: FILE}
    assert example_files(with_example(Example(seed="public", message="4"))) == {}
    assert example_files(WRONG) == {}
