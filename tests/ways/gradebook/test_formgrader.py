"""formgrader in a real Jupyter server and a real Chromium, on a class graded by `grader batch`."""

import os
import time

import pytest
from nbgrader.api import Gradebook

from grader.authoring.freeze import freeze
from tests.browser import needs_browser
from tests.conftest import strongest
from tests.mini import REFERENCE, mini, publishable
from tests.ready import run_ready
from tests.ways.gradebook.course import NAME
from tests.ways.gradebook.jupyter import PATIENCE, open_submission, wait
from tests.ways.gradebook.test_publish import hand_in
from tests.ways.push.university import CHECKS

pytestmark = needs_browser
SHOWN = (NAME, "mini")


def grader(course, *arguments):
    environment = {**os.environ, "GRADER_COURSE": str(course.parent)}
    return run_ready("grader", *arguments, cwd=course, env=environment, check=True)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Three students of a small assignment: a notebook with the reference, a stub, plain files."""
    root = tmp_path_factory.mktemp("formgrader")
    solution, copy, course = root / "solutions" / NAME, root / "assignments" / NAME, root / "course"
    solution.mkdir(parents=True)
    texts = {"checks.py": CHECKS, "mini.py": publishable(), "handout.md": "# Mini\n"}
    for name, text in texts.items():
        (solution / name).write_text(text, encoding="utf-8")
    freeze(solution, copy, strongest())
    course.mkdir()
    grader(course, "notebooks", NAME)
    hand_in(course, "ada", NAME, "source")
    stub = "def predict(X, w, b):\n    raise NotImplementedError\n"
    wrong = REFERENCE.replace("    return ", "    return 0 * ", 1)
    for student, text in {"bob": stub, "cid": wrong}.items():
        (course / "submitted" / student / NAME).mkdir(parents=True)
        (course / "submitted" / student / NAME / "mini.py").write_text(text, encoding="utf-8")
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
    assert "20 / 20" in next(row for row in rows if "ada" in row)
    assert "needs autograding" not in text
    assert scores(course)["ada"] == pytest.approx(20)
    assert 0 < scores(course)["cid"] < 20


def test_a_submission_opens_with_our_diagnosis_beside_the_students_code(browser, address, course):
    open_submission(browser, address, course, SHOWN, "cid")
    text = browser.find_element("css selector", "body").text
    assert "as it was handed in" in text
    assert "✗ " in text
    boxes = browser.find_elements("css selector", "input.score")
    assert len(boxes) == len(mini().exercises)


def test_points_that_a_person_gives_survive_a_regrade(browser, address, course):
    from selenium.webdriver.common.keys import Keys

    open_submission(browser, address, course, SHOWN, "bob")
    box = browser.find_element("id", "check-predict")
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
    wait(browser, "return document.getElementById('check-predict').value === '1.5'")
