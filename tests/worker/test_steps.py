"""Steps that relate results to each other."""

from types import ModuleType

import numpy as np
import pytest

from grader.course.step import step
from grader.worker.numeric import NUMERIC
from grader.worker.steps import CORE, Scope, WrongForm


def run(question, **saved):
    scope = Scope(ModuleType("student"))
    scope.saved.update(saved)
    return {**CORE, **NUMERIC}[question["op"]](scope, question)


def test_results_are_subtracted_and_divided_whatever_holds_them():
    first, second = [[2.0, 0.0], [6.0, 1.0]], ((1, 0), (3, 4))
    found = run(step.difference("first", "second"), first=first, second=second)
    np.testing.assert_array_equal(found, [[1, 0], [3, -3]])
    found = run(step.quotient("first", np.array([[4, 1], [2, 2]])), first=first)
    np.testing.assert_array_equal(found, [[0.5, 0], [3, 0.5]])


def test_a_division_by_zero_is_no_error():
    assert np.isnan(run(step.quotient("first", "first"), first=[0.0, 1.0])[0])


def test_what_goes_together_is_told_by_a_correlation():
    rising = np.arange(4.0)
    for other, found in ((2 * rising + 1, 1), (-rising, -1), ((rising - 1.5) ** 2, 0)):
        assert np.isclose(run(step.correlation("first", other), first=rising), found)
    assert np.isnan(run(step.correlation("first", np.ones(4)), first=rising))


@pytest.mark.parametrize("second", [None, [1.0], [[1.0, 2.0], [3.0]], "12", {"a": 1}])
def test_what_cannot_be_subtracted_has_the_wrong_form(second):
    with pytest.raises(WrongForm, match="expected; received"):
        run(step.difference("first", "second"), first=[1.0, 2.0], second=second)


def test_what_follows_from_an_earlier_number_goes_together_with_it_at_some_lag():
    drawn = np.random.default_rng(0).normal(size=400)
    lagged = step.lagged_correlation
    assert run(lagged("first", np.roll(drawn, 7)), first=drawn) > 0.99
    assert run(lagged("first", drawn**2), first=drawn) < 0.3
    assert run(lagged("first", "first"), first=drawn) < 0.3  # itself, but for lag 0
    assert run(lagged("first", "first"), first=np.resize(drawn[:40], 400)) > 0.99
    assert run(lagged("first", np.ones(400)), first=drawn) == 0


def test_numbers_are_sorted_whatever_holds_them():
    assert run(step.sorted("first"), first=[[3, 1], (2.0, 0)]).tolist() == [0, 1, 2, 3]


def test_a_method_is_scaled_while_another_step_runs_and_no_longer():
    class Model:
        def gradients(self):
            return 5.0, {"W1": 1.0, "W2": np.ones(2)}

    class Deep(Model):
        pass

    scope = Scope(ModuleType("student"))
    scope.module.Model, scope.module.asked = Deep, lambda: Deep().gradients()
    asked = step.with_scaled(step.call("asked"), "Model", "gradients", {"W2": 3.0})
    loss, gradients = CORE["with_scaled"](scope, asked)
    assert (loss, gradients["W1"], gradients["W2"].tolist()) == (5.0, 1.0, [3, 3])
    assert Deep().gradients()[1]["W2"].tolist() == [1, 1]
    assert "gradients" not in vars(Deep)


@pytest.mark.parametrize(("to", "falls"), [(1.0, True), (0.9, True), (0.5, False)])
def test_a_curve_falls_to_a_part_of_its_beginning(to, falls):
    assert run(step.falls("curve", to=to), curve=[2.0, 3.0, 1.5]) is falls


@pytest.mark.parametrize("curve", [0.5, None, []])
def test_a_curve_that_is_no_list_is_the_students_mistake(curve):
    with pytest.raises(WrongForm, match=r"a list.*expected; received"):
        run(step.falls("curve"), curve=curve)
    if curve != []:
        with pytest.raises(WrongForm, match="a list was expected; received"):
            run(step.length("curve"), curve=curve)
