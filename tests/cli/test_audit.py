"""`grader audit` as authors call it: exit codes, samples, and no TensorFlow for NumPy."""

import importlib.util
import os

import pytest

from grader.cli.app import main
from tests.ready import run_ready

CHECKS = '''
from grader.course import Assignment, case

assignment = Assignment(name="t1_tiny", title="Tiny")
file = assignment.file("tiny.py", backend="numpy")
half = file.exercise("half")


@half.outputs(points=1)
def value(rng):
    """is half the number"""
    yield case("a number", x=rng.uniform(1, 2))


keras_file = assignment.file("keras_tiny.py", backend="keras")
model = keras_file.exercise("model")


@model.outputs(points=1)
def nothing(rng):
    """is a number"""
    yield case("a number", x=rng.uniform(1, 2))
'''
TINY = '''
def half(x):
    """Half of x."""
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION
'''
WEAK = TINY.replace("return x / 2", "y = 2 + 0 * x\n    return x / 2")
EQUIVALENT = """
[[equivalent]]
file = "tiny.py"
definition = "half"
before = "y = 2 + 0 * x"
after = ["y = 2 + x", "y = 2", "y = 2 - 0 * x", "y = 3 + 0 * x", "y = 1 + 0 * x", "y = 2 + 0 / x",
  "y = 2 + 0", "y = 2 + 1 * x", "y = 2 + -1 * x", "y = 0 * x", "y = 7"]
reason = "Nobody reads y."
"""


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "course" / "solutions" / "t1_tiny"
    folder.mkdir(parents=True)
    (tmp_path / "course" / "assignments").mkdir()
    (folder / "checks.py").write_text(CHECKS, encoding="utf-8")
    (folder / "tiny.py").write_text(TINY, encoding="utf-8")
    keras_text = "import keras\n\n\ndef model(x):\n    return x\n"
    (folder / "keras_tiny.py").write_text(keras_text, encoding="utf-8")
    return folder


@pytest.fixture
def audit(tmp_path, course):
    def run(*arguments, **variables):
        environment = {
            **os.environ,
            "GRADER_COURSE": str(course.parents[1]),
            "COLUMNS": "100",
            "KERAS_BACKEND": "tensorflow",
            **variables,
        }
        ended = run_ready("grader", "audit", *arguments, cwd=tmp_path, env=environment)
        assert "Traceback" not in ended.stdout + ended.stderr
        return ended

    return run


def test_good_checks_end_with_0(audit):
    ended = audit("t1", "--exercise", "half")
    assert ended.returncode == 0, ended.stderr
    assert "The checks kill 100.0 % of 4 mutants." in ended.stdout
    assert "survived:" not in ended.stdout


def test_weak_checks_end_with_1_and_survivors_are_shown(audit, course):
    (course / "tiny.py").write_text(WEAK, encoding="utf-8")
    ended = audit("t1", "--exercise", "half", "--seed", "5", "--jobs", "2")
    assert ended.returncode == 1, ended.stderr
    assert "survived: tiny.py:5, half (arithmetic)" in ended.stdout
    assert "-    y = 2 + 0 * x\n  +    y = 2 - 0 * x" in ended.stdout
    assert "good ones kill 97%" in ended.stdout


def test_listed_mutants_count_neither_way_and_stale_entries_are_told(audit, course):
    (course / "tiny.py").write_text(WEAK, encoding="utf-8")
    (course / "equivalent_mutants.toml").write_text(EQUIVALENT, encoding="utf-8")
    ended = audit("t1", "--exercise", "half")
    assert ended.returncode == 0, ended.stdout
    words = " ".join(ended.stdout.split())
    assert "no such mutant: tiny.py, half: y = 2 + 0 * x → y = 7 " in words
    assert "kill 100.0 % of 4 mutants" in words


def test_numpy_mutants_do_without_keras(audit, course):
    # This backend is not installed: whatever imports Keras fails.
    ended = audit("t1", "--exercise", "half", KERAS_BACKEND="torch")
    assert ended.returncode == 0, ended.stderr
    if importlib.util.find_spec("torch") is None:
        assert audit("t1", "--exercise", "model", KERAS_BACKEND="torch").returncode == 2


def test_a_page_gets_its_table(audit, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("Before.\n\n<!-- audit t1_tiny -->\n<!-- end of audit -->\nAfter.\n")
    ended = audit("t1", "--exercise", "half", "--limit", "2", "--markdown", "--output", str(page))
    assert ended.returncode == 0, ended.stderr
    row = "| tiny.py | 4 | 2 | 2 | 0 | 0 | 0 | 100.0 % |"
    assert row in ended.stdout.splitlines()
    text = page.read_text(encoding="utf-8")
    assert row in text and text.startswith("Before.") and text.endswith("-->\nAfter.\n")


def test_a_reference_that_loses_points_ends_with_3(audit, course):
    # It gives another answer to every call, so that it fails its own cases.
    text = TINY.replace("x / 2", "time.perf_counter_ns() % 1_000 / 2")
    (course / "tiny.py").write_text(f"import time\n{text}", encoding="utf-8")
    ended = audit("t1", "--exercise", "half")
    assert ended.returncode == 3
    assert "tiny.py itself loses points" in " ".join(ended.stderr.split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["t2"], "There is no assignment 't2'"),
        (["t1", "--exercise", "halve"], "Did you mean: half?"),
        (["t1", "--limit", "0"], "--limit"),
        (["t1", "--output", "nowhere/page.md"], "its folder does not exist"),
    ],
)
def test_a_wrong_call_ends_with_2(audit, arguments, words):
    ended = audit(*arguments)
    assert ended.returncode == 2
    assert words in " ".join(ended.stderr.split())


