"""Assignment 2: no seed lets a mistake through, and the Keras part agrees with oracles."""

import copy
import os
import warnings
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from grader.course.misconception import splice
from grader.result import Kind
from tests.conftest import live

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
NAME = "a2_logistic_regression"
NUMPY_FILE, KERAS_FILE = "logistic_regression.py", "keras_logistic_regression.py"
SEEDS = range(40)

EXERCISES = {one.name: one for one in live(NAME).assignment.exercises() if one.file == NUMPY_FILE}
MISTAKES = [one for one in live(NAME).misconceptions if one.exercise in EXERCISES]
EDGES = {
    ("sigmoid", "overflows"): "saturated",
    ("predict", "excludes_the_threshold"): "at_threshold",
    ("binary_cross_entropy", "takes_the_log_of_probabilities"): "saturated_loss",
    ("fit", "penalises_the_bias"): "penalised",
    ("precision", "divides_by_zero"): "zero_denominator",
    ("roc_auc", "gives_ties_nothing"): "ties",
    ("softmax", "overflows_softmax"): "large_logits",
    ("softmax_cross_entropy", "takes_the_log_of_a_softmax"): "saturated_logits",
    ("one_hot", "wraps_negative_labels"): "outside",
    ("knn_predict", "largest_label_wins_a_tie"): "vote_tie",
    ("knn_predict", "nearest_label_wins_a_tie"): "vote_tie",
    ("knn_predict", "ignores_the_metric"): "manhattan",
}
"""Mistakes that concern one small check, and that check."""


def module(text):
    """Run the text of a file and return its names."""
    names = {"__name__": "part"}
    exec(compile(text, "part.py", "exec"), names)
    return names


@lru_cache
def reference(file=NUMPY_FILE):
    return module(live(NAME).references[file])


def answer(names, exercise, case):
    """The values that a call gives, the exception that it raises, and whether NumPy warned."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = names[exercise](*copy.deepcopy(list(case.arguments.values())), **case.options)
        except Exception as error:
            return type(error), bool(caught)
    return result if isinstance(result, tuple) else (result,), bool(caught)


def differs(received, expected, case, judges):
    (one, warned), (other, _) = received, expected
    if isinstance(one, type) or isinstance(other, type):
        return one is not other
    if judges == "warnings" and warned:
        return True
    return len(one) != len(other) or not all(
        np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=case.rtol, atol=case.atol)
        for a, b in zip(one, other, strict=True)
    )


def failing(mistake, seed):
    """Names of the checks of the mistake's own exercise in which it shows."""
    wrong = module(splice(live(NAME).references[NUMPY_FILE], mistake.exercise, mistake.source))
    found = set()
    for check in EXERCISES[mistake.exercise].checks:
        judges = check.settings.get("judges")
        if check.kind in {Kind.OUT, Kind.GRAD, Kind.ERR} and judges != "purity":
            for case in check.cases(np.random.default_rng([seed, len(check.name)])):
                expected = answer(reference(), mistake.exercise, case)
                if differs(answer(wrong, mistake.exercise, case), expected, case, judges):
                    found.add(check.name)
    return found


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: f"{one.exercise}-{one.name}")
def test_no_seed_lets_a_mistake_through_and_an_edge_costs_an_edge(mistake):
    shown = [failing(mistake, seed) for seed in SEEDS]
    assert all(shown)
    edge = EDGES.get((mistake.exercise, mistake.name))
    if edge:
        assert set().union(*shown) == {edge}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_vote_asks_as_many_queries_as_it_says(seed):
    checks = {check.name: check for check in EXERCISES["knn_predict"].checks}
    for name, sizes in (("euclidean", [9, 12]), ("manhattan", [25])):
        cases = list(checks[name].cases(np.random.default_rng(seed)))
        assert [len(case.arguments["X"]) for case in cases] == sizes


labels = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), max_size=30)


@given(labels)
def test_confusion_counts_add_up(pairs):
    y_true, y_pred = np.array(pairs, dtype=int).reshape(-1, 2).T
    tp, fp, fn, tn = reference()["confusion_counts"](y_true, y_pred)
    assert tp + fp + fn + tn == len(pairs)
    assert (tp + fn, tp + fp) == (y_true.sum(), y_pred.sum())
    assert reference()["confusion_counts"](1 - y_true, 1 - y_pred) == (tn, fn, fp, tp)


@pytest.fixture(scope="module")
def keras_part():
    pytest.importorskip("tensorflow")
    return reference(KERAS_FILE)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans(), st.booleans())
def test_the_f1_metric_is_scikit_learns(keras_part, seed, weighted, column):
    rng = np.random.default_rng(seed)
    y, p = rng.integers(0, 2, size=20), rng.uniform(size=20)
    weight = rng.uniform(0.5, 2, size=20) if weighted else None
    metric = keras_part["F1Score"]()
    metric.update_state(1 - y, p)
    metric.reset_state()
    for part in (slice(0, 3), slice(3, 14), slice(14, 20)):
        given_p = p[part, None] if column else p[part]
        metric.update_state(y[part], given_p, None if weight is None else weight[part])
    expected = metrics.f1_score(y, p >= 0.5, sample_weight=weight, zero_division=0)
    assert np.isclose(float(metric.result()), expected, rtol=1e-5, atol=1e-6)


def compiled_loss(model, X, y):
    """Loss and gradients of a compiled model, penalties included."""
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = model.compute_loss(X, y, model(X))
    gradients = tape.gradient(loss, [v.value for v in model.trainable_variables])
    return float(loss), [gradient.numpy() for gradient in gradients]


def test_the_penalised_unit_agrees_with_numpy(keras_part):
    rng = np.random.default_rng(4)
    X, y = rng.normal(size=(9, 3)).astype("float32"), (np.arange(9) % 2).astype("float32")
    w, b, l2 = rng.normal(size=3).astype("float32"), np.float32(0.2), 0.6
    model = keras_part["build_model"](3, l2=l2)
    model.set_weights([w[:, None], np.array([b])])
    loss, (dw, db) = compiled_loss(model, X, y[:, None])
    expected_dw, expected_db = reference()["gradients"](X, y, w, b)
    expected = reference()["binary_cross_entropy"](X, y, w, b) + l2 / 2 * w @ w
    np.testing.assert_allclose(loss, expected, rtol=1e-5)
    np.testing.assert_allclose(dw[:, 0], expected_dw + l2 * w, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(db, [expected_db], rtol=1e-5, atol=1e-6)


def test_softmax_regression_agrees_with_numpy(keras_part):
    rng = np.random.default_rng(5)
    X, y = rng.normal(size=(9, 3)).astype("float32"), np.arange(9) % 4
    W, b = rng.normal(size=(3, 4)).astype("float32"), rng.normal(size=4).astype("float32")
    model = keras_part["build_softmax_model"](3, 4)
    model.set_weights([W, b])
    loss, (dW, db) = compiled_loss(model, X, y)
    expected, _ = reference()["softmax_cross_entropy"](X @ W + b, y)
    expected_dW, expected_db = reference()["softmax_regression_gradients"](X, y, W, b)
    np.testing.assert_allclose(loss, expected, rtol=1e-5)
    np.testing.assert_allclose(dW, expected_dW, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(db, expected_db, rtol=1e-5, atol=1e-6)
