"""What loses points by an error, a warning or a changed input gives right values to others."""

import pytest

from grader.confine import LimitBook, Limits
from grader.course.misconception import splice
from grader.result import Status
from tests.conftest import grade_text, live, strongest, untrained

NAME, FILE = "a2_logistic_regression", "logistic_regression.py"
REFERENCE = live(NAME).references[FILE]
TWICE = REFERENCE.replace(
    "(softmax(logits) - one_hot(y, logits.shape[1])) / len(y)",
    "2 * (softmax(logits) - one_hot(y, logits.shape[1])) / len(y)",
)
WANTED = frozenset({"softmax", "one_hot", "softmax_cross_entropy", "softmax_regression_gradients"})


def graded(text, only=WANTED, **options):
    chosen = frozenset(only)
    result = grade_text(untrained(NAME), {FILE: text}, strongest(), only=chosen, **options)
    return {f"{one.exercise}.{one.check}": one for one in result.checks}


WRONG_BESIDE_VALUES = {
    "no error": (
        "one_hot",
        "def one_hot(y, n_classes):\n    return np.eye(n_classes + 9)[y][:, :n_classes]\n",
        "one_hot.outside",
    ),
    "another error": (
        "one_hot",
        "def one_hot(y, n_classes):\n"
        "    if y.min() < 0 or y.max() >= n_classes:\n        raise KeyError(y)\n"
        "    return np.eye(n_classes)[y]\n",
        "one_hot.outside",
    ),
    "a message without the value": (
        "one_hot",
        "def one_hot(y, n_classes):\n"
        "    if y.min() < 0 or y.max() >= n_classes:\n        raise ValueError('wrong')\n"
        "    return np.eye(n_classes)[y]\n",
        "one_hot.outside",
    ),
    "a changed input": (
        "one_hot",
        "def one_hot(y, n_classes):\n"
        "    if y.min() < 0 or y.max() >= n_classes:\n"
        "        raise ValueError(f'{y}, {n_classes}')\n"
        "    rows = np.eye(n_classes)[y]\n    y[0] = n_classes - 1 - y[0]\n    return rows\n",
        "one_hot.purity",
    ),
    "an edge": (
        "softmax",
        "def softmax(z):\n    e = np.exp(z)\n    return e / np.sum(e, axis=-1, keepdims=True)\n",
        "softmax.large_logits",
    ),
}


@pytest.mark.parametrize("form", WRONG_BESIDE_VALUES)
def test_what_gives_right_values_is_not_blamed(form):
    helper, definition, lost = WRONG_BESIDE_VALUES[form]
    checks = graded(splice(TWICE, helper, definition))
    assert checks[lost].lost_points
    own = checks["softmax_cross_entropy.loss_gradient"]
    assert (own.status, own.waits_for) == (Status.FAILED, "")
    assert own.diagnosis.id == "generic.factor_2"
    chained = checks["softmax_regression_gradients.chain_rule"]
    assert chained.waits_for == "softmax_cross_entropy"


def test_an_edge_waits_for_an_edge():
    checks = graded(splice(REFERENCE, *WRONG_BESIDE_VALUES["an edge"][:2]))
    assert checks["softmax_cross_entropy.saturated_logits"].waits_for == "softmax"


def test_a_warning_with_right_values_is_no_wrong_value():
    text = splice(REFERENCE, "sigmoid", "def sigmoid(z):\n    return 1 / (1 + np.exp(-z))\n")
    text = text.replace("return s * (1.0 - s)", "return s * (1.0 + s)")
    checks = graded(text, {"sigmoid", "sigmoid_grad"})
    assert "NumPy warned" in checks["sigmoid.saturated"].message
    own = checks["sigmoid_grad.slope"]
    assert (own.status, own.waits_for) == (Status.FAILED, "")


def test_wrong_values_with_a_warning_are_wrong_values():
    stable = "def sigmoid(z):\n    return np.where(np.abs(z) < 99, 1 / (1 + np.exp(-z)), np.nan)\n"
    checks = graded(splice(REFERENCE, "sigmoid", stable), {"sigmoid", "sigmoid_grad"})
    own = checks["sigmoid.saturated"]
    assert "NumPy warned: RuntimeWarning: overflow" in own.message
    assert ", and NaN came out in" in own.message
    assert checks["sigmoid_grad.flat"].waits_for == "sigmoid"


