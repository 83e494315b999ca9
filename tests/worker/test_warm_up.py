"""What a fork server runs beforehand leaves nothing behind."""

import random
import sys

import numpy as np

from grader.worker import parts
from grader.worker.warm_up import warm_up


def test_warming_up_leaves_nothing_behind():
    random.seed(3)
    np.random.seed(3)
    before = random.getstate(), np.random.get_state()[1].tolist(), set(sys.modules)
    warm_up()
    assert (random.getstate(), np.random.get_state()[1].tolist(), set(sys.modules)) == before
    assert parts._apart.cache_info().currsize == 0
