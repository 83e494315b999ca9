"""Who handed in nothing that can be graded is named, and no figure of the class counts them."""

import re
from datetime import UTC, datetime

import pytest

from grader.course.expected import expected_of
from grader.judge.grading import grade
from grader.render.difference import compare, print_difference
from grader.render.history import History, add_run
from grader.render.html import student_page
from grader.render.html.report import class_page
from grader.render.insight import insight
from grader.render.summary import (
    check_rates,
    graded,
    mean_points,
    median_points,
    mistakes,
    whose_figures,
)
from grader.render.terminal import print_class
from grader.submissions import read_path
from tests.conftest import strongest
from tests.mini import mini
from tests.render.small_class import small_class, with_nothing
from tests.render.test_terminal import text_of

WHY = "found: report.pdf, submission.rar; hand in .py or .ipynb"
OTHERS = small_class("++-", "++-", "+--")
NOTHING = [with_nothing("mallory", WHY), with_nothing("Eve", "the folder is empty")]
CLASS = [OTHERS[0], NOTHING[0], *OTHERS[1:], NOTHING[1]]
THEN = datetime(2026, 1, 2, tzinfo=UTC)


def words(page):
    return " ".join(page.split())


@pytest.mark.parametrize(
    "figure",
    [mean_points, median_points, check_rates, mistakes, insight],
    ids=lambda one: one.__name__,
)
def test_figures_of_the_class_are_those_of_the_others(figure):
    assert figure(CLASS) == figure(OTHERS) != figure(OTHERS[2:])


def test_their_own_points_stay():
    assert [one.points for one in NOTHING] == [0, 0]
    assert graded(CLASS) == OTHERS


def test_the_terminal_names_them_with_what_was_found():
    text = text_of(print_class, CLASS)
    assert "5 students, mean 16.7, median 20.0 of 30" in text
    assert "Mean and median of 3; 2 handed in nothing that can be graded:" in text
    assert f"  mallory: {WHY}" in text and "  Eve: the folder is empty" in text
    assert "handed in nothing" not in text_of(print_class, OTHERS)


def test_the_class_page_names_them_at_the_top_and_says_whose_the_figures_are():
    page = words(class_page(CLASS))
    top = page[: page.index('id="scores"')]
    assert "2 of 5 students handed in nothing that can be graded." in top
    assert f"mallory</a>: {WHY}" in top and "Eve</a>: the folder is empty" in top
    assert top.index("Eve</a>") < top.index("mallory</a>")
    assert "<b>16.7</b>mean, of 30 points" in top and "<b>20.0</b>median" in top
    assert "Mean and median of 3; 2 handed in nothing that can be graded." in top
    assert "0 to 10: 0, 10 to 20: 0" in page  # the histogram
    assert page.count("nothing that can be graded</td>") == 2
    assert "handed in nothing" not in class_page(OTHERS)


def test_a_long_list_is_folded():
    page = class_page([*OTHERS, *(with_nothing(f"nobody {n}", WHY) for n in range(30))])
    assert "and 22 more</summary>" in page and page.count(WHY) == 30


def test_a_class_in_which_nobody_can_be_graded_has_no_mean():
    page = words(class_page(NOTHING))
    assert "<b>–</b>mean" in page and "<b>–</b>median" in page
    text = text_of(print_class, NOTHING)
    assert "2 students\n" in text and "mean" not in text.lower()
    assert whose_figures(NOTHING) == "2 handed in nothing that can be graded"


def test_hostile_names_of_files_are_text():
    page = class_page([*OTHERS, with_nothing("x", "found: <script>alert(1)</script>.pdf")])
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_the_history_counts_the_others():
    run = add_run(History(), CLASS, THEN).runs[0]
    assert (run.students, run.left_out, run.mean) == (5, 2, mean_points(OTHERS))
    assert run.checks == add_run(History(), OTHERS, THEN).runs[0].checks


def test_the_same_outcomes_under_the_new_rule_are_a_new_run():
    before = small_class("++-", "...")
    after = [before[0], with_nothing("student 01", WHY)]
    assert len(add_run(add_run(History(), before, THEN), after, THEN).runs) == 2


def test_the_page_says_of_both_runs_whom_they_leave_out():
    history = add_run(add_run(History(), OTHERS, THEN), CLASS, THEN)
    page = words(class_page(CLASS, history))
    assert "3 students then, 5 now" in page and "are left out (0 then, 2 now)" in page


def test_a_difference_compares_those_who_can_be_graded_in_both_runs():
    after = small_class("+++", "++-", "+--", "+++")
    before = [*OTHERS, with_nothing("student 03", WHY)]
    found = compare(before, after)
    assert (found.students, found.left_out) == (4, 1)
    assert found.mean_before == round(50 / 3, 4) and found.mean_after == 20
    text = words(text_of(print_difference, found))
    assert "mean 16.67 -> 20.00 (of 3; 1 handed in nothing that can be graded)." in text
    assert "nothing that" not in text_of(print_difference, compare(OTHERS, OTHERS))


def test_one_students_mistake_is_not_the_classs():
    page = words(class_page(small_class("+-", "-+", "++")))
    assert "No two students have the same known misconception." in page
    page = words(class_page(small_class("+-", "+-", "-+")))
    part = page[page.index('id="misconceptions"') : page.index('id="hardest"')]
    assert "exercise_2" in part and "exercise_1" not in part


@pytest.mark.parametrize("results", [small_class("+-"), [*small_class("+-"), *NOTHING]])
def test_a_class_of_one_has_no_misunderstandings(results):
    assert "misunderstood" not in class_page(results)


def test_code_in_sentences_is_code():
    result = small_class("--", "--")
    checks = [
        check.model_copy(
            update={
                "title": "stops after `patience` updates",
                "diagnosis": check.diagnosis.model_copy(
                    update={"hint": "Most likely your exercise_1 adds `<b>`. What is `relu(z)`?"}
                ),
            }
        )
        for check in result[0].checks
    ]
    page = class_page([one.model_copy(update={"checks": checks}) for one in result])
    assert (
        "<code>exercise_1</code> adds <code>&lt;b&gt;</code>. What is <code>relu(z)</code>" in page
    )
    assert "stops after <code>patience</code> updates" in page
    assert "`" not in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("mini.py", b"version https://git-lfs.github.com/spec/v1\nsize 3\n", "Git LFS pointer"),
        ("mini.py", b"", "mini.py is empty"),
        ("mini (1).py", b"<!DOCTYPE html><html></html>", "is a web page"),
        ("mini.ipynb", b"{ broken", "the notebook mini.ipynb is not valid JSON"),
    ],
)
def test_a_page_says_once_why_there_is_nothing_to_grade(tmp_path, name, content, why):
    (tmp_path / name).write_bytes(content)
    expected = expected_of(mini())
    submission = read_path(tmp_path, expected, student="ada", assignment="m1_mini")
    page = words(student_page(grade(submission, mini(), strongest())))
    assert page.count(why.partition("mini.ipynb ")[2] or why) == 1
    assert "There is nothing to grade here: " in page and "<b>0</b>files graded" in page
    assert f": {name} is" in page or f"notebook {name} is" in page
