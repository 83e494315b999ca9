"""The pages: complete, self-contained, and deaf to hostile names."""

import re

import pytest

from grader.render.html import student_page, write_report
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
