"""How a submission becomes a Result: statuses, prerequisites, and what costs what."""

import pytest

from grader.confine import LimitBook, Limits, Lost, Silence, SpawnedLauncher
from grader.course.misconception import splice
from grader.judge.grading import GradingOptions, grade
from grader.result import Status
from grader.submissions import Submission
from grader.wire.budget import WHOLE
from grader.wire.encoding import decode
from tests.conftest import grade_text, live, prepared, strongest
from tests.mini import REFERENCE, body, check_of, grade_mini, mini, replaced

OTHERS = ("solve.solution", "root.positive", "noise.moments", "fit.quality")


def statuses(result):
    return {f"{check.exercise}.{check.check}": check.status for check in result.checks}


def test_the_reference_passes():
    result = grade_mini(REFERENCE, chosen=SpawnedLauncher())
    assert result.points == result.max_points == 20
    assert set(statuses(result).values()) == {Status.PASSED}
    assert result.confinement == "unconfined"
    assert "mini seed" not in result.model_dump_json()


BAD_VALUES = {
    "None": ("return print()", "None was returned"),
    "a string": ("return 'five'", "received a string"),
    "a list of lists": ("return [[1.0, 2.0]] * len(X)", "list of lists"),
    "a ragged list": ("return [[1.0], [1.0, 2.0]]", "ragged"),
    "an object array": ("return np.array([None] * len(X))", "dtype object"),
    "a subclass": (
        "class Sly(np.ndarray):\n    pass\nreturn (X @ w + b).view(Sly)",
        "subclass of ndarray",
    ),
    "complex": ("return X @ w + b + 0j", "complex"),
    "a generator": ("return (x for x in X @ w + b)", "generator"),
    "float32": ("return (X @ w + b).astype('float32')", "float32"),
    "NaN": ("return (X @ w + b) * np.nan", "NaN"),
    "a column": ("return (X @ w + b)[:, None]", "shape (5,) was expected; received (5, 1)"),
    "too many": ("return np.zeros(10**7 * 2)", "too large"),
    "a rigged number": (
        "class Rigged(float):\n    def __eq__(self, other):\n        return True\nreturn Rigged(1)",
        "received Rigged",
    ),
}


@pytest.mark.parametrize("name", BAD_VALUES)
def test_a_wrong_value_fails_with_its_own_message(name):
    code, words = BAD_VALUES[name]
    result = grade_mini(body(code))
    check = check_of(result, "predict.batch")
    assert check.status is Status.FAILED
    assert words in check.message
    assert check.points == 0
    assert all(statuses(result)[other] is Status.PASSED for other in OTHERS)


