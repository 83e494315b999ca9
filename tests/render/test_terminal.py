"""What a student and an instructor read in the terminal."""

import io
import re

import pytest
from rich.console import Console

from grader.render.terminal import print_class, print_outcome, print_result
from grader.result import Status
from tests.conftest import grade_text
from tests.mini import REFERENCE, body, grade_mini, mini, replaced


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
    assert "Next: fix half_mse; grader hint half_mse helps" in text


def test_only_the_first_exercises_are_explained():
    code = REFERENCE.replace("return ", "return 3 * ").replace(
        "3 * X.T @ residual,", "X.T @ residual,"
    )
    text = text_of(print_result, grade_mini(code), failures=1)
    assert "more exercises; --all explains them all" in text


def changed(exercise, **update):
    """The reference's result with all checks of one exercise changed."""
    result = grade_mini(REFERENCE)
    checks = [
        one.model_copy(update=update) if one.exercise == exercise else one for one in result.checks
    ]
    return result.model_copy(update={"checks": checks})


def test_each_exercise_is_explained_once_and_the_number_of_its_other_failures_is_told():
    result = changed("predict", status=Status.FAILED, message="the value differs", points=0)
    text = text_of(print_result, result)
    assert text.count("the value differs") == 1 and "and 1 more check of it" in text
    everything = text_of(print_outcome, result, every=True)
    assert everything.count("the value differs") == 2 and "more check" not in everything


def test_a_file_that_cannot_be_read_is_explained_once():
    text = text_of(print_result, grade_mini("def predict(:\n"))
    assert text.count("mini.py, line 1, column 13: invalid syntax") == 2  # its line, and the code
    assert text.count("def predict(:") == 1
    assert "Next: fix mini.py." in text


def test_a_file_that_is_not_there_is_one_line_and_its_exercises_keep_their_rows():
    text = text_of(print_result, grade_text(mini(), {"other.py": "x = 1"}))
    assert text.count("was not handed in") == 1
    assert all(f"  {one.name} " in text for one in mini().exercises)


WAITING = {
    "half_mse waits for predict, which is not right yet. Fix predict first.": False,
    "the value differs\nhalf_mse waits for predict, which is not right yet.": False,
    "half_mse calls predict, which is not written yet.": True,
}


@pytest.mark.parametrize("message", WAITING)
def test_what_waits_says_for_which_exercise(message):
    result = changed(
        "half_mse", status=Status.SKIPPED, message=message, waits_for="predict", points=0
    )
    text = text_of(print_result, result)
    row = next(line for line in text.splitlines() if "  half_mse " in line)
    assert row.endswith("waits for predict")
    assert (message in text) == WAITING[message]


def test_an_exception_of_the_students_own_is_shown_even_where_something_waits():
    code = body("return 3 * (X @ w)").replace(
        "    return np.mean((predict(X, w, b) - y) ** 2) / 2",
        "    return predict(X, w, b) + undefined_name",
    )
    result = grade_mini(code, public=True)
    text = text_of(print_result, result)
    assert "waits for predict" in text and "name 'undefined_name' is not defined" in text


MISSING = {
    "half_mse is not written yet. `grader hint half_mse` helps.": ("not written yet", 0),
    "There is no half_mse in your file.": ("not in your file", 0),
    "There is no half_mse in your file. Did you mean half_MSE?": ("not in your file", 1),
    "What half_mse returns has no fit.": ("What half_mse returns has no fit", 1),
}


@pytest.mark.parametrize("message", MISSING)
def test_what_is_missing_is_told_in_its_row_and_explained_where_the_row_has_no_room(message):
    words, explained = MISSING[message]
    result = changed("half_mse", status=Status.MISSING, message=message, points=0)
    text = text_of(print_result, result)
    (row,) = [line for line in text.splitlines() if line.startswith("·  half_mse ")]
    assert words in row
    assert text.count(f"    {message}") == explained
    assert "Next: write half_mse in mini.py" in text


def test_the_notes_of_a_submission_are_bounded_and_why_nothing_is_graded_comes_first():
    result = grade_mini(REFERENCE)
    notes = [f"number {one}" for one in range(8)]
    record = result.submission.model_copy(
        update={"notes": notes, "nothing_to_grade": "found: report.pdf; hand in .py or .ipynb"}
    )
    text = text_of(print_result, result.model_copy(update={"submission": record}))
    assert text.startswith("found: report.pdf; hand in .py or .ipynb\n")
    assert text.count("note: number") == 5 and "note: … and 3 more notes" in text


def test_after_an_exercise_passes_the_next_one_is_named():
    result = grade_mini(REFERENCE).of_exercise("predict")
    text = text_of(print_outcome, result, upcoming="half_mse")
    assert "predict passed. Next: half_mse; grader hint half_mse helps." in text
    assert "Everything passed. Well done!" in text_of(print_outcome, grade_mini(REFERENCE))


NEXT = {
    "half_mse waits for predict, which is not right yet. Fix predict first.": (
        "Next: fix predict, which half_mse needs; grader hint predict helps."
    ),
    "half_mse calls predict, which is not written yet.": (
        "Next: write predict, which half_mse needs; grader hint predict helps."
    ),
}


@pytest.mark.parametrize("message", NEXT)
def test_where_all_that_is_shown_waits_the_next_step_is_what_it_waits_for(message):
    update = {"status": Status.SKIPPED, "message": message, "waits_for": "predict", "points": 0}
    result = changed("half_mse", **update).of_exercise("half_mse")
    assert NEXT[message] in " ".join(text_of(print_outcome, result).split())


def test_long_output_is_cut_between_lines_and_says_so():
    printed = "".join(f"this is line {number} of many\n" for number in range(100))
    result = changed("half_mse", status=Status.FAILED, printed=printed, points=0)
    text = text_of(print_result, result)
    lines = [line.strip() for line in text.splitlines() if "this is line" in line]
    assert lines and all(line.endswith("of many") for line in lines)
    assert re.search(r"… \(\d,\d{3} more characters\)", text)


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
