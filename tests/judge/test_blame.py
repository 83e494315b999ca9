"""Nothing is said of a right function whose helper is wrong, by whatever name it is called."""

import ast
import json

import pytest

from grader.course.expected import expected_of
from grader.course.misconception import splice
from grader.judge.grading import GradingOptions, grade
from grader.result import Status
from grader.submissions import read_path
from tests.conftest import grade_text, live, strongest, untrained

NAME, FILE = "a2_logistic_regression", "logistic_regression.py"
REFERENCE = live(NAME).references[FILE]
WRONG = "def sigmoid(z):\n    return z\n"
HERE = splice(REFERENCE, "sigmoid", WRONG)
ELSEWHERE = HERE.replace(WRONG, "")
IMPORTED = "from acts import sigmoid\n" + ELSEWHERE
ACTS = {"acts.py": WRONG}


def calling(expression, text=HERE):
    """The file in which predict_proba calls the sigmoid by an expression."""
    assert "return sigmoid(X @ w + b)" in text
    return text.replace("return sigmoid(X @ w + b)", f"return {expression}(X @ w + b)")


def graded(files, only=("sigmoid", "sigmoid_grad", "predict_proba", "predict")):
    files = files if isinstance(files, dict) else {FILE: files}
    return grade_text(untrained(NAME), files, strongest(), only=frozenset(only))


FORMS = {
    "an alias": calling("act") + "\nact = sigmoid\n",
    "an alias of an alias": calling("act") + "\nfirst = sigmoid\nact = first\n",
    "one of a pair": calling("act") + "\nact, other = sigmoid, softmax\n",
    "a lambda": calling("act") + "\nact = lambda z: sigmoid(z)\n",
    "a dict": calling("ACT['s']") + "\nACT = {'s': sigmoid}\n",
    "a dict that is filled": calling("ACT['s']") + "\nACT = {}\nACT['s'] = sigmoid\n",
    "a list that is filled": calling("ACT[0]") + "\nACT = []\nACT.append(sigmoid)\n",
    "a partial": calling("act") + "\nimport functools\nact = functools.partial(sigmoid)\n",
    "a default": HERE.replace(
        "def predict_proba(X, w, b)", "def predict_proba(X, w, b, sigmoid=sigmoid)"
    ),
    "a method": calling("Act().of")
    + "\nclass Act:\n    def of(self, z):\n        return sigmoid(z)\n",
    "an object": calling("net.act")
    + "\nclass Net:\n    act = staticmethod(sigmoid)\nnet = Net()\n",
    "within if": calling("act") + "\nif True:\n    act = sigmoid\nelse:\n    act = None\n",
    "a module": {FILE: "import acts\n" + calling("acts.sigmoid", IMPORTED), **ACTS},
    "a module alone": {FILE: "import acts\n" + calling("acts.sigmoid", ELSEWHERE), **ACTS},
    "a module with another name": {FILE: "import acts as m\n" + calling("m.sigmoid", IMPORTED)}
    | ACTS,
    "an alias of a module": {FILE: "import acts\nm = acts\n" + calling("m.sigmoid", IMPORTED)}
    | ACTS,
    "another name": {FILE: "from acts import sigmoid as sg\n" + calling("sg", IMPORTED), **ACTS},
    "another name beside a stub": {
        FILE: "from acts import sigmoid as sg\n"
        + calling("sg", splice(REFERENCE, "sigmoid", "def sigmoid(z):\n    pass\n")),
        **ACTS,
    },
    "imported inside": {
        FILE: IMPORTED.replace(
            "    return sigmoid(X @ w + b)",
            "    from acts import sigmoid as sg\n    return sg(X @ w + b)",
        ),
        **ACTS,
    },
    "a package": {
        FILE: "import own.acts\n"
        + calling("own.acts.sigmoid", ELSEWHERE)
        + "\nfrom own.acts import sigmoid\n",
        "own/acts.py": WRONG,
        "own/__init__.py": "",
    },
    "a helper": {
        FILE: "from acts import forward\n"
        + IMPORTED.replace("return sigmoid(X @ w + b)", "return forward(X, w, b)"),
        "acts.py": WRONG + "def forward(X, w, b):\n    return sigmoid(X @ w + b)\n",
    },
    "a helper of a helper": {
        FILE: "from nets import *\n"
        + IMPORTED.replace("return sigmoid(X @ w + b)", "return forward(X, w, b)"),
        "nets.py": "import acts\ndef forward(X, w, b):\n    return acts.sigmoid(X @ w + b)\n",
        **ACTS,
    },
    "a helper that imports the file": {
        FILE: HERE.replace(
            "    return sigmoid(X @ w + b)",
            "    from nets import forward\n    return forward(X, w, b)",
        ),
        "nets.py": f"from {FILE[:-3]} import sigmoid\n"
        "def forward(X, w, b):\n    return sigmoid(X @ w + b)\n",
    },
}


