"""The CSV file is read back by the csv module and says what the results say."""

import csv
import io

from grader.render.exports.grades import StudentGrade, grade_of
from grader.render.exports.points import points_csv
from grader.render.summary import exercises


def read(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_rows_are_the_results(results, grades):
    rows = read(points_csv(grades))
    assert [row["student"] for row in rows] == [result.student for result in results]
    for row, result in zip(rows, results, strict=True):
        assert float(row["points"]) == result.points == float(row["final_points"])
        assert float(row["max_points"]) == result.max_points
        assert row["assignment"] == "m1_mini"
        counts = [result.checks.count(check) for check in result.checks]
        assert len(counts) == sum(
            int(row[status]) for status in ("passed", "failed", "missing")
        ) + sum(
            int(row[status]) for status in ("error", "skipped", "forbidden", "timeout", "crashed")
        )


def test_a_column_for_each_exercise(results, grades):
    for row, result in zip(read(points_csv(grades, per_exercise=True)), results, strict=True):
        for one in exercises(result):
            assert float(row[f"m1_mini.{one.name}"]) == one.points


def test_lateness_costs_what_the_course_says(late, course):
    (row,) = read(points_csv([grade_of(late, course)]))
    assert row["late_days"] == "1.04" and row["submitted_at"] == "2026-03-02T13:00:00+00:00"
    assert float(row["late_penalty"]) == round(late.points * 0.2, 2)
    assert float(row["final_points"]) == round(late.points * 0.8, 2)


def test_what_the_grader_failed_on_costs_nobody_points(broken, course):
    (row,) = read(points_csv([grade_of(broken, course)], per_exercise=True))
    assert row["final_points"] == "" and row["ungraded"] == "predict"
    assert row["m1_mini.predict"] == "" and row["m1_mini.root"] == "3"
    assert row["grader_error"] == "1"


def test_a_formula_is_text():
    name = "=cmd|' /C calc'!A0"
    (row,) = read(points_csv([StudentGrade(name, "a", 1.0, 2.0, exercises={"=1+1": 1.0})]))
    assert row["student"] == f"'{name}"
    (row,) = read(points_csv([StudentGrade("x;=1+1", "a", 1.0, 2.0)]))
    assert row["student"] == "x;'=1+1"


def test_several_assignments_have_columns_of_their_own():
    one = StudentGrade("ada", "a1", 1.0, 2.0, exercises={"predict": 1.0})
    two = StudentGrade("ada", "a2", 1.5, 2.0, exercises={"predict": 1.5})
    first, second = read(points_csv([one, two], per_exercise=True))
    assert (first["a1.predict"], first["a2.predict"]) == ("1", "")
    assert (second["a1.predict"], second["a2.predict"]) == ("", "1.5")
