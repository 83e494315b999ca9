"""What an exercise depends on: judged along in silence, and blamed only where it is called."""

from dataclasses import replace

import pytest

from grader.confine import Lost, Silence
from grader.course.misconception import splice
from grader.judge.grading import GradingOptions, grade
from grader.result import Diagnosis, Status
from grader.submissions import Submission
from grader.submissions.model import LineOrigins
from tests.conftest import grade_text, live, prepared, strongest, untrained
from tests.mini import REFERENCE, body, check_of, grade_mini, mini, replaced

WRONG = body("return X @ w")
OWN_WORDS = WRONG.replace("(predict(X, w, b) - y) ** 2", "(X @ w + b - y) ** 3")


def graded(text, only=None, told=None, **options):
    submission = Submission("student", "m1_mini", {"mini.py": text.encode()})
    chosen = GradingOptions(
        only=None if only is None else frozenset(only),
        on_check=None if told is None else told.append,
        **options,
    )
    return grade(submission, mini(public=True), strongest(), chosen)


def comparable(result, exercise):
    return [
        check.model_dump(exclude={"seconds"})
        for check in result.checks
        if check.exercise == exercise
    ]


TEXTS = {
    "right": REFERENCE,
    "a wrong helper": WRONG,
    "a helper that raises": body("raise KeyError('w')"),
    "a helper that is a stub": body("raise NotImplementedError"),
    "a helper that returns nothing": body("pass"),
    "a helper that hangs": body("while True:\n    pass"),
    "a helper that hangs once, undeclared": REFERENCE.replace(
        "def solve(X, y):\n", "def solve(X, y):\n    while len(X) == 9:\n        pass\n"
    ).replace("def root(x):\n", "def root(x):\n    solve(np.eye(2), np.ones(2))\n"),
    "a wrong loss with its gradient": replaced(" / 2\n", "\n").replace("/ len(X)", "* 2 / len(X)"),
    "a loss that is no misconception": replaced(" / 2\n", " / 3\n").replace(
        "/ len(X)", "* 2 / 3 / len(X)"
    ),
    "a syntax error": "def predict(:\n",
    "an exception at import": "import numpy as np\n1 / 0\n",
}


@pytest.mark.parametrize("name", TEXTS)
def test_one_exercise_has_the_verdict_of_the_full_run(name):
    limits = {"limits": grade_limits()}
    whole = graded(TEXTS[name], **limits)
    for exercise in ("half_mse", "gradients", "root"):
        alone = graded(TEXTS[name], only={exercise}, **limits)
        assert comparable(alone, exercise) == comparable(whole, exercise)


def grade_limits():
    from grader.confine import LimitBook, Limits

    return LimitBook(Limits(seconds=1, cpu_seconds=1))


def test_what_is_judged_along_is_told_to_nobody():
    told = []
    result = graded(WRONG, only={"half_mse"}, told=told)
    assert {check.exercise for check in result.checks} == {"half_mse"}
    assert told == result.checks
    assert result.max_points == 2


@pytest.mark.parametrize(
    ("text", "wanted", "asked"),
    [
        (REFERENCE, "root", {"root"}),
        (REFERENCE, "half_mse", {"half_mse", "predict"}),
        (REFERENCE, "gradients", {"gradients", "half_mse", "predict"}),
        # predict is declared, but half_mse does without it
        (OWN_WORDS, "half_mse", {"half_mse"}),
        # solve comes later, and whether it is right decides whether a diagnosis is told
        (
            body("return 2 * X @ w + 2 * b + 0 * solve(X.T @ X, w)[0]"),
            "predict",
            {"predict", "solve"},
        ),
    ],
)
def test_only_what_is_needed_is_asked(text, wanted, asked, monkeypatch):
    import grader.judge.grading

    judged = []
    judge = grader.judge.grading.judge_check

    def watched(check, interview):
        judged.append(check.exercise)
        return judge(check, interview)

    monkeypatch.setattr(grader.judge.grading, "judge_check", watched)
    graded(text, only={wanted})
    assert set(judged) == asked


