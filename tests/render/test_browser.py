"""The report in a real headless Chromium: sort, search, follow a link, no console error."""

import pytest

from grader.render.html import write_report
from tests.browser import needs_browser

pytestmark = needs_browser


@pytest.fixture
def page(browser, results, tmp_path):
    index = write_report(results, tmp_path)
    browser.set_window_size(1200, 900)
    browser.get_log("browser")  # of pages before
    browser.get(index.as_uri())
    yield browser
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


def rows(page):
    return [
        row.text.splitlines()[0]
        for row in page.find_elements("css selector", "tbody tr")
        if row.is_displayed()
    ]


def test_the_table_sorts_by_points_both_ways(page):
    button = page.find_elements("css selector", "th button")[1]
    button.click()
    header = page.find_elements("css selector", "th")[1]
    assert header.get_attribute("aria-sort") == "ascending"
    assert rows(page)[-1].startswith("Ada")
    button.click()
    assert header.get_attribute("aria-sort") == "descending"
    assert rows(page)[0].startswith("Ada")


def test_sorting_works_from_the_keyboard(page):
    from selenium.webdriver.common.keys import Keys

    button = page.find_elements("css selector", "th button")[1]
    button.send_keys(Keys.ENTER)
    assert page.find_elements("css selector", "th")[1].get_attribute("aria-sort") == "ascending"


def test_search_finds_a_student(page):
    page.find_element("id", "search").send_keys("émil")
    assert len(rows(page)) == 1 and rows(page)[0].startswith("Émilie")
    assert page.find_element("id", "count").text == "1 shown"


def test_a_link_leads_to_the_student_and_back(page):
    page.find_element("link text", "Émilie 🎓").click()
    assert page.find_element("css selector", "h1").text == "Émilie 🎓"
    page.find_element("partial link text", "Class").click()
    assert page.find_element("css selector", "h1").text == "m1_mini"


@pytest.mark.parametrize("student", [False, True])
def test_nothing_overflows_on_a_phone(page, student):
    if student:
        page.find_element("link text", "Ada").click()
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 375, "height": 800, "deviceScaleFactor": 2, "mobile": True},
    )
    try:
        assert page.execute_script("return document.documentElement.scrollWidth") <= 375
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_colours_follow_the_system(page):
    def background(scheme):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        return page.execute_script("return getComputedStyle(document.body).backgroundColor")

    assert background("light") != background("dark")
