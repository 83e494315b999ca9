"""What fails on hidden cases alone is shown on a public input; the grade does not depend on it."""

import base64
import os
import signal
from dataclasses import replace

import numpy as np
import pytest

from grader.batch import plan_batch, run_batch
from grader.batch import searching as search
from grader.batch.inputs import PublicInputs
from grader.batch.store import ResultStore
from grader.course.counterexample import Counterexample
from grader.course.examples import example_checks
from grader.judge.grading import GradingOptions
from grader.judge.public_cases import PublicCases, failures_to_explain
from grader.result import Example
from grader.submissions import CourseDirectory
from tests.batch.mini_class import hand_in
from tests.conftest import strongest
from tests.mini import REFERENCE, body, check_of, grade_mini, mini, mini_course, replaced

SELDOM = body("r = X @ w + b\nreturn r if abs(r[0]) < 1.3 else -r")
"""Right on all public cases of the small assignment, and wrong on a hidden one."""
LEAKS = "import numpy as np\nSEEN = []\n" + SELDOM.partition("np\n")[2].replace(
    "    r = X", "    SEEN.append(X)\n    r = X"
).replace("else -r", "else {}[str(SEEN)]")
"""Raises what it has seen so far, where it is wrong at all."""

pytestmark = pytest.mark.skipif(
    strongest().confinement not in {"forked", "confined"},
    reason="there are public inputs only where each worker has memory of its own",
)


def hidden_number():
    return float(mini().checks[0].cases[0].arguments["X"][0, 0])


def never(number):
    """Wrong on one hidden input, which it knows by heart, and right on all others."""
    return body(f"r = X @ w + b\nreturn -r if abs(X[0, 0] - {number}) < 1e-9 else r")


@pytest.fixture
def course(tmp_path):
    def made(**texts):
        hand_in(tmp_path, texts)
        return CourseDirectory(tmp_path)

    return made


def inputs_of(directory):
    return PublicInputs.of_class(directory, mini_course(), strongest(), directory.path)


def run(directory, assignment=None, **options):
    """Grade the class; return its results by student."""
    store = ResultStore(directory.results / "m1_mini")
    assignment = assignment or mini()
    plan = plan_batch(directory, assignment, store)
    report = run_batch(plan, assignment, store, strongest(), GradingOptions(), jobs=2, **options)
    return {result.student: result for result in report.results}


def without_examples(result):
    record = result.comparable()
    for check in record["checks"]:
        del check["example"]
    return record


def examples(result):
    return {f"{c.exercise}.{c.check}": c.example for c in result.checks if c.example is not None}


TEXTS = {
    "ada": REFERENCE,
    "bob": body("return X @ w"),
    "cid": SELDOM,
    "dan": never(hidden_number()),
    "eve": LEAKS,
    "fay": replaced('raise ValueError(f"Expected', 'raise KeyError(f"Expected'),
    "gil": body("import os\nos._exit(3)"),
    "hal": "def broken(:\n",
}


def test_a_class_is_graded_alike_and_each_failure_is_explained_or_not(course):
    directory = course(**TEXTS)
    plain = run(directory)
    for file in (directory.results / "m1_mini").iterdir():
        file.unlink()
    found = run(directory, inputs=inputs_of(directory))
    assert {one: without_examples(found[one]) for one in found} == {
        one: without_examples(plain[one]) for one in plain
    }
    assert not any(examples(result) for result in plain.values())
    assert not examples(found["ada"]) and not examples(found["gil"]) and not examples(found["hal"])

    shown = examples(found["bob"])["predict.batch"]
    assert (shown.seed, shown.message, shown.file) == ("public", "", "")
    assert examples(found["fay"])["root.negative"].seed == "public"

    seldom = examples(found["cid"])["predict.batch"]
    assert seldom.seed.startswith("example ") and "inputs:   X=[[" in seldom.message
    file = Counterexample.decode(base64.b64decode(seldom.file))
    assert (file.exercise, file.check, file.seed) == ("predict", "batch", seldom.seed)
    assert file.within(PUBLIC_WITH_ITS_DIGEST).checks[0].cases[0].label in seldom.message

    never = examples(found["dan"])["predict.batch"]
    assert (never.seed, never.message, never.file) == ("", "", "") and never.right > 20

    leaked = examples(found["eve"])["predict.batch"].message
    assert "KeyError: '[array([[" in leaked and str(hidden_number())[:6] not in leaked


@pytest.mark.parametrize(
    ("sizes", "seed", "too_large"),
    [
        ((10, 10), "example 1", False),
        ((10**5, 10), "example 2", False),
        ((10**5, 10**5), "example 1", True),
    ],
)
def test_an_input_whose_file_can_be_handed_out_is_preferred(sizes, seed, too_large):
    check, name, noise = mini().checks[0], ("predict", "batch"), np.random.default_rng(0)
    tried = []
    for number, size in enumerate(sizes, 1):
        case = replace(check.cases[0], arguments={"X": noise.normal(size=size)})
        tried.append(search.Input(f"example {number}", check.alone(case, f"batch {number}")))
    wrong = check_of(grade_mini(body("return X @ w")), "predict.batch")
    answers = {("predict", one.check.name): wrong for one in tried}
    inputs = PublicInputs(mini(), None, None, None, None, None)
    looking = search.FurtherSearch(inputs, {name: tried})
    found = looking._example(name, Example(right=1), tried, answers)
    assert (found.seed, found.too_large, bool(found.file)) == (seed, too_large, not too_large)
    assert found.message == wrong.message and found.right == 1


