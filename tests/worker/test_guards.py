"""Functions and classes that a question forbids, and only while it does."""

import inspect
import queue

import pytest

from grader.worker.guards import ForbiddenFunctions, ForbiddenUse


@pytest.fixture
def guarded():
    original = queue.Queue.__init__
    yield ForbiddenFunctions(["queue.Queue", "package_of_another_worker.function"])
    queue.Queue.__init__ = original


def test_a_class_is_forbidden_with_all_that_inherit_from_it(guarded):
    class Own(queue.Queue):
        pass

    with guarded.during(["queue.Queue"]):
        for kind in (queue.Queue, Own):
            with pytest.raises(ForbiddenUse, match=r"queue\.Queue is not allowed"):
                kind()
        assert guarded.used == ["queue.Queue"] * 2
    assert isinstance(Own(), queue.Queue)


def test_a_class_that_no_question_forbids_works_as_ever(guarded):
    with guarded.during(["package_of_another_worker.function"]):
        assert isinstance(queue.Queue(), queue.Queue)
    assert guarded.used == []


def test_a_guarded_class_still_tells_its_arguments(guarded):
    assert list(inspect.signature(queue.Queue).parameters) == ["maxsize"]
