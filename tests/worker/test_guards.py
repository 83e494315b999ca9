"""Functions and classes that a question forbids, and only while it does."""

import functools
import inspect
import queue
import sys
import traceback
from types import ModuleType

import numpy as np
import pytest

from grader.worker import guards
from grader.worker.guards import ForbiddenFunctions, ForbiddenUse
from tests.conftest import live


@pytest.fixture
def put_back(monkeypatch):
    """Everything that a guard is put into is put back."""
    registries = []

    def assign(holder, name, value):
        monkeypatch.setattr(holder, name, value, raising=False)

    def put_into(container, functions, put=guards._put_into):
        registries.append((container, container.copy()))
        put(container, functions)

    monkeypatch.setattr(guards, "setattr", assign, raising=False)
    monkeypatch.setattr(guards, "_put_into", put_into)
    yield
    for container, content in registries:
        container.clear()
        container.extend(content) if isinstance(container, list) else container.update(content)


@pytest.fixture
def guarded(put_back):
    return ForbiddenFunctions(["queue.Queue", "package_of_another_worker.function"])


@pytest.fixture
def library(monkeypatch, put_back):
    """A package whose function stands in registries as well."""
    made = ModuleType("library_of_a_test")
    exec("def double(x):\n    return 2 * x", vars(made))
    made.by_name, made.in_order, made.known = {"a": made.double}, [1, made.double], {made.double}
    monkeypatch.setitem(sys.modules, made.__name__, made)
    return made


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


def reached_from(start):
    """All that the attributes, closures and containers of an object lead to, short of modules."""
    found, waiting = {}, [start]
    while waiting:
        one = waiting.pop()
        if id(one) in found or isinstance(one, ModuleType | type):
            continue
        found[id(one)] = one
        waiting += one.values() if isinstance(one, dict) else ()
        waiting += one if isinstance(one, list | tuple | set) else ()
        names = ("__closure__", "__defaults__", "__kwdefaults__", "__dict__", "cell_contents")
        names += ("__wrapped__", "__self__", "__func__", "func", "args")
        waiting += [getattr(one, name, None) for name in names]
    return list(found.values())


def frames_of(raising):
    """What the frames of an exception's traceback show."""
    try:
        raising()
    except Exception as error:
        return [dict(frame.f_locals) for frame, _ in traceback.walk_tb(error.__traceback__)]
    raise AssertionError("nothing was raised")


def test_a_guard_shows_nowhere_what_it_guards(library):
    original = library.double
    functions = ForbiddenFunctions(["library_of_a_test.double"])
    guard = library.double
    seen = [guard, *frames_of(lambda: guard(object()))]
    with functions.during(["library_of_a_test.double"]):
        seen += frames_of(lambda: guard(1))
    # The innermost frame is the original's own; it shows its function to nobody.
    found = [one for shown in seen for one in reached_from(shown)]
    assert guard in found and guard(2) == 4
    assert original not in found and functions not in found
    for one in found:
        if isinstance(one, functools._lru_cache_wrapper):
            assert one() is None  # whoever asks in the guard's place gets nothing


def test_registries_hold_guards_as_well(library):
    original = library.double
    ForbiddenFunctions(["library_of_a_test.double"])
    assert library.by_name == {"a": library.double} and library.known == {library.double}
    assert library.in_order == [1, library.double] and library.double is not original


def test_private_names_that_a_version_does_not_have_are_passed_over(library):
    ForbiddenFunctions(["library_of_a_test._old.function", "library_of_a_test.src.old.function"])
    with pytest.raises((AttributeError, ModuleNotFoundError)):
        ForbiddenFunctions(["library_of_a_test.doubel"])


def test_a_guarded_layer_is_built_called_and_traced_as_ever(put_back):
    keras = pytest.importorskip("keras")
    functions = ForbiddenFunctions(["keras.layers.Dense"])
    layer = keras.layers.Dense(2)
    assert layer(np.ones((1, 3))).shape == (1, 2)
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        traced = tensorflow.function(lambda X: layer.call(X) + layer(X))
        assert traced(np.ones((1, 3), "float32")).shape == (1, 2)
    with functions.during(["keras.layers.Dense"]), pytest.raises(ForbiddenUse):
        layer(np.ones((1, 3)))


def test_what_a_layer_uses_within_its_call_is_told_in_one_sentence(put_back):
    keras = pytest.importorskip("keras")
    functions = ForbiddenFunctions(["keras.ops.conv"])

    class Own(keras.layers.Layer):
        def call(self, X):
            return keras.ops.conv(X, X)

    made = Own()
    with functions.during(["keras.ops.conv"]), pytest.raises(ForbiddenUse) as raised:
        made(np.ones((1, 1, 1)))
    assert str(raised.value) == "keras.ops.conv is not allowed in this exercise"
    assert (raised.value.used, raised.value.by_exercise) == ("keras.ops.conv", True)


def all_below(kind):
    return [kind, *(found for below in kind.__subclasses__() for found in all_below(below))]


