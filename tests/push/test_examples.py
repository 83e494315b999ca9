"""What a push fails on hidden cases alone is shown on a public input, in the push itself."""

import numpy as np

from grader.course.prepare import case_generator
from grader.result import PUBLIC_SEED
from tests.mini import body, mini_course
from tests.push.university import push, write


def first_numbers(seed):
    """The number `X[0, 0]` of each case of `predict`."""
    check = next(iter(mini_course().assignment.exercises())).checks[0]
    cases = check.cases(case_generator(seed, "predict", check.name))
    return [float(case.arguments["X"][0, 0]) for case in cases]


def right_on_public_cases():
    """Code that is wrong where a number is beyond all public ones, on the side of a hidden one."""
    public, hidden = first_numbers(PUBLIC_SEED), first_numbers("for tests")
    for sign in (1, -1):
        bound = max(np.multiply(public, sign))
        if max(np.multiply(hidden, sign)) > bound:
            return body(f"r = X @ w + b\nreturn -r if {sign} * X[0, 0] > {bound!r} else r")
    raise AssertionError("no hidden number lies beyond the public ones")


def test_the_input_stands_in_the_push(university):
    _, clone = university.enrol("ines")
    write(clone, right_on_public_cases())
    output = push(clone)
    said = " ".join(output.replace("remote:", "").split())
    assert "It fails on this input, too:" in said and "expected: [" in said
    result = university.result("ines")
    example = next(one.example for one in result.checks if one.check == "batch")
    assert example.seed.startswith("example ") and example.file
    assert "for tests" not in result.model_dump_json()
