"""Ids with characters that nobody sees are told, and so are ids that look alike."""

import unicodedata

import pytest

from grader.submissions import CourseDirectory
from grader.submissions.student_ids import (
    _SEEMS,
    look_alikes,
    odd_characters,
    student_id,
)

ODD = ["\u00ad", "\u200b", "\u200d", "\u2028", "\u2029", "\u00a0", "\u3000", "\ufeff", "\u202e"]
ODD += ["\x07", "\t", "\u0085", "\u3164", "\u2800", "\U000e0041"]
ODD += ["\ufe00", "\ufe0f", "\u180b", "\u180d", "\u180f", "\u061c", "\u034f", "\u2064", "\ufff0"]
ODD += ["\U000e0100", "\U000e01ef", "\U000e0fff", "\U0001bca0", "\U0001d173", "\U0001d159"]
PLAIN = ["ada", "ada lovelace", "小明", "Müller-Lüdenscheidt", "O'Neill", "e\u0301va", "Анна", "🎓"]


@pytest.mark.parametrize("character", ODD, ids=lambda one: f"U+{ord(one):04X}")
def test_what_nobody_sees_is_named_and_written_as_an_escape(character):
    name = f"ad{character}a"
    assert odd_characters(name).startswith(f"U+{ord(character):04X}")
    assert student_id(name).isascii() and student_id(name).startswith("ad\\")


@pytest.mark.parametrize("name", PLAIN)
def test_an_ordinary_name_is_its_own_id(name):
    assert odd_characters(name) == "" and student_id(name) == name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada", "\u0430da"),
        ("ada", "ad\u00ada"),
        ("ada", "Ada"),
        ("ada", "\uff41da"),
        ("ada lovelace", "ada\u00a0lovelace"),
        ("paul", "\u0440\u0430ul"),
        ("bob", "b\u03bfb"),
        ("Otto", "\u039ftto"),
        ("llya", "Ilya"),
        ("s10", "sl0"),
        ("a-b", "a\u2010b"),
        ("ada", "ad\u0338a"),
        ("ada", "ad\u0325a"),
        ("ada", "ad\u20d2a"),
        ("ada", "\u1d00da"),
        ("ada", "a\ua7d3a".replace("\ua7d3", "\u1d05")),
        ("ada", "\u2c81da"),
        ("add", "\u13aadd"),
        ("abe", "\ua4eebe"),
        ("j.d", "j\ua4f8d"),
        ("DAD", "\ua4d3\ua4ee\ua4d3"),
        ("add", "ad\u217e"),
    ],
)
def test_two_that_look_alike_are_named_together(one, other):
    [note] = look_alikes(["bea", one, "x", other])
    assert "look alike" in note and one in note


@pytest.mark.parametrize("ids", [PLAIN, ["ida", "ada", "ad", "adaa"], ["s1", "s2", "s11"], []])
def test_others_do_not(ids):
    assert look_alikes(ids) == []


@pytest.mark.parametrize("one", ["аda", "ad\u1e2f\u03b1", "x\u16b7", "Анna", "\u0561nna"])
def test_one_that_mixes_scripts_is_named_by_itself(one):
    [note] = look_alikes(["ada2", one, "bea"])
    assert "several scripts" in note and "U+" in note


@pytest.mark.parametrize("one", ["小明 Li", "さくらサクラ櫻", "김 Kim 金", "Zoë", "Nguyễn", "Öz"])
def test_names_of_the_world_are_not(one):
    assert look_alikes([one, "bea"]) == [] and odd_characters(one) == ""


def test_a_whole_class_that_looks_alike_is_a_few_lines():
    ids = [f"{letter}{number}" for number in range(2, 40) for letter in ("a", "\u0430")]
    assert len(look_alikes(ids)) == 11


def test_the_table_leads_to_plain_letters():
    assert all(
        (seems.isascii() and not letter.isascii()) or letter in "1I|0O`"
        for letter, seems in _SEEMS.items()
    )
    assert all(unicodedata.normalize("NFKC", one) == one or one in "ʼϲ‑′" for one in _SEEMS)


def test_folders_with_such_names_are_graded_and_noted(tmp_path):
    for name in ("ada", "ad\u00ada", "\u0430da"):
        (tmp_path / "submitted" / name / "a1").mkdir(parents=True)
    course = CourseDirectory(tmp_path)
    assert [student for student, _ in course.submitted("a1")] == ["ad\\u00ada", "ada", "аda"]
    odd, alike = course.notes
    assert "U+00AD SOFT HYPHEN" in odd and "submitted/ad\\\\u00ada" not in odd
    assert "CYRILLIC SMALL LETTER A" in alike and "look alike" in alike
