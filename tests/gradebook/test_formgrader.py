"""formgrader in a real Jupyter server and a real Chromium, on a class graded by `grader batch`."""

import time

import pytest
from nbgrader.api import Gradebook

from tests.browser import needs_browser
from tests.conftest import ROOT, have_hidden_cases, live
from tests.gradebook.jupyter import PATIENCE, open_submission, wait
from tests.gradebook.test_publish import grader, hand_in

pytestmark = needs_browser
NAME = "a2_logistic_regression"
SHOWN = (NAME, "logistic_regression")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Three students: a notebook with the reference, a stub, and plain files."""
    course = tmp_path_factory.mktemp("formgrader") / "course"
    course.mkdir()
    have_hidden_cases(course, NAME)
    grader(course, "notebooks", NAME)
    hand_in(course, "ada", NAME, "source")
    for student in ("bob", "cid"):
        (course / "submitted" / student / NAME).mkdir(parents=True)
    for file in live(NAME).assignment.files:
        stub = ROOT / "assignments" / NAME / file.name
        (course / "submitted" / "bob" / NAME / file.name).write_bytes(stub.read_bytes())
        text = live(NAME).references[file.name].replace("    return ", "    return 0 * ", 1)
        (course / "submitted" / "cid" / NAME / file.name).write_text(text, encoding="utf-8")
    grader(course, "batch", NAME)
    return course


def scores(course):
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        return {one.student.id: one.score for one in gradebook.assignment_submissions(NAME)}


def test_the_class_is_listed_with_its_scores(browser, address, course):
    browser.get(f"{address}/formgrader/manage_submissions/{NAME}")
    rows = wait(
        browser,
        "const rows = [...document.querySelectorAll('tbody tr')].map(row => row.innerText);"
        "return rows.length >= 3 && rows.every(row => /graded/.test(row)) ? rows : null",
    )
    text = "\n".join(rows)
    assert all(student in text for student in ("ada", "bob", "cid"))
    assert "100 / 100" in next(row for row in rows if "ada" in row)
    assert "needs autograding" not in text
    assert scores(course)["ada"] == pytest.approx(100)
    assert 0 < scores(course)["cid"] < 100


def test_a_submission_opens_with_our_diagnosis_beside_the_students_code(browser, address, course):
    open_submission(browser, address, course, SHOWN, "cid")
    text = browser.find_element("css selector", "body").text
    assert "as it was handed in" in text
    assert "✗ " in text
    boxes = browser.find_elements("css selector", "input.score")
    assert len(boxes) == len(
        [one for one in live(NAME).assignment.exercises() if one.file == "logistic_regression.py"]
    )


def test_points_that_a_person_gives_survive_a_regrade(browser, address, course):
    from selenium.webdriver.common.keys import Keys

    open_submission(browser, address, course, SHOWN, "bob")
    box = browser.find_element("id", "check-sigmoid")
    box.clear()
    box.send_keys("1.5", Keys.TAB)
    deadline = time.monotonic() + PATIENCE
    while scores(course)["bob"] == 0 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert scores(course)["bob"] == 1.5

    ended = grader(course, "batch", NAME, "--fresh")
    assert "Points given by people were kept for: bob" in ended.stdout
    assert scores(course)["bob"] == 1.5
    open_submission(browser, address, course, SHOWN, "bob")
    wait(browser, "return document.getElementById('check-sigmoid').value === '1.5'")
