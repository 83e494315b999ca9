"""A configuration that does not make formgrader escape names is noticed, with what to add."""

import pytest

from grader.authoring.nbgrader_source import write_configuration
from grader.cli import doctor
from grader.sanitise.formgrader import CONFIGURATION, LINES, unescaped

OWN = "c = get_config()\nc.CourseDirectory.course_id = 'own'\n"
WITH = {
    "our lines": OWN + LINES,
    "a call by its module": OWN + "import grader.sanitise.nbgrader as n\nn.escape_names()\n",
}
WITHOUT = {
    "none": OWN,
    "a remark alone": OWN + "# escape_names()\n",
    "imported and not called": OWN + "from grader.sanitise.nbgrader import escape_names\n",
    "in a text": OWN + "text = 'escape_names()'\n",
    "not Python": "c = (\n",
    "not UTF-8": b"c = '\xff'\n",
    "includes what is not there": OWN + "load_subconfig('none.py')\n",
    "includes itself": OWN + f"load_subconfig('{CONFIGURATION}')\n",
}


@pytest.fixture(autouse=True)
def _account_without_configuration(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "jupyter"))


def write(course, text):
    content = text if isinstance(text, bytes) else text.encode()
    (course / CONFIGURATION).write_bytes(content)


@pytest.mark.parametrize("text", WITH.values(), ids=WITH)
def test_a_configuration_with_the_call_is_left_alone(tmp_path, text):
    write(tmp_path, text)
    assert unescaped(tmp_path) == ""


@pytest.mark.parametrize("text", WITHOUT.values(), ids=WITHOUT)
def test_one_without_is_named_with_the_lines_to_add(tmp_path, text):
    write(tmp_path, text)
    said = unescaped(tmp_path)
    assert str(tmp_path / CONFIGURATION) in said and "    escape_names()" in said


def test_the_lines_as_they_are_shown_are_what_is_missing(tmp_path):
    write(tmp_path, OWN)
    shown = unescaped(tmp_path).partition(":\n")[2].splitlines()
    write(tmp_path, OWN + "\n".join(line.removeprefix("    ") for line in shown))
    assert unescaped(tmp_path) == ""


def test_where_there_is_none_ours_is_written_whole(tmp_path):
    assert "There is no" in unescaped(tmp_path)
    assert write_configuration(tmp_path)
    assert unescaped(tmp_path) == ""


def test_the_call_may_stand_in_a_file_that_is_included_or_in_that_of_the_account(tmp_path):
    write(tmp_path, OWN + "load_subconfig('shared/all.py')\n")
    assert unescaped(tmp_path)
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "all.py").write_text(LINES, encoding="utf-8")
    assert unescaped(tmp_path) == ""
    write(tmp_path, OWN)
    (tmp_path / "jupyter").mkdir()
    (tmp_path / "jupyter" / CONFIGURATION).write_text(LINES, encoding="utf-8")
    assert unescaped(tmp_path) == ""


def test_the_doctor_says_it(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADER_COURSE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert doctor._formgrader() == (True, "no nbgrader course here")
    write(tmp_path, OWN)
    works, said = doctor._formgrader()
    assert works is None and "escape_names()" in said
    write(tmp_path, OWN + LINES)
    assert doctor._formgrader() == (True, "escapes names in its pages")
