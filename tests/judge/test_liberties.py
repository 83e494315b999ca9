"""Notes on what was left out: one for each reason, in the number of what it speaks of."""

from dataclasses import replace

import pytest

from grader.course.prepared import FileAside
from tests.conftest import grade_text
from tests.mini import REFERENCE, grade_mini, mini

STUB = "def solve(X, y):\n    raise NotImplementedError\n"
FAILS = "1 / 0\n"
LAST = REFERENCE.count("\n") + 1
NOTES = {
    "one line": (FAILS, f"line {LAST} was left out: ZeroDivisionError: division by zero"),
    "several lines": (
        FAILS * 3,
        f"lines {LAST}, {LAST + 1} and {LAST + 2} were left out: "
        "ZeroDivisionError: division by zero",
    ),
    "a stub": (STUB, f"line {LAST} was left out: what is written above counts, and not the stub"),
    "several stubs": (
        STUB * 2,
        f"lines {LAST} and {LAST + 2} were left out: "
        "what is written above counts, and not the stub",
    ),
    "more than are listed": (
        FAILS * 10,
        f"{LAST + 6} and {LAST + 7} (and 2 more places) were left out: "
        "ZeroDivisionError: division by zero",
    ),
    "a question of Python's": (
        "print 'x'\n",
        f"line {LAST} was left out: Missing parentheses in call to 'print'. "
        "Did you mean print(...)?",
    ),
    "the end of the program": ("exit()\n", f"line {LAST} was left out: the program ends there"),
    "one that needs another": (
        "n = 1 / 0\nm = n + 1\n",
        f"line {LAST + 1} was left out, because it needs something that was left out or not "
        "imported above",
    ),
    "several that need another": (
        "n = 1 / 0\nm = n + 1\nk = n + 2\n",
        f"lines {LAST + 1} and {LAST + 2} were left out, because they need something that was "
        "left out or not imported above",
    ),
}


@pytest.mark.parametrize("name", NOTES)
def test_a_note_reads_right_for_one_line_and_for_several(name):
    more, expected = NOTES[name]
    notes = grade_mini(REFERENCE + more).submission.notes
    assert any(note.endswith(expected) for note in notes), notes


KERAS = """import keras
from tensorflow.keras import layers
def build_model(n):
    return keras.Sequential([layers.Dense(n)])
model = build_model(3)
model.fit(1)
"""
PLOT = "import matplotlib.pyplot as plt\nplt.plot([1])\n"
ASIDE = FileAside("keras_mini.py", ("keras",), ("build_model",))


def test_what_another_part_of_the_assignment_needs_makes_no_note_where_it_is_not_graded():
    part = replace(mini(), files_aside=(ASIDE,))
    result = grade_text(part, {"mini.py": REFERENCE + KERAS})
    assert result.submission.notes == [] and result.points == result.max_points
    notes = grade_text(part, {"mini.py": REFERENCE + KERAS + PLOT}).submission.notes
    assert len(notes) == 2 and notes[0].startswith("matplotlib"), notes
    assert f"line {LAST + 7} was left out, because it uses what may not" in notes[1]
    other = KERAS.replace("build_model", "make")  # nothing of the other part is in this file
    assert len(grade_text(part, {"mini.py": REFERENCE + other}).submission.notes) > 1
