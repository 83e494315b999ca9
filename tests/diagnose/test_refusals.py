"""An impossible input that is let through is named, and a possible one that is refused."""

import pytest

from tests.mini import check_of, grade_mini, replaced

GUARD = """    if x < 0:
        raise ValueError(f"Expected x >= 0. Received: {x}")
"""
FORMS = {
    "no guard": ("negative", GUARD, "", "let_through", "(-4)"),
    "another error": ("negative", GUARD, "    [0][int(-x)]\n", "breaks", "ValueError"),
    "the wrong way round": ("positive", "if x < 0:", "if x > 0:", "refused", "(a number)"),
}


@pytest.mark.parametrize("form", FORMS)
def test_what_is_refused_or_not_is_named(form):
    check, old, new, pattern, word = FORMS[form]
    found = check_of(grade_mini(replaced(old, new)), f"root.{check}")
    if form == "another error":
        assert found.status == "skipped" or found.diagnosis.id == f"generic.{pattern}"
        return
    assert found.diagnosis.id == f"generic.{pattern}"
    assert word in found.diagnosis.hint


@pytest.mark.parametrize("code", ["[][1]", "int('x')"])
def test_an_error_of_the_computation_is_no_refusal(code):
    text = replaced("    return np.sqrt(x)", f"    {code}\n    return np.sqrt(x)")
    assert check_of(grade_mini(text), "root.positive").diagnosis is None


@pytest.mark.parametrize(
    ("code", "pattern", "words"),
    [
        ("x / 0", "zero_division", "divided by 0"),
        ("__import__('math').exp(1e4)", "overflow", "too large"),
        ("np.zeros(2) + np.zeros(3)", "shapes", "shapes (2,) and (3,)"),
        ("np.random.default_rng(0).integers(-0, 0)", "nothing_to_draw", "upper end out"),
        ("np.zeros(3)[7]", "index", "entry 7 is asked for there along an axis 0 that has 3"),
    ],
)
def test_what_the_computation_did_is_told_in_plain_words(code, pattern, words):
    text = replaced("    return np.sqrt(x)", f"    return {code}")
    found = check_of(grade_mini(text), "root.positive").diagnosis
    assert found.id == f"generic.raised_{pattern}" and words in found.hint


def test_a_constant_and_an_argument_are_told():
    text = replaced("    return X @ w + b", "    return np.full(len(X), 3.5)")
    assert check_of(grade_mini(text), "predict.batch").diagnosis.id == "generic.constant"
    text = replaced("return X.T @ residual, np", "return w, np")
    assert check_of(grade_mini(text), "gradients.derivative").diagnosis.id == "generic.argument"
