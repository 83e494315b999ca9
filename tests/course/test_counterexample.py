"""The file of a counterexample: what it holds, and what else is no such file."""

import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from grader.course.counterexample import Counterexample, CounterexampleError
from grader.course.examples import has_examples
from grader.course.step import step
from grader.result import Visibility
from tests.mini import mini


def counterexample(exercise="predict", check="batch"):
    public = mini(public=True)
    found = next(one for one in public.checks if (one.exercise, one.name) == (exercise, check))
    return Counterexample(public.name, public.sha256, exercise, check, "example 3", found.cases[0])


def members(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {one: archive.read(one) for one in archive.namelist()}


def archive(files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return stream.getvalue()


def array(value):
    stream = io.BytesIO()
    np.save(stream, value, allow_pickle=True)
    return stream.getvalue()


def text_of(content):
    return np.load(io.BytesIO(content))["case"].tobytes().decode()


def with_text(content, change):
    plain = json.loads(text_of(content))
    change(plain)
    text = np.frombuffer(json.dumps(plain).encode(), np.uint8)
    return archive({**members(content), "case.npy": array(text)})


@pytest.mark.parametrize(
    "name", [(one.exercise, one.name) for one in mini(public=True).checks if has_examples(one.kind)]
)
def test_what_is_written_is_read(name):
    given = counterexample(*name)
    case = given.case
    read = Counterexample.decode(given.encode())
    assert read.encode() == given.encode()  # also: nothing in it depends on the moment
    assert (read.exercise, read.check, read.seed) == (*name, "example 3")
    assert read.case.label == case.label and len(read.case.steps) == len(case.steps)


def test_no_answer_of_a_misconception_and_no_held_out_row_is_in_it():
    given = counterexample("half_mse", "value")
    assert given.case.mistaken
    full = replace(given, case=replace(given.case, held_out={"X": np.full(3, 12345.5)}))
    read = Counterexample.decode(full.encode())
    assert not read.case.mistaken and not read.case.held_out
    assert len(full.encode()) == len(given.encode())


def test_within_the_assignment_there_is_this_case_alone_and_its_own_check():
    public = mini(public=True)
    only = counterexample().within(public)
    assert [(one.exercise, one.name, len(one.cases)) for one in only.checks] == [
        ("predict", "batch", 1)
    ]
    assert only.checks[0].points == public.checks[0].points
    assert only.visibility is Visibility.PUBLIC and not only.misconceptions


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"assignment": "a1_least_squares"}, "it belongs to a1_least_squares, and m1_mini"),
        ({"sha256": "1" * 64}, "another version of m1_mini"),
        ({"exercise": "predcit"}, "no check that asks what this file does"),
        ({"check": "purty"}, "no check that asks what this file does"),
        ({"exercise": "half_mse", "check": "value"}, "no check that asks what this file does"),
    ],
)
def test_what_does_not_belong_here_is_named(changes, words):
    with pytest.raises(CounterexampleError, match=words) as told:
        replace(counterexample(), **changes).within(mini(public=True))
    assert "Fetch" in str(told.value) or "Run: grader check" in str(told.value)


@pytest.mark.parametrize(
    "foreign",
    [
        step.call("exec", "print(1)"),
        step.keras("utils.get_file", "x"),
        step.attribute("result", "__class__"),
        step.method("result", "tofile", "/tmp/x"),
    ],
)
def test_a_step_that_the_check_never_takes_is_not_taken(foreign):
    given = counterexample()
    steps = (*given.case.steps, {**foreign, "save": "more"})
    content = replace(given, case=replace(given.case, steps=steps)).encode()
    with pytest.raises(CounterexampleError, match="no check that asks"):
        Counterexample.decode(content).within(mini(public=True))


class Evil:
    def __reduce__(self):
        return pytest.fail, ("unpickled",)


def lying_header(content):
    """An array that promises far more numbers than it has."""
    stream = io.BytesIO()
    header = {"descr": "<f8", "fortran_order": False, "shape": (10**12,)}
    np.lib.format.write_array_header_1_0(stream, header)
    return archive({**members(content), "a0.npy": stream.getvalue() + b"\0" * 64})


def deep(content):
    nested = []
    for _ in range(40):
        nested = [nested]
    return with_text(content, lambda plain: plain["case"].update(arguments=nested))


def too_deep(content):
    text = np.frombuffer(b"[" * 200_000, np.uint8)
    return archive({**members(content), "case.npy": array(text)})


DAMAGED = {
    "nothing": lambda content: b"",
    "text": lambda content: b"import os\n",
    "cut off": lambda content: content[:-40],
    "a changed byte": lambda content: content[:60] + bytes([content[60] ^ 255]) + content[61:],
    "a pickle": lambda content: archive(
        {**members(content), "a0.npy": array(np.array([Evil()], dtype=object))}
    ),
    "a lying header": lying_header,
    "a bomb": lambda content: archive({**members(content), "b.npy": array(np.zeros(3 * 2**20))}),
    "too many": lambda content: archive(
        {**members(content), **{f"b{n}.npy": array(np.zeros(1)) for n in range(300)}}
    ),
    "too large": lambda content: content + b"\0" * 2**20,
    "another member": lambda content: archive({**members(content), "run.py": b"1"}),
    "frozen cases": lambda content: archive({"a0.npy": members(content)["a0.npy"]}),
    "deep": deep,
    "too deep": too_deep,
    "another format": lambda content: with_text(content, lambda plain: plain.update(format=2)),
    "no name": lambda content: with_text(content, lambda plain: plain.update(check=5)),
    "no answer": lambda content: with_text(content, lambda plain: plain["case"].pop("expected")),
    "a seed that is none": lambda content: with_text(
        content, lambda plain: plain["case"]["arguments"].update(X={"$rng": [1]})
    ),
    "a list": lambda content: archive({"case.npy": array(np.frombuffer(b"[]", np.uint8))}),
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
def test_what_is_damaged_or_foreign_is_told_in_a_sentence(damage):
    with pytest.raises(CounterexampleError, match="damaged, or no counterexample of ours"):
        Counterexample.decode(damage(counterexample().encode()))
