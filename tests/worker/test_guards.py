"""Functions and classes that a question forbids, and only while it does."""

import inspect
import queue

import numpy as np
import pytest

from grader.worker.guards import ForbiddenFunctions, ForbiddenUse


@pytest.fixture
def guarded():
    originals = dict(vars(queue.Queue))
    yield ForbiddenFunctions(["queue.Queue", "package_of_another_worker.function"])
    for name, value in originals.items():
        if vars(queue.Queue)[name] is not value:
            setattr(queue.Queue, name, value)


def test_a_class_is_forbidden_with_all_that_inherit_from_it(guarded):
    class Own(queue.Queue):
        pass

    with guarded.during(["queue.Queue"]):
        for kind in (queue.Queue, Own):
            with pytest.raises(ForbiddenUse, match=r"queue\.Queue is not allowed"):
                kind()
        assert guarded.used == ["queue.Queue"] * 2
    assert isinstance(Own(), queue.Queue)


def test_what_was_made_of_a_class_before_is_of_no_use_while_it_is_forbidden(guarded):
    class Own(type(queue.Queue(1))):
        def __init__(self):
            vars(self).update(vars(made))

    made = queue.Queue()
    own = Own()
    with guarded.during(["queue.Queue"]):
        for use in (made.qsize, Own().qsize, own.empty):
            with pytest.raises(ForbiddenUse, match=r"queue\.Queue is not allowed"):
                use()
    assert own.empty() and made.qsize() == 0


def test_a_class_that_no_question_forbids_works_as_ever(guarded):
    with guarded.during(["package_of_another_worker.function"]):
        assert isinstance(queue.Queue(), queue.Queue)
    assert guarded.used == []


def test_a_guarded_class_still_tells_its_arguments(guarded):
    assert list(inspect.signature(queue.Queue).parameters) == ["maxsize"]


def test_a_guarded_layer_is_built_and_called_as_ever():
    keras = pytest.importorskip("keras")
    originals = dict(vars(keras.layers.Dense))
    try:
        guarded = ForbiddenFunctions(["keras.layers.Dense"])
        layer = keras.layers.Dense(2)
        assert layer(np.ones((1, 3))).shape == (1, 2)
        with guarded.during(["keras.layers.Dense"]), pytest.raises(ForbiddenUse):
            layer(np.ones((1, 3)))
    finally:
        for name, value in originals.items():
            if vars(keras.layers.Dense)[name] is not value:
                setattr(keras.layers.Dense, name, value)