def test_a_list_that_cannot_be_read_ends_with_2(audit, course):
    (course / "equivalent_mutants.toml").write_text("[[equivalent]]\n", encoding="utf-8")
    ended = audit("t1")
    assert ended.returncode == 2
    assert "[[equivalent]] 1: expected file, definition" in " ".join(ended.stderr.split())


EASY = """

@half.outputs(points=0.5)
def nothing(rng):
    \"\"\"is 0.0 for 0.0\"\"\"
    yield case("zero", x=0.0)
"""
BY_NATURE = """
[[by_nature]]
exercise = "half"
mode = "thoughtless"
checks = ["nothing"]
reason = "There is one zero."
"""


def easier(course, decorator="@half.outputs(points=0.5)"):
    head, _, keras = CHECKS.partition("\n\nkeras_file")
    easy = EASY.replace("@half.outputs(points=0.5)", decorator)
    (course / "checks.py").write_text(f"{head}\n{easy}\nkeras_file{keras}", encoding="utf-8")


def test_answers_without_the_work_that_earn_something_end_with_1(audit, course):
    easier(course)
    ended = audit("t1", "--thoughtless", "--exercise", "half", KERAS_BACKEND="torch")
    assert ended.returncode == 1, ended.stderr
    words = " ".join(ended.stdout.split())
    assert "half 1.5 0.5 0 zeros 0.5, first 0.5, permuted 0.5, own draws 0.5 nothing" in words
    assert "earn up to 0.5 of 1.5 points. Declare what is easy to satisfy" in words


def test_edges_and_what_is_listed_end_with_0(audit, course, tmp_path):
    easier(course, "@half.outputs(points=0.5, edge=True)")
    arguments = ("t1", "--thoughtless", "--replay", "--constants", "--exercise", "half")
    ended = audit(*arguments, KERAS_BACKEND="torch")
    assert ended.returncode == 0, ended.stdout
    assert ended.stdout.count("Answers without the work earn nothing of") == 3
    easier(course)
    (course / "unearned.toml").write_text(BY_NATURE, encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text("<!-- audit t1_tiny --thoughtless -->\n<!-- end of audit -->\nAfter.\n")
    ended = audit(*arguments[:2], *arguments[-2:], "--markdown", "--output", str(page))
    assert ended.returncode == 0, ended.stdout
    row = "| half | 1.5 | 0 | 0.5 |  |  |"
    assert row in ended.stdout.splitlines() and row in page.read_text(encoding="utf-8")
    (course / "unearned.toml").write_text("[[by_nature]]\n", encoding="utf-8")
    ended = audit("t1", "--replay")
    assert ended.returncode == 2 and "[[by_nature]] 1: expected exercise" in ended.stderr


BROKEN = {
    "raises": (CHECKS + "\nno_such_name\n", "NameError: name 'no_such_name' is not defined."),
    "calls wrongly": (CHECKS + "\nfile.exercise()\n", "TypeError: "),
    "cannot be read": (CHECKS + "\nclass class\n", "SyntaxError: invalid syntax."),
}


@pytest.mark.parametrize(
    ("command", "how"),
    [
        *(("audit t1", how) for how in BROKEN),
        *((command, "raises") for command in ("audit t1 --replay", "thresholds", "freeze t1")),
    ],
)
def test_checks_that_raise_are_told_in_one_sentence(course, monkeypatch, capsys, how, command):
    text, problem = BROKEN[how]
    (course / "checks.py").write_text(text, encoding="utf-8")
    monkeypatch.setenv("GRADER_COURSE", str(course.parents[1]))
    monkeypatch.chdir(course.parents[1])
    with pytest.raises(SystemExit) as ended:
        main(command.split())
    assert ended.value.code == 2
    line = len(CHECKS.splitlines()) + 2
    said = " ".join(capsys.readouterr().err.split())
    assert f"grader: solutions/t1_tiny/checks.py, line {line}, raises {problem}" in said
    assert said.endswith("Fix that line and run the same command again.")


def test_checks_without_an_assignment_are_told(course, monkeypatch, capsys):
    (course / "checks.py").write_text("", encoding="utf-8")
    monkeypatch.setenv("GRADER_COURSE", str(course.parents[1]))
    with pytest.raises(SystemExit) as ended:
        main(["audit", "t1"])
    assert ended.value.code == 2
    assert "to define `assignment`, an Assignment." in " ".join(capsys.readouterr().err.split())


def test_checks_that_raise_while_cases_are_made_are_told(audit, course):
    text = CHECKS.replace("x=rng.uniform(1, 2)", "x=no_such_name", 1)
    (course / "checks.py").write_text(text, encoding="utf-8")
    ended = audit("t1", "--exercise", "half")
    line = text[: text.index("no_such_name")].count("\n") + 1
    said = " ".join(ended.stderr.split())
    assert ended.returncode == 2 and f"checks.py, line {line}, raises NameError" in said
