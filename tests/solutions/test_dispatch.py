"""Every NumPy reference computes on arrays that only NumPy's protocols reach, as on a GPU."""

import numpy as np
import pytest

from benchmarks.references import ON_THE_HOST, answer, cases_of, module_of, problem
from grader.result import Kind
from tests.conftest import ASSIGNMENTS, exercises_of, file_of, live
from tests.strict_array import StrictArray, plain

EXERCISES = [
    pytest.param(name, one.name, id=f"{name.partition('_')[0]}-{one.name}")
    for name in ASSIGNMENTS
    for one in live(name).assignment.exercises()
    if one.name in exercises_of(name, "numpy") - ON_THE_HOST.keys()
    and any(check.kind is not Kind.TRAIN for check in one.checks)
]


def test_the_double_refuses_what_a_gpu_refuses():
    x = StrictArray(np.arange(3.0))
    for conversion in (
        np.asarray,
        np.array,
        lambda x: np.arange(3.0) + x,
        lambda x: x + np.ones(3),
        lambda x: np.concatenate([x, np.ones(3)]),
        lambda x: np.ones(3) @ x,
    ):
        with pytest.raises(TypeError):
            conversion(x)
    y = np.concatenate([x, np.ones(2, like=x)])
    y[1:3] *= 10
    assert type(y) is StrictArray and type(np.sum(y)) is StrictArray
    assert plain([y, float(np.max(y))])[1] == 20 and plain(y).tolist() == [0, 10, 20, 1, 1]


@pytest.mark.parametrize(("name", "exercise"), EXERCISES)
def test_a_reference_computes_without_conversion(name, exercise):
    module = module_of(live(name), file_of(name, "numpy"))
    asked, problems = 0, []
    for check, case in cases_of(live(name), exercise, "dispatch"):
        asked += 1
        expected = answer(module, case, np.copy)
        received = plain(answer(module, case, StrictArray))
        found = problem(check, received, expected, rtol=1e-12, atol=0.0)
        problems += [(check.name, case.label, found)] if found else []
    assert asked and problems == []
