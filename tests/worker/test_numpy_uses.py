"""What the text shows of NumPy functions that are given tensors, and no more than that."""

import ast

import pytest

from grader.worker.numpy_uses import numpy_aliases, numpy_uses

CLASS = """import numpy as np
import numpy
from keras import ops

class Layer(Base):
    def {method}(self, inputs, states=None, training=False, mask=None):
        {line}
"""
TOLD = {
    "of an argument": "return np.tanh(inputs)",
    "by its whole name": "return numpy.tanh(inputs)",
    "of what was computed": "x = ops.exp(inputs); return np.tanh(x + 1)",
    "of a part": "h, c = states; return np.tanh(c)",
    "of a comparison": "return np.mean(inputs > 0)",
    "within a call": "return ops.exp(np.tanh(inputs[:, 0]))",
}
NOT_TOLD = {
    "of a setting": "return inputs * np.sqrt(self.units)",
    "of a shape": "return inputs / np.sqrt(inputs.shape[-1])",
    "of a length": "return inputs * np.arange(len(inputs))",
    "of whether there is one": "return np.array(states is None)",
    "of a shape that has a name": "n = inputs.shape[-1]; return inputs / np.sqrt(n)",
    "of training": "return np.tanh(training)",
    "of Keras": "return ops.tanh(inputs)",
}


def found(line, method="call"):
    statements = ast.parse(CLASS.format(method=method, line=line)).body
    return numpy_uses(statements[-1], numpy_aliases(statements))


@pytest.mark.parametrize("form", TOLD)
def test_numpy_of_a_tensor_is_found(form):
    (used,) = found(TOLD[form]).items()
    assert used in {("tanh", 7), ("mean", 7)}
    assert found(TOLD[form], "build") == {}


@pytest.mark.parametrize("form", NOT_TOLD)
def test_numpy_of_other_things_is_not(form):
    assert found(NOT_TOLD[form]) == {}


def test_an_import_that_is_not_there_has_no_uses():
    assert (
        numpy_uses(ast.parse(CLASS.format(method="call", line="pass")).body[-1], frozenset()) == {}
    )
