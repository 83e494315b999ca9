"""The autograder as Gradescope runs it: an image is built, and submissions are graded in it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.cli import main
from tests.conftest import ROOT
from tests.ways.ci.gradescope import METADATA

NAME = "a2_logistic_regression"
FILE = "logistic_regression.py"
HERE = Path(__file__).parent

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not sys.platform.startswith("linux")
        or os.geteuid() != 0
        or not all(map(shutil.which, ("apt-get", "unshare", "chroot"))),
        reason="laying out an image needs root and apt-get",
    ),
]

THIEF = """
import collections

os = collections._sys.modules["os"]
OWN = "/tmp/stolen.txt"


def tried(action, *arguments):
    try:
        return [(action.__name__, *map(str, arguments), action(*arguments))]
    except OSError:
        return []


def read(path):
    return open(path, "rb").read(1)


def write(path):
    return open(path, "a").write("x")


def sigmoid(z):
    found = []
    for folder in ("/autograder/source/hidden", "/autograder/source/assignments", "/root"):
        found += tried(os.listdir, folder)
    for path in ("/autograder/results/results.json", "/autograder/source/x", "/opt/grader/x"):
        found += tried(write, path)
    for number in os.listdir("/proc"):
        if number.isdigit() and int(number) != os.getpid():
            for name in ("environ", "mem"):
                found += tried(read, f"/proc/{number}/{name}")
            found += tried(os.kill, int(number), 0)
    found += tried(os.fork)
    with open(OWN, "w") as file:
        file.write(repr(found))
    raise ValueError("caught")
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Folders with what came of each case."""
    folder = tmp_path_factory.mktemp("gradescope")
    course, cases, base = folder / "course", folder / "cases", folder / "base"
    course.mkdir()
    base.mkdir()
    (course / "grader.toml").write_text('seed = "a test"\n', encoding="utf-8")
    archive = folder / "autograder.zip"
    with pytest.raises(SystemExit) as end:
        where = ("--course", str(course), "--output", str(archive))
        main(["gradescope", "a2", "--part", "numpy", *where])
    assert not end.value.code
    reference = (ROOT / "solutions" / NAME / FILE).read_text(encoding="utf-8")
    stub = (ROOT / "assignments" / NAME / FILE).read_text(encoding="utf-8")
    submissions = {
        "reference": {FILE: reference},
        "stub": {FILE: stub},
        "nothing": {},
        "repository": {f"assignments/{NAME}/{FILE}": reference, "README.md": "mine"},
        "notebook": {
            "logistic_regression.ipynb": (
                ROOT / "assignments" / NAME / "logistic_regression.ipynb"
            ).read_text(encoding="utf-8")
        },
        "thief": {FILE: THIEF},
        "fake": {
            FILE: stub,
            "grader/__init__.py": "raise SystemExit(0)",
            "sitecustomize.py": "raise SystemExit(0)",
            "results.json": '{"score": 100}',
        },
    }
    for name, files in submissions.items():
        for path, text in files.items():
            target = cases / name / "submission" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        (cases / name / "submission").mkdir(parents=True, exist_ok=True)
        (cases / name / "submission_metadata.json").write_text(json.dumps(METADATA))
    script = [HERE / "gradescope_image.sh", base, archive, cases, sys.executable]
    command = ["unshare", "--mount", "bash", *script, HERE / "deny_namespaces.py"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=1_800)
    if ended.returncode:
        log = cases / "setup.log"
        said = log.read_text(errors="replace")[-2_000:] if log.exists() else ""
        pytest.fail(f"{ended.stderr[-2_000:]}\n{said}")
    return cases


def result(folder):
    assert (folder / "code").read_text().strip() == "0", (folder / "run.log").read_text()
    return json.loads((folder / "results" / "results.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["reference", "repository"])
def test_the_reference_has_full_points(graded, name):
    found = result(graded / name)
    assert found["score"] == sum(one["max_score"] for one in found["tests"]) > 0
    assert {one["status"] for one in found["tests"]} == {"passed"}


@pytest.mark.parametrize("name", ["stub", "nothing", "notebook", "fake"])
def test_what_is_not_written_has_none(graded, name):
    found = result(graded / name)
    assert found["score"] == 0
    assert {one["status"] for one in found["tests"]} == {"failed"}


def test_a_thief_finds_nothing_and_is_graded(graded):
    found = result(graded / "thief")
    assert found["score"] == 0
    assert {one["name"].partition(":")[0] for one in found["tests"]} >= {"sigmoid", "fit"}
    assert (graded / "thief" / "stolen.txt").read_text(encoding="utf-8") == "[]"


def test_a_numpy_part_installs_numpy_and_no_tensorflow(graded):
    installed = set((graded / "installed.txt").read_text(encoding="utf-8").split())
    assert {"grader", "numpy", "pydantic"} <= installed
    assert not installed & {"tensorflow", "keras", "sklearn"}
