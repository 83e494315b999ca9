"""`grader check EXERCISE` says of an exercise what the full run says of it."""

import pytest

from grader.course.misconception import splice
from grader.student.checking import check_own, load_public, read_own
from tests.conftest import (
    ASSIGNMENTS,
    ROOT,
    exercises_of,
    file_of,
    grade_text,
    live,
    strongest,
    without_training,
)
from tests.solutions.test_course import backend_of, dependants, mistakes

QUICK = ("a1_least_squares", "a2_logistic_regression")
EVERY = 9
"""Of the NumPy misconceptions of the first assignments, each n-th is checked on every push."""


def sample():
    known = [
        (name, one)
        for name in QUICK
        for one in live(name).misconceptions
        if one.exercise in exercises_of(name, "numpy")
    ]
    return [
        pytest.param(name, one, id=f"{name.partition('_')[0]}-{one.exercise}-{one.name}")
        for name, one in known[::EVERY]
    ]


def public_part(name, backend):
    """The public checks of one part, without those that train: each misconception has several."""
    return without_training(load_public(ROOT / "assignments" / name).part(backend))


def of_exercise(result, exercise):
    """What a result says of one exercise, apart from the time that it took."""
    return [
        check.model_dump(exclude={"seconds"})
        for check in result.checks
        if check.exercise == exercise
    ]


def text_with(name, mistake):
    """The file of a mistake's exercise, and the reference's text with the mistake in it."""
    exercise = next(e for e in live(name).assignment.exercises() if e.name == mistake.exercise)
    reference = live(name).references[exercise.file]
    return exercise.file, splice(reference, mistake.exercise, mistake.source)


@pytest.mark.parametrize(("name", "mistake"), sample())
def test_one_exercise_has_the_verdict_of_the_full_run(name, mistake, tmp_path):
    file, text = text_with(name, mistake)
    (tmp_path / file).write_text(text, encoding="utf-8")
    public = public_part(name, "numpy")
    submission = read_own(tmp_path, public)
    whole = check_own(submission, public)
    for exercise in dependants(name, mistake.exercise):
        alone = check_own(submission, public, only=frozenset({exercise}))
        assert {check.exercise for check in alone.checks} <= {exercise}
        assert of_exercise(alone, exercise) == of_exercise(whole, exercise)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "mistake"), mistakes(lambda name, one: True))
def test_every_misconception_has_the_verdict_of_the_full_run(name, mistake):
    file, text = text_with(name, mistake)
    public = public_part(name, backend_of(name, mistake.exercise))
    whole = grade_text(public, {file: text}, strongest())
    alone = grade_text(public, {file: text}, strongest(), only=frozenset({mistake.exercise}))
    assert of_exercise(alone, mistake.exercise) == of_exercise(whole, mistake.exercise)


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_an_unwritten_need_is_told_as_in_the_full_run(name):
    """The first exercise of each file is a stub: all that call it wait for it."""
    file = file_of(name, "numpy")
    first = next(e.name for e in live(name).assignment.exercises() if e.file == file)
    stub = f"def {first}(*args, **options):\n    raise NotImplementedError\n"
    text = splice(live(name).references[file], first, stub)
    public = public_part(name, "numpy")
    whole = grade_text(public, {file: text}, strongest())
    for exercise in sorted(dependants(name, first)):
        alone = grade_text(public, {file: text}, strongest(), only=frozenset({exercise}))
        assert of_exercise(alone, exercise) == of_exercise(whole, exercise)
