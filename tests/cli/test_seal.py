"""`grader seal` from the command line, on an assignment of the course."""

import os
import stat

import pytest

from grader.batch.hidden import hidden_assignment
from grader.cli import main
from grader.course.sealed import key_from_text, open_sealed
from grader.submissions import CourseDirectory
from tests.conftest import ROOT, grade_text, live, strongest

pytestmark = pytest.mark.slow
NAME = "a1_least_squares"


def run(*arguments):
    with pytest.raises(SystemExit) as end:
        main([*map(str, arguments)])
    return end.value.code


def test_what_is_sealed_grades_like_the_hidden_assignment(tmp_path, capsys):
    arguments = ("seal", "a1", "--course", tmp_path, "--output", tmp_path / "sealed")
    assert run(*arguments) == 0
    path = tmp_path / ".grader" / "seal.key"
    text = path.read_text(encoding="ascii")
    assert text not in capsys.readouterr().out  # a terminal or a log may be read by others
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = (tmp_path / "sealed" / f"{NAME}.sealed").read_bytes()

    assert run(*arguments) == 0
    assert path.read_text(encoding="ascii") == text
    second = (tmp_path / "sealed" / f"{NAME}.sealed").read_bytes()
    assert first != second

    hidden = hidden_assignment(CourseDirectory(tmp_path), live(NAME), strongest())
    opened = open_sealed(second, key_from_text(text), NAME)
    stubs = ROOT / "assignments" / NAME
    reference = ROOT / "solutions" / NAME
    for folder in (stubs, reference):
        files = {one.name: (folder / one.name).read_bytes() for one in hidden.files}
        graded = [grade_text(one, files, strongest()).comparable() for one in (hidden, opened)]
        assert graded[0] == graded[1]

    path.write_text("no key", encoding="ascii")
    assert run(*arguments) == 2
    assert "holds no key" in capsys.readouterr().err