OUT_OF_TIME = "Your code was still running when its time was up; it may take 2 s."
ENDINGS = {
    "an exception": ("raise KeyError('w')", Status.ERROR, "KeyError"),
    "sys.exit": ("raise SystemExit(0)", Status.ERROR, "predict raises SystemExit in line 5; it"),
    "exit": ("exit(1)", Status.ERROR, "predict calls exit() in line 5; it should return"),
    "input": ("input('w?')", Status.ERROR, "EOFError"),
    "not implemented": ("raise NotImplementedError", Status.MISSING, "not written yet"),
    "a forbidden package": (
        "from scipy.special import expit\nreturn expit(X @ w)",
        Status.FORBIDDEN,
        "scipy.special, imported in line 5, may not be used in this file",
    ),
    "a missing package": (
        "import torchvision.io as io\nreturn io.read(X)",
        Status.FORBIDDEN,
        "it may import numpy and the standard library",
    ),
    "recursion": ("return predict(X, w, b)", Status.ERROR, "RecursionError"),
    "too many arguments": ("return predict(X, w, b, 1)", Status.ERROR, "TypeError"),
    "endless": ("while True:\n    pass", Status.TIMEOUT, OUT_OF_TIME),
    "asleep": ("import time\ntime.sleep(60)", Status.TIMEOUT, OUT_OF_TIME),
    "memory": ("return np.ones((10**5, 10**5))", Status.OUT_OF_MEMORY, "memory"),
    "a crash": (
        "np.ctypeslib.ctypes.string_at(0)",
        Status.CRASHED,
        "signal",
    ),
    "an exit of the process": (
        "found = [c for c in object.__subclasses__() if c.__name__ == '_wrap_close']\n"
        "found[0].__init__.__globals__['_exit'](0)",
        Status.CRASHED,
        "exit code 0",
    ),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_a_bad_ending_costs_that_exercise_alone(name):
    code, status, words = ENDINGS[name]
    result = grade_mini(body(code))
    check = check_of(result, "predict.batch")
    assert check.status is status, check.message
    assert words in check.message
    assert all(statuses(result)[other] is Status.PASSED for other in OTHERS)


def test_a_hanging_exercise_is_waited_for_once():
    result = grade_mini(body("while True:\n    pass"), seconds=1)
    assert check_of(result, "predict.purity").status is Status.TIMEOUT
    assert "not run again" in check_of(result, "predict.purity").message
    # What depends on it would hang as well, and is not tried.
    assert check_of(result, "half_mse.value").status is Status.SKIPPED
    assert check_of(result, "half_mse.value").cases.run == 0


def test_what_depends_on_a_hanging_exercise_does_not_take_the_next_worker_with_it(monkeypatch):
    """A worker answers ahead what was announced: it would hang there, for a limit more."""
    announced = []
    start = SpawnedLauncher.start

    def watched(launcher, settings):
        worker = start(launcher, settings)
        worker.announce = lambda questions: announced.append(
            [decode(one.question) for one in questions]
        )
        return worker

    monkeypatch.setattr(SpawnedLauncher, "start", watched)
    files = live("a2_logistic_regression").references
    text = splice(
        files["logistic_regression.py"],
        "sigmoid",
        "def sigmoid(z):\n    while True:\n        pass\n",
    )
    limits = LimitBook(Limits(seconds=1, cpu_seconds=1))
    assignment = prepared("a2_logistic_regression", "numpy")
    grade_text(assignment, {"logistic_regression.py": text}, SpawnedLauncher(), limits=limits)
    first, *later = [
        {step["target"] for question in questions for step in question["steps"] if "target" in step}
        for questions in announced
    ]
    assert {"sigmoid", "binary_cross_entropy", "gradients", "confusion_counts"} <= first
    for targets in later:
        assert not targets & {"sigmoid", "sigmoid_grad", "predict_proba", "gradients", "fit"}
    assert any("confusion_counts" in targets for targets in later)


def test_a_wrong_number_of_arguments_is_told():
    result = grade_mini(REFERENCE.replace("def predict(X, w, b)", "def predict(X, w)"))
    assert "Compare its arguments" in check_of(result, "predict.batch").message


FILES = {
    "empty": (b"", Status.MISSING, "no predict"),
    "syntax": (b"def predict(:\n", Status.ERROR, "line 1, column"),
    "null bytes": (b"x = 1\n\0\0", Status.ERROR, "null bytes"),
    "nested": (b"x = " + b"(" * 5_000 + b")" * 5_000, Status.ERROR, "mini.py"),
    "an error and no more": (b"import numpy as np\n1 / 0\n", Status.MISSING, "no predict"),
    "an exit and no more": (b"raise SystemExit\n", Status.MISSING, "no predict"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_says_so_on_every_check(name):
    content, status, words = FILES[name]
    result = grade_mini(content)
    assert result.points == 0
    assert {check.status for check in result.checks} == {status}
    assert words in result.checks[0].message


def test_a_byte_order_mark_is_harmless():
    assert grade_mini(b"\xef\xbb\xbf" + REFERENCE.encode()).points == 20


def test_a_wrong_name_suggests_the_right_one():
    result = grade_mini(REFERENCE.replace("predict", "predikt"))
    check = check_of(result, "predict.batch")
    assert check.status is Status.MISSING
    assert "Did you mean predikt?" in check.message


def test_a_missing_file_names_what_was_found():
    result = grade(Submission("s", "m1_mini", {"other.py": b""}), mini(), SpawnedLauncher())
    assert {check.status for check in result.checks} == {Status.MISSING}
    assert "found: other.py" in result.checks[0].message


def test_changed_inputs_cost_the_purity_check_alone():
    result = grade_mini(body("X *= 2\nX /= 2\nX += 1\nX -= 1\nw[0] = w[0] + 0\nreturn X @ w + b"))
    assert check_of(result, "predict.batch").status is Status.PASSED
    result = grade_mini(body("out = X @ w + b\nX[:] = 0\nreturn out"))
    assert check_of(result, "predict.batch").status is Status.PASSED
    assert check_of(result, "predict.purity").status is Status.FAILED
    assert "changed its input X" in check_of(result, "predict.purity").message


def test_what_one_exercise_patches_costs_no_other():
    code = "np.seterr(all='raise')\nnp.mean = lambda *a: 7.0\nnp.random.seed(1)\nreturn X @ w + b"
    assert grade_mini(body(code)).points == 20


def test_an_exercise_that_leaves_a_thread_behind_costs_a_worker_and_no_point():
    code = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()"
    text = body(f"{code}\nreturn X @ w + b")
    assert grade_text(mini(), {"mini.py": text}, strongest()).points == 20


def test_printing_a_megabyte_is_bounded_and_harmless():
    result = grade_mini(body("print('x' * 10**6)\nreturn X @ w + b"))
    assert result.points == 20
    printed = check_of(result, "predict.batch").printed
    assert printed.startswith("xxx") and "more characters" in printed
    assert len(printed) < 3_000


def test_a_failure_behind_a_broken_helper_is_skipped_and_says_what_to_fix():
    check = check_of(grade_mini(body("return X @ w")), "half_mse.value")
    assert check.status is Status.SKIPPED
    assert "half_mse waits for predict, which is not right yet. Fix predict first." in check.message
    assert check.message.startswith("five rows (2 of 2 cases): the value differs")
    assert check.waits_for == "predict"


def test_who_solves_it_without_the_broken_helper_keeps_the_points():
    text = body("return X @ w").replace("(predict(X, w, b) - y) ** 2", "(X @ w + b - y) ** 2")
    result = grade_mini(text)
    assert check_of(result, "predict.batch").status is Status.FAILED
    assert check_of(result, "half_mse.value").status is Status.PASSED


def test_a_worker_that_cannot_start_is_the_graders_failure():
    class Broken(SpawnedLauncher):
        def start(self, settings):
            raise Lost(Silence.NOT_STARTED, "no process could be started")

    result = grade(Submission("s", "m1_mini", {"mini.py": REFERENCE.encode()}), mini(), Broken())
    assert {check.status for check in result.checks} == {Status.GRADER_ERROR}
    assert result.has_grader_error


@pytest.mark.parametrize(
    "way",
    [
        "np.linalg.lstsq",
        "getattr(np.linalg, 'lst' + 'sq')",
        "np.linalg._linalg.lstsq",
        "secret",
        "np.linalg._linalg._umath_linalg.lstsq",
        "next(one for one in np._core.overrides.ARRAY_FUNCTIONS if one.__name__ == 'lst' + 'sq')",
        "(lambda X, y: np.polyfit(X[:, 0], y, 1))",
    ],
)
def test_a_forbidden_function_is_caught_however_it_is_reached(way):
    text = replaced("return np.linalg.solve(X.T @ X, X.T @ y)", f"return {way}(X, y)[0]")
    text = text.replace(
        "import numpy as np", "import numpy as np\nfrom numpy.linalg import lstsq as secret"
    )
    result = grade_mini(text)
    assert check_of(result, "solve.solution").status is Status.FORBIDDEN
    assert check_of(result, "solve.source").points == 0
    assert "lstsq is not allowed" in check_of(result, "solve.solution").message
    assert check_of(result, "fit.quality").status is Status.PASSED  # allowed there


def test_hidden_cases_show_no_values_and_public_ones_do():
    text = replaced(" / 2\n", " * 3\n")
    hidden = check_of(grade_mini(text), "half_mse.value").message
    public = check_of(grade_mini(text, public=True), "half_mse.value").message
    assert "expected:" in public and "received:" in public
    assert "expected:" not in hidden and not any(c.isdigit() for c in hidden.replace("2 of 2", ""))


def test_hidden_exceptions_show_no_message():
    text = body("raise RuntimeError(f'X is {X.tolist()}')")
    message = check_of(grade_mini(text), "predict.batch").message
    assert "RuntimeError" in message and "X is" not in message and "in line" in message
    assert "X is" in check_of(grade_mini(text, public=True), "predict.batch").message


class LostOnce(SpawnedLauncher):
    """Workers as usual, but the n-th question of all is answered by silence."""

    def __init__(self, number, silence=Silence.KILLED):
        super().__init__()
        self.number, self.silence, self.count = number, silence, 0

    def start(self, settings):
        worker = super().start(settings)
        ask = worker.ask

        def lost_once(question, seconds, budget=WHOLE):
            self.count += 1
            if self.count == self.number:
                raise Lost(self.silence, "the process is gone", question)
            return ask(question, seconds, budget)

        worker.ask = lost_once
        return worker


@pytest.mark.parametrize("number", range(1, 8))
def test_a_worker_that_the_machine_killed_costs_nothing(number):
    """The first question inspects, the second imports, the others ask."""
    submission = Submission("s", "m1_mini", {"mini.py": REFERENCE.encode()})
    result = grade(submission, mini(), LostOnce(number))
    assert result.points == result.max_points


def test_a_crash_before_any_code_of_the_student_ran_costs_nothing_and_a_later_one_does():
    submission = Submission("s", "m1_mini", {"mini.py": REFERENCE.encode()})
    inspecting, asking = (
        grade(submission, mini(), LostOnce(number, Silence.CRASHED)) for number in (1, 3)
    )
    assert inspecting.points == inspecting.max_points
    assert "crashed" in statuses(asking).values()


def test_who_only_wants_to_know_whether_a_point_is_lost_hears_no_more():
    text = replaced("return X @ w + b", "return X @ w - b").encode()
    submission = Submission("student", "m1_mini", {"mini.py": text})
    options = GradingOptions(until_lost=True)
    result = grade(submission, mini(), SpawnedLauncher(), options)
    assert list(statuses(result)) == ["predict.batch"]
    right = Submission("student", "m1_mini", {"mini.py": REFERENCE.encode()})
    assert grade(right, mini(), SpawnedLauncher(), options).points == 20