PUBLIC_WITH_ITS_DIGEST = mini(public=True)


def test_what_is_kept_is_not_looked_for_again_and_a_changed_exercise_is(course, monkeypatch):
    directory = course(cid=SELDOM, kim=SELDOM.replace("np.sqrt(x)", "-np.sqrt(x)"))
    asked = []
    real = search._Asked.answers

    def told(self, checks, *times):
        asked.append({one.exercise for one in checks})
        return real(self, checks, *times)

    monkeypatch.setattr(search._Asked, "answers", told)
    monkeypatch.setattr("grader.judge.processes.judges.CAN_FORK", False)
    first = run(directory, inputs=inputs_of(directory))
    assert {"predict"} in asked
    asked.clear()
    assert run(directory, inputs=inputs_of(directory)) == first and not asked

    from tests.batch.test_regrading import changed

    again = run(directory, changed("root", points=7.0), inputs=inputs_of(directory))
    assert asked == []  # that one fails publicly
    assert examples(again["kim"])["root.positive"].seed == "public"
    assert examples(again["kim"]) == examples(first["kim"])
    assert examples(again["cid"]) == examples(first["cid"])


def test_further_inputs_are_made_once_for_a_class_and_kept_closed(course, monkeypatch):
    directory = course(**{f"s{number}": f"# {number}\n{SELDOM}" for number in range(4)})
    made = []
    monkeypatch.setattr(
        "grader.batch.inputs.example_checks",
        lambda *given: made.append(given[1:3]) or example_checks(*given),
    )
    results = run(directory, inputs=inputs_of(directory))
    assert made == [("predict", "batch")]
    assert {examples(one)["predict.batch"].seed for one in results.values()} == {"example 2"}
    for result in (directory.results / "m1_mini").iterdir():
        result.unlink()
    run(directory, inputs=inputs_of(directory))
    assert len(made) == 1  # the next batch reads them
    kept = directory.path / ".grader" / "examples" / "m1_mini"
    assert len(list(kept.iterdir())) == 2
    assert all(one.stat().st_mode & 0o077 == 0 for one in kept.rglob("*"))


@pytest.mark.parametrize(
    "deed",
    [
        lambda *_: os.kill(os.getpid(), signal.SIGKILL),
        lambda *_: os._exit(3),
        lambda *_: [1] * 10**10,
        lambda *_: 1 / 0,
    ],
    ids=["killed", "gone", "memory", "broken"],
)
@pytest.mark.parametrize("place", [search._Asked, PublicCases], ids=["further", "public"])
def test_whatever_becomes_of_the_search_the_grade_stands(course, monkeypatch, deed, place):
    directory = course(cid=SELDOM, bob=body("return X @ w"))
    plain = run(directory)
    for file in (directory.results / "m1_mini").iterdir():
        file.unlink()
    with monkeypatch.context() as patch:
        patch.setattr(place, "answers" if place is search._Asked else "_example", deed)
        found = run(directory, inputs=inputs_of(directory))
    assert {one: without_examples(found[one]) for one in found} == {
        one: without_examples(plain[one]) for one in plain
    }
    assert all(not one.seed for one in examples(found["cid"]).values())


def test_a_reference_that_fails_on_further_inputs_costs_the_example_alone(course, monkeypatch):
    from grader.course.prepare import PreparationError

    directory = course(cid=SELDOM)

    def fails(*_):
        raise PreparationError("no answer")

    monkeypatch.setattr("grader.batch.inputs.example_checks", fails)
    found = run(directory, inputs=inputs_of(directory))["cid"]
    assert check_of(found, "predict.batch").status == "failed"
    assert examples(found)["predict.batch"].seed == ""


def test_no_time_left_asks_nothing_and_the_public_cases_count(course, monkeypatch):
    directory = course(cid=SELDOM)
    monkeypatch.setattr(search, "FURTHER_SECONDS", 0.0)
    monkeypatch.setattr(search._Asked, "answers", lambda *_: pytest.fail("asked"))
    found = run(directory, inputs=inputs_of(directory))["cid"]
    assert examples(found)["predict.batch"].right == 2


def test_at_most_three_checks_are_explained_the_first_of_each_exercise_before_others():
    from tests.mini import grade_mini

    text = REFERENCE.replace("/ 2\n", "/ 3\n").replace("return rng.normal(size=n)", "return n")
    text = text.replace("np.linalg.solve(", "-np.linalg.solve(").replace("np.sqrt(x)", "x * 9")
    result = grade_mini(text)
    found = failures_to_explain(result.checks, mini())
    assert [(one.exercise, one.check) for one in found] == [
        ("half_mse", "value"),
        ("solve", "solution"),
        ("root", "positive"),
    ]
