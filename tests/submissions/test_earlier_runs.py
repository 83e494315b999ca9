"""Which runs of a notebook's cells are past."""

import time

import pytest

from grader.submissions.earlier_runs import later_runs

OLD = "import torch\n\ndef predict(X, w, b):\n    return torch.matmul(X, w)\n"
NEW = "import numpy as np\n\ndef predict(X, w, b):\n    return X @ w + b\n"

SAME = {
    "the same text": ("x = 1 / n", "x = 1 / n"),
    "another body": (OLD, NEW),
    "a helper more": (OLD, NEW + "\ndef scale(x):\n    return x\n"),
    "a typing error": ("print(predict(X, w, b), undefned)", "print(predict(X, w, b), undefined)"),
    "another number": ("x = 1/0", "x = 1/1"),
}
OTHER = {
    "another import": ("import torch", "import numpy as np"),
    "another function": (OLD, NEW.replace("predict", "half_mse")),
    "a function and a call": ("x = predict(1, 2, 3)", NEW),
    "nothing": ("", ""),
}


@pytest.mark.parametrize("name", SAME)
def test_a_cell_that_was_run_again_has_a_past_run(name):
    old, new = SAME[name]
    assert later_runs([old, "y = 'between'", new]) == {1: (3, new)}


@pytest.mark.parametrize("name", OTHER)
def test_another_cell_is_another(name):
    assert later_runs(list(OTHER[name])) == {}


def test_of_many_runs_the_last_counts():
    runs = [OLD, "print('a long enough text')", OLD.replace("torch", "jax"), NEW]
    assert later_runs(runs) == {1: (4, NEW), 3: (4, NEW)}


@pytest.mark.parametrize("text", ["value_{0} = {1}", "value_{0} = {1}\n" * 50])
def test_a_long_session_takes_little_time(text):
    started = time.process_time()
    later_runs([text.format(number, number * 7919 % 1000) for number in range(400)])
    assert time.process_time() - started < 30  # ten times what it takes on a slow machine
