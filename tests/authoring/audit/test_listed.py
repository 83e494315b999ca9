"""The list of mutants that are no mistakes: how it is read, and what it means."""

from functools import partial

import pytest

from grader.authoring.audit import Listed, ListError, read_listed
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


LEFT_OUT = """
[[left_out]]
file = "f.py"
definition = "_train"
reason = "Any way of training is right."
"""


def read(tmp_path, text):
    (tmp_path / "equivalent_mutants.toml").write_text(text, encoding="utf-8")
    return read_listed(tmp_path)


def test_without_a_file_the_list_is_empty(tmp_path):
    assert read_listed(tmp_path) == Listed()


def test_an_entry_means_the_mutants_with_its_lines(tmp_path):
    (entry,) = read(tmp_path, ENTRY.replace('"return x"', '"return x + 1"')).equivalent
    found = mutants_of("def f(x):\n    return x\n\n\ndef g(x):\n    return x - 1\n", "f.py")
    assert not any(entry.means(one) for one in found)
    text = "def f(x):\n    return sum(x)\n"
    (entry,) = read(tmp_path, ENTRY.replace('"return x"', '"return x * 1"')).equivalent
    assert not any(entry.means(one) for one in mutants_of(text, "f.py"))
    text = "def f(x, y):\n    return x + y\n\n\ndef g(x, y):\n    return x + y\n"
    entry = read(tmp_path, ENTRY.replace("sum(x)", "x + y")).equivalent[0]
    (meant,) = [one for one in mutants_of(text, "f.py") if entry.means(one)]
    assert (meant.definition, meant.line, meant.after) == ("f", 2, "return x")
    assert not any(entry.means(one) for one in mutants_of(text, "another.py"))


def test_one_table_may_list_several_mutants_of_a_line_and_a_line_that_is_gone(tmp_path):
    text = ENTRY.replace('"return x"', '["return x", "", "  return -x  "]')
    entries = read(tmp_path, text).equivalent
    assert [one.after for one in entries] == ["return x", "", "return -x"]
    assert {one.reason for one in entries} == {"There is one."}
    assert str(entries[1]) == "f.py, f: return sum(x) → nothing"


def test_a_definition_may_be_left_out(tmp_path):
    listed = read(tmp_path, ENTRY + LEFT_OUT)
    found = mutants_of("def _train(x):\n    return x + 1\n\n\ndef f(x):\n    return -x\n", "f.py")
    assert {one.definition for one in found if listed.leaves_out(one)} == {"_train"}
    assert [str(one) for one in listed.unmatched(found)] == ["f.py, f: return sum(x) → return x"]
    assert [str(one) for one in listed.unmatched(found[-1:])][1] == "f.py, _train"


def test_a_definition_may_be_a_method(tmp_path):
    listed = read(tmp_path, LEFT_OUT.replace("_train", "C.fit"))
    methods = ("fit", "fitted", "predict")
    text = "class C:\n" + "".join(f"    def {one}(self):\n        return 0\n" for one in methods)
    found = mutants_of(text, "f.py")
    assert {one.scope for one in found if listed.leaves_out(one)} == {"C.fit"}
    assert {one.scope for one in found} == {f"C.{one}" for one in methods}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[equivalent]", "cannot be read"),
        ("equivalent = 3", "expected nothing but tables"),
        ("[[equivalents]]\nfile = 'f.py'", "expected nothing but tables"),
        (
            "[[equivalent]]\nfile = 'f.py'",
            "equivalent.. 1: expected file, definition, bef",
        ),
        ("equivalent = [3]", "equivalent.. 1"),
        (
            ENTRY + ENTRY.replace("There is one.", " "),
            "equivalent.. 2: expected some text",
        ),
        (ENTRY.replace('"return x"', "4"), "equivalent.. 1: expected some text as after"),
        (LEFT_OUT + "before = 'x'", "left_out.. 1: expected file, definition, reason"),
    ],
)
def test_a_list_that_makes_no_sense_is_told(tmp_path, text, words):
    with pytest.raises(ListError, match=words):
        read(tmp_path, text)


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_every_entry_of_the_course_means_a_mutant(name):
    listed = read_listed(ROOT / "solutions" / name)
    found = [
        mutant
        for file, text in live(name).references.items()
        for mutant in mutants_of(text, file, within=partial(listed.speaks_of, file))
    ]
    assert [str(one) for one in listed.unmatched(found)] == []
