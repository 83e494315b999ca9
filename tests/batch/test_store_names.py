"""File names of results: safe on every system, and different for different students."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grader.sanitise.file_names import file_name_of

ANY_TEXT = st.text(st.characters(codec=None), max_size=40)
"""Lone surrogates and controls included."""
LIKELY = st.text("aAbBéÉe\u0301ﬁıİß王🦊 .~-_%/\\:con1\0\udcff", max_size=12)


@given(ANY_TEXT | LIKELY)
def test_name_is_safe_on_every_system(student: str) -> None:
    name = file_name_of(student) + ".json"
    assert len(name.encode("utf-8")) <= 150
    assert len(unicodedata.normalize("NFD", name).encode("utf-8")) <= 255
    assert not set(name) & set('<>:"/\\|?*%')
    assert name.isprintable()
    assert not name.startswith((".", " ", "-", "~"))
    stem = file_name_of(student)
    assert not stem.endswith((".", " "))
    reserved = r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?"
    assert not re.fullmatch(reserved, stem, re.IGNORECASE)


@given(ANY_TEXT | LIKELY, ANY_TEXT | LIKELY)
def test_different_students_have_different_files(one: str, other: str) -> None:
    assume(one != other)
    assert _as_file_systems_see(file_name_of(one)) != _as_file_systems_see(file_name_of(other))


@given(st.sets(st.text("\ud83d\ude00\udcff\udcfe🦊\0\x01", max_size=3), max_size=12))
def test_ids_without_a_letter_stay_apart(students: set[str]) -> None:
    assert len({file_name_of(student) for student in students}) == len(students)


@given(LIKELY)
def test_ids_that_file_systems_fold_together_stay_apart(student: str) -> None:
    alike = {
        student,
        student.upper(),
        student.lower(),
        student.casefold(),
        student + " ",
        student + ".",
        " " + student,
        unicodedata.normalize("NFC", student),
        unicodedata.normalize("NFD", student),
        unicodedata.normalize("NFKC", student),
        file_name_of(student),
    }
    ids = alike - {file_name_of(student)} | {student}
    assert len({_as_file_systems_see(file_name_of(one)) for one in ids}) == len(ids)


@given(ANY_TEXT | LIKELY)
def test_a_file_name_taken_as_an_id_hits_no_other_file(student: str) -> None:
    name = file_name_of(student)
    assert name == student or file_name_of(name) != name


def _as_file_systems_see(name: str) -> str:
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())


@pytest.mark.parametrize("student", ["alice", "s12345", "a.b-c_d@uni.example", "two words", "0+1"])
def test_ordinary_id_is_its_own_file_name(student: str) -> None:
    assert file_name_of(student) == student


@pytest.mark.parametrize(
    ("student", "start"),
    [
        ("Alice", "Alice~"),
        ("王小明", "王小明~"),
        ("con", "con~"),
        ("aux.txt", "aux-txt~"),
        ("com1 .x", "com1--x~"),
        ("../../etc/passwd", "etc-passwd~"),
        ("", "student~"),
        ("🦊", "student~"),
        ("a" * 101, "a" * 64 + "~"),
        ("王" * 100, "王" * 21 + "~"),
        ("trailing.", "trailing~"),
    ],
)
def test_other_ids_stay_readable(student: str, start: str) -> None:
    assert re.fullmatch(re.escape(start) + "[0-9a-f]{32}", file_name_of(student))
