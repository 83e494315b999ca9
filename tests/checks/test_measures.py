"""Measures of fitted models: what they compute, and what they refuse."""

import numpy as np
import pytest

from grader.checks.measures import MEASURES, Unmeasurable

Y = np.array([0, 2, 1, 2])


def quality(name, answer, held_out=None, reference=None):
    held_out = {"y": Y} if held_out is None else held_out
    return (
        MEASURES[name].of([answer], held_out, [answer if reference is None else reference]).quality
    )


def test_accuracy_of_labels_and_of_logits():
    assert quality("predictions_accuracy", np.array([0, 2, 1, 1])) == 0.75
    logits = np.eye(3)[[0, 2, 1, 1]]
    assert quality("logits_accuracy", logits) == 0.75


def test_labels_that_are_no_class_are_wrong_and_break_nothing():
    assert quality("predictions_accuracy", np.array([-7, 2, 99, 2])) == 0.5


@pytest.mark.parametrize("answer", [np.zeros(3, int), np.zeros(4), np.zeros(4, bool), None, "0212"])
def test_anything_but_one_integer_a_row_is_refused(answer):
    with pytest.raises(Unmeasurable, match=r"integer labels of shape \(4,\) were expected"):
        quality("predictions_accuracy", answer)


def test_logits_with_nan_point_at_divergence():
    with pytest.raises(Unmeasurable, match="did training diverge"):
        quality("logits_accuracy", np.full((4, 3), np.nan))


def test_logits_of_another_number_of_classes_are_refused():
    with pytest.raises(Unmeasurable, match=r"logits of shape \(4, 3\)"):
        quality("logits_accuracy", np.zeros((4, 2)), reference=np.zeros((4, 3)))


def test_errors_grow_as_quality_falls():
    y = np.array([1.0, 2.0])
    assert quality("mean_squared_error", y + 3, {"y": y}) == pytest.approx(9)
    held_out = {"y": y, "persistence": y + 2}
    assert quality("relative_rmse", y + 1, held_out) == pytest.approx(0.5)
    assert MEASURES["mean_squared_error"].lower_is_better
    assert MEASURES["relative_rmse"].lower_is_better


def test_exact_match_wants_every_place_of_a_row():
    y = np.array([[1, 2], [3, 4]])
    assert quality("exact_match", np.array([[1, 2], [3, 5]]), {"y": y}) == 0.5


def test_weights_and_objectives_are_still_measured():
    held_out = {"X": np.array([[1.0], [-1.0]]), "y": np.array([1, 0])}
    assert quality("logistic_accuracy", (np.array([2.0]), 0.0), held_out) == 1.0


def test_a_decoded_model_and_its_student_have_both_to_be_right():
    y = np.arange(40).reshape(20, 2)
    wrong, otherwise = y.copy(), y.copy()
    wrong[:4] += 1
    otherwise[-1] += 1
    measure = MEASURES["decoded_match"].of
    assert measure([wrong, wrong], {"y": y}, []).quality == 0.8
    assert measure([y, otherwise], {"y": y}, []).quality == 0.95
    assert measure([otherwise, y], {"y": y}, []).quality == 0.95
    with pytest.raises(Unmeasurable, match="generate completes 4 of 20 prompts otherwise"):
        measure([wrong, y], {"y": y}, [])
    with pytest.raises(Unmeasurable, match=r"integer ids of shape \(20, 2\) were expected"):
        measure([y, y[:, 0]], {"y": y}, [])
