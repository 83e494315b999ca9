"""Which answers without the work earn something of a small assignment, and of the course's."""

from dataclasses import replace

import pytest

from grader.authoring.audit import ListError
from grader.authoring.audit.reach import uses_of
from grader.authoring.unearned import (
    ByNature,
    Mode,
    markdown,
    plan_unearned,
    read_by_nature,
    report_of,
    run_unearned,
)
from grader.authoring.unearned import plan as planning
from grader.authoring.unearned.groups import grouped
from grader.authoring.unearned.sources import Answer
from grader.course.prepare import prepare
from grader.result import Visibility
from tests.conftest import ASSIGNMENTS, ROOT, live, strongest
from tests.mini import REFERENCE, mini, mini_course


def earned(course, mode, public, hidden, exercises=(), listed=()):
    tasks = plan_unearned(course, mode, public, {"a seed": hidden}, exercises)
    graded = run_unearned(tasks, strongest(), jobs=2)
    assert [one.failed for one in graded if one.failed] == []
    return report_of(hidden.name, mode, graded, listed)


def test_no_exercise_of_a_group_is_judged_by_way_of_another():
    groups = grouped(mini(), "mini.py", uses_of(REFERENCE))
    assert sorted(name for group in groups for name in group) == sorted(mini().names)
    together = next(group for group in groups if "predict" in group)
    assert not {"half_mse", "gradients"} & set(together) and "solve" in together
    apart = [group for group in groups if {"half_mse", "gradients"} <= set(group)]
    assert apart == []  # the gradient is held against differences of the loss


def test_the_reference_s_own_answers_earn_all_through_the_same_stand_ins(monkeypatch):
    monkeypatch.setitem(planning.ANSWERS, Mode.THOUGHTLESS, (Answer("right", "right"),))
    report = earned(mini_course(), Mode.THOUGHTLESS, mini(public=True), mini())
    assert report.total.most == report.total.points == 16
    assert not report.is_good


def test_constants_earn_nothing_where_checks_are_good():
    """Numbers of another generator do, where no check asks for that of the call."""
    report = earned(mini_course(), Mode.THOUGHTLESS, mini(public=True), mini())
    (row,) = report.rows
    assert (row.exercise, row.checks) == ("noise", ("moments",))
    assert [one.rpartition(" ")[0] for one in row.answers] == ["own draws"]
    assert report.submissions == 11 * len(grouped(mini(), "mini.py", uses_of(REFERENCE)))


def test_what_is_earned_is_told_by_exercise_and_what_is_listed_apart():
    weak = replace(mini(), checks=tuple(_weakened(one) for one in mini().checks))
    report = earned(mini_course(), Mode.THOUGHTLESS, mini(public=True), weak, ["root"])
    (row,) = report.rows
    assert row.cells() == ("root", "3", "3", "0", "ones 3", "positive, negative")
    assert "| root | 3 | 3 | 0 | ones 3 | positive, negative |" in markdown(report)
    for remedy in ("edge=True", "draw cases from the seed", "unearned.toml"):
        assert remedy in markdown(report)
    listed = [ByNature("root", (), "thoughtless", "One."), ByNature("root", (), "replay", "No.")]
    report = earned(
        mini_course(), Mode.THOUGHTLESS, mini(public=True), weak, ["root", "solve"], listed
    )
    assert report.is_good and report.total.by_nature == 3 and report.stale == ()
    listed = [ByNature("solve", ("solution",), "thoughtless", "It is not.")]
    report = earned(
        mini_course(), Mode.THOUGHTLESS, mini(public=True), weak, ["root", "solve"], listed
    )
    assert [str(one) for one in report.stale] == ["solve (solution), thoughtless"]


def _weakened(check):
    """The check, where `root` is only asked for the root of 1."""
    if check.name != "positive":
        return check
    cases = [
        replace(one, expected=replace(one.expected, values=[1.0]), arguments={"x": 1.0})
        for one in check.cases
    ]
    return replace(check, cases=tuple(one.calling("root") for one in cases))


def test_replaying_public_answers_earns_what_is_the_same_on_every_seed():
    report = earned(mini_course(), Mode.REPLAY, mini(public=True), other_mini())
    assert {row.exercise: row.checks for row in report.rows} == {"noise": ("moments",)}


def other_mini():
    return prepare(mini_course(), "another seed", Visibility.HIDDEN, strongest())


def test_weights_that_were_fitted_once_are_seen_where_the_rule_stays_the_same():
    report = earned(mini_course(), Mode.CONSTANTS, mini(public=True), other_mini())
    (row,) = report.rows
    assert (row.exercise, row.most) == ("fit", 4)
    assert {"public answers 4", "fitted on public rows 4"} <= set(row.answers)
    assert not any(one.startswith("zeros") for one in row.answers)


def test_a_submission_that_cannot_be_run_is_no_proof(monkeypatch):
    monkeypatch.setitem(planning.ANSWERS, Mode.THOUGHTLESS, (Answer("zeros", "zeros"),))
    broken = replace(mini_course(), references={"mini.py": REFERENCE + "\nraise KeyError\n"})
    tasks = plan_unearned(broken, Mode.THOUGHTLESS, mini(public=True), {"a seed": mini()}, ["root"])
    (graded,) = run_unearned(tasks, strongest(), jobs=1)
    assert "KeyError" in graded.failed
    report = report_of("m1_mini", Mode.THOUGHTLESS, [graded], ())
    assert not report.is_good and report.unmeasured == 1
    page = markdown(report)
    assert page.partition("\n")[0].endswith(" 1 of them was not measured.")
    assert "earn nothing" not in page and "1 could not be graded: whether they earn" in page


ENTRY = """
[[by_nature]]
exercise = "f"
mode = "replay"
checks = ["table"]
reason = "There are three arguments."
"""


def read(tmp_path, text):
    (tmp_path / "unearned.toml").write_text(text, encoding="utf-8")
    return read_by_nature(tmp_path)


def test_an_entry_means_checks_of_an_exercise_in_one_mode(tmp_path):
    assert read_by_nature(tmp_path) == ()
    (entry,) = read(tmp_path, ENTRY)
    assert entry.means("replay", "f", "table")
    assert not entry.means("replay", "f", "other") and not entry.means("constants", "f", "table")
    (entry,) = read(tmp_path, ENTRY.replace('checks = ["table"]\n', ""))
    assert entry.means("replay", "f", "other") and str(entry) == "f, replay"


@pytest.mark.parametrize(
    "text",
    [
        "[[by_nature]",
        "[[other]]",
        ENTRY.replace("replay", "repeat"),
        ENTRY.replace("reason", "because"),
        ENTRY.replace('["table"]', '"table"'),
        ENTRY.replace("There are three arguments.", " "),
    ],
)
def test_a_list_that_makes_no_sense_is_told(tmp_path, text):
    with pytest.raises(ListError, match=r"unearned\.toml"):
        read(tmp_path, text)


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_every_entry_of_the_course_names_an_exercise_and_its_checks(name):
    known = {one.name: one.checks for one in live(name).assignment.exercises()}
    for entry in read_by_nature(ROOT / "solutions" / name):
        assert set(entry.checks) <= {one.name for one in known[entry.exercise]}
