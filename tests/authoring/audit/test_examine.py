"""A mutant's fate: killed by its first lost point, survived, or not graded."""

from dataclasses import replace

import pytest

from grader.authoring.audit import Examiner, Fate, examine
from grader.authoring.mutation import Mutant
from grader.confine import TIME_IS_UP, Limits, Lost, Silence, SpawnedLauncher
from grader.result import Kind
from tests.conftest import strongest
from tests.mini import mini, mini_course, replaced


def mutant(definition, old, new):
    return Mutant("mini.py", definition, definition, "family", 1, old, new, replaced(old, new))


def fate_of(one, chosen=None):
    return Examiner(mini_course(), mini(), chosen or strongest()).examine(one)


class FailingLauncher(SpawnedLauncher):
    """As on a machine that starts no process."""

    def start(self, settings):
        raise Lost(Silence.NOT_STARTED, "no process can be started")


class SlowLauncher(SpawnedLauncher):
    """As on a machine that has no time for its workers."""

    versions = {}

    def start(self, settings):
        return self

    def ask(self, question, seconds, budget):
        raise Lost(Silence.TIMEOUT, TIME_IS_UP)


def test_the_reference_loses_nothing():
    assert Examiner(mini_course(), mini(), strongest()).lost_by_reference("mini.py") is None


def test_a_reference_that_loses_points_is_told():
    course = replace(mini_course(), references={"mini.py": replaced("X @ w + b", "X @ w")})
    lost = Examiner(course, mini(), strongest()).lost_by_reference("mini.py")
    assert (lost.exercise, lost.check) == ("predict", "batch")


def test_a_mutant_that_loses_a_point_is_killed_by_the_first_check_that_takes_one():
    outcome = fate_of(mutant("predict", "X @ w + b", "X @ w - b"))
    assert (outcome.fate, outcome.check, outcome.status) == (
        Fate.KILLED,
        "predict.batch",
        "failed",
    )
    assert not outcome.doubtful


def test_a_mutant_is_killed_by_an_exercise_that_leans_on_it():
    weak = replace(mini(), checks=tuple(one for one in mini().checks if one.exercise != "predict"))
    one = mutant("predict", "X @ w + b", "X @ w")
    outcome = Examiner(mini_course(), weak, strongest()).examine(one)
    assert (outcome.fate, outcome.check) == (Fate.KILLED, "half_mse.value")


def test_a_mutant_with_full_points_survives():
    outcome = fate_of(mutant("half_mse", "- y) ** 2) / 2", "- y) ** 2) * 0.5"))
    assert outcome.fate is Fate.SURVIVED and outcome.check == ""


def test_training_is_asked_last():
    asked = []

    class Watching(Examiner):
        def _parts(self, file, exercises, training):
            for part in super()._parts(file, exercises, training):
                asked.append({check.kind for check in part.checks})
                yield part

    examiner = Watching(mini_course(), mini(), strongest())
    examiner.lost_by_reference("mini.py")
    assert asked[-1] == {Kind.TRAIN}
    assert len(asked) == 2 and Kind.TRAIN not in asked[0]
    bad_fit = mutant("fit", "return w[:-1], w[-1]", "return -w[:-1], w[-1]")
    assert examiner.examine(bad_fit).check == "fit.quality"
    asked.clear()
    assert examiner.examine(bad_fit, training=False).fate is Fate.SURVIVED
    assert asked == []  # its exercise has no other check


def test_a_mutant_that_hangs_is_killed_by_its_cpu_limit(monkeypatch):
    if strongest().confinement == "unconfined":
        pytest.skip("no CPU limits where nothing is confined")
    monkeypatch.setattr(examine, "LIMITS", Limits(seconds=60, cpu_seconds=0.5))
    outcome = fate_of(mutant("root", "    return np.sqrt(x)", "    while True:\n        x += 0"))
    assert (outcome.fate, outcome.status, outcome.doubtful) == (Fate.KILLED, "timeout", False)


def test_a_timeout_by_the_wall_clock_is_doubtful():
    outcome = fate_of(mutant("root", "np.sqrt(x)", "np.sqrt(-x)"), SlowLauncher())
    assert (outcome.fate, outcome.status, outcome.doubtful) == (Fate.KILLED, "timeout", True)


def test_a_mutant_that_the_grader_cannot_grade_is_not_killed():
    outcome = fate_of(mutant("root", "np.sqrt(x)", "np.sqrt(-x)"), FailingLauncher())
    assert outcome.fate is Fate.UNGRADED and outcome.doubtful
    assert "no process can be started" in outcome.detail


def test_a_mistake_of_ours_is_no_kill_either(monkeypatch):
    def broken(*arguments):
        raise KeyError("ours")

    monkeypatch.setattr(examine, "grade", broken)
    outcome = fate_of(mutant("root", "np.sqrt(x)", "np.sqrt(-x)"))
    assert outcome.fate is Fate.UNGRADED and outcome.doubtful
    assert "KeyError" in outcome.detail
