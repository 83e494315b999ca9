"""The promises of a course: references pass, stubs miss, every misconception is named."""

import pytest

from grader.authoring.freeze import stale_files
from grader.authoring.promises.named import problem_of
from grader.authoring.stubs import make_stub
from grader.checks.registry import judge_check
from grader.checks.verdict import Reply
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
    without_training,
)

SEEDS = 20
"""On how many seeds references are graded."""
QUICK = {"numpy": 4, "keras": 1}
"""On how many of them on every push; the others run with what is slow."""

PARTS = [(name, backend) for name in ASSIGNMENTS for backend in ("numpy", "keras")]
UNTRAINED = [
    pytest.param(name, backend, seed, marks=() if seed < QUICK[backend] else pytest.mark.slow)
    for name, backend in PARTS
    for seed in range(SEEDS)
]


def backend_of(name, exercise):
    return "numpy" if exercise in exercises_of(name, "numpy") else "keras"


def mistakes(is_slow=lambda name, mistake: False):
    """Return all misconceptions; those of which `is_slow(name, mistake)` is true are marked so."""
    return [
        pytest.param(
            name,
            one,
            id=f"{name.partition('_')[0]}-{one.exercise}-{one.name}",
            marks=pytest.mark.slow if is_slow(name, one) else (),
        )
        for name in ASSIGNMENTS
        for one in live(name).misconceptions
    ]


def quick(name, mistake):
    """Whether a whole file with it is graded on every push.

    One mistake of each NumPy exercise is, and one of each Keras file, whose workers take longer.
    """
    backend = backend_of(name, mistake.exercise)
    near = exercises_in(name, file_with(name, mistake.exercise))
    near = {mistake.exercise} if backend == "numpy" else near
    return mistake is next(one for one in live(name).misconceptions if one.exercise in near)


def file_with(name, exercise):
    return next(one.file for one in live(name).assignment.exercises() if one.name == exercise)


EACH_IN_ITS_FILE = mistakes(lambda name, mistake: not quick(name, mistake))


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
    """Grade the reference on a seed."""
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
        assignment if with_training else without_training(assignment),
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


class Recorded:
    """Answers what the reference answered when the cases were made: nothing trains twice."""

    def __init__(self, assignment):
        self.assignment = assignment

    def ask(self, check, case):
        return Reply(case.expected)

    def course_outputs(self, check, case, parameters):
        """None: when the cases were made, the course's agreed with the reference's own."""


def trains(name, backend):
    own = exercises_of(name, backend)
    every = [check for one in live(name).assignment.exercises() for check in one.checks]
    return any(one.kind is Kind.TRAIN and one.exercise in own for one in every)


@pytest.mark.parametrize(("name", "backend"), [part for part in PARTS if trains(*part)])
def test_the_reference_reaches_every_threshold_of_training(name, backend):
    assignment = prepared(name, backend)
    own = exercises_of(name, backend)
    trained = [one for one in assignment.checks if one.exercise in own and one.kind is Kind.TRAIN]
    missed = [
        (one.exercise, one.name, verdict.message)
        for one in trained
        for verdict in [judge_check(one, Recorded(assignment))]
        if verdict.status is not Status.PASSED
    ]
    assert trained and missed == []


@pytest.mark.slow
@pytest.mark.parametrize(("name", "backend"), PARTS)
@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_reference_gets_full_points_for_training_too(name, backend, seed):
    check_reference(name, backend, seed, with_training=True)


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_every_stub_misses_every_check_with_a_friendly_message(name):
    stubs = {file: make_stub(text) for file, text in live(name).references.items()}
    assignment = prepared(name)
    result = grade_text(assignment, stubs, strongest())
    assert {check.status for check in result.checks} == {Status.MISSING}
    assert all("is not written yet" in check.message for check in result.checks)
    assert result.points == 0
    assert len(result.checks) == len(assignment.checks)


@pytest.mark.parametrize(("name", "mistake"), mistakes())
def test_a_misconception_costs_points_and_is_named(name, mistake):
    """By what preparation recorded of it on hidden cases; freezing asks the same of public ones."""
    assignment = untrained(name, backend_of(name, mistake.exercise))
    assert problem_of(live(name), assignment, mistake) == ""


def check_mistake(name, mistake):
    """Grade the reference's file with a mistake in it."""
    file = file_with(name, mistake.exercise)
    result = grade_text(
        # A misconception is told from answers, never from training.
        untrained(name, backend_of(name, mistake.exercise)),
        {file: splice(live(name).references[file], mistake.exercise, mistake.source)},
        strongest(),
        only=exercises_in(name, file),
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


@pytest.mark.parametrize(("name", "mistake"), EACH_IN_ITS_FILE)
def test_a_misconception_costs_no_exercise_that_does_without_its_own(name, mistake):
    check_mistake(name, mistake)


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
    check_twice(name, untrained(name, "numpy"))


@pytest.mark.slow
@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_training_twice_gives_the_same_result(name):
    check_twice(name, prepared(name))


def check_twice(name, assignment):
    """Grade the NumPy reference with a mistake in every second exercise twice."""
    mistakes = {}
    for one in live(name).misconceptions:
        mistakes.setdefault(one.exercise, one)
    file = file_of(name, "numpy")
    text = live(name).references[file]
    for one in list(mistakes.values())[::2]:
        if one.exercise in exercises_of(name, "numpy"):
            text = splice(text, one.exercise, one.source)
    first, second = (grade_text(assignment, {file: text}, strongest()) for _ in range(2))
    assert first.comparable() == second.comparable()
    assert 0 < first.points < first.max_points
