"""The student edition's workflows: valid by the published schemas, pinned, with few rights."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from grader.authoring import workflows
from grader.authoring.workflows import KERAS_REQUIREMENTS, NUMPY_REQUIREMENTS, push_files

FOLDER = Path(workflows.__file__).parent
GITHUB = yaml.safe_load((FOLDER / "github.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("schema", "name"),
    [("vendor.github-workflows", "github.yml"), ("vendor.gitlab-ci", "gitlab.yml")],
)
def test_it_is_valid_by_the_published_schema(schema, name):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
    if name == "gitlab.yml":
        command += ["--data-transform", "gitlab-ci"]
    ended = subprocess.run([*command, FOLDER / name], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_actions_are_pinned_and_rights_are_few():
    assert GITHUB["permissions"] == {"contents": "read"}
    (job,) = GITHUB["jobs"].values()
    used = [step["uses"] for step in job["steps"] if "uses" in step]
    assert used and all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", one) for one in used)
    assert "permissions" not in job


def test_the_key_is_given_to_the_step_that_grades_and_to_no_other():
    (job,) = GITHUB["jobs"].values()
    with_key = [step["name"] for step in job["steps"] if "SEAL_KEY" in str(step)]
    assert with_key == ["Grade"]
    assert "SEAL_KEY" not in str({key: value for key, value in job.items() if key != "steps"})


def test_numpy_parts_do_without_tensorflow():
    files = push_files("grader.whl")
    found = {
        path: [line for line in files[path].decode().splitlines() if not line.startswith("#")]
        for path in (NUMPY_REQUIREMENTS, KERAS_REQUIREMENTS)
    }
    assert found[NUMPY_REQUIREMENTS] == ["./grader.whl[ci-numpy]"]
    assert found[KERAS_REQUIREMENTS] == ["./grader.whl[ci]"]
    for name in ("github.yml", "gitlab.yml"):
        text = (FOLDER / name).read_text(encoding="utf-8")
        installed = re.findall(r"pip install (.*?)(?:;|$)", text, re.MULTILINE)
        wanted = (f"-c requirements/lock.txt -r {path.as_posix()}" for path in found)
        assert installed == list(wanted)
