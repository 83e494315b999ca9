"""Functions and classes that a question forbids, and only while it does."""

import fractions

import pytest

from grader.worker.guards import ForbiddenFunctions, ForbiddenUse


@pytest.fixture
def guarded():
    original = fractions.Fraction.__init__
    yield ForbiddenFunctions(["fractions.Fraction", "package_of_another_worker.function"])
    fractions.Fraction.__init__ = original


def test_a_class_is_forbidden_with_all_that_inherit_from_it(guarded):
    class Own(fractions.Fraction):
        pass

    with guarded.during(["fractions.Fraction"]):
        for kind in (fractions.Fraction, Own):
            with pytest.raises(ForbiddenUse, match=r"fractions\.Fraction is not allowed"):
                kind()
        assert guarded.used == ["fractions.Fraction"] * 2
    assert isinstance(Own(), fractions.Fraction)


def test_a_class_that_no_question_forbids_works_as_ever(guarded):
    with guarded.during(["package_of_another_worker.function"]):
        assert isinstance(fractions.Fraction(), fractions.Fraction)
    assert guarded.used == []
