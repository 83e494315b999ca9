"""The command line as people call it: real processes, exit codes, and no traceback."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from grader.cli import doctor, main
from grader.cli.commands import COMMANDS as KNOWN
from grader.result import Result
from tests.conftest import ROOT, have_hidden_cases, live, strongest
from tests.ready import run_ready

COMMANDS = (
    "list",
    "check",
    "hint",
    "collect",
    "batch",
    "report",
    "export",
    "diff",
    "new",
    "freeze",
    "release",
    "notebooks",
    "thresholds",
    "audit",
    "similarity",
    "demo-class",
    "doctor",
)


@pytest.fixture
def grader(root, tmp_path):
    def run(*arguments, cwd=tmp_path, course=root, **variables):
        environment = {**os.environ, "GRADER_COURSE": str(course), "COLUMNS": "100", **variables}
        ended = run_ready("grader", *arguments, cwd=cwd, env=environment)
        assert "Traceback" not in ended.stdout + ended.stderr
        return ended

    return run


@pytest.fixture
def student(root, tmp_path):
    """A student's copy: assignments alone, no solutions."""
    shutil.copytree(
        root / "assignments", tmp_path / "course" / "assignments", ignore=lambda *_: [".grader"]
    )
    return tmp_path / "course" / "assignments" / "a2_logistic_regression"


def test_help_lists_all_commands(grader):
    output = grader("--help").stdout
    for name in COMMANDS:
        assert f"\n  {name} " in output


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help_text(grader, command):
    ended = grader(command, "--help")
    assert ended.returncode == 0 and "--help" in ended.stdout


@pytest.mark.parametrize("command", ["list", "check", "hint", "ci", "doctor"])
def test_what_students_and_servers_call_needs_no_extra(command):
    extras = (
        "copydetect cryptography filelock ijson jinja2 jupytext keras libcst matplotlib nbformat "
        "sklearn tensorflow wheel"
    )
    probe = (
        "import importlib, sys\n"
        f"sys.modules |= dict.fromkeys({extras.split()!r})\n"
        f"importlib.import_module('grader.cli.{KNOWN[command].module}')\n"
    )
    ended = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


def test_stubs_fail_with_exit_code_1_and_say_what_is_next(grader, student):
    ended = grader("check", cwd=student, course=student.parents[1])
    assert ended.returncode == 1
    assert "not written yet" in ended.stdout
    assert "Next: write sigmoid in logistic_regression.py" in ended.stdout


def test_right_answers_pass_without_tensorflow(grader, student):
    file = student / "logistic_regression.py"
    file.write_text(live("a2_logistic_regression").references[file.name], encoding="utf-8")
    exercises = [
        one.name
        for one in live("a2_logistic_regression").assignment.exercises()
        if one.file == file.name
    ]
    probe = (
        "import sys\n"
        "from grader.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "except SystemExit as end:\n"
        "    loaded = {'tensorflow', 'keras', 'sklearn'} & set(sys.modules)\n"
        "    print('LOADED', sorted(loaded))\n"
        "    raise\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", probe, "check", "a2", *exercises],
        cwd=student.parents[1],
        env={**os.environ, "GRADER_COURSE": str(student.parents[1])},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "fit_softmax passed. Next: build_model" in ended.stdout
    assert "LOADED []" in ended.stdout


def test_a_failure_is_explained(grader, student):
    file = student / "logistic_regression.py"
    text = live("a2_logistic_regression").references[file.name]
    file.write_text(
        text.replace("tp, fp, fn, tn\n    ###", "tp, fn, fp, tn\n    ###"), encoding="utf-8"
    )
    ended = grader("check", "confusion_counts", cwd=student, course=student.parents[1])
    assert ended.returncode == 1
    assert "expected:" in ended.stdout and "received:" in ended.stdout
    assert "Most likely your confusion_counts swaps false positives" in ended.stdout


def test_json_is_one_valid_result(grader, student, tmp_path):
    file = tmp_path / "result.json"
    grader("check", "a2", "--json", str(file), course=student.parents[1])
    result = Result.model_validate_json(file.read_bytes())
    assert result.assignment == "a2_logistic_regression" and result.points == 0


