"""Small classes whose insight is known."""

import pytest

from grader.render.html.report import class_page
from grader.render.insight import insight
from tests.render.small_class import small_class

# Check 1: everybody; 2: nobody; 3: the strong; 4: the weak; 5: not written by half.
CLASS = small_class(*["+-+-+"] * 5, *["+--+."] * 5)


def names(checks):
    return [int(one.exercise.removeprefix("exercise_")) for one in checks]


def test_each_check_is_where_it_belongs():
    found = insight(CLASS)
    assert names(found.everybody) == [1] and names(found.nobody) == [2]
    assert names(found.poor) == [4] and found.poor[0].correlation == pytest.approx(-1)
    assert names(found.hardest) == [2, 3, 4]
    assert found.students == 10 and found.enough


def test_who_did_not_try_is_not_counted_as_failing():
    [one] = [one for one in insight(small_class("+.", "-+", "->")).hardest if "1" in one.exercise]
    assert (one.passed, one.tried, one.count) == (1, 3, 3)
    assert one.reason.startswith("Most likely") and one.reason_count == 2
    assert names(insight(small_class("+.", "-+", "->")).hardest) == [1]


def test_a_failure_of_the_grader_counts_for_nobody():
    found = insight(small_class("+?", "+-", "-+"))
    [second] = [one for one in found.hardest if one.exercise == "exercise_2"]
    assert (second.passed, second.tried, second.count) == (1, 2, 2)
    assert found.students == 2


def test_few_students_have_no_correlations():
    found = insight(CLASS[:4] + CLASS[5:9])
    assert found.poor == () and not found.enough


@pytest.mark.parametrize("rows", [[], ["+-"], ["++"], [".."]])
def test_small_classes_say_little(rows):
    found = insight(small_class(*rows))
    assert found.everybody == found.nobody == found.poor == ()


def test_the_page_tells_it():
    page = " ".join(class_page(CLASS).split())
    assert "<b>0 %</b>" in page and "0 of 10 who tried passed" in page
    assert "Nobody passes</strong> (1): <code>exercise_2</code> title 2" in page
    assert '<td class="number">-1.00</td><td class="number">5/10</td>' in page
    assert "Everybody passes</strong> 1 of them" in page
    assert "Most often (10): <code>exercise_2</code> is upside down. Turn it." in page
    assert "over 10 students" in page


def test_a_class_without_problems_has_no_such_sections():
    page = class_page(small_class("++"))
    assert 'id="hardest"' not in page and 'id="discrimination"' not in page


def test_all_students_of_a_misconception_are_named_and_linked():
    page = " ".join(class_page(CLASS).split())
    part = page[page.index('id="misconceptions"') : page.index('id="hardest"')]
    assert part.count('href="students/student-') == 10 + 5 + 5
    assert "and 4 more</summary>" in part