def stripped(kind):
    """A class whose methods are what the closures of another's hold under their names."""

    def inner(method):
        cells = [cell.cell_contents for cell in getattr(method, "__closure__", None) or ()]
        named = (one for one in cells if getattr(one, "__name__", "") == method.__name__)
        return next(named, method)

    methods = {name: inner(one) for name, one in vars(kind).items() if inspect.isfunction(one)}
    return type("Own", (kind,), methods)


def cell(keras):
    one, h = np.ones((2, 3), "float32"), np.ones((2, 3), "float32")
    # Other tests leave layers of such names behind.
    own = [kind for kind in all_below(keras.layers.Layer) if kind.__module__.startswith("keras.")]
    found = {kind.__name__: kind for kind in own}
    made, conv = keras.layers.LSTMCell(3), found["ConvLSTMCell"](1, 3, 1)
    yield lambda: type(made)(3)
    yield lambda: stripped(found["LSTMCell"])(3)
    yield lambda: made(one, [h, h])
    yield lambda: conv.call(one[:, None], [h[:, None]] * 2)
    yield lambda: found["GRUCell"](3)
    yield lambda: keras.src.backend.lstm(one)


def dense(keras):
    X, W = np.ones((2, 1, 3), "float32"), np.ones((1, 3, 4), "float32")
    made = keras.layers.Dense(4)
    yield lambda: made(X)
    yield lambda: stripped(keras.layers.Dense)(4)
    yield lambda: keras.layers.Conv1D(4, 1)
    yield lambda: keras.layers.Conv1D.__mro__[1](1, 4, 1)
    yield lambda: keras.ops.conv(X, W)
    yield lambda: keras.src.backend.nn.conv(X, W)
    yield lambda: keras.layers.SimpleRNN(4)


def f1(keras):
    class Own(keras.metrics.F1Score):
        def __init__(self):
            super().__init__(average="micro", threshold=0.4999)

    made = Own()
    yield Own
    yield lambda: made.update_state(np.ones((2, 1)), np.ones((2, 1)))
    yield lambda: keras.metrics.FBetaScore(beta=1.0)


def focal(keras):
    y, p = np.eye(2, dtype="float32"), np.full((2, 2), 0.5, "float32")
    made = keras.losses.CategoricalFocalCrossentropy()
    yield lambda: keras.losses.categorical_focal_crossentropy(y, p)
    yield lambda: keras.losses.get("categorical_focal_crossentropy")(y, p)
    yield lambda: made.fn(y, p)
    yield lambda: keras.losses.BinaryFocalCrossentropy()


def attention(keras):
    q = np.ones((1, 2, 1, 3), "float32")
    made = keras.layers.MultiHeadAttention(1, 3)
    yield lambda: made(q[:, :, 0], q[:, :, 0])
    yield lambda: keras.layers.GroupQueryAttention(3, 1, 1)
    yield lambda: keras.ops.dot_product_attention(q, q, q)
    yield lambda: keras.src.backend.nn.dot_product_attention(q, q, q)
    yield lambda: keras.layers.Attention()


@pytest.mark.parametrize(
    ("assignment", "exercise", "ways"),
    [
        ("a5_lstm", "LSTMCell", cell),
        ("a3_mlp", "Dense", dense),
        ("a2_logistic_regression", "F1Score", f1),
        ("a3_mlp", "FocalLoss", focal),
        ("a6_transformer", "MultiHeadSelfAttention", attention),
    ],
    ids=["LSTMCell", "Dense", "F1Score", "FocalLoss", "MultiHeadSelfAttention"],
)
def test_no_relative_of_what_is_to_be_written_can_be_used(put_back, assignment, exercise, ways):
    keras = pytest.importorskip("keras")
    exercises = live(assignment).assignment.exercises()
    forbid = next(one.forbid for one in exercises if one.name == exercise)
    functions = ForbiddenFunctions(forbid)
    uses = list(ways(keras))  # while a file is loaded, nothing is forbidden
    for number, use in enumerate(uses):
        with functions.during(forbid), pytest.raises(ForbiddenUse):
            use()
            raise AssertionError(f"way {number} was let through")


@pytest.mark.parametrize(
    ("assignment", "exercise", "parts"),
    [
        ("a5_lstm", "LSTMCell", ("LSTM", "GRU", "SimpleRNN")),
        ("a3_mlp", "Dense", ("Dense", "Conv", "LSTM", "GRU", "SimpleRNN", "Attention")),
        ("a6_transformer", "MultiHeadSelfAttention", ("Attention",)),
    ],
)
def test_every_layer_of_a_family_is_on_its_list(assignment, exercise, parts):
    keras = pytest.importorskip("keras")
    exercises = live(assignment).assignment.exercises()
    listed = {
        guards._named(name) for one in exercises if one.name == exercise for name in one.forbid
    }
    of_keras = [one for one in all_below(keras.layers.Layer) if "keras.src.l" in one.__module__]
    family = {one for one in of_keras if any(part in one.__name__ for part in parts)}
    assert family and not family - listed
