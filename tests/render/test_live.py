"""Rows of exercises as they are known, in a terminal and without one."""

import io

import pytest
from rich.console import Console

from grader.judge.grading import GradingOptions, grade
from grader.render.live import LiveRows
from grader.submissions import Submission
from tests.conftest import strongest
from tests.mini import REFERENCE, mini

NAMES = [one.name for one in mini().exercises]


class Recorded(io.StringIO):
    """Remembers what was there at each flush: what a reader at the other end has by then."""

    def __init__(self):
        super().__init__()
        self.flushed = []

    def flush(self):
        self.flushed.append(self.getvalue())


def shown(only=None, terminal=False, text=REFERENCE, tell=None):
    stream = Recorded()
    console = Console(file=stream, width=80, force_terminal=terminal, color_system=None)
    submission = Submission("me", mini().name, {"mini.py": text.encode()})
    with LiveRows(console, mini(), only) as rows:
        options = GradingOptions(on_check=tell or rows.tell)
        grade(submission, mini(), strongest(), options)
    return stream


def test_a_row_can_be_read_as_soon_as_its_last_check_came():
    seen = []
    console = Console(file=(stream := Recorded()), width=80, force_terminal=False)
    with LiveRows(console, mini()) as rows:

        def tell(check):
            rows.tell(check)
            seen.append((check.exercise, stream.flushed[-1] if stream.flushed else ""))

        submission = Submission("me", mini().name, {"mini.py": REFERENCE.encode()})
        grade(submission, mini(), strongest(), GradingOptions(on_check=tell))
    for number, (exercise, text) in enumerate(seen):
        is_last = number + 1 == len(seen) or seen[number + 1][0] != exercise
        assert (f"  {exercise} " in text) == is_last


def test_without_a_terminal_there_is_one_plain_line_for_each_exercise():
    lines = shown().getvalue().splitlines()
    assert [line.split()[1] for line in lines] == NAMES
    assert not any(character in "".join(lines) for character in "\x1b\r\b")
    assert len({line.index("/") for line in lines}) == 1  # in columns


def test_in_a_terminal_a_last_line_tells_which_exercise_is_on():
    text = shown(terminal=True).getvalue()
    assert "checking predict" in text
    assert all(f"  {name} " in text for name in NAMES)


@pytest.mark.parametrize("terminal", [False, True])
def test_what_is_judged_along_stays_silent(terminal):
    text = shown(only=frozenset({"half_mse"}), terminal=terminal).getvalue()
    assert "half_mse" in text
    assert not any(name in text for name in NAMES if name != "half_mse")


def test_a_file_that_cannot_be_read_is_told_before_its_first_row():
    lines = shown(text="def predict(:\n").getvalue().splitlines()
    assert "mini.py, line 1, column 13: invalid syntax" in lines[0]
    assert [line.split()[1] for line in lines[1:]] == NAMES
    assert "invalid syntax" not in "".join(lines[1:])
