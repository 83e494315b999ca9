"""Of several misconceptions that explain a check the one is told with which all others agree."""

from dataclasses import replace

import pytest

from grader.diagnose import Explained, agreement
from grader.diagnose.agreement import only_left
from grader.result import Status
from tests.mini import body, check_of, grade_mini, mini

ASSIGNMENT = mini(public=True)


@pytest.mark.parametrize(
    ("contradicted", "told"),
    [({"one"}, "other"), ({"one", "other"}, None), (set(), None)],
)
def test_what_other_checks_contradict_leaves_one(contradicted, told, monkeypatch):
    def contradicts(assignment, name, where, results, explained):
        return name in contradicted

    monkeypatch.setattr(agreement, "contradicts", contradicts)
    monkeypatch.setattr(agreement, "told", lambda assignment, name: name)
    check = check_of(grade_mini(body("return np.sin(X @ w + b)"), public=True), "predict.batch")
    assert (check.status, check.diagnosis) == (Status.FAILED, None)
    explained = {"batch": replace(Explained(), by=frozenset({"one", "other"}))}
    assert only_left(ASSIGNMENT, check, [check], explained) == told
    if not contradicted:  # then the answers of another check decide
        explained["purity"] = replace(Explained(), by=frozenset({"one"}))
        assert only_left(ASSIGNMENT, check, [check], explained) == "one"
