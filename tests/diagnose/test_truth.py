"""Nothing false is said: of what fits by chance, and where more speaks for something else."""

from types import SimpleNamespace

import numpy as np
import pytest

from grader.course.case import Expectation, Observation
from grader.diagnose import misconceptions, ratios
from grader.diagnose.foretold import passes
from grader.diagnose.independent import diagnose_independent
from grader.result import Kind
from tests.diagnose.test_foretold import told
from tests.mini import mini

MIRRORED = """
def sigmoid(z):
    return 1 / (1 + np.exp(-np.abs(z)))
"""


def test_a_misconception_has_to_explain_every_check_that_failed():
    """Of one negative number it is the sigmoid of the opposite; of seven numbers it is not."""
    named = {one.diagnosis.id for one in told("sigmoid", MIRRORED) if one.diagnosis}
    assert named
    assert not any(one.startswith("misconception.") for one in named)


@pytest.mark.parametrize(
    ("known", "ways"),
    [([9.0, 3.0], 2), ([9.0, 4.0], 1), ([6.0, 2.0, 3.0], 1), ([7.0, 7.0], 2)],
    ids=["a square", "alone", "common numbers", "twice"],
)
def test_a_length_that_is_also_a_product_is_no_factor_alone(known, ways):
    assert ratios._ways_to(known[0], known) == ways


def test_of_one_failure_a_length_that_a_square_has_too_is_not_named():
    case = type("Case", (), {"arguments": {"x": np.zeros((2, 9))}, "options": {"size": 3}})()
    assert ratios._ways_to(9.0, ratios.quantities(case).values()) == 2


@pytest.mark.parametrize(("value", "is_told"), [(1.0, False), (0.0, False), (0.4, True)])
def test_a_bound_that_few_numbers_reach_is_no_constant(value, is_told):
    """An F1 score that counts too much is clipped at 1, whatever the labels are."""
    item = SimpleNamespace(
        failed=True,
        mismatch=SimpleNamespace(position="", received=value),
        observation=SimpleNamespace(values=[value]),
        case=SimpleNamespace(arguments={}, options={}, expected=SimpleNamespace(values=[0.3])),
    )
    other = SimpleNamespace(**vars(item))
    other.case = SimpleNamespace(arguments={}, options={}, expected=SimpleNamespace(values=[0.7]))
    check = SimpleNamespace(kind=Kind.OUT, settings={})
    found = diagnose_independent(check, [item, other])
    assert (found is not None) is is_told


def test_few_whole_numbers_make_no_misconception_certain():
    assignment = mini()
    known = assignment.misconceptions[0].id
    assert misconceptions.told(assignment, known).hint.startswith("Most likely your half_mse")
    assert misconceptions.told(assignment, known, False).hint.startswith("Perhaps your half_mse")


def test_a_draw_that_is_never_accepted_foretells_a_failure():
    """Whoever passes does not have it; what was accepted once foretells nothing."""
    expected = Expectation("mean", 0.4, 0.6)

    def foretold(mean):
        found = Observation("answered", [np.full(4, mean)])
        case = SimpleNamespace(
            expected=found, mistaken={"x": found}, expects=(expected,), returns=("out",)
        )
        return passes(SimpleNamespace(kind=Kind.STAT, cases=(case,), settings={}), "x")

    assert foretold(0.0) is False
    assert foretold(0.5) is None
