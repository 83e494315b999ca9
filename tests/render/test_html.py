"""The pages: complete, self-contained, and deaf to hostile names."""

import re

import pytest

from grader.render.html import student_page, write_report
from tests.mini import grade_mini, replaced
from tests.render.conftest import HOSTILE
from tests.render.pages import require_one_known_script


def test_a_report_is_an_index_and_a_page_for_each_student(results, tmp_path):
    index = write_report(results, tmp_path)
    page = index.read_text(encoding="utf-8")
    links = set(re.findall(r'href="(students/[^"]+)"', page))
    assert len(links) == len(results)
    assert all((tmp_path / link).is_file() for link in links)
    assert sorted(p.name for p in tmp_path.rglob("*.html")) == sorted(
        ["index.html", *(link.removeprefix("students/") for link in links)]
    )


def test_pages_of_students_who_left_are_removed(results, tmp_path):
    write_report(results, tmp_path)
    write_report(results[:2], tmp_path)
    assert len(list((tmp_path / "students").iterdir())) == 2


def test_pages_need_no_network_and_run_one_known_script(results, tmp_path):
    write_report(results, tmp_path)
    require_one_known_script(tmp_path)


def test_hostile_text_is_text(results, tmp_path):
    page = write_report(results, tmp_path).read_text(encoding="utf-8")
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page
    assert "{{ 7 * 7 }}" in page
    zoe = next(result for result in results if result.student == "Zoë")
    assert "<script>alert" not in student_page(zoe)
    assert any(result.student == HOSTILE for result in results)


def test_a_student_page_shows_messages_hints_and_points(results):
    page = student_page(results[1])
    assert "Most likely your half_mse divides by m" in page
    assert "18" in page and "of 20 points" in page


def test_plots_are_drawn_in_the_pages_colours(results):
    page = student_page(results[0])
    assert page.count("<svg") == 3
    assert "var(--accent)" in page and "#01020" not in page


@pytest.mark.parametrize("count", [0, 1])
def test_small_classes_have_a_report(results, tmp_path, count):
    assert write_report(results[:count], tmp_path).is_file()


def headings(page):
    return re.findall(r"<h2>([^<]+)</h2>", page)


def test_a_student_page_begins_with_what_failed_and_ends_with_the_plots(results):
    wrong = next(one for one in results if one.student.startswith("Émilie"))
    assert headings(student_page(wrong)) == ["What to fix", "What passed"]
    assert headings(student_page(results[0])) == ["What passed", "Plots"]
    page = student_page(wrong)
    assert page.index("<code>half_mse</code>") < page.index("<code>predict</code>")


def test_why_nothing_can_be_graded_and_the_notes_come_first(results):
    notes = [f"cell {number}: `%matplotlib` was left out" for number in range(7)]
    reason = "found: report.pdf; hand in `mini.py`"
    record = results[1].submission.model_copy(update={"nothing_to_grade": reason, "notes": notes})
    page = student_page(results[1].model_copy(update={"submission": record}))
    places = [
        page.index(text)
        for text in (
            "report.pdf; hand in <code>mini.py</code>",
            "cell 0: <code>%mat",
            "of 20 points",
        )
    ]
    assert places == sorted(places)
    assert "and 2 more</summary>" in page and "cell 6:" in page


def test_what_a_whole_file_has_is_shown_once_and_its_code_as_code(results):
    page = student_page(next(one for one in results if one.student == HOSTILE))
    assert page.count("invalid syntax") == 1
    assert "<pre><code>def predict(:\n            ^</code></pre>" in page


def test_code_in_messages_is_code_with_its_columns():
    page = student_page(grade_mini(replaced(" / 2\n", "\n"), public=True))
    (block,) = re.findall(r"<pre><code>(expected: [^<]*)</code></pre>", page)
    assert re.fullmatch(r"expected: \S+\nreceived: \S+\ninputs:   .*", block)


def test_how_the_code_ran_is_said_in_plain_words(results):
    for confinement, words in (("forked", "ran in a sandbox"), ("unconfined", "without a sandbox")):
        page = student_page(results[0].model_copy(update={"confinement": confinement}))
        assert words in page and confinement not in page
