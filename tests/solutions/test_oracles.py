"""NumPy references against scikit-learn, Keras and automatic differentiation, in float64."""

import importlib.util
import os

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn import linear_model, metrics, neighbors, preprocessing

from tests.conftest import ROOT

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
TIGHT = {"rtol": 1e-10, "atol": 1e-12}


def reference(assignment, file):
    path = ROOT / "solutions" / assignment / file
    specification = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


a1 = reference("a1_least_squares", "least_squares.py")
a2 = reference("a2_logistic_regression", "logistic_regression.py")
seeds = st.integers(0, 2**32 - 1)


def regression(seed, n=30, d=4):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    return X, X @ rng.normal(size=d) + 1 + rng.normal(size=n), rng.normal(size=d), rng.normal()


def same(received, expected):
    for one, other in zip(received, expected, strict=True):
        np.testing.assert_allclose(one, other, **TIGHT)


@given(seeds)
def test_the_closed_forms_are_scikit_learns(seed):
    X, y, _, _ = regression(seed)
    plain = linear_model.LinearRegression().fit(X, y)
    for solve in (a1.normal_equation, a1.least_squares):
        same(solve(X, y), (plain.coef_, plain.intercept_))
    ridge = linear_model.Ridge(alpha=0.7, solver="svd").fit(X, y)
    same(a1.ridge(X, y, 0.7), (ridge.coef_, ridge.intercept_))


@given(seeds, st.integers(1, 6), st.integers(1, 6))
def test_least_squares_is_the_shortest_minimiser(seed, n, d):
    X, y, _, _ = regression(seed, n, d)
    w, b = a1.least_squares(X, y)
    expected = np.linalg.pinv(a1.add_bias_column(X)) @ y
    np.testing.assert_allclose([*w, b], expected, rtol=1e-7, atol=1e-9)


@given(seeds)
def test_residuals_of_the_normal_equation_are_orthogonal_to_the_columns(seed):
    X, y, _, _ = regression(seed)
    w, b = a1.normal_equation(X, y)
    np.testing.assert_allclose(a1.add_bias_column(X).T @ (y - X @ w - b), 0, atol=1e-9)


@given(seeds)
def test_regression_measures_are_scikit_learns(seed):
    rng = np.random.default_rng(seed)
    y, p = rng.uniform(1, 5, size=12) * rng.choice([-1, 1], size=12), rng.normal(size=12)
    assert np.isclose(a1.mae(y, p), metrics.mean_absolute_error(y, p), **TIGHT)
    assert np.isclose(a1.mse(y, p), metrics.mean_squared_error(y, p), **TIGHT)
    assert np.isclose(a1.rmse(y, p), metrics.root_mean_squared_error(y, p), **TIGHT)
    percent = 100 * metrics.mean_absolute_percentage_error(y, p)
    assert np.isclose(a1.mape(y, p), percent, **TIGHT)


@given(seeds)
def test_standardize_is_scikit_learns(seed):
    X, _, _, _ = regression(seed)
    scaler = preprocessing.StandardScaler().fit(X[:20])
    same(a1.standardize(X[:20], X[20:]), (scaler.transform(X[:20]), scaler.transform(X[20:])))


def test_gradient_descent_arrives_at_the_normal_equation():
    X, y, w, b = regression(3)
    w, b, history = a1.gradient_descent(X, y, w, b, 0.3, 2_000)
    same((w, b), a1.normal_equation(X, y))
    assert np.all(np.diff(history) <= 1e-12)


def classes(seed, n=25, d=3, k=4):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.integers(0, k, size=n), rng


@given(seeds)
def test_classification_measures_are_scikit_learns(seed):
    rng = np.random.default_rng(seed)
    y, p = rng.integers(0, 2, size=15), rng.integers(0, 2, size=15)
    tn, fp, fn, tp = metrics.confusion_matrix(y, p, labels=[0, 1]).ravel()
    assert a2.confusion_counts(y, p) == (tp, fp, fn, tn)
    assert np.isclose(a2.accuracy(y, p), metrics.accuracy_score(y, p), **TIGHT)
    for mine, theirs in (
        (a2.precision, metrics.precision_score),
        (a2.recall, metrics.recall_score),
        (a2.f1, metrics.f1_score),
    ):
        assert np.isclose(mine(y, p), theirs(y, p, zero_division=0), **TIGHT)


@given(seeds, st.booleans())
def test_the_area_is_scikit_learns_and_a_matter_of_order_alone(seed, ties):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, size=20)
    assume(0 < y.sum() < 20)
    scores = rng.integers(-3, 3, size=20).astype(float) if ties else rng.normal(size=20)
    area = a2.roc_auc(y, scores)
    assert np.isclose(area, metrics.roc_auc_score(y, scores), **TIGHT)
    assert np.isclose(area, a2.roc_auc(y, np.exp(scores)), **TIGHT)
    assert np.isclose(area, 1 - a2.roc_auc(1 - y, scores), **TIGHT)


@given(st.floats(-800, 800))
def test_the_sigmoid_is_symmetric(z):
    assert np.isclose(a2.sigmoid(z) + a2.sigmoid(-z), 1, **TIGHT)


