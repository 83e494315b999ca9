"""The list of mutants that are no mistakes: how it is read, and what it means."""

import pytest

from grader.authoring.audit import EquivalentError, plan_audit, read_equivalent
from grader.authoring.mutation import mutants_of
from tests.conftest import ASSIGNMENTS, ROOT, live

ENTRY = """
[[equivalent]]
file = "f.py"
definition = "f"
before = "return sum(x)"
after = "return x"
reason = "There is one."
"""


def read(tmp_path, text):
    (tmp_path / "equivalent_mutants.toml").write_text(text, encoding="utf-8")
    return read_equivalent(tmp_path)


def test_without_a_file_the_list_is_empty(tmp_path):
    assert read_equivalent(tmp_path) == ()


def test_an_entry_means_the_mutants_with_its_lines(tmp_path):
    (entry,) = read(tmp_path, ENTRY.replace('"return x"', '"return x + 1"'))
    found = mutants_of("def f(x):\n    return x\n\n\ndef g(x):\n    return x - 1\n", "f.py")
    assert not any(entry.means(one) for one in found)
    text = "def f(x):\n    return sum(x)\n"
    (entry,) = read(tmp_path, ENTRY.replace('"return x"', '"return x * 1"'))
    assert not any(entry.means(one) for one in mutants_of(text, "f.py"))
    text = "def f(x, y):\n    return x + y\n\n\ndef g(x, y):\n    return x + y\n"
    entry = read(tmp_path, ENTRY.replace("sum(x)", "x + y"))[0]
    (meant,) = [one for one in mutants_of(text, "f.py") if entry.means(one)]
    assert (meant.definition, meant.line, meant.after) == ("f", 2, "return x")
    assert not any(entry.means(one) for one in mutants_of(text, "another.py"))


def test_one_table_may_list_several_mutants_of_a_line_and_a_line_that_is_gone(tmp_path):
    entries = read(tmp_path, ENTRY.replace('"return x"', '["return x", "", "  return -x  "]'))
    assert [one.after for one in entries] == ["return x", "", "return -x"]
    assert {one.reason for one in entries} == {"There is one."}
    assert str(entries[1]) == "f.py, f: return sum(x) → nothing"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[equivalent]", "cannot be read"),
        ("equivalent = 3", "expected nothing but tables"),
        ("[[equivalents]]\nfile = 'f.py'", "expected nothing but tables"),
        ("[[equivalent]]\nfile = 'f.py'", "entry 1: expected file, definition, before, after"),
        ("equivalent = [3]", "entry 1"),
        (ENTRY + ENTRY.replace("There is one.", " "), "entry 2: expected some text as reason"),
        (ENTRY.replace('"return x"', "4"), "entry 1: expected some text as after"),
    ],
)
def test_a_list_that_makes_no_sense_is_told(tmp_path, text, words):
    with pytest.raises(EquivalentError, match=words):
        read(tmp_path, text)


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_every_entry_of_the_course_means_a_mutant(name):
    listed = read_equivalent(ROOT / "solutions" / name)
    assert [str(one) for one in plan_audit(live(name), "1", equivalent=listed).unmatched] == []
