"""Every NumPy reference computes on arrays that only NumPy's protocols reach, as on a GPU."""

from types import ModuleType

import numpy as np
import pytest

from grader.course.prepare import case_generator
from grader.result import Kind
from grader.worker.steps import CORE, Scope, look_up, run_steps
from tests.conftest import ASSIGNMENTS, ROOT, exercises_of, files_of, live
from tests.strict_array import StrictArray, plain, strict

ON_THE_HOST = {"ctc_collapse": "takes lists, too"}
"""Exercises that turn whatever they are given into NumPy arrays, and why they may."""
EXERCISES = [
    pytest.param(name, exercise, id=f"{name.partition('_')[0]}-{exercise}")
    for name in ASSIGNMENTS
    for exercise in sorted(exercises_of(name, "numpy") - ON_THE_HOST.keys())
]


def fill(scope, step):
    """Put copies into a dict attribute, as the worker does, but leave arrays what they are."""
    entries = look_up(scope.saved[step["on"]], step["target"])
    entries.update({key: value.copy() for key, value in step["value"].items()})


def lookup(scope, step):
    table, by_sum = step["value"], step["by"] == "sum"
    return lambda ids: table[int(ids.sum() if by_sum else ids[-1]) % len(table)].copy()


OPERATIONS = CORE | {"fill": fill, "lookup": lookup}


def module_of(name):
    [file] = files_of(name, "numpy")
    path = ROOT / "solutions" / name / file
    module = ModuleType(path.stem)
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), vars(module))
    return module


def cases_of(name, exercise):
    [declared] = [one for one in live(name).assignment.exercises() if one.name == exercise]
    for check in declared.checks:
        if check.kind not in {Kind.TRAIN, Kind.SRC} and check.settings.get("judges") != "purity":
            for case in check.cases(case_generator("dispatch", exercise, check.name)):
                yield check, case.calling(exercise)


def answer(module, case, convert):
    scope = Scope(module)
    try:
        run_steps(scope, convert(case.asked_steps()), OPERATIONS)
    except Exception as error:
        return error
    return [scope.saved[name] for name in case.returns]


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
    problems = []
    for check, case in cases_of(name, exercise):
        expected = answer(module_of(name), case, lambda value: value)
        received = plain(answer(module_of(name), case, strict))
        if isinstance(expected, Exception) or isinstance(received, Exception):
            if type(received) is not type(expected):
                problems.append((check.name, case.label, repr(received)[:150]))
        elif check.kind is not Kind.STAT and not equal(received, expected):
            problems.append((check.name, case.label, "other values"))
    assert problems == []


def equal(one, other):
    if isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(other, dict):
        return list(one) == list(other) and all(equal(one[key], other[key]) for key in other)
    if isinstance(other, np.ndarray | np.generic | float | int):
        return np.shape(one) == np.shape(other) and np.allclose(
            one, other, rtol=1e-12, atol=0, equal_nan=True
        )
    return True
