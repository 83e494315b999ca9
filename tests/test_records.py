"""What a result keeps of a failure of the grader's own."""

from grader.records import failure_of


def test_a_failure_of_the_graders_own_is_told_in_a_few_words():
    assert failure_of(ValueError("it is ragged")) == "ValueError: it is ragged"
    told = failure_of(ValueError("x" * 30_000))
    assert told.startswith("ValueError: xxx") and len(told) < 400
