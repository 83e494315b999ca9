"""What moved since the last run, and a history that nothing can break."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.render.history import FILE, History, add_run, progress, read_history, write_history
from grader.render.html import write_report
from tests.render.small_class import small_class

THEN = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
BEFORE = small_class("+-+", "--+", "--+", "--+")
AFTER = small_class("++-", "+-+", "+-+", "--+")


def page_of(folder, results):
    return " ".join(write_report(results, folder).read_text(encoding="utf-8").split())


def test_a_run_is_kept_and_compared(tmp_path):
    assert 'id="progress"' not in page_of(tmp_path, BEFORE)
    page = page_of(tmp_path, AFTER)
    assert "Mean 12.5 → <strong>17.5</strong>" in page
    assert "▲ +50" in page and "1/4 → 3/4" in page
    assert "▼ -25" in page and "4/4 → 3/4" in page
    assert len(read_history(tmp_path)[0].runs) == 2


def test_the_same_results_again_are_no_new_run(tmp_path):
    page_of(tmp_path, BEFORE)
    first = page_of(tmp_path, AFTER)
    assert page_of(tmp_path, AFTER) == first
    assert len(read_history(tmp_path)[0].runs) == 2


def test_moves_are_sorted_by_size():
    history = add_run(add_run(History(), BEFORE, THEN), AFTER, THEN)
    found = progress(history, AFTER)
    assert [(one.exercise, one.change) for one in found.moves] == [
        ("exercise_1", 0.5),
        ("exercise_2", 0.25),
        ("exercise_3", -0.25),
    ]
    assert not found.checks_changed and found.before.at == THEN


def test_the_largest_move_of_each_exercise_comes_first():
    def figures(passed):
        return {"passed": passed, "count": 10}

    run = WHOLE["runs"][0]
    before = {"one.a": figures(0), "one.b": figures(0), "two.a": figures(0)}
    after = {"one.a": figures(9), "one.b": figures(8), "two.a": figures(3)}
    history = History.model_validate(
        {"runs": [{**run, "checks": before}, {**run, "checks": after, "results_sha256": "x"}]}
    )
    changes = [one.change for one in progress(history, []).moves]
    assert changes == [0.9, 0.3, 0.8]


def test_changed_checks_are_told(tmp_path):
    page_of(tmp_path, BEFORE)
    changed = small_class("++-+", "+-++", assignment="1" * 64)
    page = page_of(tmp_path, changed)
    assert "The assignment changed in between" in page
    assert "4 students then, 2 now" in page


def test_an_empty_class_adds_nothing(tmp_path):
    page_of(tmp_path, [])
    assert not (tmp_path / FILE).exists()


def test_it_holds_no_names(tmp_path):
    page_of(tmp_path, BEFORE)
    assert "student 00" not in (tmp_path / FILE).read_text(encoding="utf-8")


def test_runs_are_bounded():
    history = History()
    for number in range(210):
        history = add_run(history, small_class(*["+"] * (number % 3 + 1)), THEN)
    assert len(history.runs) == 200


WHOLE = add_run(History(), BEFORE, THEN).model_dump(mode="json")


def changed(**values):
    return json.dumps({**WHOLE, "runs": [{**WHOLE["runs"][0], **values}]})


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "[" * 10_000,
        '{"schema_version": 2, "runs": []}',
        changed(mean=float("nan")),
        changed(mean=-1),
        changed(checks={"a.b": {"passed": 3, "count": 2}}),
        changed(checks={"a.b": {"passed": -1, "count": 2}}),
        changed(at="yesterday"),
        changed(more=1),
        "\0",
    ],
)
def test_a_damaged_history_is_kept_aside_and_told(tmp_path, content):
    (tmp_path / FILE).write_text(content, encoding="utf-8")
    page = page_of(tmp_path, BEFORE)
    assert "history.json was damaged; it is kept as history.damaged.json" in page
    assert (tmp_path / "history.damaged.json").read_text(encoding="utf-8") == content
    assert len(read_history(tmp_path)[0].runs) == 1


def test_a_history_that_cannot_be_read_costs_no_report_and_is_left_alone(tmp_path, monkeypatch):
    write_history(tmp_path, add_run(History(), BEFORE, THEN))
    before = (tmp_path / FILE).read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", denied)
        assert "history.json cannot be read" in page_of(tmp_path, AFTER)
    assert (tmp_path / FILE).read_bytes() == before


def denied(path):
    raise PermissionError(13, "Permission denied")


def test_a_history_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / FILE).mkdir()
    assert write_history(tmp_path, History()).startswith("history.json cannot be written")


def test_hostile_names_in_a_history_are_text(tmp_path):
    entry = {"<script>alert(1)</script>": {"passed": 1, "count": 1}}
    (tmp_path / FILE).write_text(changed(checks=entry), encoding="utf-8")
    assert "<script>alert" not in page_of(tmp_path, AFTER)