@pytest.mark.parametrize("form", FORMS)
def test_what_calls_something_wrong_waits_for_it(form):
    checks = graded(FORMS[form]).checks
    lost = [one for one in checks if one.exercise != "sigmoid" and one.points == 0]
    assert {one.exercise for one in lost} == {"sigmoid_grad", "predict_proba", "predict"}
    assert {(one.status, one.waits_for) for one in lost} == {(Status.SKIPPED, "sigmoid")}
    assert not [one.diagnosis.id for one in lost if one.diagnosis]


UNSURE = {
    "getattr": {FILE: "import acts\n" + calling("getattr(acts, 'sigmoid')", IMPORTED), **ACTS},
    "globals": calling("globals()['sig' + 'moid']"),
    "eval": calling("eval('sigmoid')"),
    "importlib": {
        FILE: "import importlib\n" + calling("importlib.import_module('acts').sigmoid", IMPORTED),
        **ACTS,
    },
    "a module in a folder that is put on the path": {
        FILE: "import sys\nsys.path.insert(0, 'src')\nfrom acts import forward\n"
        + HERE.replace("return sigmoid(X @ w + b)", "return forward(X, w, b)"),
        "src/acts.py": "import logistic_regression as own\n"
        "def forward(X, w, b):\n    return own.sigmoid(X @ w + b)\n",
    },
    "a registry": calling("ACT['s']")
    + "\nACT = {}\ndef register(name, f):\n    ACT[name] = f\nregister('s', sigmoid)\n",
    "set by a function": calling("act")
    + "\ndef choose():\n    global act\n    act = sigmoid\nchoose()\n",
    "made by exec": calling("act") + "\nexec('act = sigmoid')\n",
    "an attribute that is set": calling("Net.act")
    + "\nclass Net:\n    pass\nsetattr(Net, 'act', sigmoid)\n",
}


@pytest.mark.parametrize("form", UNSURE)
def test_nothing_is_said_where_nobody_can_say_what_is_called(form):
    checks = graded(UNSURE[form]).checks
    lost = [one for one in checks if one.exercise == "predict_proba" and one.points == 0]
    assert lost and not [one.diagnosis.id for one in lost if one.diagnosis]
    assert not any("Fix predict_proba first" in one.message for one in checks)


def test_a_mistake_is_named_beside_a_wrong_function_that_is_not_called():
    text = HERE.replace("return sigmoid(X @ w + b)", "return X @ w + b")
    named = {one.diagnosis.id for one in graded(text).checks if one.diagnosis}
    assert any(one.startswith("misconception.predict_proba.") for one in named)


STABLE = "def sigmoid(z):\n    return np.exp(-np.logaddexp(0, -z))\n"


@pytest.mark.parametrize(("sigmoid", "is_named"), [(STABLE, True), (WRONG, False)])
def test_what_stands_below_is_asked_before_anything_is_said(sigmoid, is_named):
    """A tanh that is the sigmoid, which has its turn later."""
    name, file = "a3_mlp", "mlp.py"
    text = splice(live(name).references[file], "tanh", "def tanh(z):\n    return sigmoid(z)\n")
    text = splice(text, "sigmoid", sigmoid)
    for only in ({"tanh"}, {"tanh", "sigmoid"}):
        result = grade_text(untrained(name), {file: text}, strongest(), only=frozenset(only))
        told = {one.diagnosis.id for one in result.checks if one.diagnosis}
        assert ("misconception.tanh.is_the_sigmoid" in told) is is_named
        assert {one.exercise for one in result.checks} == only