def test_plain_pytest_works_in_the_folder(student):
    file = student / "logistic_regression.py"
    file.write_text(live("a2_logistic_regression").references[file.name], encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=student,
        capture_output=True,
        text=True,
    )
    assert "63 passed" in ended.stdout or " passed" in ended.stdout
    assert "is not written yet" in ended.stdout  # the Keras part
    assert "TypeError" not in ended.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "a2_logistik"], "Did you mean: a2_logistic_regression"),
        (["check", "a9"], "Did you mean"),
        (["check", "a2", "sigmod"], "Did you mean: sigmoid"),
        (["check", "a2", "--path", "nowhere.py"], "There is no nowhere.py"),
        (["check"], "Which assignment?"),
        (["hint", "predict"], "a1.predict or a2.predict"),
        (["hint", "predikt_proba"], "Did you mean: predict_proba"),
        (["chek"], "Did you mean 'check'"),
        (
            ["batch", "a2", "--course", "nowhere", "--unconfined"],
            "course directory nowhere does not exist",
        ),
        (["batch", "a2", "--course", ".", "--unconfined"], "submitted does not exist"),
        (["report", "--course", "."], "run grader batch first"),
        (["similarity", "a1", "--course", "nowhere"], "course directory nowhere does not exist"),
        (["similarity", "a1", "--course", "."], "submitted does not exist"),
        (["similarity", "a1", "--threshold", "7"], "Invalid value for '--threshold'"),
        (["check", "--frobnicate"], "No such option"),
    ],
)
def test_a_wrong_call_is_one_clear_sentence_and_exit_code_2(grader, arguments, words):
    ended = grader(*arguments)
    assert ended.returncode == 2
    assert words in " ".join(ended.stderr.split())


STUDENTS_LACK = (
    "IPython",
    "copydetect",
    "ijson",
    "jinja2",
    "junitparser",
    "jupytext",
    "libcst",
    "matplotlib",
    "nbformat",
    "nbgrader",
    "pyseccomp",
    "sqlalchemy",
    "traitlets",
)


