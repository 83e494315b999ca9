"""Who is who, and what happens when nobody knows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.submissions.intake import Roster, RosterError, Wanted
from tests.submissions.intake.collected import BLACKBOARD, WANTED, run, tree


def roster(course: Path, text: str | bytes) -> Wanted:
    file = course.parent / "roster.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return replace(WANTED, roster=Roster(file))


def test_roster_on_each_platform(course: Path) -> None:
    wanted = roster(
        course,
        "\ufeffstudent;name;Canvas_ID;username;more\r\n"
        's1;"Lovelace, Ada";11;ada;x\r\n'
        "s2;Grace Brewster Hopper;22;grace;x\r\n",
    )
    for files in (
        {"nobodyknows_11_1_mlp.py": "a", "x_22_2_mlp.py": "g", "lovelaceada_33_3_mlp.py": "eve"},
        {
            "Ada  LOVELACE_7_assignsubmission_file_/mlp.py": "a",
            "Grace Brewster Hopper_8_assignsubmission_file_/mlp.py": "g",
            "Eve_9_assignsubmission_file_/mlp.py": "eve",
        },
        {
            f"{BLACKBOARD}_{user}_attempt_2026-03-01-12-34-56_mlp.py": text
            for user, text in (("ada", "a"), ("grace", "g"), ("eve", "eve"))
        },
        {"Ada Lovelace/mlp.py": "a", "s2/mlp.py": "g", "eve/mlp.py": "eve"},
    ):
        report = run(course, files, wanted)
        assert {*report.new, *report.unchanged, *report.replaced} == {"s1", "s2"}
        assert len(report.problems) == 1 and "is not in the roster" in report.problems[0]
    assert set(tree(course).values()) == {"a", "g"}


def test_canvas_by_name_where_the_roster_has_no_numbers(course: Path) -> None:
    wanted = roster(course, "student,name\ns1,Ada Lovelace\ns2,Grace Brewster Hopper\n")
    report = run(
        course, {"lovelaceada_1_1_mlp.py": "a", "hoppergracebrewster_2_2_mlp.py": "g"}, wanted
    )
    assert report.new == ["s1", "s2"] and not report.problems


def test_two_students_with_one_id(course: Path) -> None:
    same = {"smithjo_1_1_mlp.py": "one", "smithjo_2_2_mlp.py": "two", "ada_3_3_mlp.py": "ada"}
    report = run(course, same)
    assert report.new == ["ada"] and len(report.problems) == 1
    assert "2 accounts have that name (canvas 1, canvas 2)" in report.problems[0]
    case = {"Zoë/mlp.py": "", "zoe\u0308/mlp.py": "", "bob/mlp.py": ""}
    report = run(course, case)
    assert report.new == ["bob"] and all("capitals or accents" in one for one in report.problems)
    report = run(course, {"ADA/mlp.py": "other", "eve/mlp.py": "eve"})
    assert report.new == ["eve"] and "submitted/ada is there" in report.problems[0]
    ambiguous = roster(course, "student,name\ns1,Jo Smith\ns2,Jo Smith\ns3,Ada\n")
    report = run(course, {"smithjo_1_1_mlp.py": "?", "ada_3_3_mlp.py": "ada"}, ambiguous)
    assert report.new == ["s3"] and "to several students" in report.problems[0]
    two_accounts = roster(course, "student,canvas_id\njo,1\njo,2\n")
    report = run(course, {"smithjo_1_1_mlp.py": "one", "smithjo_2_2_mlp.py": "two"}, two_accounts)
    assert report.new == ["jo"] and report.attempts == 2


@pytest.mark.parametrize(
    "student", ["..", "a/b", "con", ".hidden", "a\x07b", "x" * 200, "a:b", "a."]
)
def test_ids_that_cannot_be_folders(course: Path, student: str) -> None:
    wanted = roster(course, f'student,canvas_id\n"{student}",1\nada,2\n')
    report = run(course, {"x_1_1_mlp.py": "x", "y_2_2_mlp.py": "y"}, wanted)
    assert report.new == ["ada"] and "the student id" in report.problems[0]


@pytest.mark.parametrize(
    "text, message",
    [
        (b"", "has the columns nothing"),
        (b"name,email\nAda,a@b\n", "has the columns name, email"),
        (b"student\nada\n", "at least one of"),
        (b"student,name,name\nada,a,b\n", "each once"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b'student,name\n"ada,x\n', "not valid CSV"),
    ],
)
def test_rosters_that_cannot_be_used(course: Path, text: bytes, message: str) -> None:
    with pytest.raises(RosterError, match=message):
        roster(course, text)


def test_a_roster_that_is_not_there(course: Path) -> None:
    with pytest.raises(RosterError, match="No such file"):
        Roster(course / "nothing.csv")


ODD = "gra\u00adce"


def test_a_student_whose_name_nobody_sees_whole_costs_nobody_else(course: Path) -> None:
    report = run(course, {"grace/mlp.py": "1", f"{ODD}/mlp.py": "2", "gr\u0430ce/mlp.py": "3"})
    assert report.new == ["grace", "gr\u0430ce"]
    [problem] = report.problems
    assert problem == (
        "gra\\u00adce was not collected: the student id has characters that nobody sees "
        "(U+00AD SOFT HYPHEN). Give another in a roster, or fix it there."
    )
    [note] = [one for one in report.notes if "look alike" in one]
    assert "CYRILLIC SMALL LETTER A" in note


def test_such_an_id_in_the_roster_is_told_with_its_line(course: Path) -> None:
    roster = course.parent / "roster.csv"
    roster.write_text(f"student,name\n{ODD},Grace\nada,Ada\n", encoding="utf-8")
    wanted = replace(WANTED, roster=Roster(roster))
    assert wanted.roster is not None
    [note] = wanted.roster.notes
    assert note.startswith("line 2 of the roster: the student id gra\\u00adce has ")
    report = run(course, {"Grace/mlp.py": "1", "Ada/mlp.py": "2"}, wanted)
    assert report.new == ["ada"] and "U+00AD" in report.problems[0]
