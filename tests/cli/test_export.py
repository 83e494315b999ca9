"""`grader export` on a class that was graded, from the command line."""

import csv
import json

import pytest
from junitparser import JUnitXml

from grader.batch.store import ResultStore
from grader.cli import main
from grader.result import Result, Status
from grader.sanitise.formgrader import CONFIGURATION, LINES
from tests.mini import REFERENCE, grade_mini, replaced


@pytest.fixture(scope="module")
def graded():
    texts = {"ada": REFERENCE, "Zoë": replaced(" / 2\n", "\n"), "=1+1": ""}
    return [grade_mini(text).model_copy(update={"student": name}) for name, text in texts.items()]


@pytest.fixture
def course(graded, tmp_path):
    store = ResultStore(tmp_path / "results" / "m1_mini")
    for result in graded:
        store.write(result)
    return tmp_path


@pytest.fixture
def export(course, capsys):
    def run(*arguments):
        code = 0
        try:
            main(["export", "--course", str(course), *map(str, arguments)])
        except SystemExit as end:
            code = end.code
        said = capsys.readouterr()
        return code, " ".join((said.out + said.err).split())

    return run


def break_one(course, student="ada"):
    store = ResultStore(course / "results" / "m1_mini")
    result = store.read(student)
    check = result.checks[0].model_copy(update={"status": Status.GRADER_ERROR, "points": 0.0})
    store.write(result.model_copy(update={"checks": [check, *result.checks[1:]]}))


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def points(graded: list[Result]):
    return {result.student.replace("=1", "'=1"): result.points for result in graded}


def test_csv(export, course, graded):
    code, said = export("m1", "--per-exercise")
    assert code == 0 and "3 grades from results/" in said
    rows = rows_of(course / "exports" / "m1_mini.csv")
    assert {row["student"]: float(row["final_points"]) for row in rows} == points(graded)
    assert "m1_mini.half_mse" in rows[0]


def test_moodle_and_junit(export, course, graded):
    assert export("--to", "moodle")[0] == 0
    rows = rows_of(course / "exports" / "m1_mini-moodle.csv")
    assert {row["Identifier"]: float(row["Grade"]) for row in rows} == points(graded)
    assert export("--to", "junit")[0] == 0
    document = JUnitXml.fromfile(str(course / "exports" / "m1_mini-junit.xml"))
    assert document.tests == sum(len(result.checks) for result in graded)


def test_canvas_keeps_the_file_and_fills_a_column(export, course, graded):
    file = course / "canvas.csv"
    text = (
        "Student,ID,SIS Login ID,Section,m1_mini (7),Final Score\n"
        "    Points Possible,,,,20,(read only)\n"
        '"L, Ada",1,ada,S,,5\n"Z, Zoë",2,zoe,S,,5\n'
    )
    file.write_text(text, encoding="utf-8")
    code, said = export("--to", "canvas", "--from", file)
    assert code == 3 and "=1+1 is in no row" in said and "Zoë is in no row" in said
    assert "1 grades from results/" in said and "(1 rows stay as they were)" in said
    made = (course / "exports" / "m1_mini-canvas.csv").read_text(encoding="utf-8")
    assert made == text.replace("ada,S,,5", f"ada,S,{graded[0].points:g},5")
    code, said = export("--to", "canvas", "--from", file, "--output", file)
    assert code == 2 and "name another" in said and file.read_text(encoding="utf-8") == text


def test_gradescope_writes_a_file_for_each_student(export, course, graded):
    assert export("--to", "gradescope")[0] == 0
    files = sorted((course / "exports" / "gradescope" / "m1_mini").rglob("results.json"))
    found = sorted(json.loads(file.read_bytes())["score"] for file in files)
    assert found == sorted(result.points for result in graded)
    one = course / "one" / "results.json"
    assert export("--to", "gradescope", "--student", "Zoë", "--output", one)[0] == 0
    assert json.loads(one.read_bytes())["score"] == graded[1].points


def test_a_student_whom_the_grader_failed_is_told_and_keeps_no_old_file(export, course):
    export("--to", "gradescope")
    file = course / "exports" / "gradescope" / "m1_mini" / "ada" / "results.json"
    assert file.is_file()
    break_one(course)
    code, said = export("--to", "gradescope")
    assert code == 3 and "ada has no file" in said and not file.exists()
    for form in ("csv", "moodle"):
        code, said = export("--to", form)
        assert code == 3 and "nobody has graded predict" in said


