"""The model is judged: its parameters in the course's own network, not what its forward says."""

from dataclasses import replace

import numpy as np
import pytest

from grader.course.frozen import from_files, to_files
from grader.result import Status
from tests.conftest import grade_text
from tests.net import REFERENCE, grade_net, net

TABLE = """
    def forward(self, X):
        centres = np.stack([self.X[self.y == k].mean(axis=0) for k in range(3)])
        return -((X[:, None] - centres) ** 2).sum(axis=2)

def train(X, y):
    model = Net({"W1": np.zeros((4, 3)), "b1": np.zeros(3)})
    model.X, model.y = X, y
    return model
"""
BY_TABLE = REFERENCE.partition("    def forward")[0] + TABLE.lstrip("\n")


def returning(params, forward="scores(X, self.params['W1'], self.params['b1'])"):
    text = REFERENCE.replace('{"W1": W[:-1], "b1": W[-1]}', params)
    return text.replace('scores(X, self.params["W1"], self.params["b1"])', forward)


def points(result):
    return [one.points for one in result.checks]


def test_a_trained_model_has_full_points_whichever_network_it_is():
    assert points(grade_net(REFERENCE)) == [4, 2]
    # one of the networks that the contract allows, of two layers
    deeper = returning(
        "{'W1': np.diag([2.0, 2, 2, 2]), 'b1': np.zeros(4), 'W2': W[:-1].tolist(), "
        "'b2': W[-1].astype('float32')}",
        "2 * scores(2 * scores(X, self.params['W1'], self.params['b1']), "
        "np.array(self.params['W2']), self.params['b2'])",
    )
    result = grade_net(deeper)
    assert points(result) == [4, 0]
    assert "params should have the entries W1, b1; received W1, b1, W2, b2" in (
        result.checks[1].message
    )


def test_answers_that_do_not_come_from_the_parameters_earn_nothing():
    result = grade_net(BY_TABLE)
    assert points(result) == [0, 0]
    assert {one.status for one in result.checks} == {Status.FAILED}
    assert "with any of plain, doubled, they give other logits than your forward pass" in (
        result.checks[0].message
    )


def test_what_is_measured_is_what_the_course_computes():
    whispered = BY_TABLE.replace("return -(", "return -1e-6 * (")  # nearly the zeros of its params
    result = grade_net(whispered)
    assert points(result) == [0, 0]
    assert "accuracy on held-out data is 0." in result.checks[0].message


def test_parameters_that_were_not_fitted_earn_nothing_although_they_agree():
    constant = returning("{'W1': np.zeros((4, 3)), 'b1': np.zeros(3)}")
    assert points(grade_net(constant)) == [0, 0]


def test_of_two_cases_the_worse_one_counts():
    labels = net().checks[0].cases[0].steps[0]["args"][1].tolist()
    ignoring = REFERENCE.replace("np.eye(3)[y]", f"np.eye(3)[{labels}]")
    check = grade_net(ignoring).checks[0]
    assert (check.cases.run, check.cases.passed, check.points) == (2, 1, 0)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ("None", "params should be a dict of arrays by name; received None"),
        ("{1: W}", "params should be a dict of arrays by name"),
        ("{}", "params should have the entries W1, b1; received none"),
        ("{'W1': W[:-1], 'b1': W[-1], 'c': 1.0}", "entries W1, b1; received W1, b1, c"),
        ("{'W1': W, 'b1': W[-1]}", "params['W1'] should have shape (4, 3); received shape (5, 3)"),
        ("{'W1': W[:-1], 'b1': 0.0}", "params['b1'] should have shape (3,); received shape ()"),
        ("{'W1': W[:-1], 'b1': W[-1] * np.nan}", "params['b1'] contains NaN or infinity"),
        ("{'W1': W[:-1], 'b1': 'abc'}", "params['b1'] should be an array of numbers"),
    ],
)
def test_parameters_of_another_form_have_a_sentence(params, said):
    result = grade_net(returning(params, "np.zeros((len(X), 3))"))
    assert points(result) == [0, 0]
    for check in result.checks:
        assert check.status is Status.FAILED
        assert said in check.message


def test_logits_of_another_form_have_a_sentence():
    result = grade_net(REFERENCE.replace("return scores(", "return None and scores("))
    assert "logits of shape (45, 3) were expected; received None" in result.checks[0].message
    result = grade_net(REFERENCE.replace("return scores(", "return np.nan * scores("))
    assert "the answer contains NaN or infinity" in result.checks[0].message


def test_a_students_machine_asks_the_students_own_forward_and_says_so():
    copy = from_files(to_files(net(public=True)))
    assert not copy.forward_files
    result = grade_text(copy, {"net.py": BY_TABLE})
    assert points(result) == [4, 2]
    assert [one for one in result.submission.notes if "your own forward pass" in one] == [
        "train was measured with your own forward pass. For the grade, the parameters that it "
        "returns are put into the course's own forward pass, and yours has to agree with it"
    ]
    assert not grade_net(REFERENCE).submission.notes


def test_what_is_graded_elsewhere_holds_the_forward_pass_and_no_trained_parameters():
    copy = from_files(to_files(net()))
    assert copy.forward_files == net().forward_files
    assert "lstsq" not in "".join(copy.forward_files.values())
    assert points(grade_text(copy, {"net.py": BY_TABLE})) == [0, 0]
    for check in copy.checks:
        for case in check.cases:
            assert not any(np.any(array) for array in case.expected.values[0].values())


@pytest.mark.parametrize(
    "forward", ["raise OSError('broken')", "def logits(params, X, factor):\n    return X / 0 / 'a'"]
)
def test_a_forward_pass_that_fails_is_the_graders_fault(forward):
    broken = replace(net(), forward_files={"forward.py": forward})
    result = grade_text(broken, {"net.py": REFERENCE})
    assert {one.status for one in result.checks} == {Status.GRADER_ERROR}
    assert points(result) == [0, 0]


def test_a_model_may_be_much_wider_than_the_references():
    wide = returning(
        "{'W1': np.hstack([W[:-1]] * 12_000), 'b1': np.hstack([W[-1]] * 12_000), "
        "'W2': np.vstack([np.eye(3)] * 12_000) / 12_000, 'b2': np.zeros(3)}",
        "scores(scores(X, self.params['W1'], self.params['b1']), "
        "self.params['W2'], self.params['b2'])",
    )
    assert grade_net(wide).checks[0].points == 4  # 2.3 MB of parameters
    wider = returning("{'W1': np.zeros(3_000_000)}", "np.zeros((len(X), 3))")
    assert "a dict of 1 entries" in grade_net(wider).checks[0].message
