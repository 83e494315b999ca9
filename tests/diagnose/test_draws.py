"""A misconception about random output is named by statistics, however the numbers are drawn."""

import pytest

from grader.course.misconception import splice
from tests.conftest import grade_text, live, strongest, untrained

NAME, FILE = "a3_mlp", "mlp.py"
REFERENCE = live(NAME).references[FILE]
PLAIN = "rng.standard_normal((fan_out, fan_in)).T"
EVEN = "(2 * rng.random((fan_out, fan_in)).T - 1)"
FORMS = {
    "the outputs": ("he_normal", f"np.sqrt(2 / fan_out) * {PLAIN}", "counts_the_outputs"),
    "the variance": (
        "he_normal",
        f"2 / fan_in * {PLAIN}",
        "takes_the_variance_for_the_deviation",
    ),
    "half of it": ("he_normal", f"np.sqrt(1 / fan_in) * {PLAIN}", ""),
    "one fan": ("xavier_uniform", f"np.sqrt(6 / fan_in) * {EVEN}", "counts_one_fan"),
    "no negative ones": (
        "xavier_uniform",
        "np.sqrt(6 / (fan_in + fan_out)) * rng.random((fan_out, fan_in)).T",
        "is_never_negative",
    ),
    "a bound that nobody has": ("xavier_uniform", f"np.sqrt(5 / fan_in) * {EVEN}", ""),
}


@pytest.mark.parametrize("form", FORMS)
def test_what_is_drawn_otherwise_is_named_by_its_statistics(form):
    name, value, known = FORMS[form]
    text = splice(REFERENCE, name, f"def {name}(fan_in, fan_out, rng):\n    return {value}\n")
    result = grade_text(untrained(NAME), {FILE: text}, strongest(), only=frozenset({name}))
    assert any(one.lost_points for one in result.checks)
    told = {one.diagnosis.id for one in result.checks if one.diagnosis}
    assert told == ({f"misconception.{name}.{known}"} if known else set())
