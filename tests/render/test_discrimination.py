"""The statistic: bounds, symmetries, and a class whose number can be computed by hand."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grader.render.discrimination import item_rest_correlation

POINTS = st.floats(0, 100, allow_nan=False)
CLASSES = st.lists(st.tuples(st.booleans(), POINTS), max_size=40)


def correlation(pairs):
    return item_rest_correlation([one for one, _ in pairs], [rest for _, rest in pairs])


@given(CLASSES)
def test_it_is_between_minus_one_and_one_or_nothing(pairs):
    found = correlation(pairs)
    assert found is None or -1 <= found <= 1


@given(CLASSES)
def test_it_is_pearsons_correlation(pairs):
    found = correlation(pairs)
    assume(found is not None)
    passed, rest = np.array(pairs, dtype=float).T
    assume(rest.std() > 1e-3)
    assert found == pytest.approx(np.corrcoef(passed, rest)[0, 1], abs=1e-6)


@given(CLASSES)
def test_failing_and_passing_exchanged_turns_the_sign(pairs):
    found = correlation(pairs)
    turned = correlation([(not one, rest) for one, rest in pairs])
    assert (found is None) == (turned is None)
    assert found is None or turned == pytest.approx(-found)


@given(CLASSES, st.integers(1, 9), st.integers(-50, 50))
def test_the_scale_of_the_points_does_not_matter(pairs, factor, shift):
    found = correlation(pairs)
    assume(found is not None and max(r for _, r in pairs) - min(r for _, r in pairs) > 1e-3)
    moved = correlation([(one, factor * rest + shift) for one, rest in pairs])
    assert moved == pytest.approx(found, abs=1e-6)


@given(CLASSES, st.randoms())
def test_the_order_of_students_does_not_matter(pairs, randomness):
    shuffled = list(pairs)
    randomness.shuffle(shuffled)
    one, other = correlation(pairs), correlation(shuffled)
    assert (one is None) == (other is None)
    assert one is None or one == pytest.approx(other)


@given(st.lists(POINTS, max_size=10), st.booleans())
def test_one_outcome_alone_has_no_correlation(rest, outcome):
    assert correlation([(outcome, one) for one in rest]) is None


@given(st.lists(st.booleans(), max_size=10), POINTS)
def test_equal_rests_have_no_correlation(passed, rest):
    assert correlation([(one, rest) for one in passed]) is None


def test_by_hand():
    # Means 8 and 5, deviation sqrt(3.25), half of them passed: 3 / sqrt(3.25) / 2.
    pairs = [(True, 9.0), (True, 7.0), (False, 6.0), (False, 4.0)]
    assert correlation(pairs) == pytest.approx(3 / math.sqrt(3.25) / 2)
    assert correlation([(True, 1.0), (False, 0.0)]) == 1
    assert correlation([(True, 0.0), (False, 1.0)]) == -1


def test_what_is_not_a_number_has_no_correlation():
    assert correlation([(True, math.nan), (False, 1.0)]) is None
    assert correlation([(True, math.inf), (False, 1.0)]) is None


def test_lengths_must_agree():
    with pytest.raises(ValueError, match=r"each of 2 outcomes\. Received: 1"):
        item_rest_correlation([True, False], [1.0])
