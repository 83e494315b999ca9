"""Attacks in what students hand in, opened in formgrader and in nbgrader's feedback: none runs."""

import json
import os
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from grader.authoring.nbgrader_source import write_configuration
from grader.batch import BatchPlan
from grader.judge.grading import GradingOptions, grade
from grader.submissions import CourseDirectory, read_path
from grader.ways.gradebook.publish import publish
from tests.browser import needs_browser
from tests.conftest import strongest
from tests.mini import REFERENCE, mini
from tests.ready import run_ready
from tests.sanitise.attacks import HTML, MARKDOWN, NAMES, runs, what_ran
from tests.ways.gradebook.course import NAME, empty_gradebook
from tests.ways.gradebook.jupyter import open_submission, wait

pytestmark = needs_browser
CODE = REFERENCE.replace(
    "    return X @ w + b",
    "    print({0!r})\n    raise ValueError({0!r})".format("\n".join(MARKDOWN.values())),
)
OTHERS = {
    "raw": {"cell_type": "raw", "source": f'<img src=x onerror="{runs("raw")}">', "metadata": {}},
    "raw_html": {
        "cell_type": "raw",
        "source": f"<script>{runs('raw_html')}</script>",
        "metadata": {"raw_mimetype": "text/html", "format": "text/html"},
    },
    "output": {
        "cell_type": "code",
        "source": "1",
        "metadata": {},
        "execution_count": 1,
        "outputs": [
            {
                "output_type": "display_data",
                "metadata": {},
                "data": {"text/html": f"<script>{runs('output')}</script>"},
            }
        ],
    },
    "tag": {
        "cell_type": "markdown",
        "source": "tag",
        "metadata": {"tags": [f'"><img src=x onerror="{runs("tag")}">']},
    },
    "identifier": {
        "cell_type": "markdown",
        "source": "identifier",
        "id": f'"><img src=x onerror="{runs("identifier")}">',
        "metadata": {},
    },
    "attachment": {
        "cell_type": "markdown",
        "source": "![x](attachment:a.svg) ![y](attachment:none.png)",
        "metadata": {},
        "attachments": {"a.svg": {"image/svg+xml": f'"onerror="{runs("attachment")}'}},
    },
    "nbgrader": {
        "cell_type": "markdown",
        "source": "answer",
        "metadata": {
            "nbgrader": {
                "grade_id": f'"><img src=x onerror="{runs("nbgrader")}">',
                "grade": True,
                "solution": True,
                "points": 1,
                "schema_version": 3,
            }
        },
    },
}
TITLE = f"</title><script>{runs('title')}</script>"
METADATA = {
    "title": TITLE,
    "authors": [{"name": TITLE}],
    "kernelspec": {"name": TITLE, "display_name": TITLE, "language": TITLE},
    "language_info": {"name": TITLE, "pygments_lexer": TITLE, "codemirror_mode": TITLE},
}
LOADED = "return performance.timing.loadEventEnd > 0 && jQuery.active === 0"
IN_THE_NOTEBOOK = [*MARKDOWN, *OTHERS, "title"]


def hand_in(course, student, content, below=""):
    folder = course / "submitted" / student / NAME / below
    folder.mkdir(parents=True)
    (folder / "mini.ipynb").write_text(content, encoding="utf-8")
    return course / "submitted" / student / NAME


def graded(student, path):
    submission = read_path(path, ["mini.py"], student=student, assignment=NAME)
    return grade(submission, mini(), strongest(), GradingOptions())


def notebook():
    cells = [{"cell_type": "code", "source": CODE, "metadata": {}}, *OTHERS.values()]
    cells += [{"cell_type": "markdown", "source": one, "metadata": {}} for one in MARKDOWN.values()]
    return json.dumps({"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Eve's notebook holds attacks, mallory's folder is one, and so are the others' names."""
    course = tmp_path_factory.mktemp("attacked")
    (course / "gradebook.db").write_bytes(empty_gradebook())
    (course / "grader.toml").write_text('seed = "mini seed"\n', encoding="utf-8")
    write_configuration(course)
    paths = {"eve": hand_in(course, "eve", notebook())}
    paths["mallory"] = hand_in(course, "mallory", '{"cells": [', NAMES["img_name"])
    results = [graded(student, path) for student, path in paths.items()]
    for name in NAMES.values():
        paths[name] = hand_in(course, name, notebook())
        results.append(results[0].model_copy(update={"student": name}))
    publish(CourseDirectory(course), mini(), BatchPlan(kept=paths), results)
    return course


@pytest.fixture(scope="module")
def ran(browser, address, course):
    """The attacks of eve's notebook that ran; the notebook was shown."""
    open_submission(browser, address, course, (NAME, "mini"), "eve")
    text = browser.find_element("css selector", "body").text
    assert "onanimationstart" in text and "raise ValueError" in text
    return what_ran(browser)


@pytest.mark.parametrize("attack", IN_THE_NOTEBOOK)
def test_an_attack_in_a_notebook_is_shown_and_does_not_run(ran, attack):
    assert attack not in ran


def test_nothing_else_ran_either(ran):
    assert ran == set()


def test_a_folder_named_like_an_attack_is_text_in_our_own_cell(browser, address, course):
    open_submission(browser, address, course, (NAME, "mini"), "mallory")
    assert NAMES["img_name"] in browser.find_element("css selector", "body").text
    assert what_ran(browser) == set()


def test_names_in_formgraders_own_tables_and_behind_their_links_do_not_run(
    browser, address, course
):
    tables = (
        f"manage_submissions/{NAME}",
        "manage_students",
        f"gradebook/{NAME}",
        f"gradebook/{NAME}/mini",
    )
    links = set()
    for table in tables:
        browser.get(f"{address}/formgrader/{table}")
        found = wait(
            browser,
            f"{LOADED} && [...document.querySelectorAll('#main-table a[href]')]"
            ".map(one => one.href)",
        )
        assert what_ran(browser) == set(), table
        links |= {link for link in found if "/manage_students/" in link}
    assert len(links) >= len(NAMES)
    for link in links:
        browser.get(link)
        wait(browser, LOADED)
        assert what_ran(browser) == set(), link


def test_a_name_that_is_no_attack_stands_in_the_gradebook_as_it_is(course):
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        known = {student.id for student in gradebook.students}
    assert {"eve", "mallory", NAMES["link_name"]} <= known and NAMES["img_name"] not in known
    assert len(known) == 2 + len(NAMES)


def test_an_attack_in_a_message_does_not_run_in_the_feedback(browser, course):
    made = ("generate_feedback", NAME, "--student=eve")
    run_ready("nbgrader", *made, cwd=course, env=os.environ, check=True)
    page = Path(course, "feedback", "eve", NAME, "mini.html")
    assert "Comments:" in page.read_text(encoding="utf-8")
    browser.get(page.as_uri())
    assert HTML["img"] in browser.find_element("css selector", "body").text
    assert what_ran(browser) == set()
