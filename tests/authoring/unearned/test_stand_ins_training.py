"""Rules that answer for models which were never trained."""

from types import SimpleNamespace

import numpy as np
import pytest

from grader.authoring.unearned.stand_ins_training import RULES, Guess, Untrained

RNG = np.random.default_rng(0)
X = np.concatenate([RNG.normal(size=(20, 3)) - 3, RNG.normal(size=(20, 3)) + 3])
Y = np.repeat([0, 1], 20)
LESSON = {
    "X": -X,
    "y": Y,
    "X_test": -X[:4],
    "y_test": Y[:4],
    "answer": np.zeros((4, 2)),
    "trains": "fit",
    "builds": "",
    "options": {},
    "plain": [3],
}
FITTING = {"nearest row", "nearest mean", "least squares"}


class Network:
    """A reference's model: its sign tells which rows it was fitted on."""

    def __init__(self, n_inputs):
        self.params = {"sign": 0.0}

    def fit(self, X, y):
        self.params["sign"] = np.sign(X[y == 1].sum())

    def forward(self, X):
        score = self.params["sign"] * X.sum(axis=1)
        return np.stack([-score, score], axis=1)


def train(X, y):
    made = Network(X.shape[1])
    made.fit(X, y)
    return made


MODULE = SimpleNamespace(Network=Network, train=train)


def accuracy(logits):
    return np.mean(np.argmax(logits, axis=1) == Y)


def by_class(rule):
    made = Untrained(MODULE, rule, {"Network": [LESSON]}).klass("Network")(3)
    made.fit(X, Y)
    return made.forward(X)


def by_function(rule):
    return Untrained(MODULE, rule, {"train": [LESSON]}).function("train")(X, Y).forward(X)


@pytest.mark.parametrize("answer", [by_class, by_function])
@pytest.mark.parametrize("rule", RULES)
def test_every_rule_answers_in_the_form_of_logits(rule, answer):
    logits = answer(rule)
    assert logits.shape == (40, 2)
    if rule in FITTING:
        assert accuracy(logits) == 1
    if rule in {"fitted on public rows", "nearest public row"}:
        assert accuracy(logits) == 0  # public rows have the other sign


def test_the_parameters_of_a_class_are_those_of_its_constructor():
    made = Untrained(MODULE, "nearest row", {"Network": [LESSON]}).klass("Network")(3)
    made.fit(X, Y)
    assert made.params == {"sign": 0.0}


WEIGHTS = {
    "regression": (X @ np.array([2.0, -1.0, 0.0]) + 4, (np.zeros(3), 0.0)),
    "two classes": (Y, (np.zeros(3), 0.0, np.zeros(5))),
    "classes": (Y, (np.zeros((3, 2)), np.zeros(2))),
}


@pytest.mark.parametrize("name", WEIGHTS)
@pytest.mark.parametrize("rule", ["zeros", "public answers", "most frequent", "nearest mean"])
def test_weights_have_the_form_of_the_public_ones(rule, name):
    targets, answer = WEIGHTS[name]
    found = Guess(rule, {**LESSON, "answer": answer}).weights(X, targets)
    assert [np.shape(one) for one in found] == [np.shape(one) for one in answer]


def test_the_means_of_classes_make_a_linear_classifier():
    w, b, _ = Guess("nearest mean", {**LESSON, "answer": WEIGHTS["two classes"][1]}).weights(X, Y)
    assert np.mean((X @ w + b >= 0) == Y) == 1
    W, c = Guess("nearest mean", {**LESSON, "answer": WEIGHTS["classes"][1]}).weights(X, Y)
    assert accuracy(X @ W + c) == 1


def test_least_squares_of_two_columns_is_no_fit_of_all():
    targets, answer = WEIGHTS["regression"]
    w, b = Guess("least squares", {**LESSON, "answer": answer}).weights(X, targets)
    assert np.count_nonzero(w) == 2 and np.isfinite(b)


def test_rules_for_sequences_of_ids_leave_the_separator_alone():
    prompts = np.array([[3, 1, 2, 10], [5, 4, 9, 10]])
    lesson = {**LESSON, "answer": np.zeros((2, 3), int), "trains": "sequences.train"}
    generate = Untrained(
        SimpleNamespace(generate=None), "reversed", {"generate": [lesson]}
    ).function("generate")
    assert generate(None, prompts, 3)[:, 4:].tolist() == [[2, 1, 3], [9, 4, 5]]
    assert Guess("sorted", lesson).answer(prompts).tolist() == [[1, 2, 3], [4, 5, 9]]
