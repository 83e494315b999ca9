"""An upload on Gradescope, in a folder laid out like its own."""

import json

import pytest

from grader.confine import SpawnedLauncher
from grader.course import frozen
from grader.course.frozen import FrozenError
from grader.result import Status
from grader.student.checking import load_public
from grader.ways.ci import environment
from grader.ways.ci.environment import Server, detect
from grader.ways.ci.gradescope import forget_results, grade_upload, write_results
from grader.ways.ci.grading import PushProblem
from tests.conftest import ROOT
from tests.ways.ci.gradescope import METADATA

NAME = "a2_logistic_regression"
FILE = "logistic_regression.py"
EXERCISE = "def sigmoid(z):\n    return 1 / (1 + np.exp(-z))\n"


@pytest.fixture
def source(tmp_path):
    """What the zip unpacks to, with the public cases in place of hidden ones."""
    root = tmp_path / "source"
    cases = load_public(ROOT / "assignments" / NAME).part("numpy")
    frozen.save(cases, root / "assignments" / NAME / "public")
    frozen.save(cases, root / "hidden" / NAME)
    (root / "limits.json").write_text('{"a2_logistic_regression": {"seconds": 7}}')
    return root


@pytest.fixture
def upload(tmp_path):
    """Lay out a submission and return the folder that stands for /autograder."""

    def upload(files=None, metadata=METADATA):
        folder = tmp_path / "autograder"
        for path, text in (files or {FILE: "import numpy as np\n\n\n" + EXERCISE}).items():
            target = folder / "submission" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        text = metadata if isinstance(metadata, str) else json.dumps(metadata)
        (folder / environment.METADATA).write_text(text, encoding="utf-8")
        return folder

    return upload


def graded(source, folder):
    return grade_upload(folder, source, SpawnedLauncher())


def test_gradescope_is_known_by_its_folder(upload, monkeypatch):
    assert detect({}).server is Server.PLAIN
    monkeypatch.setattr(environment, "AUTOGRADER", upload())
    assert detect({}).server is Server.GRADESCOPE
    assert detect({"GITHUB_ACTIONS": "true"}).server is Server.GITHUB


def test_what_is_right_has_its_points_and_everybody_is_named(source, upload):
    folder = upload()
    one = graded(source, folder)
    assert one.counted.student == "Ada Lovelace, emil@example.com"
    assert one.submission.submitted_at == "2026-11-20T21:22:32+00:00"
    assert 0 < one.counted.points < one.counted.max_points == 87
    assert write_results(one, folder)
    record = json.loads((folder / "results" / "results.json").read_text(encoding="utf-8"))
    assert record["score"] == one.counted.points
    forget_results(folder)
    assert not (folder / "results" / "results.json").exists()
    forget_results(folder)


@pytest.mark.parametrize("place", [f"assignments/{NAME}/{FILE}", FILE])
def test_a_repository_has_the_assignment_in_its_own_folder(source, upload, place):
    assert graded(source, upload({place: "import numpy as np\n\n\n" + EXERCISE})).counted.points > 0


@pytest.mark.parametrize(
    "metadata",
    ["", "no JSON", "[]", "[" * 100_000, '{"users": 3, "created_at": 4}', '{"users": [1, {}]}'],
)
def test_metadata_that_say_nothing_cost_nothing(source, upload, metadata):
    one = graded(source, upload(metadata=metadata))
    assert one.counted.student == "a student" and one.submission.submitted_at is None
    assert one.counted.points > 0


def test_where_the_grader_failed_there_is_no_result(source, upload):
    folder = upload()
    one = graded(source, folder)
    checks = [
        check.model_copy(update={"status": Status.GRADER_ERROR}) for check in one.public.checks
    ]
    failed = one.public.model_copy(update={"checks": checks})
    for broken in (
        type(one)(one.folder, one.submission, failed, one.hidden),
        type(one)(one.folder, one.submission, one.public, failed),
    ):
        assert not write_results(broken, folder)
        assert not (folder / "results").exists()


def test_an_autograder_that_is_not_whole_says_so(source, upload, monkeypatch):
    folder = upload()
    limits = source / "limits.json"
    limits.write_text('{"keras_megabytes": 999999999}')
    with pytest.raises(PushProblem, match=r"keras_megabytes.*Give the container more memory"):
        graded(source, folder)
    limits.unlink()
    with pytest.raises(PushProblem, match=r"limits\.json cannot be read"):
        graded(source, folder)
    (source / "hidden" / NAME / "cases.npz").write_bytes(b"")
    with pytest.raises(FrozenError):
        graded(source, folder)
    for file in (source / "assignments" / NAME / "public").iterdir():
        file.unlink()
    with pytest.raises(PushProblem, match="One assignment was expected"):
        graded(source, folder)
