"""What is said of a public input on which a check fails, and the file beside the page."""

import base64
import re

import pytest
from rich.console import Console

from grader.render.ci.markdown import markdown
from grader.render.examples import example_files, example_text
from grader.render.html import student_page, write_report
from grader.render.terminal import print_result
from grader.result import CheckResult, Example
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


def test_the_input_is_shown_in_the_terminal_on_the_page_and_in_ci():
    result = with_example(FOUND)
    for text in (printed(result), markdown([result]), student_page(result)):
        assert "It fails on this input, too:" in text and "expected: [1.]" in text
        assert "\x1b" not in text
    page = student_page(result)
    assert "&lt;b&gt;[2.]" in page and "<b>[2.]" not in page
    assert NAME not in page  # no file lies beside a page that is made alone


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
