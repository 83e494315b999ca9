"""A new assignment works as it is: frozen, graded, audited."""

from dataclasses import replace

import numpy as np
import pytest

from grader.authoring.freeze import freeze, stale_files
from grader.authoring.new import NewAssignmentError, write_skeleton
from grader.authoring.stubs import make_stub
from grader.course import frozen
from grader.course.catalogue import load_live
from grader.course.prepare import prepare
from grader.result import Status, Visibility
from tests.conftest import grade_text, strongest


@pytest.fixture
def skeleton(tmp_path):
    write_skeleton(tmp_path, "a7_smoothing", 'The "art" of smoothing')
    return load_live(tmp_path / "solutions" / "a7_smoothing")


def test_its_reference_has_full_points_its_stub_none_and_its_mistakes_are_named(skeleton):
    prepared = prepare(skeleton, "a seed", Visibility.HIDDEN, strongest())
    (name,) = skeleton.references
    right = grade_text(prepared, skeleton.references, strongest())
    assert right.points == right.max_points == 4
    stub = grade_text(prepared, {name: make_stub(skeleton.references[name])}, strongest())
    assert {check.status for check in stub.checks} == {Status.MISSING}
    for mistake in skeleton.misconceptions:
        text = skeleton.references[name] + f"\n\n{mistake.source}\nmoving_average = "
        wrong = grade_text(prepared, {name: text + mistake.source.split("(")[0][4:]}, strongest())
        assert mistake.id in {check.diagnosis.id for check in wrong.checks if check.diagnosis}


def test_it_freezes(skeleton, tmp_path):
    solution = tmp_path / "solutions" / "a7_smoothing"
    target = tmp_path / "assignments" / "a7_smoothing"
    freeze(solution, target, strongest())
    assert stale_files(solution, target, strongest()) == []
    assert "averages each window" in (target / "README.md").read_text(encoding="utf-8")


def test_rounding_makes_nothing_stale_and_other_answers_or_sources_do(skeleton, tmp_path):
    solution = tmp_path / "solutions" / "a7_smoothing"
    target = tmp_path / "assignments" / "a7_smoothing"
    freeze(solution, target, strongest())
    written = frozen.load(target / "public")

    def stale_once(expected=1.0, mistaken=1.0):
        """What is stale once the committed answers are this many times as large."""
        changed = [
            replace(check, cases=tuple(larger(case, expected, mistaken) for case in check.cases))
            for check in written.checks
        ]
        frozen.save(replace(written, checks=tuple(changed)), target / "public")
        return stale_files(solution, target, strongest())

    assert stale_once(expected=1 + 1e-12, mistaken=1e6) == []  # another processor
    assert stale_once(expected=1.01) == ["public"]
    frozen.save(written, target / "public")
    checks = solution / "misconceptions.py"
    checks.write_text(checks.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert stale_files(solution, target, strongest()) == ["public"]


def larger(case, expected, mistaken):
    def times(seen, factor):
        values = [
            value * factor if isinstance(value, np.ndarray) else value for value in seen.values
        ]
        return replace(seen, values=values)

    wrong = {name: times(seen, mistaken) for name, seen in case.mistaken.items()}
    return replace(case, expected=case.expected and times(case.expected, expected), mistaken=wrong)


@pytest.mark.parametrize("name", ["", "a7", "A7_x", "../a7_x", "a7 x", "a7-x", "7_x"])
def test_a_name_that_cannot_be_one_is_told(tmp_path, name):
    with pytest.raises(NewAssignmentError, match="Expected a name such as"):
        write_skeleton(tmp_path, name, "x")
    assert not (tmp_path / "solutions").exists()


def test_what_is_there_stays(tmp_path):
    files = write_skeleton(tmp_path, "a7_smoothing", "x")
    files[0].write_text("my work", encoding="utf-8")
    with pytest.raises(NewAssignmentError, match="already exists"):
        write_skeleton(tmp_path, "a7_smoothing", "x")
    assert files[0].read_text(encoding="utf-8") == "my work"
