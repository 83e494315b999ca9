"""The pages: complete, self-contained, honest, and deaf to hostile names and code."""

import re

import pytest

from grader.similarity.pages import write_pages
from tests.render.pages import require_one_known_script
from tests.similarity.conftest import compared, functions, source, text

HOSTILE = "<script>alert(1)</script> \"' </pre> & {{ 7 * 7 }}"


@pytest.fixture(scope="module")
def comparison(independent):
    code = source(functions(3)) + f"\n# {HOSTILE}\nx = '''{HOSTILE}'''\n"
    return compared(
        *independent, text(HOSTILE, code), text("../../etc/passwd", code, "2024"), text("empty", "")
    )


def test_each_pair_has_a_page(comparison, tmp_path):
    index = write_pages(comparison, "a1", tmp_path)
    links = re.findall(r'href="(pairs/[^"]+)"', index.read_text(encoding="utf-8"))
    assert len(links) == len(comparison.pairs) == 3
    assert all((tmp_path / link).is_file() for link in links)
    assert len(list((tmp_path / "pairs").iterdir())) == 3


def test_pages_of_pairs_that_are_gone_are_removed(comparison, independent, tmp_path):
    write_pages(comparison, "a1", tmp_path)
    page = write_pages(compared(*independent), "a1", tmp_path).read_text(encoding="utf-8")
    assert list((tmp_path / "pairs").iterdir()) == []
    assert "None: no two texts share 70 %" in page


def test_pages_need_no_network_and_run_one_known_script(comparison, tmp_path):
    write_pages(comparison, "a1", tmp_path)
    require_one_known_script(tmp_path)


def test_hostile_names_and_code_are_text(comparison, tmp_path):
    write_pages(comparison, "a1", tmp_path)
    for path in tmp_path.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        assert "<script>alert" not in page and "&lt;script&gt;alert" in page
        assert "{{ 7 * 7 }}" in page


def test_every_page_says_what_a_high_number_means(comparison, tmp_path):
    write_pages(comparison, "a1", tmp_path)
    pages = list(tmp_path.rglob("*.html"))
    for path in pages:
        page = path.read_text(encoding="utf-8")
        assert "never a verdict" in page and "talk to both people" in page
        assert "Short exercises have few right answers" in page
        assert "nothing was sent anywhere" in page
    assert len(pages) == 4


def test_a_passage_has_one_colour_and_number_on_both_sides(comparison, tmp_path):
    index = write_pages(comparison, "a1", tmp_path).read_text(encoding="utf-8")
    first = re.search(r'href="(pairs/[^"]+)"', index)[1]
    page = (tmp_path / first).read_text(encoding="utf-8")
    marks = re.findall(r'<mark class="(p\d)" id="([ab])(\d+)"><a href="#([ab])(\d+)"', page)
    sides = {side: {(c, n) for c, s, n, _, _ in marks if s == side} for side in "ab"}
    assert sides["a"] == sides["b"] and len(sides["a"]) >= 4
    assert all(side != other and number == target for _, side, number, other, target in marks)


def test_what_was_not_compared_is_listed(comparison, tmp_path):
    page = write_pages(comparison, "a1", tmp_path).read_text(encoding="utf-8")
    assert "<b>empty</b>: no code of their own" in page
