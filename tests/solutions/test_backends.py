"""The Keras references get full points on JAX and PyTorch, too; TensorFlow runs everywhere else."""

from importlib.util import find_spec

import pytest

from grader.confine import Engine, quickest_launcher
from grader.course.prepare import prepare
from grader.result import Status, Visibility
from tests.conftest import ASSIGNMENTS, exercises_of, files_of, grade_text, live

SEEDS = {"jax": 1, "torch": 3}
"""JAX compiles every shape anew: one seed for each push, three with the slow tests."""
QUICK = "a1_least_squares"
"""On JAX the others take up to minutes: all three seeds with the slow tests."""


@pytest.fixture(scope="module")
def launchers():
    """One launcher for each backend."""
    made = {}

    def on(backend):
        if find_spec(backend) is None:
            pytest.skip(f"{backend} is not installed")
        if backend not in made:
            made[backend] = quickest_launcher(Engine(backend))
        return made[backend]

    yield on
    for one in made.values():
        one.close()


def grade_references(name, seed, chosen):
    assignment = prepare(
        live(name),
        f"backend seed {seed}",
        Visibility.HIDDEN,
        chosen,
        only_backend="keras",
        with_mistakes=False,
    )
    texts = {file: live(name).references[file] for file in files_of(name, "keras")}
    return grade_text(assignment, texts, chosen, only=exercises_of(name, "keras"))


def check_references(name, seed, backend, chosen):
    result = grade_references(name, seed, chosen)
    wrong = [
        (check.exercise, check.check, check.status.value, check.message)
        for check in result.checks
        if check.status is not Status.PASSED
    ]
    assert wrong == []
    assert result.environment["backend"] == backend or "tf_" in str(files_of(name, "keras"))


def each():
    """Every backend, seed and assignment."""
    for backend, count in SEEDS.items():
        for seed in range(count):
            for name in ASSIGNMENTS:
                marks = [pytest.mark.slow] if backend == "jax" and name != QUICK else []
                yield pytest.param(name, backend, seed, marks=marks)


@pytest.mark.parametrize(("name", "backend", "seed"), list(each()))
def test_the_references_get_full_points_on_every_backend(launchers, name, backend, seed):
    check_references(name, seed, backend, launchers(backend))


@pytest.mark.slow
@pytest.mark.parametrize("name", ASSIGNMENTS)
@pytest.mark.parametrize("seed", [1, 2])
def test_further_seeds_on_jax(launchers, name, seed):
    check_references(name, seed, "jax", launchers("jax"))