def test_a_numpy_exercise_starts_no_keras_worker():
    started = []

    class Watched:
        def __init__(self):
            self.confinement, self.engine = strongest().confinement, strongest().engine

        def start(self, settings):
            started.append(settings.backend)
            return strongest().start(settings)

    files = {name: text.encode() for name, text in live("a1_least_squares").references.items()}
    submission = Submission("student", "a1_least_squares", files)
    options = GradingOptions(only=frozenset({"half_mse"}))
    grade(submission, prepared("a1_least_squares"), Watched(), options)
    assert set(started) == {"numpy"}


def test_what_is_known_is_not_judged_again():
    whole = graded(WRONG)
    others = tuple(check for check in whole.checks if check.exercise != "half_mse")
    known = tuple(
        check.model_copy(update={"status": Status.PASSED}) if check.exercise == "predict" else check
        for check in others
    )
    again = graded(WRONG, only={"half_mse"}, known=known)
    assert check_of(again, "half_mse.value").status is Status.FAILED  # nothing is left to wait for
    assert len(again.checks) == len(whole.checks)


def test_whoever_only_wants_to_know_whether_a_point_is_lost_hears_of_wanted_ones():
    text = body("if len(X) == 4:\n    return X @ w\nreturn X @ w + b")
    alone = graded(text, only={"half_mse", "root"}, until_lost=True)
    assert [check.exercise for check in alone.checks] == ["half_mse"]


BLAMED = {
    "called": (WRONG, "half_mse waits for predict, which is not right yet. Fix predict first."),
    "called by a helper": (
        WRONG.replace("np.mean((predict(X, w, b) - y)", "np.mean((loss(X, w, b) - y)")
        + "def loss(X, w, b):\n    return predict(X, w, b)\n",
        "half_mse waits for predict, which is not right yet. Fix predict first.",
    ),
    "handed on": (
        WRONG.replace("(predict(X, w, b) - y)", "((lambda f: f(X, w, b))(predict) - y)"),
        "half_mse waits for predict, which is not right yet. Fix predict first.",
    ),
    "returns nothing yet": (
        body("pass"),
        "half_mse waits for predict, which is not written yet. Write predict first.",
    ),
}


@pytest.mark.parametrize("name", BLAMED)
def test_what_waits_says_for_what_behind_its_own_error(name):
    text, sentence = BLAMED[name]
    check = check_of(grade_mini(text, public=True), "half_mse.value")
    assert check.status is Status.SKIPPED
    own, _, blame = check.message.rpartition("\n")
    assert blame == sentence
    assert "differs" in own or "TypeError" in own
    assert (check.points, check.waits_for) == (0, "predict")


def test_the_cell_is_that_of_the_exercise_s_own_error():
    text = body("raise KeyError('w')").encode()
    origins = LineOrigins((1,), (3,), (100,))
    submission = Submission("s", "m1_mini", {"mini.py": text}, line_origins={"mini.py": origins})
    check = check_of(grade(submission, mini(), strongest()), "half_mse.value")
    own, blame = check.message.split("\n")
    assert own.endswith("KeyError was raised in cell 3, line 5.")
    assert blame.startswith("half_mse waits for predict")


WRONG_SIGMOIDS = {
    "tanh": "    return np.tanh(z)\n",
    "nothing done": "    return z\n",
    "a constant": "    return 0 * z + 0.3\n",
    "a share too much": "    return 1 / (1 + np.exp(-z)) + 0.1\n",
}


