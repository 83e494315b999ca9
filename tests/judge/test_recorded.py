"""A misconception is judged from its recorded answers as a submission that has it is judged."""

from dataclasses import replace

import pytest

from grader.course.misconception import splice
from grader.judge.recorded import judged_from_records
from tests.mini import REFERENCE, grade_mini, mini, mini_course

(MISTAKE,) = mini_course().misconceptions


def judged(results):
    return {
        one.check: (one.status, one.points, one.diagnosis and one.diagnosis.id)
        for one in results
        if one.exercise == MISTAKE.exercise
    }


@pytest.mark.parametrize("public", [False, True])
def test_it_ends_as_the_code_itself_does(public):
    text = splice(REFERENCE, MISTAKE.exercise, MISTAKE.source)
    recorded = judged(judged_from_records(mini(public), MISTAKE.id, text))
    graded = judged(grade_mini(text, public=public).checks)
    assert recorded == {name: graded[name] for name in recorded}
    assert MISTAKE.id in {named for _, _, named in recorded.values()}


def test_answers_that_nobody_recorded_are_no_right_ones():
    forgotten = tuple(
        replace(check, cases=tuple(replace(case, mistaken={}) for case in check.cases))
        for check in mini().checks
    )
    with pytest.raises(KeyError):
        judged_from_records(replace(mini(), checks=forgotten), MISTAKE.id)
