"""What is not allowed: the sentence names who uses it, and what only calls that one waits."""

import pytest

from grader.confine import LimitBook, Limits
from grader.result import Status
from tests.conftest import grade_text
from tests.mini import body, check_of, grade_mini, mini, replaced

REFUSED = "scipy.special, imported in line 2, may not be used in this file"
ALLOWED = "it may import numpy and the standard library."
SOLVE = "return np.linalg.solve(X.T @ X, X.T @ y)"


def using(text: str, head: str = "import scipy.special as lib") -> str:
    """The text with an import in line 2, which takes the place of an empty line."""
    assert text.startswith("\nimport numpy as np\n\n")
    return f"\n{head}\nimport numpy as np\n{text[21:]}"


DIRECT = using(body("return lib.expit(X @ w)"))
BY_HELPER = using(body("return product(X, w)")) + "def product(X, w):\n    return lib.expit(X)\n"
BY_METHOD = (
    using(body("return Maker().product(X)"))
    + "class Maker:\n    def product(self, X):\n        return [lib.expit(x) for x in X]\n"
)
OWN_LOSS = using(replaced("np.mean((predict(X, w, b) - y) ** 2) / 2", "product(X)"))
OF_LOSS = OWN_LOSS + "def product(X):\n    return lib.expit(X)\n"
LEFT_OUT = using(replaced("def predict(", "@lib.jit\ndef predict("))
LEFT_OUT_HELPER = using(body("return product(X)")) + "@lib.jit\ndef product(X): return X\n"
WITH_STAR = using(body("return expit(X)"), "from scipy.special import *")
DEEP = using(body("return deep(X, 20)")) + (
    "def deep(X, n):\n    return deep(X, n - 1) if n else lib.expit(X)\n"
)
RIGHT_BY_ITSELF = using(body("if len(X) == 9:\n    lib.expit(X)\nreturn X @ w + b")).replace(
    SOLVE, "return predict(X, y, 0)"
)

SENTENCES = {
    "itself": (DIRECT, "predict.batch", "", f"In line 5: {REFUSED}; {ALLOWED}"),
    "an exercise that it calls": (
        DIRECT,
        "half_mse.value",
        "predict",
        f"half_mse calls predict, which uses scipy.special in line 5. {REFUSED}; {ALLOWED}",
    ),
    "an exercise that answers with it": (
        using(body("return lib")),
        "half_mse.value",
        "predict",
        f"half_mse calls predict, which returns scipy.special. {REFUSED}; {ALLOWED}",
    ),
    "an exercise that calls one that works with such an answer": (
        using(body("return lib")).replace(SOLVE, "return half_mse(X, y, 0, 0)"),
        "solve.solution",
        "predict",
        "solve calls half_mse, which calls predict, which returns scipy.special. "
        f"{REFUSED}; {ALLOWED}",
    ),
    "a helper that is no exercise": (
        OF_LOSS,
        "half_mse.value",
        "",
        f"half_mse calls product, which uses scipy.special in line 29. {REFUSED}; {ALLOWED}",
    ),
    "a helper of an exercise that it calls": (
        BY_HELPER,
        "half_mse.value",
        "predict",
        "half_mse calls predict, which calls product, which uses scipy.special in line 29. "
        f"{REFUSED}; {ALLOWED}",
    ),
    "a class": (
        BY_METHOD,
        "predict.batch",
        "",
        f"predict calls Maker, which uses scipy.special in line 30. {REFUSED}; {ALLOWED}",
    ),
    "many calls below": (
        DEEP,
        "half_mse.value",
        "predict",
        "half_mse calls predict, which calls deep, which uses scipy.special in line 29. "
        f"{REFUSED}; {ALLOWED}",
    ),
    "a definition that was left out": (
        LEFT_OUT,
        "half_mse.value",
        "predict",
        "half_mse needs predict. Line 4, which should have defined predict, was left out when your "
        f"file ran: {REFUSED}; {ALLOWED}",
    ),
    "a helper that was left out": (
        LEFT_OUT_HELPER,
        "half_mse.value",
        "predict",
        "half_mse calls predict, which needs product. Line 28, which should have defined product, "
        f"was left out when your file ran: {REFUSED}; {ALLOWED}",
    ),
    "a name of a star import": (
        WITH_STAR,
        "half_mse.value",
        "predict",
        "half_mse calls predict, which uses expit in line 5. expit is not defined. "
        f"{REFUSED}; {ALLOWED}",
    ),
    "an exercise that is right by itself": (
        RIGHT_BY_ITSELF,
        "solve.solution",
        "",
        f"solve calls predict, which uses scipy.special in line 6. {REFUSED}; {ALLOWED}",
    ),
    "a function that one exercise forbids": (
        replaced(SOLVE, "return fit(X, y)[0]"),
        "solve.solution",
        "",
        "solve calls fit, which uses numpy.linalg.lstsq in line 26, which is not allowed in solve.",
    ),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_the_sentence_names_who_uses_it(name):
    text, which, waits_for, sentence = SENTENCES[name]
    check = check_of(grade_mini(text), which)
    assert check.message == sentence
    assert check.status is (Status.SKIPPED if waits_for else Status.FORBIDDEN)
    assert (check.waits_for, check.points) == (waits_for, 0)


def test_who_only_calls_it_waits_over_two_levels():
    chain = replaced("np.mean((predict(X, w, b) - y) ** 2) / 2", "predict(X, w, b)[0]")
    text = using(chain).replace("return X @ w + b", "return lib.expit(X)")
    text = text.replace("residual = (predict(", "half_mse(X, y, w, b); residual = (predict(")
    result = grade_mini(text)
    check = check_of(result, "gradients.derivative")
    assert check.message.startswith("gradients calls half_mse, which calls predict, which uses ")
    assert (check.status, check.waits_for) == (Status.SKIPPED, "predict")


def test_a_use_in_another_file_names_that_file():
    files = {
        "mini.py": f"from tools import product\n{body('return product(X)')}",
        "tools.py": "import scipy\ndef product(X): return scipy.expit(X)\n",
    }
    limits = LimitBook(Limits(seconds=5, cpu_seconds=5))
    result = grade_text(mini(), files, limits=limits)
    assert check_of(result, "half_mse.value").message.startswith(
        "half_mse calls predict, which calls product, which uses scipy in tools.py, line 2. "
    )