@given(seeds, st.floats(-500, 500))
def test_softmax_does_not_notice_a_shift(seed, shift):
    z = np.random.default_rng(seed).normal(size=(4, 3))
    np.testing.assert_allclose(a2.softmax(z + shift), a2.softmax(z), rtol=1e-9)
    np.testing.assert_allclose(a2.softmax(z).sum(axis=-1), 1, **TIGHT)


@settings(max_examples=25)
@given(seeds, st.sampled_from(["l1", "l2"]), st.sampled_from([1, 3, 6]))
def test_nearest_neighbours_are_scikit_learns(seed, metric, k):
    X, y, rng = classes(seed, n=40)
    queries = rng.normal(size=(10, 3))
    model = neighbors.KNeighborsClassifier(k, p=1 if metric == "l1" else 2).fit(X, 2 * y)
    np.testing.assert_array_equal(
        a2.knn_predict(X, 2 * y, queries, k, metric), model.predict(queries)
    )


@pytest.fixture(scope="module")
def tf():
    return pytest.importorskip("tensorflow")


def automatic(tf, loss, *arguments):
    """Gradients of `loss` by TensorFlow, in float64."""
    tensors = [tf.constant(np.asarray(argument), dtype=tf.float64) for argument in arguments]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        value = loss(*tensors)
    return value.numpy(), [gradient.numpy() for gradient in tape.gradient(value, tensors)]


@pytest.mark.parametrize("seed", range(3))
def test_gradients_of_least_squares_are_automatic_differentiations(tf, seed):
    X, y, w, b = regression(seed)
    loss, expected = automatic(
        tf,
        lambda w, b: tf.reduce_mean((tf.linalg.matvec(tf.constant(X), w) + b - y) ** 2) / 2,
        w,
        b,
    )
    assert np.isclose(a1.half_mse(X, y, w, b), loss, **TIGHT)
    same(a1.gradients(X, y, w, b), expected)


@pytest.mark.parametrize("seed", range(3))
def test_the_binary_loss_and_its_gradient(tf, seed):
    X, y, rng = classes(seed, k=2)
    w, b = rng.normal(size=3), 0.3

    def binary(w, b):
        logits = tf.linalg.matvec(tf.constant(X), w) + b
        labels = tf.constant(y, tf.float64)
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels, logits))

    loss, expected = automatic(tf, binary, w, b)
    assert np.isclose(a2.binary_cross_entropy(X, y, w, b), loss, **TIGHT)
    same(a2.gradients(X, y, w, b), expected)
    z = rng.normal(size=7)
    _, [slope] = automatic(tf, lambda z: tf.reduce_sum(tf.sigmoid(z)), z)
    np.testing.assert_allclose(a2.sigmoid_grad(z), slope, **TIGHT)


@pytest.mark.parametrize("seed", range(3))
def test_softmax_and_hinge_losses_and_their_gradients(tf, seed):
    X, y, rng = classes(seed)
    W, b = rng.normal(size=(3, 4)), rng.normal(size=4)

    def cross_entropy(logits):
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))

    logits = X @ W + b
    loss, [expected] = automatic(tf, cross_entropy, logits)
    received_loss, received = a2.softmax_cross_entropy(logits, y)
    assert np.isclose(received_loss, loss, **TIGHT)
    np.testing.assert_allclose(received, expected, **TIGHT)
    _, expected = automatic(tf, lambda W, b: cross_entropy(tf.constant(X) @ W + b), W, b)
    same(a2.softmax_regression_gradients(X, y, W, b), expected)

    def hinge(scores):
        right = tf.gather(scores, y, batch_dims=1)[:, None]
        margins = tf.maximum(0.0, scores - right + 1.5)
        others = 1 - tf.one_hot(y, 4, dtype=tf.float64)
        return tf.reduce_sum(margins * others) / len(y)

    loss, [expected] = automatic(tf, hinge, logits)
    received_loss, received = a2.hinge_loss(logits, y, margin=1.5)
    assert np.isclose(received_loss, loss, **TIGHT)
    np.testing.assert_allclose(received, expected, **TIGHT)


def test_numpy_and_keras_references_agree_with_the_same_weights(tf):
    X, y, w, b = regression(1)
    linear = reference("a1_least_squares", "keras_least_squares.py").build_model(4)
    linear.set_weights([w[:, None], np.array([b])])
    np.testing.assert_allclose(
        np.asarray(linear(X))[:, 0], a1.predict(X, w, b), rtol=1e-5, atol=1e-5
    )
    keras_part = reference("a2_logistic_regression", "keras_logistic_regression.py")
    logistic = keras_part.build_model(4)
    logistic.set_weights([w[:, None], np.array([b])])
    expected = a2.predict_proba(X, w, b)
    np.testing.assert_allclose(np.asarray(logistic(X))[:, 0], expected, rtol=1e-5, atol=1e-6)
    labels = (y > 0).astype(int)
    score = keras_part.F1Score()
    score.update_state(labels, expected)
    assert np.isclose(
        float(score.result()), a2.f1(labels, (expected >= 0.5).astype(int)), rtol=1e-6
    )
