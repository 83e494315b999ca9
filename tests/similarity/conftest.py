"""A small class: each student writes the same four functions in a way of their own."""

import random

import pytest

from grader.similarity import Text, compare_class

GIVEN = '''"""The course's words."""

import numpy as np


def mean(x):
    """Return the mean."""
    raise NotImplementedError("mean is yours to write")


def variance(x):
    """Return the variance."""
    raise NotImplementedError("variance is yours to write")


def scaled(x):
    """Return x with mean 0 and deviation 1."""
    raise NotImplementedError("scaled is yours to write")


def smooth(x, width):
    """Return a running mean."""
    raise NotImplementedError("smooth is yours to write")
'''
HEAD = '"""The course\'s words."""\n\nimport numpy as np\n'
STATEMENTS = (
    "total = 0.0",
    "count = len(x)",
    "x = np.asarray(x, dtype=float)",
    "for value in x:\n        total += value",
    "if len(x) == 0:\n        raise ValueError('nothing')",
    "values = [float(item) for item in x]",
    "squares = [(one - 2) ** 2 for one in x]",
    "while count > 0:\n        count -= 1",
    "low, high = min(x), max(x)",
    "table = {key: place for place, key in enumerate(x)}",
    "weights = np.ones(3) / 3",
    "result = np.convolve(x, weights, mode='same')",
    "assert not np.isnan(x).any()",
    "ordered = sorted(x, key=lambda one: -one)",
    "half, rest = divmod(len(x), 2)",
)


def function(name, parameters, randomness):
    chosen = randomness.sample(STATEMENTS, 6)
    body = "\n".join(f"    {statement}" for statement in chosen)
    return f"def {name}({parameters}):\n{body}\n    return total / count\n"


def functions(seed):
    """The functions of one student, as a list, so that they can be moved."""
    randomness = random.Random(seed)
    names = (("mean", "x"), ("variance", "x"), ("scaled", "x"), ("smooth", "x, width"))
    return [function(name, parameters, randomness) for name, parameters in names]


def source(parts):
    return HEAD + "\n\n" + "\n\n".join(parts)


def text(student, code, origin="", attempt=""):
    return Text(student, origin, (("answers.py", code),), attempt=attempt)


def compared(*texts, given=(GIVEN,), **options):
    return compare_class(texts, given, **options)


@pytest.fixture(scope="session")
def independent():
    return [text(f"student {seed}", source(functions(seed))) for seed in range(12)]
