"""Which mutants an audit chooses, and which exercises one can touch."""

from dataclasses import replace

from grader.authoring.audit import Equivalent, LeftOut, Listed, plan_audit
from grader.authoring.audit.reach import touched, uses_of
from grader.authoring.mutation import mutants_of
from grader.result import Kind
from tests.conftest import live, prepared
from tests.mini import REFERENCE, mini, mini_course


def test_every_mutant_of_every_file_is_chosen():
    plan = plan_audit(mini_course(), "1")
    assert list(plan.mutants) == mutants_of(REFERENCE, "mini.py")
    assert plan.every == {"mini.py": len(plan.mutants)}
    assert plan.backend == "numpy"


def test_keras_is_prepared_only_where_it_is_needed():
    plan = plan_audit(mini_course(), "1", limit=1)
    numpy_file, keras_file = live("a1_least_squares").assignment.files
    assert replace(plan, files=(numpy_file, keras_file)).backend is None
    assert replace(plan, files=(numpy_file, numpy_file)).backend == "numpy"
    assert replace(plan, files=(keras_file,)).backend == "keras"


def test_a_sample_is_drawn_by_the_seed_and_stays_in_order():
    samples = [plan_audit(mini_course(), seed, limit=9).mutants for seed in "112"]
    assert samples[0] == samples[1] != samples[2]
    assert all(len(one) == 9 for one in samples)
    assert [one.line for one in samples[2]] == sorted(one.line for one in samples[2])
    assert len(plan_audit(mini_course(), "1", limit=10_000).mutants) > 50


def test_exercises_narrow_the_choice():
    plan = plan_audit(mini_course(), "1", exercises=["root", "noise"])
    assert {one.definition for one in plan.mutants} == {"root", "noise"}
    assert plan.every["mini.py"] > len(plan.mutants)


def test_without_training_an_exercise_that_only_trains_is_left_out():
    plan = plan_audit(mini_course(), "1", training=False)
    assert {"predict", "root"} <= {one.definition for one in plan.mutants}
    assert "fit" not in {one.definition for one in plan.mutants}
    kinds = {check.kind for one in plan.course.assignment.exercises() for check in one.checks}
    assert Kind.TRAIN not in kinds and Kind.OUT in kinds


def test_what_is_left_out_is_not_chosen():
    listed = Listed(left_out=(LeftOut("mini.py", "fit", "Any method will do."),))
    plan = plan_audit(mini_course(), "1", listed=listed)
    assert "fit" not in {one.definition for one in plan.mutants}
    assert len(plan.mutants) < plan.every["mini.py"] and plan.unmatched == ()


def test_an_entry_is_unmatched_when_no_mutant_at_all_fits_it():
    fits = Equivalent("mini.py", "predict", "return X @ w + b", "return X @ w", "why")
    stale = Equivalent("mini.py", "predict", "return w @ X + b", "return w @ X", "why")
    listed = Listed(equivalent=(fits, stale))
    plan = plan_audit(mini_course(), "1", listed=listed, exercises=["root"], limit=1)
    assert plan.unmatched == (stale,)


def test_a_definition_touches_itself_first_then_whatever_uses_it():
    assert touched(mini(), "mini.py", uses_of(REFERENCE), "predict") == [
        "predict",
        "half_mse",
        "gradients",
    ]
    assert touched(mini(), "mini.py", uses_of(REFERENCE), "root") == ["root"]


def test_a_definition_touches_exercises_whose_checks_call_it():
    # Differences of the student's own loss decide on a wrong gradient.
    assert touched(mini(), "mini.py", uses_of(REFERENCE), "half_mse") == ["half_mse", "gradients"]


def test_a_helper_touches_what_calls_it_at_any_remove():
    name, file = "a2_logistic_regression", "logistic_regression.py"
    text = live(name).references[file]
    found = touched(prepared(name), file, uses_of(text), "_ratio")
    assert found == ["accuracy", "precision", "recall", "f1"]


def test_what_nothing_seems_to_use_is_held_against_all_checks_of_the_file():
    text = REFERENCE + "\nSPARE = 1\n"
    assert touched(mini(), "mini.py", uses_of(text), "SPARE") == [
        one.name for one in mini().exercises
    ]
