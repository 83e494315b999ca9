"""What code draws without a seed: the same in every run, and never twice in one."""

import random

import numpy as np
import numpy.random.bit_generator
import pytest

from grader.course.step import step
from grader.worker import randomness
from tests.worker.test_training_steps import run, scope_of

DRAWS = {
    "default_rng": lambda: np.random.default_rng().random(),
    "a bit generator": lambda: np.random.Generator(np.random.MT19937()).random(),
    "a RandomState": lambda: np.random.RandomState().random(),
    "a SeedSequence": lambda: np.random.default_rng(np.random.SeedSequence()).random(),
    "random": random.random,
}


@pytest.fixture(autouse=True)
def governed(monkeypatch):
    monkeypatch.setattr(numpy.random.bit_generator, "randbits", None)  # put back afterwards
    state = random.getstate()
    randomness.govern()
    yield
    random.setstate(state)


@pytest.mark.parametrize("name", DRAWS)
def test_each_run_draws_what_the_one_before_drew(name):
    runs = []
    for _ in range(2):
        randomness.reset()
        runs.append([DRAWS[name]() for _ in range(3)])
    assert runs[0] == runs[1]
    assert len(set(runs[0])) == 3


@pytest.mark.parametrize("name", DRAWS)
def test_a_control_draws_what_the_training_drew(name):
    draw = step.call("draw")
    saved = run(scope_of(draw=DRAWS[name]), one=draw, control=step.control(again=draw), two=draw)
    assert saved["control"] == saved["one"] != saved["two"]