def test_a_damaged_result_is_told(export, course):
    (course / "results" / "m1_mini" / "ada.json").write_text("{", encoding="utf-8")
    code, said = export()
    assert code == 3 and "ada.json (is not complete JSON) is damaged" in said
    assert len(rows_of(course / "exports" / "m1_mini.csv")) == 2


def test_in_an_nbgrader_course_the_gradebook_counts(export, course):
    (course / "nbgrader_config.py").write_text("", encoding="utf-8")
    pytest.importorskip("nbgrader")
    code, said = export()
    assert code == 2 and "There is no gradebook" in said and "--no-gradebook" in said
    assert not (course / "gradebook.db").exists() and not (course / "exports").exists()
    assert export("--no-gradebook")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a9"], "There is no assignment 'a9'"),
        (["--to", "canvas"], "canvas needs --from FILE"),
        (["--to", "canvas", "--from", "nowhere.csv"], "nowhere.csv cannot be read"),
        (["--from", "x.csv"], "--from is for canvas and moodle"),
        (["--to", "moodle", "--column", "Grade"], "--column, --match and --scale"),
        (["--to", "junit", "--per-exercise"], "--per-exercise is for csv"),
        (["--to", "junit", "--gradebook"], "leave --gradebook out"),
        (["--student", "bob"], "There are no results of 'bob'"),
        (["--to", "excel"], "'excel'"),
    ],
)
def test_a_wrong_call_is_one_sentence(export, arguments, words):
    code, said = export(*arguments)
    assert code == 2 and words in said


def test_canvas_takes_one_assignment(export, course, graded):
    other = graded[0].model_copy(update={"assignment": "m2"})
    ResultStore(course / "results" / "m2").write(other)
    (course / "x.csv").write_text("", encoding="utf-8")
    code, said = export("--to", "canvas", "--from", course / "x.csv")
    assert code == 2 and "one assignment at a time" in said
    assert export()[0] == 0 and len(rows_of(course / "exports" / "all.csv")) == 4


def test_every_grade_above_its_maximum_is_named(export, course, graded):
    store = ResultStore(course / "results" / "m1_mini")
    for number in range(25):
        store.write(graded[0].model_copy(update={"student": f"s{number}", "points": 1_087.0}))
    code, said = export()
    assert code == 0
    assert said.count("has more than the maximum in m1_mini: 1087 of") == 25
    assert "ada has more" not in said


def test_points_that_somebody_put_into_the_gradebook_are_named(export, course, graded):
    pytest.importorskip("nbgrader")
    from grader.ways.gradebook.opening import opened
    from tests.ways.gradebook.course import course_in, written

    nbgrader = course_in(course)
    written(nbgrader, *graded)
    with opened(nbgrader) as gradebook:
        grade = gradebook.find_grade("check-predict", "mini", "m1_mini", "ada")
        grade.manual_score = 1_000
        grade.cell.max_score = 5_000  # whoever alters points can alter the maximum
        gradebook.db.commit()
    code, said = export("--gradebook")
    assert code == 0
    assert "ada has more than the maximum in m1_mini: 1000 of 3 for predict" in said
    assert said.count("more than the maximum") == 1
    assert "else: escape_names()" in said  # the course has no configuration
    (course / CONFIGURATION).write_text(LINES, encoding="utf-8")
    assert "escape_names" not in export("--gradebook")[1]


def test_a_name_that_nbgraders_pages_would_obey_is_itself_again_in_an_export(
    export, course, graded
):
    pytest.importorskip("nbgrader")
    from tests.ways.gradebook.course import course_in, written

    name = '"<img src=x>'
    ResultStore(course / "results" / "m1_mini").write(
        result := graded[0].model_copy(update={"student": name})
    )
    report = written(course_in(course), result)
    assert list(report.renamed) == [name] and "<" not in report.renamed[name]
    export("--gradebook", "--student", name)
    (row,) = rows_of(course / "exports" / "m1_mini.csv")
    assert row["student"] == name and float(row["points"]) == result.points
