"""Attacks in names, messages and code, opened in our own pages in a real Chromium: none runs."""

import pytest

from grader.render.html import write_report
from grader.result import ConfusionPlot, CurvePlot
from grader.similarity import Text
from grader.similarity.pages import write_pages
from tests.browser import needs_browser
from tests.render.small_class import check, student
from tests.sanitise.attacks import HTML, MARKDOWN, NAMES, what_ran
from tests.similarity.conftest import compared, functions, source, text

pytestmark = needs_browser
ALL = {**MARKDOWN, **NAMES}
TEXT = "\n".join(ALL.values())


def hostile(name):
    """A result in which every text that may be a student's is an attack."""
    plots = [
        CurvePlot(title=HTML["img"], student=[1.0], reference=[1.0]),
        ConfusionPlot(title=HTML["svg"], labels=[HTML["script"]], counts=[[1]]),
    ]
    attacked = {"message": TEXT, "printed": TEXT, "title": HTML["img"], "plots": plots}
    checks = [check(number, "-").model_copy(update=attacked) for number in (1, 2)]
    result = student(name, "--").model_copy(update={"checks": checks})
    told = {"notes": [*ALL.values()], "files": [*ALL.values()], "nothing_to_grade": TEXT}
    record = result.submission.model_copy(update=told)
    return result.model_copy(update={"submission": record, "points": 1_000.0})


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    write_report([hostile(name) for name in ALL.values()], folder / "class")
    code = "\n".join(f"def f{n}(x):\n    return x + {n} * {one!r}" for n, one in enumerate(ALL))
    code += "".join(f"\n# {line}" for line in TEXT.splitlines()) + f"\ny = {TEXT!r}\n"
    others = [text(f"student {seed}", source(functions(seed))) for seed in range(12)]
    code = source(functions(20)) + code
    whose = ((NAMES["img_name"], ""), (NAMES["svg_name"], HTML["img"]))  # the course of the second
    texts = [Text(name, origin, ((HTML["script"], code),)) for name, origin in whose]
    write_pages(compared(*others, *texts), HTML["svg"], folder / "similarity")
    return folder


@pytest.mark.parametrize("place", ["class/index.html", "similarity/index.html"])
def test_nothing_runs_on_the_page_of_the_class(browser, pages, place):
    browser.get((pages / place).as_uri())
    assert NAMES["svg_name"] in browser.page_source.replace("&lt;", "<").replace("&gt;", ">")
    assert what_ran(browser) == set()


@pytest.mark.parametrize("below", ["class/students", "similarity/pairs"])
def test_nothing_runs_on_the_pages_of_students_and_pairs(browser, pages, below):
    found = sorted((pages / below).glob("*.html"))[:3]
    assert found
    for path in found:
        browser.get(path.as_uri())
        assert "onanimationstart" in browser.find_element("css selector", "body").text
        assert what_ran(browser) == set(), path


def test_the_test_itself_sees_what_runs(browser, tmp_path):
    for name, attack in HTML.items():
        page = tmp_path / f"{name}.html"
        page.write_text(f"<!doctype html><title>x</title><body>{attack}</body>", encoding="utf-8")
        browser.get(page.as_uri())
        assert what_ran(browser) == {name}
