"""What is judged is at hand by exercise, and who lost a worker is known."""

from grader.judge.judged_checks import JudgedChecks
from grader.result import CheckResult, Kind, Status, Visibility


def result(exercise, check, status=Status.PASSED):
    return CheckResult(
        exercise=exercise,
        check=check,
        title=check,
        kind=Kind.OUT,
        visibility=Visibility.PUBLIC,
        points=0,
        max_points=1,
        status=status,
    )


def test_checks_keep_their_order_and_are_found_by_exercise():
    one, other, third = result("f", "a"), result("g", "a"), result("f", "b")
    judged = JudgedChecks([one, other])
    judged.append(third)
    assert list(judged) == [one, other, third]
    assert judged.of("f") == [one, third]
    assert judged.of("h") == []
    assert judged.last() is third


def test_the_first_check_that_lost_the_worker_is_remembered():
    ended, again = result("f", "a", Status.TIMEOUT), result("f", "b", Status.CRASHED)
    judged = JudgedChecks([ended, again, result("g", "a", Status.FAILED)])
    assert judged.lost == {"f": ended}