@pytest.mark.parametrize("name", WRONG_SIGMOIDS)
def test_no_misconception_is_named_of_what_calls_something_wrong(name):
    """Its answers may be those of a misconception because of the helper alone."""
    reference = live("a2_logistic_regression").references["logistic_regression.py"]
    text = splice(reference, "sigmoid", f"def sigmoid(z):\n{WRONG_SIGMOIDS[name]}")
    result = grade_text(
        untrained("a2_logistic_regression"), {"logistic_regression.py": text}, strongest()
    )
    here = [one for one in result.checks if one.file == "logistic_regression.py"]
    lost = [one for one in here if one.exercise != "sigmoid" and one.points == 0]
    assert {one.exercise for one in lost} >= {"sigmoid_grad", "predict_proba", "predict"}
    assert {(one.status, one.waits_for) for one in lost} == {(Status.SKIPPED, "sigmoid")}
    told = {one.diagnosis.id for one in lost if one.diagnosis}
    assert not any(one.startswith("misconception.") for one in told)


NOT_BLAMED = {
    "not called": OWN_WORDS,
    "only spoken of": OWN_WORDS.replace(
        "def half_mse(X, y, w, b):\n",
        'def half_mse(X, y, w, b):\n    """Like predict(X, w, b)."""  # not predict(X, w, b)\n',
    ),
    "another object's": OWN_WORDS.replace(
        "def half_mse(X, y, w, b):\n",
        "class Model:\n    def predict(self):\n        return 1\n\n"
        "def half_mse(X, y, w, b):\n    Model().predict()\n",
    ),
    "one of its own": OWN_WORDS.replace(
        "def half_mse(X, y, w, b):\n",
        "def half_mse(X, y, w, b):\n    predict = lambda *a: 1\n    predict(X)\n",
    ),
}


@pytest.mark.parametrize("name", NOT_BLAMED)
def test_what_is_not_called_is_not_blamed(name):
    check = check_of(grade_mini(NOT_BLAMED[name], public=True), "half_mse.value")
    assert check.status is Status.FAILED
    assert "predict" not in check.message
    assert check.waits_for == ""


def test_the_mistake_is_looked_for_where_it_lies():
    """Fit waits for the sigmoid, though all that calls it waits, too."""
    text = splice(
        live("a2_logistic_regression").references["logistic_regression.py"],
        "sigmoid",
        "def sigmoid(z):\n    return z * 0.5 + 0.25\n",
    )
    result = grade_text(
        prepared("a2_logistic_regression"), {"logistic_regression.py": text}, strongest()
    )
    assert {check.waits_for for check in result.checks} == {"", "sigmoid"}


def test_an_error_of_ones_own_is_not_hidden_behind_what_is_never_called():
    """The kernel is taken for square, and no output_size is in the file."""
    text = """
import numpy as np

def conv2d_forward(x, w, b, stride=1, padding=0, dilation=1):
    f = w.shape[0]
    n = (x.shape[1] + 2 * padding - f) // stride + 1
    m = (x.shape[2] + 2 * padding - f) // stride + 1
    xp = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    out = np.zeros((len(x), n, m, w.shape[3]))
    for i in range(n):
        for j in range(m):
            patch = xp[:, i * stride : i * stride + f, j * stride : j * stride + f]
            out[:, i, j] = np.sum(patch[..., None] * w[None], axis=(1, 2, 3)) + b
    return out, None
"""
    assignment = prepared("a4_cnn", public=True)
    result = grade_text(
        assignment, {"cnn.py": text}, strongest(), only=frozenset({"conv2d_forward"})
    )
    wrong = [check for check in result.checks if check.status is Status.ERROR]
    assert wrong
    assert not any("output_size" in check.message for check in result.checks)
    assert any("could not be broadcast" in check.message for check in wrong)


