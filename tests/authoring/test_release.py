"""The student edition: it works on its own, and holds nothing that gives an answer away."""

import json
import os
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from grader.authoring.release import ReleaseError, release
from grader.authoring.stubs import BEGIN, END
from grader.authoring.wheel_file import pinned_versions, wheel_file
from grader.course import frozen
from tests.conftest import ASSIGNMENTS, ROOT, live, prepared
from tests.mini import mini

SECRET = "atestseed"
"""The seed of `prepared`, without blanks."""


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    target = tmp_path_factory.mktemp("edition")
    release(ROOT, ASSIGNMENTS, target, "Deep learning")
    return target


@pytest.fixture(scope="module")
def texts(edition):
    """All that can be read as text, in one piece, without blanks and line ends."""
    found = []
    for path in sorted(edition.rglob("*")):
        if path.suffix == ".whl":
            with zipfile.ZipFile(path) as archive:
                found += [
                    archive.read(one).decode("utf-8", "replace") for one in archive.namelist()
                ]
        elif path.suffix == ".ipynb":
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            found += ["".join(cell["source"]) for cell in cells]
        elif path.is_file():
            found.append(path.read_bytes().decode("utf-8", "replace"))
    return "".join("\n".join(found).split())


def solutions():
    """The solution blocks of all references, long enough to be nobody else's."""
    for name in ASSIGNMENTS:
        for file, text in live(name).references.items():
            for block in text.split(BEGIN)[1:]:
                inside = "".join(block.split(END)[0].split())
                if len(inside) > 80:
                    yield f"{name}/{file}", inside


def test_no_solution_is_in_it(texts):
    found = list(solutions())
    assert len(found) > 100
    assert [where for where, block in found if block in texts] == []


def test_no_misconception_is_in_it(texts):
    known = [one for name in ASSIGNMENTS for one in live(name).misconceptions]
    sources = {one.id: "".join(one.source.split()) for one in known}
    found = [name for name, source in sources.items() if len(source) > 80 and source in texts]
    assert found == []


def test_no_part_of_the_authors_side_is_in_it(edition):
    names = {path.relative_to(edition).as_posix() for path in edition.rglob("*") if path.is_file()}
    folders = {name.split("/")[0] for name in names}
    assert folders == {
        "LICENSE",
        "README.md",
        "assignments",
        "datasets",
        wheel_file()[0],
        "requirements",
        ".github",
        ".gitignore",
        ".gitlab-ci.yml",
        ".release",
    }
    assert not [name for name in names if name.endswith(("grader.toml", "/checks.py", ".pyc"))]
    in_assignments = {name.split("/")[2] for name in names if name.startswith("assignments/")}
    assert not {one for one in in_assignments if "misconception" in one or "checks" in one}


def test_the_grader_is_one_file_that_the_readme_installs_by_its_path(edition):
    name, content = wheel_file()
    assert (edition / name).read_bytes() == content
    outside = [path for path in edition.rglob("*.py") if "assignments" not in path.parts]
    assert outside == []
    readme = (edition / "README.md").read_text(encoding="utf-8")
    assert f'python -m pip install -c requirements/lock.txt "./{name}[keras]"\n' in readme


def test_a_course_of_ones_own_needs_its_assignments_and_nothing_else(tmp_path):
    """No repository of the grader's, no Keras where no part has any, no licence but its own."""
    root, target = tmp_path / "course", tmp_path / "edition"
    frozen.save(mini(public=True), root / "assignments" / "m1_mini" / "public")
    release(root, ["m1_mini"], target, "Mini")
    name = wheel_file()[0]
    readme = (target / "README.md").read_text(encoding="utf-8")
    assert f'"./{name}"\n' in readme and "[keras]" not in readme and "cd assignments/m1" in readme
    assert not (target / "LICENSE").exists()
    assert (target / "requirements" / "lock.txt").read_bytes() == pinned_versions()
    (root / "requirements").mkdir()
    (root / "requirements" / "lock.txt").write_text("numpy==2.4.6\n", encoding="utf-8")
    release(root, ["m1_mini"], target, "Mini")
    assert (target / "requirements" / "lock.txt").read_bytes() == b"numpy==2.4.6\n"


def test_no_hidden_case_is_in_it(edition, texts):
    """No array that the course's seed has drawn is among the public ones."""
    hidden = prepared("a1_least_squares")
    folder = edition / "assignments" / hidden.name / "public"
    with np.load(folder / "cases.npz") as archive:
        public = {archive[name].tobytes() for name in archive.files}
    drawn = {
        value.tobytes()
        for check, shown in zip(hidden.checks, frozen.load(folder).checks, strict=True)
        for case, other in zip(check.cases, shown.cases, strict=False)
        for name, value in case.arguments.items()
        if isinstance(value, np.ndarray) and not np.array_equal(value, other.arguments[name])
    }
    assert len(drawn) > 50
    assert drawn & public == set()
    assert SECRET not in texts


def test_a_student_can_check_with_it_alone(edition, tmp_path):
    """The grader of its wheel runs, from a folder that knows nothing of the course's."""
    with zipfile.ZipFile(edition / wheel_file()[0]) as archive:
        archive.extractall(tmp_path)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GRADER")}
    ended = subprocess.run(
        [sys.executable, "-m", "grader", "check", "a1", "predict"],
        cwd=edition,
        env={**environment, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 1, ended.stderr
    assert "Next: write predict in least_squares.py" in ended.stdout


def test_a_second_release_removes_what_the_first_wrote_and_nothing_else(tmp_path):
    release(ROOT, ASSIGNMENTS[:2], tmp_path, "Two")
    own = tmp_path / "assignments" / ASSIGNMENTS[1] / "mine.txt"
    own.write_text("of somebody else", encoding="utf-8")
    release(ROOT, ASSIGNMENTS[:1], tmp_path, "One")
    left = sorted(path.name for path in (tmp_path / "assignments").iterdir())
    assert left == list(ASSIGNMENTS[:2])
    assert [path.name for path in own.parent.iterdir()] == ["mine.txt"]


def test_it_is_not_written_where_it_must_not_be(tmp_path):
    with pytest.raises(ReleaseError, match="where the solutions are"):
        release(ROOT, ASSIGNMENTS, ROOT / "dist", "x")
    (tmp_path / "thesis.tex").write_text("precious", encoding="utf-8")
    with pytest.raises(ReleaseError, match="something other than a student edition"):
        release(ROOT, ASSIGNMENTS, tmp_path, "x")
    with pytest.raises(ReleaseError, match="Run grader freeze first"):
        release(tmp_path, [], tmp_path.parent / "other", "x")
    (tmp_path / "assignments" / "m1_mini").mkdir(parents=True)
    with pytest.raises(ReleaseError, match="cannot be read"):
        release(tmp_path, ["m1_mini"], tmp_path.parent / "other", "x")
