"""What a student and an instructor read in the terminal."""

import io

import pytest
from rich.console import Console

from grader.render.terminal import print_class, print_result
from tests.mini import REFERENCE, body, grade_mini, replaced


def text_of(show, *arguments, encoding="utf-8", **options):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=stream, width=80, force_terminal=False)
    show(console, *arguments, **options)
    stream.flush()
    return stream.buffer.getvalue().decode(encoding)


def test_a_failure_shows_what_was_expected_and_the_likely_mistake():
    text = text_of(print_result, grade_mini(replaced(" / 2\n", "\n"), public=True))
    for words in ("expected:", "received:", "Most likely your half_mse", "18 of 20 points"):
        assert words in text
    assert "Next: mend half_mse" in text


def test_only_the_first_failures_are_explained():
    code = REFERENCE.replace("return ", "return 3 * ").replace(
        "3 * X.T @ residual,", "X.T @ residual,"
    )
    text = text_of(print_result, grade_mini(code), failures=1)
    assert "more; --all explains them all" in text


def test_a_file_that_cannot_be_read_is_explained_once():
    text = text_of(print_result, grade_mini("def predict(:\n"))
    assert text.count("invalid syntax") == 1


def test_no_line_is_wider_than_the_terminal_and_ascii_will_do():
    result = grade_mini(replaced(" / 2\n", "\n"))
    text = text_of(print_result, result, encoding="ascii")
    assert "half_mse" in text and max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("hostile", ["[red]x[/red]", "[/]", "[link=http://x]y[/link]"])
def test_markup_of_a_student_is_text(hostile):
    result = grade_mini(body(f"print({hostile!r})\nreturn None"))
    assert hostile in text_of(print_result, result)
    assert hostile in text_of(print_class, [result.model_copy(update={"student": hostile})])


def test_a_class_shows_mean_and_misconceptions():
    wrong = grade_mini(replaced(" / 2\n", "\n"))
    results = [grade_mini(REFERENCE), wrong]
    text = text_of(print_class, results)
    assert "2 students, mean 19.0, median 19.0 of 20" in text
    assert "misunderstood" not in text  # one student's mistake is not the class's
    text = text_of(print_class, [*results, wrong.model_copy(update={"student": "another"})])
    assert "What the class misunderstood" in text
    assert "2 × half_mse divides by m" in text