def test_what_an_exception_says_stays_beside_the_blame():
    text = REFERENCE.replace(
        "    tp, fp, _, _ = confusion", "    np.ones(3) + np.ones(4)\n    tp, fp, _, _ = confusion"
    )
    text = splice(text, "confusion_counts", "def confusion_counts(y, p):\n    return 1, 2, 3, 4\n")
    own = graded(text, {"confusion_counts", "precision"})["precision.ordinary"]
    assert (own.status, own.waits_for) == (Status.SKIPPED, "confusion_counts")
    assert own.diagnosis.id == "generic.raised_shapes"


def test_no_value_of_a_helper_changes_an_input():
    """What is right without its helper's values, and changes its input, is told so alone."""
    text = splice(
        REFERENCE,
        "one_hot",
        "def one_hot(y, n_classes):\n    return np.zeros((len(y), n_classes))\n",
    )
    text = text.replace(
        "    return loss, (softmax(logits) - one_hot(y, logits.shape[1])) / len(y)",
        "    one_hot(y, 3)\n    gradient = softmax(logits) / len(y)\n"
        "    gradient[rows, y] -= 1 / len(y)\n    logits -= 1\n    return loss, gradient",
    )
    own = graded(text)["softmax_cross_entropy.purity"]
    assert (own.status, own.waits_for) == (Status.FAILED, "")
    assert "changed its input logits" in own.message


LOSS = "    loss = np.mean(log_sums - shifted[rows, y])\n"
GRADIENT = "    return loss, (softmax(logits) - one_hot(y, logits.shape[1])) / len(y)\n"
SINGLE = (
    GRADIENT.replace("return loss, (", "return loss, np.float32(1) * (")
    .replace("softmax(logits)", "softmax(logits).astype(np.float32)")
    .replace("logits.shape[1])", "logits.shape[1]).astype(np.float32)")
)
SUM = LOSS.replace("np.mean(", "np.sum(")
CONSISTENT = {
    "numbers": (SUM, GRADIENT.replace(" / len(y)", ""), True),
    "the loss has another shape": (
        LOSS + "    if len(y) != 9:\n        loss = np.array([loss / 2])\n",
        GRADIENT.replace("/ len(y)", "/ len(y) / 2"),
        False,
    ),
    "the gradient has another dtype": (
        SUM,
        SINGLE.replace(" / len(y)", ""),
        False,
    ),
    "the loss is right": (LOSS, SINGLE.replace("/ len(y)", "/ np.float32(len(y))"), False),
}


@pytest.mark.parametrize("form", CONSISTENT)
def test_a_gradient_is_that_of_a_wrong_loss_where_numbers_differ_alone(form):
    loss, gradient, is_told = CONSISTENT[form]
    assert LOSS in REFERENCE and GRADIENT in REFERENCE
    checks = graded(REFERENCE.replace(LOSS, loss).replace(GRADIENT, gradient))
    own = checks["softmax_cross_entropy.loss_gradient"]
    told = own.diagnosis is not None and own.diagnosis.id == "generic.consistent_gradient"
    assert own.lost_points and told is is_told
    assert ("It is the gradient of your own loss" in own.message) is is_told


def test_of_what_a_case_chooses_by_name_nothing_else_is_blamed():
    """All activations stand in one dict; the penalties are asked with another one."""
    name, file = "a3_mlp", "mlp.py"
    text = splice(
        live(name).references[file],
        "leaky_relu",
        "def leaky_relu(z, alpha=0.01):\n    return np.where(z > 0, z, -alpha * z)\n",
    ).replace("+ self.l2 * W\n", "+ self.l2 * W**2\n")
    only = frozenset({"leaky_relu", "MLP"})
    checks = grade_text(untrained(name), {file: text}, strongest(), only=only).checks
    found = {one.check: (one.status, one.waits_for) for one in checks if one.exercise == "MLP"}
    assert found["penalties"] == (Status.FAILED, "")
    assert found["logits"] == (Status.SKIPPED, "leaky_relu")


def test_what_hangs_on_an_impossible_input_alone_is_waited_for_by_nobody():
    hanging = (
        "def one_hot(y, n_classes):\n"
        "    while y.min() < 0 or y.max() >= n_classes:\n        pass\n"
        "    return np.eye(n_classes)[y]\n"
    )
    limits = LimitBook(Limits(seconds=1, cpu_seconds=1))
    checks = graded(splice(REFERENCE, "one_hot", hanging), limits=limits)
    assert checks["one_hot.outside"].status is Status.TIMEOUT
    own = [one for one in checks.values() if one.exercise == "softmax_cross_entropy"]
    assert {one.status for one in own} == {Status.PASSED}
