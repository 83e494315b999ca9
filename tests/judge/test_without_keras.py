"""On a machine without Keras: NumPy parts are graded, and one sentence says what to install."""

import importlib.util

import pytest

from grader.confine import Engine, SpawnedLauncher
from grader.judge.grading import GradingOptions, grade
from grader.result import Status
from grader.student.checking import load_public, read_own
from grader.ways.ci.grading import grade_push, needs_keras
from tests.conftest import ROOT, live

NAME = "a1_least_squares"
FOLDER = ROOT / "assignments" / NAME
SEQUENCES = ROOT / "assignments" / "a5_lstm"
NUMPY, KERAS = "least_squares.py", "keras_least_squares.py"
ADVICE = 'pip install "deep-learning-grader[keras]"'


@pytest.fixture
def lacking(monkeypatch):
    """Make this process find no package of a name; workers are other processes."""
    known = importlib.util.find_spec

    def lack(*names):
        monkeypatch.setattr(
            importlib.util,
            "find_spec",
            lambda name, package=None: None if name in names else known(name, package),
        )

    return lack


def written(folder, *files):
    """Fill a folder with the references of some files and the stubs of the others."""
    for name in (NUMPY, KERAS):
        stub = (FOLDER / name).read_text(encoding="utf-8")
        text = live(NAME).references[name] if name in files else stub
        (folder / name).write_text(text, encoding="utf-8")
    return folder


class NumpyAlone(SpawnedLauncher):
    """Starts no worker that would import Keras."""

    def start(self, settings):
        assert settings.backend == "numpy"
        return super().start(settings)


def graded(folder, *exercises, assignment=FOLDER):
    public = load_public(assignment)
    options = GradingOptions(only=frozenset(exercises))
    result = grade(read_own(assignment, public, folder), public, NumpyAlone(), options)
    return {name: [one for one in result.checks if one.exercise == name] for name in exercises}


def test_the_numpy_part_is_graded_and_the_keras_part_says_what_it_needs(tmp_path, lacking):
    lacking("keras")
    found = graded(written(tmp_path, NUMPY, KERAS), "predict", "build_model", "weights_of")
    assert {one.status for one in found["predict"]} == {Status.PASSED}
    for check in (*found["build_model"], *found["weights_of"]):
        assert check.status is Status.GRADER_ERROR and check.whole_file
        assert check.message == (
            f"{KERAS} needs keras, which is not installed here, so that nothing of it could be "
            f"checked; install it: {ADVICE}"
        )


def test_an_edge_waits_for_nothing_that_could_not_be_asked(tmp_path, lacking):
    lacking("keras")
    (name,) = (one.file for one in load_public(SEQUENCES).exercises if one.name == "LSTMCell")
    (tmp_path / name).write_text(live("a5_lstm").references[name], encoding="utf-8")
    exercise = "build_sequence_classifier"
    found = graded(tmp_path, exercise, assignment=SEQUENCES)[exercise]
    assert len(found) > 5 and {one.status for one in found} == {Status.GRADER_ERROR}


def test_what_is_not_written_needs_no_keras(tmp_path, lacking):
    lacking("keras", "tensorflow")
    found = graded(written(tmp_path, NUMPY), "build_model")
    assert {one.status for one in found["build_model"]} == {Status.MISSING}
    (tmp_path / NUMPY).unlink()  # then whoever reads the sources would be a Keras worker
    found = graded(tmp_path, "build_model")
    assert {one.status for one in found["build_model"]} == {Status.MISSING}


def test_a_push_is_graded_and_never_green(tmp_path, lacking):
    lacking("keras")
    folder = tmp_path / NAME
    folder.mkdir()
    (written(folder, KERAS) / "public").symlink_to(FOLDER / "public", target_is_directory=True)
    launcher = SpawnedLauncher()
    assert needs_keras([folder], launcher)
    done = grade_push(folder, launcher)
    assert done.grader_failed and not done.passes_publicly  # exit code 3
    found = {(one.file, one.status) for one in done.counted.checks}
    assert found == {(NUMPY, Status.MISSING), (KERAS, Status.GRADER_ERROR)}


def test_the_backend_may_be_what_is_missing(lacking):
    lacking("jax")
    assert Engine("jax").lacking == "jax" and Engine("jax").extra == "jax"
    assert Engine("tensorflow").lacking == "" and Engine("tensorflow").extra == "keras"
    lacking("keras", "jax")
    assert Engine("jax").lacking == "keras" and Engine("torch").extra == "torch"
