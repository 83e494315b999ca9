"""A grading worksheet of Moodle comes back with grades and comments, and the rest as it was."""

import csv
import html
import io

import pytest

from grader.render.exports.filling import Wishes
from grader.render.exports.grades import ExportProblem, StudentGrade, grade_of
from grader.render.exports.moodle import fill_moodle, moodle_csv

HEADER = [
    "Identifier", "Full name", "ID number", "Email address", "Status", "Grade", "Maximum grade",
    "Grade can be changed", "Last modified (submission)", "Last modified (grade)",
    "Feedback comments",
]  # fmt: skip
DATE = "Sunday, 1 March 2026, 11:03 AM"
ADA = ["Participant 71", "Ada Lovelace", "0071", "ada@x.edu", "Submitted", "", "20.00", "Yes", DATE,
       "-", ""]  # fmt: skip
ALAN = ["Participant 72", "Alan Turing", "0072", "alan@x.edu", "Submitted", "3.00", "20.00", "Yes",
        DATE, DATE, "fine"]  # fmt: skip


def worksheet(*rows, header=HEADER):
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([header, *rows])
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def read(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def grade(student, points=12.5, **more):
    return StudentGrade(student, "m1_mini", points, 20.0, **more)


def fill(content, *grades, **wishes):
    return fill_moodle(content, "w.csv", grades, Wishes(**wishes))


@pytest.mark.parametrize(
    "student",
    ["0071", "ada@x.edu", "Ada Lovelace", "Participant 71", "Ada L_71_assignsubmission_file"],
)
def test_grade_and_comment_are_filled_in(student):
    comment = "predict\n✗ wrong (0 of 2): 1 < 2"
    filled = fill(worksheet(ADA, ALAN), grade(student, penalty=2.5, comment=comment))
    assert filled.written == [student] and filled.problems == []
    assert filled.content.startswith(b"\xef\xbb\xbf")
    first, second = read(filled.content)
    changed = {"Grade", "Feedback comments"}
    kept = dict(zip(HEADER, ADA, strict=True))
    assert {k: v for k, v in first.items() if k not in changed} == {
        k: v for k, v in kept.items() if k not in changed
    }
    assert first["Grade"] == "10"
    assert html.unescape(first["Feedback comments"]).split("<br />") == [
        "12.5 of 20 points", "late: 2.5 points less", "", *comment.split("\n"),
    ]  # fmt: skip
    assert list(second.values()) == ALAN


def test_a_bare_number_is_no_participant():
    assert "is in no row" in fill(worksheet(ADA), grade("71")).problems[0]


def test_a_locked_grade_stays():
    locked = [*ADA[:7], "No", *ADA[8:]]
    filled = fill(worksheet(locked), grade("0071"))
    assert filled.content == worksheet(locked) and "locked" in filled.problems[0]


def test_without_a_column_for_comments_grades_go_in_and_it_is_told():
    filled = fill(worksheet(ADA[:-1], header=HEADER[:-1]), grade("0071"))
    assert filled.written == ["0071"] and "no column 'Feedback comments'" in filled.problems[0]


def test_worksheets_in_other_languages():
    header = ["ID", "Name", "Matrikel", "E-Mail", "Status", "Bewertung", *"ABCDE"]
    content = worksheet(ADA, header=header)
    with pytest.raises(ExportProblem, match="no column 'Grade'"):
        fill(content, grade("0071"))
    with pytest.raises(ExportProblem, match="--match"):
        fill(content, grade("0071"), column="Bewertung")
    filled = fill(content, grade("0071"), column="Bewertung", match="Matrikel")
    assert read(filled.content)[0]["Bewertung"] == "12.5"


def test_another_maximum_and_scales_are_refused():
    with pytest.raises(ExportProblem, match="Maximum grade is 100"):
        fill(worksheet([*ADA[:6], "100,00", *ADA[7:]]), grade("0071"))
    header = [*HEADER[:6], "Scale", *HEADER[7:]]
    with pytest.raises(ExportProblem, match="graded by a scale"):
        fill(worksheet(ADA, header=header), grade("0071"))


def test_a_file_of_its_own(results, grades, broken, course):
    filled = moodle_csv([*grades, grade_of(broken, course)])
    rows = read(filled.content)
    assert [row["Identifier"] for row in rows] == [result.student for result in results]
    assert [float(row["Grade"]) for row in rows] == [result.points for result in results]
    assert list(rows[0]) == ["Identifier", "Grade", "Feedback comments"]
    assert filled.problems == ["Ada was left out: nobody has graded predict yet"]


def test_what_students_wrote_is_neither_markup_nor_formula(grades):
    for row in read(moodle_csv(grades).content):
        assert "<" not in row["Feedback comments"].replace("<br />", "")
    (row,) = read(moodle_csv([grade("=1+1", comment="<=cmd|'/C calc'!A0;=2")]).content)
    assert row["Identifier"] == "'=1+1"
    assert "&lt;&#61;cmd|'/C calc'!A0;&#61;2" in row["Feedback comments"]
