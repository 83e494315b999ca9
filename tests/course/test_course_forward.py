"""An author's mistakes with the course's forward pass are named when cases are prepared."""

from dataclasses import replace

import numpy as np
import pytest

from grader.course import course_forward, script, step
from grader.course.course_forward import best_agreement
from grader.course.fingerprint import exercise_fingerprints
from grader.course.prepare import PreparationError, prepare
from grader.result import Visibility
from tests.conftest import strongest
from tests.net import FORWARD, net, net_course


@pytest.mark.parametrize(
    ("forward", "said"),
    [
        (FORWARD.replace("out = factor", "out = 3 * factor"), "other outputs, by 0.67"),
        (FORWARD.replace("def logits", "def other"), "forward.py was expected to return arrays"),
        (f"{FORWARD}\nraise OSError('broken')\n", "cannot be run: broken"),
    ],
)
def test_a_forward_pass_that_is_not_the_references_is_refused(forward, said):
    with pytest.raises(PreparationError, match=rf"train.layers, case '45 rows': .*{said}"):
        prepare(net_course(forward), "net seed", Visibility.HIDDEN, strongest())


def test_without_training_no_forward_pass_is_asked():
    course = net_course("raise OSError('broken')")
    made = prepare(course, "net seed", Visibility.PUBLIC, strongest(), with_training=False)
    assert all(case.expected is None for check in made.checks for case in check.cases)


def test_another_forward_pass_is_another_grade():
    other = replace(net(), forward_files={"forward.py": "other"})
    assert exercise_fingerprints(other)["train"] != exercise_fingerprints(net())["train"]


def test_a_script_returns_what_the_forward_pass_needs():
    forward = course_forward("params", "logits", plain=step.call("logits", step.ref("params")))
    with pytest.raises(ValueError, match=r"returns \['params'\]"):
        script("x", logits=step.call("f"), returns=("logits",), course_forward=forward)
    with pytest.raises(ValueError, match="Received: no step"):
        course_forward("params", "logits")


def test_the_nearest_network_is_found_and_no_other_shape_or_nan_is_near():
    own = np.array([[1.0, 20.0]])
    outputs = {"far": 2 * own, "near": own + 0.1, "shape": own[0], "nan": own * np.nan}
    name, distance = best_agreement(own, outputs)
    assert name == "near"
    assert distance == pytest.approx(0.1 / 20.1)
