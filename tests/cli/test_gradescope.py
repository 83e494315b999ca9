"""`grader gradescope` from the command line, on a small assignment."""

import os
import stat
import zipfile

import pytest

from grader.cli import main
from grader.course import frozen
from tests.mini import REFERENCE, mini

NAME = "m1_mini"
CHECKS = "from tests.mini import mini_course\n\nassignment = mini_course().assignment\n"


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A course that holds one small assignment, and that commands run in."""
    root = tmp_path / "root"
    solutions = root / "solutions" / NAME
    solutions.mkdir(parents=True)
    (solutions / "checks.py").write_text(CHECKS, encoding="utf-8")
    (solutions / "mini.py").write_text(REFERENCE, encoding="utf-8")
    frozen.save(mini(public=True), root / "assignments" / NAME / "public")
    monkeypatch.setenv("GRADER_COURSE", str(root))
    monkeypatch.chdir(tmp_path)
    return root


def gradescope(*arguments):
    """Run the command; return its exit code."""
    with pytest.raises(SystemExit) as end:
        main(["gradescope", "m1", *map(str, arguments)])
    return end.value.code


def test_the_zip_is_for_its_owner_alone_and_its_points_are_told(root, tmp_path, capsys):
    assert not gradescope()
    said = capsys.readouterr().out
    file = tmp_path / f"{NAME}-gradescope.zip"
    assert f"{file.name}: " in said and "20 points, for mini.py" in said
    assert "keep it among the staff" in said
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with zipfile.ZipFile(file) as archive:
        content = {
            name: archive.read(f"hidden/{NAME}/{name}") for name in (frozen.CHECKS, frozen.CASES)
        }
    hidden = frozen.from_files(content)
    assert hidden.seed != mini(public=True).seed and hidden.points == 20


def test_what_cannot_be_built_is_told_in_a_sentence(root, tmp_path, capsys):
    problems = {
        ("--part", "keras"): "has no part for keras",
        ("--output", tmp_path): "cannot be written",
    }
    for arguments, words in problems.items():
        assert gradescope(*arguments) == 2
        assert words in " ".join(capsys.readouterr().err.split())
    (root / "requirements" / "lock.txt").mkdir(parents=True)
    assert gradescope() == 2
    assert "cannot be read: " in " ".join(capsys.readouterr().err.split())
    assert not list(tmp_path.glob("*.zip"))
