"""Results into nbgrader's gradebook, read back through nbgrader's own interface."""

import sqlite3
from datetime import datetime

import pytest

from grader.ways.gradebook.opening import opened
from grader.ways.gradebook.problems import GradebookError
from tests.mini import mini
from tests.ways.gradebook.course import NAME, course_in, failed, right, written, wrong


def submission(course, student):
    """A submission as plain data: what people may see of it in nbgrader."""
    with opened(course) as gradebook:
        found = gradebook.find_submission(NAME, student)
        notebook = found.notebooks[0]
        return {
            "score": found.score,
            "max_score": found.max_score,
            "late": notebook.late_submission_penalty,
            "grades": {one.name: one.auto_score for one in notebook.grades},
            "manual": {one.name for one in notebook.grades if one.needs_manual_grade},
            "comments": {one.name: one.auto_comment for one in notebook.comments},
            "timestamp": found.timestamp,
        }


def test_points_and_comments_arrive_by_exercise(tmp_path):
    course = course_in(tmp_path)
    ada, bob = right(), wrong()
    assert written(course, ada, bob).written == 2
    found = submission(course, "ada")
    assert found["score"] == found["max_score"] == mini().points
    assert set(found["comments"].values()) == {None}
    assert found["manual"] == set()
    found = submission(course, "bob")
    assert found["score"] == pytest.approx(bob.points)
    assert found["grades"]["check-solve"] == 3
    assert found["grades"]["check-predict"] < 3
    assert "Xw + b for a batch of rows (0 of 2)" in found["comments"]["solution-predict"]


def test_a_persons_points_and_words_survive_a_regrade(tmp_path):
    course = course_in(tmp_path)
    written(course, wrong())
    with opened(course) as gradebook:
        grade = gradebook.find_grade("check-predict", "mini", NAME, "bob")
        grade.manual_score, grade.extra_credit = 2.5, 0.25
        gradebook.find_comment("solution-predict", "mini", NAME, "bob").manual_comment = "Nearly!"
        gradebook.db.commit()
        before = gradebook.find_submission(NAME, "bob").score
    report = written(course, right("bob"))
    assert report.manual == ["bob"]
    with opened(course) as gradebook:
        grade = gradebook.find_grade("check-predict", "mini", NAME, "bob")
        assert (grade.auto_score, grade.manual_score, grade.score) == (3, 2.5, 2.75)
        assert grade.needs_manual_grade
        comment = gradebook.find_comment("solution-predict", "mini", NAME, "bob")
        assert (comment.auto_comment, comment.manual_comment) == (None, "Nearly!")
        assert gradebook.find_submission(NAME, "bob").score > before


def test_what_the_grader_failed_on_waits_for_a_person(tmp_path):
    course = course_in(tmp_path)
    assert written(course, failed()).ungraded == ["eve"]
    found = submission(course, "eve")
    assert found["grades"]["check-solve"] is None
    assert found["manual"] == {"check-solve"}


LATE = """
[late]
due.m1_mini = 2026-03-01T12:00:00Z
grace_days = 1
percent_per_day = 10
cap_percent = 30
extensions.m1_mini.cid = 2
"""


@pytest.mark.parametrize(
    ("student", "submitted", "share"),
    [
        ("ada", "2026-03-01T12:00:00+00:00", None),
        ("ada", "2026-03-02T12:00:00+00:00", None),  # a day of grace
        ("ada", "2026-03-02T12:00:01+00:00", 0.1),
        ("ada", "2026-03-03T12:00:01+00:00", 0.2),
        ("ada", "2026-03-30T12:00:00+00:00", 0.3),
        ("cid", "2026-03-04T12:00:00+00:00", None),  # two days more for cid alone
        ("cid", "2026-03-04T12:00:01+00:00", 0.1),
    ],
)
def test_lateness_costs_what_grader_toml_says(tmp_path, student, submitted, share):
    course = course_in(tmp_path, LATE)
    written(course, right(student, submitted_at=submitted))
    assert submission(course, student)["late"] == (share and pytest.approx(share * mini().points))


def test_nbgraders_own_plugin_decides_when_it_is_configured(tmp_path):
    config = (
        'c.AssignLatePenalties.plugin_class = "nbgrader.plugins.LateSubmissionPlugin"\n'
        'c.LateSubmissionPlugin.penalty_method = "zero"'
    )
    course = course_in(tmp_path, LATE, config)
    written(course, right(submitted_at="2026-03-09T12:00:00+00:00"))
    assert submission(course, "ada")["late"] == mini().points


def test_an_extension_that_was_granted_in_nbgrader_counts(tmp_path):
    course = course_in(tmp_path, LATE)
    late = right(submitted_at="2026-03-05T12:00:00+00:00")
    written(course, late)
    assert submission(course, "ada")["late"] == pytest.approx(0.3 * mini().points)
    with opened(course) as gradebook:
        gradebook.grant_extension(NAME, "ada", days=4)
    written(course, late)
    assert submission(course, "ada")["late"] is None


def test_a_plugin_that_is_not_there_is_named(tmp_path):
    course = course_in(tmp_path, config='c.AssignLatePenalties.plugin_class = "no.such.Plugin"')
    with pytest.raises(GradebookError, match=r"no\.such\.Plugin"):
        written(course, right())


def test_a_configuration_that_fails_is_told(tmp_path):
    with pytest.raises(GradebookError, match="ZeroDivisionError"):
        course_in(tmp_path, config="1 / 0")


def test_the_time_of_submission_is_nbgraders_own(tmp_path):
    course = course_in(tmp_path)
    moment = datetime(2026, 3, 1, 15, 58, 23, 948203)
    written(course, right(), stamps={"ada": moment})
    assert submission(course, "ada")["timestamp"] == moment


def test_what_instructors_added_stays(tmp_path):
    course = course_in(tmp_path)
    with opened(course) as gradebook:
        gradebook.add_assignment(NAME)
        gradebook.add_notebook("mini", NAME)
        gradebook.add_grade_cell("essay", "mini", NAME, max_score=7, cell_type="markdown")
    written(course, right())
    found = submission(course, "ada")
    assert found["max_score"] == mini().points + 7
    assert found["grades"]["essay"] is None
    assert found["manual"] == {"essay"}


def test_a_locked_gradebook_is_told_and_the_next_run_completes_it(tmp_path):
    course = course_in(tmp_path)
    written(course, right())
    with sqlite3.connect(tmp_path / "gradebook.db", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(GradebookError, match=r"is locked.*results are kept"):
            written(course, wrong())
        other.execute("ROLLBACK")
    other.close()
    written(course, right(), wrong())
    assert submission(course, "bob")["score"] > 0


def test_a_gradebook_of_another_nbgrader_is_refused_untouched(tmp_path):
    course = course_in(tmp_path)
    written(course, right())
    with sqlite3.connect(tmp_path / "gradebook.db") as other:
        other.execute("UPDATE alembic_version SET version_num = '50a4d84c131a'")
    other.close()
    before = (tmp_path / "gradebook.db").read_bytes()
    with pytest.raises(GradebookError, match="nbgrader db upgrade"):
        written(course, wrong())
    assert (tmp_path / "gradebook.db").read_bytes() == before


@pytest.mark.parametrize("url", ["nonsense", "oracle://u:secret@host/db", "sqlite:////no/where.db"])
def test_a_database_that_cannot_be_opened_is_told_without_its_password(tmp_path, url):
    course = course_in(tmp_path, config=f"c.CourseDirectory.db_url = {url!r}")
    with pytest.raises(GradebookError) as caught:
        written(course, right())
    assert "secret" not in str(caught.value)