def test_the_syntax_error_of_one_definition_is_its_own(monkeypatch):
    """A worker that reads the rest of such a file says of a definition what is the matter."""
    from grader.judge.interview import FileInterview

    inspect = FileInterview.inspect
    problem = {"message": "invalid syntax", "line": 4, "column": 3, "text": "  retrun X"}

    def one_broken(interview, name):
        facts = inspect(interview, name)
        definitions = {**facts["definitions"], "predict": {"line": 3, "problem": problem}}
        return {**facts, "definitions": definitions}

    monkeypatch.setattr(FileInterview, "inspect", one_broken)
    text = REFERENCE.replace("def predict(X, w, b):\n    return X @ w + b\n", "")
    result = grade_mini(text)
    check = check_of(result, "predict.batch")
    assert check.status is Status.ERROR
    assert check.message.startswith("mini.py, line 4, column 3: invalid syntax.")
    assert not check.whole_file
    assert check_of(result, "half_mse.value").message == (
        "half_mse calls predict (line 6), which cannot be read: see line 4."
    )
    assert check_of(result, "solve.solution").status is Status.PASSED


def test_what_is_said_of_a_whole_file_is_marked():
    for text in ("def predict(:\n", "x = (\n", b"x = 1\n\0"):
        result = grade_mini(text)
        assert all(check.whole_file for check in result.checks)
        assert len({check.message for check in result.checks}) == 1
    assert not any(check.whole_file for check in grade_mini(WRONG).checks)


def test_a_float32_gradient_of_a_right_loss_is_not_sent_to_the_loss():
    """Its points are those of a gradient that fits the student's own function."""
    text = """
import numpy as np

def sigmoid(z):
    d = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, d) / (1.0 + d)

def sigmoid_grad(z):
    s = sigmoid(z.astype(np.float32))
    return s * (1.0 - s)
"""
    result = grade_text(prepared("a2_logistic_regression"), {"logistic_regression.py": text})
    assert result.points == 4.5
    checks = [check for check in result.checks if check.exercise == "sigmoid_grad"]
    assert {check.diagnosis.id for check in checks if check.diagnosis} == {"generic.dtype"}
    assert not any("look at sigmoid" in check.diagnosis.hint for check in checks if check.diagnosis)


def test_a_gradient_of_a_loss_that_is_recognised_keeps_its_share_where_nobody_is_told_why():
    """The loss forgets the half; that is not named, since it calls something that is wrong."""
    text = (
        REFERENCE.replace("return X @ w + b", "return 2 * (X @ w + b)")
        .replace(
            "np.mean((predict(X, w, b) - y) ** 2) / 2", "np.mean((predict(X, w, b) / 2 - y) ** 2)"
        )
        .replace("(predict(X, w, b) - y) / len(X)", "2 * (predict(X, w, b) / 2 - y) / len(X)")
    )
    result = grade_mini(text)
    loss = check_of(result, "half_mse.value")
    assert (loss.status, loss.waits_for, loss.diagnosis) == (Status.SKIPPED, "predict", None)
    gradient = check_of(result, "gradients.derivative")
    assert gradient.points == 0.3 * gradient.max_points
    assert gradient.diagnosis.id == "generic.consistent_gradient"


LATER = body("return X @ w + solve(X, X)[0, 0]")
"""`predict` calls what is judged after it."""


@pytest.mark.parametrize(
    ("broken", "text", "wanted"),
    [("solve", LATER, "predict"), ("predict", WRONG, "half_mse")],
)
@pytest.mark.parametrize("failure", [Lost(Silence.NOT_STARTED, "no process"), RuntimeError("ours")])
def test_what_rests_on_a_failure_of_the_grader_is_its_failure(
    broken, text, wanted, failure, monkeypatch
):
    import grader.judge.grading

    judge = grader.judge.grading.judge_check

    def failing(check, interview):
        if check.exercise == broken:
            raise failure
        verdict = judge(check, interview)
        guess = Diagnosis(id="generic.sign", hint="the sign")
        return verdict if verdict.status is Status.PASSED else replace(verdict, diagnosis=guess)

    monkeypatch.setattr(grader.judge.grading, "judge_check", failing)
    checks = [one for one in graded(text).checks if one.exercise == wanted]
    check = next(one for one in checks if one.status is not Status.PASSED)
    assert (check.status, check.diagnosis) == (Status.GRADER_ERROR, None)
    assert f"{wanted} depends on {broken}, and the grader failed on that" in check.message
