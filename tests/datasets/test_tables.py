"""Tables: sizes, ranges and single values that anyone can look up, and the windows of a series."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.datasets import breast_cancer, diabetes, digits, sunspots, tables, windows

SERIES = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40)


def test_digits_are_grey_values_from_0_to_1():
    X, y = digits()
    assert X.shape == (1797, 64) and y.shape == (1797,)
    assert X.min() == 0.0 and X.max() == 1.0
    np.testing.assert_array_equal(X * 16, np.round(X * 16))
    assert np.unique(y).tolist() == list(range(10))


def test_breast_cancer_has_357_benign_tumours_of_569():
    X, y = breast_cancer()
    assert X.shape == (569, 30) and y.shape == (569,)
    assert np.bincount(y).tolist() == [212, 357]


def test_the_features_of_diabetes_are_centred_and_have_norm_1():
    X, y = diabetes()
    assert X.shape == (442, 10) and y.shape == (442,)
    np.testing.assert_allclose(X.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(X, axis=0), 1.0, rtol=1e-6)
    assert y.min() == 25 and y.max() == 346


def test_there_are_sunspots_of_309_years():
    years, numbers = sunspots()
    assert years.tolist() == list(range(1700, 2009)) and len(years) == 309
    assert np.issubdtype(years.dtype, np.integer)
    assert numbers.shape == (309,) and numbers.dtype == np.float64
    known = dict(zip(years.tolist(), numbers.tolist(), strict=True))
    assert (known[1700], known[1701], known[2008]) == (5.0, 11.0, 2.9)


def test_the_sun_was_never_as_spotted_as_in_1957_and_quite_clear_in_1810():
    years, numbers = sunspots()
    assert years[numbers.argmax()] == 1957 and numbers.max() == 190.2
    assert numbers.min() == 0.0 and numbers[years == 1810] == 0.0


def test_the_sunspots_of_a_wheel_lie_beside_the_module(tmp_path, monkeypatch):
    (tmp_path / "sunspots.csv").write_text("year,sunspots\n1999,93.3\n2000,119.6\n")
    monkeypatch.setattr(tables, "__file__", str(tmp_path / "tables.py"))
    years, numbers = sunspots()
    assert years.tolist() == [1999, 2000] and numbers.tolist() == [93.3, 119.6]


@given(SERIES, st.data())
def test_each_window_is_followed_by_the_next_value(values, data):
    width = data.draw(st.integers(1, len(values) - 1))
    x, y = windows(np.array(values), width)
    assert x.shape == (len(values) - width, width, 1)
    for start, (window, following) in enumerate(zip(x[:, :, 0].tolist(), y.tolist(), strict=True)):
        assert window == values[start : start + width]
        assert following == values[start + width]


def test_windows_are_copies():
    series = np.arange(9.0)
    x, y = windows(series, 3)
    x[...] = -1.0
    y[...] = -1.0
    np.testing.assert_array_equal(series, np.arange(9.0))


@pytest.mark.parametrize("width", [4, 9])
def test_a_series_must_be_longer_than_its_windows(width):
    with pytest.raises(ValueError):
        windows(np.arange(4.0), width)
