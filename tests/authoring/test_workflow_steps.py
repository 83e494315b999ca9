"""Every step of the generated workflows, run as the servers run them, in a clean clone."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from grader.authoring.release import release
from tests.conftest import ROOT
from tests.ways.ci.repository import ENVIRONMENT, commit, git, new_repository

NAME = "a2_logistic_regression"
FILE = f"assignments/{NAME}/logistic_regression.py"
SECONDS = 900


@pytest.fixture
def clone(tmp_path):
    """A clean clone of the student edition, in which the NumPy part was pushed."""
    edition = tmp_path / "edition"
    release(ROOT, [NAME], edition, "Deep learning")
    new_repository(edition)
    before = commit(edition, {})
    solution = (ROOT / "solutions" / NAME / "logistic_regression.py").read_text(encoding="utf-8")
    commit(edition, {FILE: solution})
    folder = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(edition), str(folder))
    return folder, before


@pytest.fixture
def machine(tmp_path):
    """Run a step in a shell with a Python of its own, as on a fresh runner."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "python"], check=True)
    servers = ("GITHUB", "GITLAB", "CI", "GRADER", "PYTHON", "VIRTUAL_ENV")
    own = {key: value for key, value in ENVIRONMENT.items() if not key.startswith(servers)}
    own["PATH"] = f"{tmp_path / 'python' / 'bin'}{os.pathsep}{os.environ['PATH']}"

    def run(script, folder, **variables):
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script],
            cwd=folder,
            env=own | variables,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )

    return run


def outputs(file):
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return dict(line.split("=", 1) for line in lines)


def tensorflow_is_there(machine, folder):
    found = machine("python -c 'import importlib.util as u; print(u.find_spec(\"keras\"))'", folder)
    return found.stdout.strip() != "None"


@pytest.mark.slow
def test_githubs_steps(clone, machine, tmp_path):
    folder, before = clone
    workflow = yaml.safe_load((folder / ".github/workflows/grade.yml").read_text(encoding="utf-8"))
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"before": before}), encoding="utf-8")
    output, summary = tmp_path / "output", tmp_path / "summary.md"
    variables = {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTOR": "ada",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_WORKSPACE": str(folder),
        "GITHUB_OUTPUT": str(output),
        "GITHUB_STEP_SUMMARY": str(summary),
    }
    ran = {}
    for step in workflow["jobs"]["grade"]["steps"]:
        if "run" not in step:
            continue
        if "if" in step:
            assert step["if"] == "steps.plan.outputs.keras == 'true'"
            if outputs(output).get("keras") != "true":
                continue
        ended = machine(step["run"], folder, **variables)
        ran[step["name"]] = ended
        if ended.returncode and not step.get("continue-on-error") and step["name"] != "Grade":
            pytest.fail(f"{step['name']}:\n{ended.stdout[-2_000:]}{ended.stderr[-2_000:]}")
    assert "Install Keras" not in ran and not tensorflow_is_there(machine, folder)
    graded = ran["Grade"]
    assert graded.returncode == 1, graded.stderr  # its Keras part is not written yet
    assert f"## {NAME.replace('_', chr(92) + '_')}: " in summary.read_text(encoding="utf-8")
    assert float(outputs(output)["points"]) == pytest.approx(87)
    assert not git(folder, "status", "--porcelain")


@pytest.mark.slow
def test_gitlabs_scripts(clone, machine):
    folder, before = clone
    job = yaml.safe_load((folder / ".gitlab-ci.yml").read_text(encoding="utf-8"))["grade"]
    variables = {
        "CI": "true",
        "GITLAB_CI": "true",
        "GITLAB_USER_LOGIN": "ada",
        "CI_PROJECT_DIR": str(folder),
        "CI_COMMIT_BEFORE_SHA": before,
        "PIP_CACHE_DIR": str(folder / ".cache" / "pip"),
    }
    prepared = machine("\n".join(job["before_script"]), folder, **variables)
    assert prepared.returncode == 0, prepared.stdout[-2_000:] + prepared.stderr[-2_000:]
    assert not tensorflow_is_there(machine, folder)
    graded = machine("\n".join(job["script"]), folder, **variables)
    assert graded.returncode == 1, graded.stderr
    for path in job["artifacts"]["reports"].values():
        assert (folder / path).stat().st_size > 0
    assert Path(folder / "report" / "results.json").is_file()
    assert not git(folder, "status", "--porcelain")
