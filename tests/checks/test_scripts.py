"""Checks of several steps: caches, backward passes, dicts of gradients, functions as input."""

import pytest

from grader.result import Status
from tests.mini import check_of
from tests.pairs import grade_pairs

DERIVATIVES = "dense_backward.derivatives"
OF_THE_LOSS = "Model.derivative_of_loss"


def test_the_reference_is_right():
    result = grade_pairs()
    assert result.points == result.max_points == 11


@pytest.mark.parametrize(
    ("forward", "backward"),
    [
        ("x @ W + b, {'W': W, 'x': x}", "x, W = cache['x'], cache['W']"),
        ("x @ W + b, [object(), x, W]", "_, x, W = cache"),
        ("x @ W + b, lambda: (x, W)", "x, W = cache()"),
    ],
)
def test_a_cache_may_be_anything(forward, backward):
    result = grade_pairs(("x @ W + b, (x, W)", forward), ("x, W = cache", backward))
    assert result.points == result.max_points


def test_a_cache_may_be_changed_by_the_backward_pass():
    result = grade_pairs(
        ("x @ W + b, (x, W)", "x @ W + b, [x.copy(), W]"),
        ("x, W = cache", "W = cache.pop(); x = cache.pop(); x *= 1"),
    )
    assert result.points == result.max_points


def test_no_cache_at_all_is_told_in_words():
    check = check_of(grade_pairs(("x @ W + b, (x, W)", "x @ W + b")), DERIVATIVES)
    assert check.points == 0 and check.status in {Status.FAILED, Status.SKIPPED}
    forward = check_of(grade_pairs(("x @ W + b, (x, W)", "x @ W + b")), "dense_forward.outputs")
    assert forward.status is Status.FAILED
    assert "a tuple of at least" in forward.message


def test_a_wrong_gradient_of_a_right_forward_earns_nothing():
    check = check_of(grade_pairs(("dout.sum(axis=0)", "dout.mean(axis=0)")), DERIVATIVES)
    assert (check.status, check.points) == (Status.FAILED, 0)


def test_a_dict_without_one_gradient_names_it():
    check = check_of(grade_pairs(('{"W": W, "b": b}', '{"W": W}')), OF_THE_LOSS)
    assert check.status is Status.FAILED
    assert "b" in check.message


def test_gradients_consistent_with_a_wrong_loss_earn_their_part():
    """The loss is right at zeros alone, its gradient fits it: the differences must see that."""

    wrong = (
        ("(out[:, 0] - y) ** 2)", "(3 * out[:, 0] - y) ** 2)"),
        ("2 * (out - y[:, None])", "6 * (3 * out - y[:, None])"),
    )
    check = check_of(grade_pairs(*wrong), OF_THE_LOSS)
    assert check.diagnosis.id == "generic.consistent_gradient"
    assert check.points == 0.3 * check.max_points


def test_params_that_are_no_dict_are_told():
    check = check_of(grade_pairs(('self.params = {"W"', 'self.params = [], {"W"')), "Model.loss")
    assert check.status is Status.FAILED
    assert "params should be a dict" in check.message


def test_a_missing_entry_of_params_is_told():
    check = check_of(grade_pairs(('"b": np.zeros(1)}', '"bias": np.zeros(1)}')), "Model.loss")
    assert check.status is Status.FAILED
    assert "params has no entry 'b'" in check.message


def test_a_function_that_is_given_says_what_it_takes():
    check = check_of(
        grade_pairs(("next_logits(np.array(ids))", "next_logits(ids[-1])")), "greedy.follows"
    )
    assert check.status is Status.FAILED
    assert "takes all ids so far" in check.message
