"""A gradebook of Canvas comes back as it was, but for one column."""

import csv
import io
import re

import pytest

from grader.render.exports.canvas import fill_canvas
from grader.render.exports.filling import Wishes
from grader.render.exports.grades import ExportProblem, StudentGrade

HEADER = [
    "Student", "ID", "SIS User ID", "SIS Login ID", "Section",
    "Other (1)", "m1_mini (2)", "m1_mini bonus (3)", "Final Score",
]  # fmt: skip
HIDDEN = ["", "", "", "", "", "", "Manual Posting", "", ""]
POSSIBLE = ["    Points Possible", "", "", "", "", "10.00", "20.00", "5.00", "(read only)"]
ADA = ["Lovelace, Ada", "100", "s1", "ada@x.edu", "S1 and S2", "=1+1", "", "3", "70.5"]
ALAN = ["Turing, Alan", "101", "s2", "alan@x.edu", "S1", "7", "1.00", "", "70.5"]
TEST = ["Student, Test", "102", "", "0a1b", "S1", "", "", "", ""]
COLUMN = 6


def gradebook(*rows, header=HEADER, possible=POSSIBLE, delimiter=",", newline="\n", mark=b""):
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=newline)
    writer.writerows([header, HIDDEN, possible, *rows])
    return mark + stream.getvalue().encode()


def read(content, delimiter=","):
    stream = io.StringIO(content.decode("utf-8-sig"), newline="")
    return list(csv.reader(stream, delimiter=delimiter))


def grade(student, points=12.5, **more):
    return StudentGrade(student, "m1_mini", points, 20.0, **more)


def fill(content, *grades, column="", match="", scale=False):
    return fill_canvas(content, "g.csv", grades, Wishes(column, match, scale))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_only_the_column_changes(newline, delimiter, mark):
    before = gradebook(ADA, ALAN, TEST, newline=newline, delimiter=delimiter, mark=mark)
    filled = fill(before, grade("s1"), grade("s2", 20.0))
    expected = [list(row) for row in (ADA, ALAN, TEST)]
    expected[0][COLUMN], expected[1][COLUMN] = "12.5", "20"
    after = gradebook(*expected, newline=newline, delimiter=delimiter, mark=mark)
    assert filled.content == after
    assert filled.written == ["s1", "s2"] and filled.problems == [] and filled.untouched == 1


@pytest.mark.parametrize(
    "student", ["s1", "ada@x.edu", "ADA@X.EDU", "100", "Ada Lovelace", "Lovelace, Ada"]
)
def test_students_are_found_by_any_key(student):
    rows = read(fill(gradebook(ADA, ALAN), grade(student)).content)
    assert [row[COLUMN] for row in rows[3:]] == ["12.5", "1.00"]


def test_first_and_last_names_may_have_columns_of_their_own():
    header = ["LastName", "FirstName", *HEADER[1:]]
    rows = [["    Points Possible", "", *POSSIBLE[1:]], ["Lovelace", "Ada", *ADA[1:]]]
    content = gradebook(rows[1], header=header, possible=rows[0])
    assert read(fill(content, grade("Ada Lovelace")).content)[3][COLUMN + 1] == "12.5"


def test_who_is_not_there_is_told():
    filled = fill(gradebook(ADA), grade("s9"))
    assert "s9 is in no row" in filled.problems[0] and "SIS Login ID" in filled.problems[0]
    assert filled.content == gradebook(ADA)


def test_who_could_be_two_rows_gets_none_until_a_column_decides():
    twin = ["Lovelace, Ada", "s1", "s3", "other@x.edu", "S1", "", "", "", ""]
    for student in ("Ada Lovelace", "s1"):
        filled = fill(gradebook(ADA, twin), grade(student))
        assert "row 4 (Lovelace, Ada) and row 5 (Lovelace, Ada)" in filled.problems[0]
        assert filled.content == gradebook(ADA, twin)
    assert fill(gradebook(ADA, twin), grade("s1"), match="SIS User ID").written == ["s1"]


def test_two_students_who_could_be_one_row_both_get_none():
    filled = fill(gradebook(ADA), grade("s1"), grade("Ada Lovelace"))
    assert filled.written == [] and len(filled.problems) == 2
    assert filled.content == gradebook(ADA)


@pytest.mark.parametrize("kept", ["EX", "N/A"])
def test_who_is_excused_stays_excused(kept):
    row = [*ADA[:COLUMN], kept, *ADA[COLUMN + 1 :]]
    filled = fill(gradebook(row), grade("s1"))
    assert filled.content == gradebook(row) and "left as it was" in filled.problems[0]


def test_what_is_not_graded_leaves_the_old_grade():
    filled = fill(gradebook(ALAN), grade("s2", exercises={"fit": None, "root": 1.0}))
    assert filled.content == gradebook(ALAN)
    assert "nobody has graded fit" in filled.problems[0]


def test_who_handed_nothing_in_is_left_to_canvas():
    filled = fill(gradebook(ALAN), grade("s2", 0.0, handed_in=False))
    assert filled.content == gradebook(ALAN) and filled.problems == []


def test_another_maximum_is_refused_or_converted():
    possible = [*POSSIBLE[:COLUMN], "50,00", *POSSIBLE[COLUMN + 1 :]]
    content = gradebook(ADA, possible=possible)
    with pytest.raises(ExportProblem, match="is 50, but the results are out of 20"):
        fill(content, grade("s1"))
    assert read(fill(content, grade("s1"), scale=True).content)[3][COLUMN] == "31.25"


def test_lateness_counts():
    filled = fill(gradebook(ADA), grade("s1", penalty=2.5))
    assert read(filled.content)[3][COLUMN] == "10"


@pytest.mark.parametrize("column", ["m1_mini bonus", "3", "m1_mini bonus (3)"])
def test_the_column_may_be_named(column):
    possible = [*POSSIBLE[:7], "20", POSSIBLE[8]]
    filled = fill(gradebook(ADA, possible=possible), grade("s1"), column=column)
    assert read(filled.content)[3][6:8] == ["", "12.5"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no rows"),
        (b"Name,Grade\nada,1\n", "not a gradebook from Canvas"),
        ("Student,ID\nZoë,1\n".encode("latin-1"), "not UTF-8"),
        (b'Student,ID\n"ada', "is not CSV"),
        (gradebook(ADA, possible=ALAN), "no row 'Points Possible'"),
        (gradebook(ADA, header=[*HEADER[:6], "Mini (2)", *HEADER[7:]]), "no column 'm1_mini'"),
        (gradebook(ADA, header=[*HEADER[:7], "m1_mini (9)", "F"]), "Several columns"),
        (gradebook(ADA, possible=[*POSSIBLE[:6], "(read only)", "", ""]), "expected a number"),
    ],
)
def test_what_is_no_gradebook_is_refused_in_a_sentence(content, words):
    with pytest.raises(ExportProblem, match=re.escape(words)):
        fill(content, grade("s1"))