def test_a_function_of_the_same_name_in_another_file_is_another_one():
    """The sigmoid of the file is wrong, and predict_proba has one of its own."""
    text = "import acts\n" + calling("acts.sigmoid")
    checks = graded({FILE: text, "acts.py": "def sigmoid(z):\n    return z ** 3\n"}).checks
    lost = [one for one in checks if one.exercise == "predict_proba" and one.points == 0]
    assert {(one.status, one.waits_for) for one in lost} <= {
        (Status.FAILED, ""),
        (Status.SKIPPED, ""),
    }


REFUSED = {
    "by its name": "from scipy.special import expit as sigmoid\n" + ELSEWHERE,
    "within try": "try:\n    from scipy.special import expit as sigmoid\nfinally:\n    pass\n"
    + ELSEWHERE,
    "by another name": "from scipy.special import expit as sigmoid\nact = sigmoid\n"
    + calling("act", ELSEWHERE),
}


@pytest.mark.parametrize("form", REFUSED)
def test_what_calls_an_exercise_that_is_only_imported_waits_for_it(form):
    checks = graded(REFUSED[form]).checks
    lost = [one for one in checks if one.exercise != "sigmoid" and one.points == 0]
    assert {one.exercise for one in lost} == {"sigmoid_grad", "predict_proba", "predict"}
    assert {(one.status, one.waits_for) for one in lost} == {(Status.SKIPPED, "sigmoid")}
    text = next(one.message for one in lost if one.exercise == "predict_proba")
    assert text.startswith("predict_proba calls sigmoid, which is not written but imported. scipy")
    assert Status.FORBIDDEN in {one.status for one in checks if one.exercise == "sigmoid"}


def test_in_a_notebook_the_import_is_told_by_its_cell(tmp_path):
    texts = ["import numpy as np\n", "from scipy.special import expit as sigmoid\n", ELSEWHERE]
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": one} for one in texts]
    notebook = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    (tmp_path / "logistic_regression.ipynb").write_text(notebook, encoding="utf-8")
    expected = expected_of(untrained(NAME))
    submission = read_path(tmp_path, expected, student="ada", assignment=NAME)
    options = GradingOptions(only=frozenset({"sigmoid", "sigmoid_grad"}))
    checks = grade(submission, untrained(NAME), strongest(), options).checks
    told = next(one for one in checks if one.exercise == "sigmoid_grad")
    assert told.waits_for == "sigmoid"
    assert "imported in cell 2, line 1" in told.message


SUMMED = {
    "a factor": ("binary_cross_entropy", "np.mean(", "np.sum(", "fit"),
    "a sign": ("binary_cross_entropy", "return np.mean(", "return -np.mean(", "fit"),
    "a dtype": ("sigmoid", "", "def sigmoid(z):\n    return z > 0\n", "predict_proba"),
}


@pytest.mark.parametrize("form", SUMMED)
def test_no_pattern_is_seen_in_what_only_waits(form):
    wrong, old, new, waiting = SUMMED[form]
    own = ast.get_source_segment(
        REFERENCE,
        next(one for one in ast.parse(REFERENCE).body if getattr(one, "name", "") == wrong),
    )
    assert old in own
    text = REFERENCE.replace(own, own.replace(old, new, 1) if old else new)
    checks = graded(text, only=(wrong, waiting)).checks
    lost = [one for one in checks if one.exercise == waiting and one.points == 0]
    assert lost and not [one.diagnosis.id for one in lost if one.diagnosis]


def test_who_uses_what_is_refused_is_told_so_beside_an_exercise_that_is_only_imported():
    text = "from scipy.special import expit as sigmoid\nimport scipy.special as special\n"
    checks = graded(text + calling("special.expit", ELSEWHERE)).checks
    own = [one.status for one in checks if one.exercise == "predict_proba"]
    assert Status.FORBIDDEN in own
