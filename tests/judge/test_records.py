"""What a result keeps of a failure of the grader's own."""

from grader.judge.records import failure_of


def test_a_failure_of_the_graders_own_is_told_in_a_few_words():
    told = failure_of("The grader failed", ValueError("it is ragged"))
    assert told.startswith("The grader failed (ValueError: it is ragged).")
    told = failure_of("The grader failed", ValueError("x" * 30_000))
    assert "(ValueError: xxx" in told and len(told) < 500