WITHOUT_THEM = {
    ("--help",): (0, "Needs jupytext, which the extra `instructor` installs."),
    ("list",): (0, "a1_least_squares"),
    ("check", "a1", "predict"): (1, "Next: write predict"),
    ("hint", "a1.predict"): (0, "hint 1 of"),
    ("chek",): (2, "Did you mean 'check'"),
    ("check", "a1", "nope"): (2, "has no exercise 'nope'"),
    ("freeze", "a1", "--check"): (2, "grader freeze needs jupytext, which is not installed."),
}
EACH_IN_A_FORK = """
import json, os, sys
sys.modules.update(dict.fromkeys({lack}))
import grader.cli.check, grader.cli.hint, grader.cli.list_assignments
from grader.cli import main
for call in {calls}:
    reading, writing = os.pipe()
    if not os.fork():
        os.dup2(writing, 1), os.dup2(writing, 2)
        try:
            main([*call])
        except SystemExit as end:
            sys.stdout.flush(), sys.stderr.flush(), os._exit(end.code or 0)
        os._exit(99)
    os.close(writing)
    said = os.fdopen(reading, encoding="utf-8").read()
    print(json.dumps([os.waitstatus_to_exitcode(os.wait()[1]), said]), flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_students_need_none_of_what_instructors_install(student):
    ended = subprocess.run(
        [sys.executable, "-c", EACH_IN_A_FORK.format(lack=STUDENTS_LACK, calls=[*WITHOUT_THEM])],
        env={**os.environ, "GRADER_COURSE": str(student.parents[1]), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    found = [json.loads(line) for line in ended.stdout.splitlines()]
    for (code, words), (received, said) in zip(WITHOUT_THEM.values(), found, strict=True):
        assert received == code, said
        assert words in " ".join(said.split())


def test_hints_come_one_by_one(grader, student):
    course = student.parents[1]
    first, second = (grader("hint", "a2.softmax", course=course).stdout for _ in range(2))
    assert "hint 1 of 2" in first and "hint 2 of 2" in second
    assert "hint 1 of 2" in grader("hint", "a2.softmax", "--again", course=course).stdout


def test_list_shows_progress(grader, student):
    course = student.parents[1]
    assert "- of 100" in grader("list", course=course).stdout
    grader("check", "a2", course=course)
    assert "0 of 100" in grader("list", course=course).stdout
    assert "softmax_cross_entropy" in grader("list", "a2", course=course).stdout


def test_a_class_is_graded_with_one_command(grader, tmp_path):
    grader("demo-class", "--students", "4", "--course", "c", "--assignment", "a1")
    for file in (tmp_path / "c").rglob("keras_*.py"):
        file.unlink()
    ended = grader("batch", "a1", "--course", "c", "--unconfined", "--json", "all.json")
    assert ended.returncode == 0, ended.stderr
    assert "4 students, mean" in ended.stdout
    assert ("ran unconfined" in ended.stdout) == (strongest().confinement == "unconfined")
    assert (tmp_path / "c" / "reports" / "a1_least_squares" / "index.html").is_file()
    results = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))
    names = [result["student"] for result in results]
    assert names == sorted(names) and len(names) == 4
    assert 'seed = "' in (tmp_path / "c" / "grader.toml").read_text(encoding="utf-8")
    assert grader("report", "--course", "c").returncode == 0

    best = max(results, key=lambda result: result["points"])["student"]
    file = tmp_path / "c" / "submitted" / best / "a1_least_squares" / "least_squares.py"
    file.write_text("import numpy as np\n", encoding="utf-8")
    kept = {path: path.read_bytes() for path in (tmp_path / "c" / "results").rglob("*.json")}
    ended = grader("batch", "a1", "--course", "c", "--unconfined", "--changed")
    assert ended.returncode == 0, ended.stderr
    assert "0 up, 1 down" in " ".join(ended.stdout.split())
    assert "Nothing was written" in ended.stdout
    assert kept == {path: path.read_bytes() for path in kept}


def test_a_copy_is_shown_whoever_handed_it_in(grader, tmp_path):
    grader("demo-class", "--students", "5", "--course", "c", "--assignment", "a1")
    submitted = tmp_path / "c" / "submitted"
    alternative = ROOT / "tests" / "alternatives" / "a1_least_squares" / "loops"
    for name in ("<b>one<_b>", "[red]two"):
        shutil.copytree(alternative, submitted / name / "a1_least_squares")
    (submitted / "three" / "a1_least_squares").mkdir(parents=True)
    code = (alternative / "least_squares.py").read_text(encoding="utf-8")
    cells = [{"cell_type": "code", "source": code, "metadata": {}, "outputs": []}]
    notebook = json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}})
    folder = submitted / "three" / "a1_least_squares"
    (folder / "least_squares.ipynb").write_text(notebook, encoding="utf-8")
    ended = grader("similarity", "a1", "--course", "c")
    assert ended.returncode == 0, ended.stderr
    assert "[red]two" in ended.stdout and "never a verdict" in ended.stdout
    said = " ".join(ended.stdout.split())
    assert "100 % 100 % 100 % <b>one<_b> and [red]two" in said
    assert "and three" in said
    page = tmp_path / "c" / "reports" / "a1_least_squares" / "similarity" / "index.html"
    assert "&lt;b&gt;one" in page.read_text(encoding="utf-8")
    first = tmp_path / "c" / ".attempts" / "three" / "a1_least_squares" / "1"
    shutil.copytree(folder, first)
    (folder / "least_squares.ipynb").unlink()  # and handed in nothing at last
    ended = grader("similarity", "a1", "--course", "c", "--previous", "c", "--output", "o")
    index = (tmp_path / "o" / "index.html").read_text(encoding="utf-8")
    assert ended.returncode == 0
    assert "three, attempt 1 of 2" in index and "three (c), attempt 1 of 2" in index
    ended = grader("similarity", "a1", "--course", "c", "--latest", "--output", "o")
    assert "attempt 1 of 2" not in (tmp_path / "o" / "index.html").read_text(encoding="utf-8")


def test_one_submission_has_nobody_to_be_compared_with(grader, tmp_path):
    grader("demo-class", "--students", "1", "--course", "c", "--assignment", "a1")
    ended = grader("similarity", "a1", "--course", "c")
    assert ended.returncode == 2
    assert "a comparison takes two" in " ".join(ended.stderr.split())


def test_a_machine_that_cannot_confine_grades_nothing_unless_told_to(grader, tmp_path, monkeypatch):
    grader("demo-class", "--students", "2", "--course", "c", "--assignment", "a1")
    have_hidden_cases(tmp_path / "c", "a1_least_squares")
    monkeypatch.setenv("PATH", str(tmp_path))  # no bubblewrap there
    ended = grader("batch", "a1", "--course", "c")
    assert ended.returncode == 2
    said = " ".join(ended.stderr.split())
    assert "Nothing was graded" in said and "--unconfined" in said
    assert "bubblewrap" in ended.stderr.lower() or "Linux alone" in ended.stderr
    assert not (tmp_path / "c" / "results").exists()
    probe = "from grader.cli.doctor import _confinement; print(*_confinement())"
    said = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True).stdout
    assert said.startswith("None none: ") and "needs --unconfined here" in said
    for file in (tmp_path / "c").rglob("keras_*.py"):
        file.unlink()
    ended = grader("batch", "a1", "--course", "c", "--unconfined", "--no-report")
    assert ended.returncode == 0 and "ran unconfined" in ended.stdout


def test_a_misspelt_key_in_the_configuration_is_told(grader, tmp_path):
    (tmp_path / "grader.toml").write_text('sed = "x"\n', encoding="utf-8")
    ended = grader("batch", "a1", "--course", ".", "--unconfined")
    assert ended.returncode == 2
    assert "seed" in ended.stderr


def test_limits_for_a_check_that_there_is_not_are_told(grader, tmp_path):
    grader("demo-class", "--students", "1", "--course", "c", "--assignment", "a1")
    limits = "[limits.a1_least_squares.predikt]\nseconds = 3\n"
    (tmp_path / "c" / "grader.toml").write_text(limits, encoding="utf-8")
    ended = grader("batch", "a1", "--course", "c", "--unconfined")
    assert ended.returncode == 2
    assert "Did you mean a1_least_squares.predict" in " ".join(ended.stderr.split())


def test_the_doctor_tries_what_he_tells(grader):
    ended = grader("doctor")
    assert ended.returncode == 0, ended.stdout
    assert "numpy worker" in ended.stdout and "tensorflow" in ended.stdout
    confined = strongest().confinement != "unconfined"
    assert ("tried 10 ways out, and all are closed" in ended.stdout) == confined


def test_the_doctor_tells_which_backend_is_missing(monkeypatch, capsys):
    own = {"backends": doctor._PROBES["backends"]}  # the others were tried above
    monkeypatch.setattr(doctor, "_PROBES", own)
    monkeypatch.setenv("KERAS_BACKEND", "mxnet")
    with pytest.raises(SystemExit) as end:
        main(["doctor"])
    assert end.value.code == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "Expected KERAS_BACKEND to be one of tensorflow, jax, torch" in said


def test_a_gpu_that_is_not_there_is_told_before_anything_runs(grader, tmp_path):
    """By a backend that says so at once; TensorFlow itself is asked in `tests/confine`."""
    (tmp_path / "torch.py").write_text("class cuda:\n    device_count = lambda: 0\n")
    grader("demo-class", "--students", "1", "--course", "c", "--assignment", "a1")
    variables = {"KERAS_BACKEND": "torch", "PYTHONPATH": str(tmp_path)}
    ended = grader("batch", "a1", "--course", "c", "--device", "gpu", **variables)
    assert ended.returncode == 2
    assert "torch sees no GPU" in " ".join(ended.stderr.split())
    assert not (tmp_path / "c" / "results").exists()


@pytest.mark.parametrize("arguments", [("list",), ("check", "a1", "nope")])
def test_a_ready_process_says_what_a_fresh_one_says(tmp_path, student, arguments):
    """These tests fork from a process that has imported everything; people start a new one."""
    environment = {**os.environ, "GRADER_COURSE": str(student.parents[1]), "COLUMNS": "70"}
    fresh = subprocess.run(
        [sys.executable, "-m", "grader", *arguments],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        encoding="utf-8",
    )
    ready = run_ready("grader", *arguments, cwd=tmp_path, env=environment)
    for one in ("returncode", "stdout", "stderr"):
        assert getattr(ready, one) == getattr(fresh, one)
    assert fresh.stdout + fresh.stderr
