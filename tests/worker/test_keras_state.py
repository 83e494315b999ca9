"""What a question about a Keras file finds: the same random numbers, and kernels that were kept."""

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT

CHANCE = """
import keras, numpy as np, tensorflow as tf
def plain(): return float(tf.reduce_sum(tf.ones([2, 2]) @ tf.ones([2, 2])))
def normal(): return tf.random.normal([2])
def seeded(): return tf.random.normal([2], seed=1)
@tf.function
def remembered(): return tf.random.normal([2])
def traced(): return remembered()
def dropped(): return keras.layers.Dropout(0.5)(np.ones((1, 8)), training=True)
def drawn(): return keras.random.normal((2,))
def shuffled(): return list(tf.data.Dataset.range(9).shuffle(9).as_numpy_iterator())
def fitted():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.arange(8.0).reshape(4, 2)
    return model.fit(x, x[:, :1], epochs=2, batch_size=1, verbose=0).history["loss"]
def reseeded():
    keras.utils.set_random_seed(7)
    return tf.random.normal([2])
def left_behind():
    tf.random.set_seed(7)
    return 0.0
"""
SCRIPT = """
import json, pathlib, sys
sys.path.insert(0, {root!r})
folder, kept, *names = sys.argv[1:]
from grader.worker import keras_state
if kept == "no":
    keras_state.keep_kernels = lambda: None
from tensorflow.python.eager import context
seedings, before = [], []
in_earnest = context.Context._set_global_seed
def counted(self, seed):
    seedings.append(seed)
    in_earnest(self, seed)
context.Context._set_global_seed = counted
from grader.worker.session import Session
from grader.worker.stopwatch import Stopwatch
from grader.wire.encoding import decode
out = sys.stdout
settings = dict(backend="keras", imports=["keras", "numpy", "tensorflow"], guarded=[])
settings |= dict(answer_bytes=2**20, files=["chance.py"])
session = Session(settings, pathlib.Path(folder), Stopwatch(lambda *_: None))
assert session.answer(dict(kind="load", file="chance.py"))["outcome"] == "answered"
answers = []
for name in names:
    step = dict(op="call", save="r", target=name, args=[])
    answer = session.answer(dict(kind="ask", file="chance.py", steps=[step], returns=["r"]))
    assert answer["outcome"] == "answered", answer
    answers.append(repr(decode(answer["values"])))
    before.append(len(seedings))
print(json.dumps([answers, seedings, before]), file=out, flush=True)
"""
NAMES = ("plain", "normal", "seeded", "traced", "dropped", "drawn", "shuffled", "fitted")


@pytest.fixture
def ask(tmp_path):
    """Ask a session in a process of its own.

    Return its answers, the seeds that it set, and how many these were after each answer.
    """
    pytest.importorskip("tensorflow")
    (tmp_path / "chance.py").write_text(CHANCE)
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(root=str(ROOT)))

    def ask(*names, kept="yes"):
        command = [sys.executable, script, tmp_path, kept, *names]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert ended.returncode == 0, ended.stderr[-2_000:]
        return json.loads(ended.stdout.splitlines()[-1])

    return ask


def test_every_question_meets_the_same_chance(ask):
    names = [*NAMES, *reversed(NAMES), "reseeded", "left_behind", *NAMES]
    answers, _, _ = ask(*names)
    asked = dict(zip(names, answers, strict=True))
    for name, answer in zip(names, answers, strict=True):
        assert answer == asked[name], name
    assert asked["reseeded"] != asked["normal"]


@pytest.mark.slow
def test_it_is_the_chance_of_kernels_that_were_not_kept(ask):
    names = [*NAMES, *reversed(NAMES), "reseeded", "left_behind", *NAMES]
    assert ask(*names)[0] == ask(*names, kept="no")[0]


def test_a_seed_that_was_left_behind_is_taken_back_at_once(ask):
    answers, seedings, _ = ask("normal", "left_behind", "normal", "left_behind", "normal")
    assert answers[0] == answers[2] == answers[4]
    assert seedings == [0, 0, 7, 0, 0, 7, 0]


def test_kernels_are_thrown_away_only_where_an_operation_of_chance_was_made(ask):
    names = ["plain", "dropped", "plain", "drawn", "normal", "plain", "plain", "seeded", "plain"]
    _, seedings, after = ask(*names, "traced", "plain", "plain")
    assert after == [1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5]
    assert set(seedings) == {0}


def test_what_was_traced_runs_as_python_while_something_is_forbidden():
    """A trace holds the operations of a forbidden layer and none of the guards around it."""
    tf = pytest.importorskip("tensorflow")
    pytest.importorskip("keras")
    from grader.worker.keras_state import eagerly

    calls = []

    @tf.function
    def traced(x):
        calls.append(x)
        return x + 1

    for expected in (1, 1):
        traced(tf.ones(()))
        assert len(calls) == expected
    with eagerly():
        traced(tf.ones(()))
    traced(tf.ones(()))
    assert len(calls) == 2
    assert not tf.config.functions_run_eagerly()
