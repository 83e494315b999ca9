"""Nothing false is said: of what fits by chance, and where more speaks for something else."""

import numpy as np
import pytest

from grader.diagnose import ratios
from tests.diagnose.test_foretold import told

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
