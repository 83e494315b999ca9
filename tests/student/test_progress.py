"""What is remembered in an assignment's folder, and what is not believed of it."""

import pytest

from grader.student.progress import PROGRESS_FILE, last_result, next_exercise, next_hint, remember
from tests.mini import REFERENCE, grade_mini, mini, replaced

ASSIGNMENT = mini()


def test_what_was_not_checked_now_stays_as_it_was_found(tmp_path):
    remember(tmp_path, ASSIGNMENT, grade_mini(replaced(" / 2\n", "\n")))
    known = remember(tmp_path, ASSIGNMENT, grade_mini(REFERENCE).of_exercise("half_mse"))
    assert known == last_result(tmp_path) and known.points == known.max_points == ASSIGNMENT.points
    assert next_exercise(ASSIGNMENT, known) is None


def test_results_of_other_checks_are_forgotten(tmp_path):
    old = grade_mini(REFERENCE).model_copy(update={"assignment_sha256": "of another version"})
    remember(tmp_path, ASSIGNMENT, old)
    known = remember(tmp_path, ASSIGNMENT, grade_mini(REFERENCE).of_exercise("solve"))
    assert {one.exercise for one in known.checks} == {"solve"}


def test_the_next_exercise_is_sought_behind_the_last_one_and_then_from_the_start():
    names = [one.name for one in ASSIGNMENT.exercises]
    assert next_exercise(ASSIGNMENT, None).name == names[0]
    known = grade_mini(replaced(" / 2\n", "\n"))
    assert next_exercise(ASSIGNMENT, known, after="solve").name == "half_mse"
    known = grade_mini(REFERENCE).of_exercise(names[-1])
    assert next_exercise(ASSIGNMENT, known, after=names[-1]).name == names[0]


@pytest.mark.parametrize(
    "content", ["", "{", "[1]", '{"predict": "x"}', '{"predict": -3}', "[" * 9_999]
)
def test_damaged_files_count_for_nothing(tmp_path, content):
    (tmp_path / ".grader").mkdir()
    (tmp_path / PROGRESS_FILE).write_text(content, encoding="utf-8")
    (tmp_path / ".grader" / "hints.json").write_text(content, encoding="utf-8")
    assert last_result(tmp_path) is None
    exercise = ASSIGNMENT.exercise("predict")
    numbers = [next_hint(tmp_path, exercise).number for _ in range(3)]
    assert numbers == [1, 2, 2] and next_hint(tmp_path, exercise, again=True).number == 1


def test_where_nothing_can_be_written_nothing_is_remembered(tmp_path):
    (tmp_path / ".grader").write_text("a file in the way", encoding="utf-8")
    result = grade_mini(REFERENCE)
    assert remember(tmp_path, ASSIGNMENT, result) == result
    assert last_result(tmp_path) is None
