"""A small assignment for tests of the engine, and a way to grade texts against it."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

from grader.confine import Launcher, LimitBook, Limits, SpawnedLauncher
from grader.course import Assignment, Expectation, Rng, case
from grader.course.misconception import Misconception
from grader.course.prepare import LiveCourse, case_generator, prepare
from grader.course.prepared import PreparedAssignment
from grader.result import PUBLIC_SEED, CheckResult, Result, Visibility
from tests.conftest import grade_text

REFERENCE = """
import numpy as np

def predict(X, w, b):
    return X @ w + b

def half_mse(X, y, w, b):
    return np.mean((predict(X, w, b) - y) ** 2) / 2

def gradients(X, y, w, b):
    residual = (predict(X, w, b) - y) / len(X)
    return X.T @ residual, np.sum(residual)

def solve(X, y):
    return np.linalg.solve(X.T @ X, X.T @ y)

def root(x):
    if x < 0:
        raise ValueError(f"Expected x >= 0. Received: {x}")
    return np.sqrt(x)

def noise(n, rng):
    return rng.normal(size=n)

def fit(X, y):
    w = np.linalg.lstsq(np.column_stack([X, np.ones(len(X))]), y, rcond=None)[0]
    return w[:-1], w[-1]
"""


def publishable(reference: str = REFERENCE) -> str:
    """Return it with the docstrings and marks without which freezing refuses it."""
    heads = re.compile(r"^(def .*:\n)((?:    .*\n)+)", re.MULTILINE)
    made = r'\1    """See the handout."""\n    ### BEGIN SOLUTION\n\2    ### END SOLUTION\n'
    return heads.sub(made, reference)


def _assignment() -> Assignment:
    assignment = Assignment(name="m1_mini", title="Mini", summary="For tests.")
    file = assignment.file("mini.py", backend="numpy")

    def data(rng, n=5, d=3):
        return {
            "X": rng.normal(size=(n, d)),
            "y": rng.normal(size=n),
            "w": rng.normal(size=d),
            "b": 0.5,
        }

    predict = file.exercise("predict", hints=["shapes", "@"])

    @predict.outputs(points=2)
    def batch(rng):
        """Xw + b for a batch of rows"""
        for n, d in ((5, 3), (4, 2)):
            given = data(rng, n, d)
            del given["y"]
            yield case(f"{n} rows", **given)

    predict.purity(points=1)
    half_mse = file.exercise("half_mse", needs=["predict"])

    @half_mse.outputs(points=2)
    def value(rng):
        """the loss"""
        yield case("five rows", **data(rng))
        yield case("four rows", **data(rng, 4))

    gradients = file.exercise("gradients", needs=["predict"])

    @gradients.gradient(points=4, of="half_mse", wrt=("w", "b"))
    def derivative(rng):
        """the gradient of the loss"""
        yield case("five rows", **data(rng))

    solve = file.exercise("solve")

    @solve.outputs(points=2)
    def solution(rng):
        """solves the normal equation"""
        given = data(rng, 9)
        yield case("nine rows", X=given["X"], y=given["y"])

    solve.source(
        points=1,
        forbid=("numpy.linalg.lstsq", "numpy.linalg._umath_linalg.lstsq"),
        title="does without lstsq",
    )
    root = file.exercise("root")

    @root.outputs(points=1)
    def positive(rng):
        """takes the root"""
        yield case("a number", x=float(rng.uniform(1, 2)))

    @root.errors(points=2)
    def negative(rng):
        """raises ValueError below 0"""
        yield case("-4", x=-4.0, offending="-4")

    noise = file.exercise("noise")

    @noise.statistics(points=1)
    def moments(rng):
        """has mean 0 and deviation 1"""
        ranges = [Expectation("mean", -0.1, 0.1), Expectation("std", 0.9, 1.1)]
        yield case("5,000 draws", n=5_000, rng=Rng(3), expects=ranges)

    fit = file.exercise("fit")

    @fit.training(points=4, measure="linear_r2", baseline=0.0, threshold=0.9, cpu_seconds=5)
    def quality(rng):
        """predicts held-out rows"""
        X = rng.normal(size=(60, 2))
        y = X @ np.array([2.0, -1.0]) + 0.1 * rng.normal(size=60)
        yield case("30 rows", X=X[:30], y=y[:30], held_out={"X": X[30:], "y": y[30:]})

    return assignment


MISTAKES = (
    Misconception(
        "half_mse",
        "forgets_the_half",
        "divides by m",
        "Look at the factor.",
        "def wrong(X, y, w, b):\n    return np.mean((predict(X, w, b) - y) ** 2)\n",
    ),
)


@lru_cache
def mini(public: bool = False) -> PreparedAssignment:
    return prepare_mini(SpawnedLauncher(), public)


def mini_course() -> LiveCourse:
    return LiveCourse(_assignment(), MISTAKES, {"mini.py": REFERENCE}, "0" * 64)


def prepare_mini(chosen: Launcher, public: bool = False) -> PreparedAssignment:
    visibility = Visibility.PUBLIC if public else Visibility.HIDDEN
    return prepare(mini_course(), "mini seed", visibility, chosen)


def grade_mini(
    text: str | bytes,
    *,
    public: bool = False,
    seconds: float = 2.0,
    chosen: Launcher | None = None,
) -> Result:
    limits = Limits(seconds=seconds, cpu_seconds=seconds, numpy_megabytes=1_024)
    return grade_text(mini(public), {"mini.py": text}, chosen, limits=LimitBook(limits))


def replaced(old: str, new: str) -> str:
    assert old in REFERENCE
    return REFERENCE.replace(old, new)


def check_of(result: Result, name: str) -> CheckResult:
    exercise, check = name.split(".")
    return next(c for c in result.checks if c.exercise == exercise and c.check == check)


def body(code: str) -> str:
    """The reference with `predict` replaced by these lines."""
    lines = "".join(f"    {line}\n" for line in code.splitlines())
    return replaced("    return X @ w + b\n", lines)


def _first_numbers(seed):
    """The number `X[0, 0]` of each case of `predict`."""
    check = next(_assignment().exercises()).checks[0]
    cases = check.cases(case_generator(seed, "predict", check.name))
    return [float(case.arguments["X"][0, 0]) for case in cases]


def right_on_public_cases(seed):
    """Wrong where a number lies beyond all public ones, as a hidden one of the seed does."""
    public, hidden = _first_numbers(PUBLIC_SEED), _first_numbers(seed)
    for sign in (1, -1):
        bound = max(np.multiply(public, sign))
        if max(np.multiply(hidden, sign)) > bound:
            return body(f"r = X @ w + b\nreturn -r if {sign} * X[0, 0] > {bound!r} else r")
    raise AssertionError("no hidden number lies beyond the public ones")
