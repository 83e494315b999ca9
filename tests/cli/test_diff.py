"""`grader diff` on folders and files, with its exit codes."""

import json

import pytest

from grader.batch.store import ResultStore
from grader.cli import main
from grader.result import CurvePlot, Status
from tests.stored import result

STUDENTS = ("ada", "bob")


@pytest.fixture
def diff(tmp_path, capsys):
    def run(*arguments):
        with pytest.raises(SystemExit) as end:
            main(["diff", *(str(tmp_path / one) for one in arguments[:2]), *arguments[2:]])
        said = capsys.readouterr()
        return end.value.code, " ".join((said.out + said.err).split())

    return run


@pytest.fixture
def folder(tmp_path):
    def make(name, **points):
        store = ResultStore(tmp_path / name)
        for student in STUDENTS:
            store.write(result(student, points=points.get(student, 1)))
        return store

    return make


def test_exit_codes_and_json(diff, folder, tmp_path):
    folder("a")
    folder("b")
    folder("c", bob=3)
    assert diff("a", "b") == (0, "Same: 2 students, mean 1.00.")
    code, said = diff("a", "c", "--json", str(tmp_path / "d.json"))
    assert code == 1 and "1 up, 0 down" in said and "mean 1.00 -> 2.00" in said
    record = json.loads((tmp_path / "d.json").read_bytes())
    assert record["same"] is False and record["moves"][0]["by"] == 2.0


def test_a_folder_of_assignments_and_a_file(diff, folder, tmp_path):
    folder("all/a1_least_squares")
    records = [result(student) for student in STUDENTS]
    text = "[" + ",".join(one.model_dump_json() for one in records) + "]"
    (tmp_path / "all.json").write_text(text, encoding="utf-8")
    assert diff("all", "all.json")[0] == 0


def test_a_loss_that_became_nan_is_no_obstacle(diff, tmp_path):
    from grader.result import CheckResult, Kind, Visibility

    plot = CurvePlot(title="Loss", student=[float("nan")], reference=[1.0])
    check = CheckResult(
        exercise="fit", check="quality", title="learns", kind=Kind.TRAIN,
        visibility=Visibility.HIDDEN, points=1, max_points=1, status=Status.PASSED, plots=[plot],
    )  # fmt: skip
    one = result("ada").model_copy(update={"checks": [check]})
    ResultStore(tmp_path / "a").write(one)
    (tmp_path / "b.json").write_text(one.model_dump_json(), encoding="utf-8")
    assert diff("a", "b.json")[0] == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        ("[", "is not complete JSON"),
        ("[]", "There are no results"),
        ("[1]", "entry 1 is not a result"),
        ('[{"checks": [1]}]', "entry 1 is not a result"),
    ],
)
def test_what_is_no_run_is_refused(diff, folder, tmp_path, content, words):
    folder("a")
    if content is not None:
        (tmp_path / "b.json").write_text(content, encoding="utf-8")
    code, said = diff("a", "b.json")
    assert code == 2 and words in said


def test_a_run_that_is_not_whole_is_refused(diff, folder, tmp_path):
    folder("a")
    folder("b").path_of("bob").write_text("{", encoding="utf-8")
    code, said = diff("a", "b")
    assert code == 2 and "bob.json (is not complete JSON)" in said
    text = result("ada").model_dump_json()
    (tmp_path / "twice.json").write_text(f"[{text},{text}]", encoding="utf-8")
    code, said = diff("a", "twice.json")
    assert code == 2 and "has 2 results of ada" in said
