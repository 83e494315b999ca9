"""The promises of a course: references pass, stubs miss, every misconception is named."""

import pytest

from grader.authoring.freeze import stale_files
from grader.authoring.stubs import make_stub
from grader.course.misconception import splice
from grader.course.prepare import prepare
from grader.result import Kind, Status, Visibility
from tests.conftest import (
    ASSIGNMENTS,
    ROOT,
    exercises_in,
    exercises_of,
    file_of,
    files_of,
    grade_text,
    live,
    prepared,
    strongest,
    untrained,
)

SEEDS, TRAINED = 20, 2
"""On how many seeds references are graded, and on how many of them with training at once."""
QUICK = {"numpy": SEEDS, "keras": 6}
"""On how many seeds they are graded on every push: a Keras part takes seconds for each."""

PARTS = [(name, backend) for name in ASSIGNMENTS for backend in ("numpy", "keras")]
UNTRAINED = [
    pytest.param(name, backend, seed, marks=() if seed < QUICK[backend] else pytest.mark.slow)
    for name, backend in PARTS
    for seed in range(TRAINED, SEEDS)
]
TRAINED_PARTS = [
    pytest.param(name, backend, seed, marks=pytest.mark.slow if seed or minutes else ())
    for name, backend in PARTS
    for seed in range(TRAINED)
    for minutes in [(name, backend) == ("a6_transformer", "keras")]
]
"""One seed on every push, where it takes no minutes; an alternative trains for that part then."""
MISTAKES = [
    pytest.param(name, one, id=f"{name.partition('_')[0]}-{one.exercise}-{one.name}")
    for name in ASSIGNMENTS
    for one in live(name).misconceptions
]


def dependants(name, exercise):
    """The exercise and all that declare, directly or not, to need it."""
    found = {exercise}
    while True:
        more = found | {
            one.name for one in live(name).assignment.exercises() if set(one.needs) & found
        }
        if more == found:
            return found
        found = more


def not_passed(result):
    return [
        (check.exercise, check.check, check.status.value, check.message)
        for check in result.checks
        if check.status is not Status.PASSED
    ]


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_an_assignment_totals_100_points(name):
    assert live(name).assignment.points == 100


def check_reference(name, backend, seed, with_training):
    assignment = prepare(
        live(name),
        f"seed {seed}",
        Visibility.HIDDEN,
        strongest(),
        only_backend=backend,
        with_mistakes=False,
        with_training=with_training,
    )
    result = grade_text(
        assignment,
        {file: live(name).references[file] for file in files_of(name, backend)},
        strongest(),
        only=exercises_of(name, backend),
    )
    assert not_passed(result) == []
    assert result.points == result.max_points > 0


@pytest.mark.parametrize(("name", "backend", "seed"), UNTRAINED)
def test_the_reference_gets_full_points_on_every_seed(name, backend, seed):
    """Training apart: twenty seeds of it stand in docs/thresholds.csv."""
    check_reference(name, backend, seed, with_training=False)


@pytest.mark.parametrize(("name", "backend", "seed"), TRAINED_PARTS)
def test_the_reference_gets_full_points_for_training_too(name, backend, seed):
    check_reference(name, backend, seed, with_training=True)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "backend"), PARTS)
@pytest.mark.parametrize("seed", range(TRAINED, SEEDS))
def test_the_reference_gets_full_points_for_training_on_every_seed(name, backend, seed):
    check_reference(name, backend, seed, with_training=True)


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_every_stub_misses_every_check_with_a_friendly_message(name):
    stubs = {file: make_stub(text) for file, text in live(name).references.items()}
    result = grade_text(prepared(name), stubs, strongest())
    assert {check.status for check in result.checks} == {Status.MISSING}
    assert all("is not written yet" in check.message for check in result.checks)
    assert result.points == 0
    assert len(result.checks) == len(prepared(name).checks)


@pytest.mark.parametrize(("name", "mistake"), MISTAKES)
def test_a_misconception_costs_its_own_exercise_and_is_named(name, mistake):
    exercise = next(e for e in live(name).assignment.exercises() if e.name == mistake.exercise)
    backend = "numpy" if exercise.file in files_of(name, "numpy") else "keras"
    text = splice(live(name).references[exercise.file], mistake.exercise, mistake.source)
    result = grade_text(
        untrained(name, backend),  # a misconception is told from answers, never from training
        {exercise.file: text},
        strongest(),
        only=exercises_in(name, exercise.file),
    )
    wrong = {entry[0] for entry in not_passed(result)}
    assert mistake.exercise in wrong
    assert wrong <= dependants(name, mistake.exercise)
    named = {
        check.diagnosis.id
        for check in result.checks
        if check.diagnosis and check.exercise == mistake.exercise
    }
    assert mistake.id in named
    own = [check for check in result.checks if check.exercise == mistake.exercise]
    assert sum(check.points for check in own) < sum(check.max_points for check in own)


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_every_exercise_has_hints_and_two_misconceptions_unless_any_method_will_do(name):
    for exercise in live(name).assignment.exercises():
        assert len(exercise.hints) >= 2, exercise.name
        known = [one for one in live(name).misconceptions if one.exercise == exercise.name]
        free = all(check.kind is Kind.TRAIN for check in exercise.checks)
        assert free or len(known) >= 2, exercise.name


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_generated_files_are_not_stale(name):
    solution, target = ROOT / "solutions" / name, ROOT / "assignments" / name
    assert stale_files(solution, target, strongest()) == []


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_grading_twice_gives_the_same_result(name):
    mistakes = {}
    for one in live(name).misconceptions:
        mistakes.setdefault(one.exercise, one)
    file = file_of(name, "numpy")
    text = live(name).references[file]
    for one in list(mistakes.values())[::2]:
        if one.exercise in exercises_of(name, "numpy"):
            text = splice(text, one.exercise, one.source)
    first, second = (grade_text(prepared(name), {file: text}, strongest()) for _ in range(2))
    assert first.comparable() == second.comparable()
    assert 0 < first.points < first.max_points
