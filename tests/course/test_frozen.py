"""Frozen cases: what is loaded grades like what was saved; damage is told."""

import os

import numpy as np
import pytest

from grader.course import frozen
from tests.conftest import grade_text
from tests.mini import MISTAKES, REFERENCE, grade_mini, mini, replaced


def test_a_frozen_assignment_grades_like_the_live_one(tmp_path):
    frozen.save(mini(public=True), tmp_path)
    loaded = frozen.load(tmp_path)
    text = replaced(" / 2\n", "\n")
    live, copy = grade_mini(text, public=True), grade_text(loaded, {"mini.py": text})
    assert live.comparable() == copy.comparable()
    assert grade_text(loaded, {"mini.py": REFERENCE}).points == 20


def test_a_students_copy_holds_no_source_of_references_or_misconceptions(tmp_path):
    frozen.save(mini(public=True), tmp_path)
    text = (tmp_path / frozen.CHECKS).read_text(encoding="utf-8")
    assert MISTAKES[0].hint in text
    assert "np.mean" not in text and "def " not in text


@pytest.mark.parametrize(
    "damage", ["missing", "cut json", "deep json", "list", "cut archive", "pickle"]
)
def test_damage_is_told_with_the_way_to_mend_it(tmp_path, damage):
    frozen.save(mini(public=True), tmp_path)
    checks, cases = tmp_path / frozen.CHECKS, tmp_path / frozen.CASES
    if damage == "missing":
        checks.unlink()
    elif damage == "cut json":
        checks.write_text(checks.read_text(encoding="utf-8")[:500], encoding="utf-8")
    elif damage == "deep json":
        checks.write_text("[" * 100_000, encoding="utf-8")
    elif damage == "list":
        checks.write_text("[]", encoding="utf-8")
    elif damage == "cut archive":
        cases.write_bytes(cases.read_bytes()[:300])
    else:
        names = np.load(cases).files
        np.savez(cases, **{name: np.array([{}], dtype=object) for name in names})
    with pytest.raises(frozen.FrozenError, match="fetch that folder again"):
        frozen.load(tmp_path)


def test_equal_arrays_are_shared_and_nobody_can_change_them(tmp_path):
    frozen.save(mini(public=True), tmp_path)
    batch, purity = frozen.load(tmp_path).checks[:2]  # of the same cases
    given, again = (one.cases[0].arguments["X"] for one in (batch, purity))
    assert given is again
    with pytest.raises(ValueError, match="read-only"):
        given += 1


@pytest.mark.skipif(os.name != "posix", reason="devices have names on POSIX")
@pytest.mark.parametrize("read", [frozen.load, frozen.read_outline])
def test_a_link_to_a_device_is_not_read(tmp_path, read):
    frozen.save(mini(public=True), tmp_path)
    (tmp_path / frozen.CHECKS).unlink()
    (tmp_path / frozen.CHECKS).symlink_to(os.devnull)  # it could be one that has no end
    with pytest.raises(frozen.FrozenError, match=r"checks\.json is no ordinary file"):
        read(tmp_path)
