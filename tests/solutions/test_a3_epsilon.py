"""Adam's epsilon may stand beside the corrected root, as in the paper: full points all the same."""

import pytest

from grader.course.misconception import splice
from grader.course.prepare import prepare
from grader.result import Status, Visibility
from tests.conftest import grade_text, live, strongest

PAPER = """
def adam_step(param, grad, state, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m, v, t = (np.zeros_like(param), np.zeros_like(param), 0) if state is None else state
    m, v, t = beta_1 * m + (1 - beta_1) * grad, beta_2 * v + (1 - beta_2) * grad**2, t + 1
    m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
    return param - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), (m, v, t)
"""


@pytest.mark.parametrize("seed", [3, 9, 11])
def test_the_papers_form_of_adam_gets_full_points(seed):
    course = live("a3_mlp")
    assignment = prepare(
        course,
        f"seed {seed}",
        Visibility.HIDDEN,
        strongest(),
        only_backend="numpy",
        with_mistakes=False,
    )
    result = grade_text(
        assignment,
        {"mlp.py": splice(course.references["mlp.py"], "adam_step", PAPER)},
        strongest(),
        only=frozenset({"adam_step", "adamw_step"}),
    )
    assert result.checks and {check.status for check in result.checks} == {Status.PASSED}
