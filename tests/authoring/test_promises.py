"""What an author may get wrong: each mistake is refused in one sentence, with file and line."""

import contextlib
import re

import pytest

import grader.cli.freeze
from grader.authoring.new import write_skeleton
from grader.cli.app import main
from tests.conftest import strongest

FOLDER = "solutions/a7_smoothing"
REFERENCE, CHECKS, MISTAKES, HANDOUT = (
    "smoothing.py",
    "checks.py",
    "misconceptions.py",
    "handout.md",
)
BEGIN, END = "    ### BEGIN SOLUTION\n", "    ### END SOLUTION\n"
CASE = 'yield case("six numbers, width 6", x=rng.normal(size=6), width=6)'
RETURN = '    return np.convolve(x, np.ones(width), mode="valid") / width\n'
DECLARED = "\n\nmoving_average.purity(points=0.25)\n"
POINTS = "@moving_average.outputs(points=0.5)"

PLANTED = {
    "no markers": (REFERENCE, {BEGIN: "", END: ""}, "expected ### BEGIN SOLUTION and"),
    "no end": (REFERENCE, {END: ""}, "expected ### END SOLUTION below"),
    "no begin": (REFERENCE, {BEGIN: ""}, "expected ### BEGIN SOLUTION above"),
    "nested markers": (REFERENCE, {BEGIN: BEGIN + BEGIN}, "end that block first"),
    "a marker outside a function": (
        REFERENCE,
        {"import numpy as np\n": f"import numpy as np\n\n\nclass A:\n{BEGIN}    b = 1\n{END}"},
        "outside of any function",
    ),
    "a stub that vanishes": (
        REFERENCE,
        {
            "import numpy as np\n": "import numpy as np\n### BEGIN SOLUTION\n",
            BEGIN: "",
            END: END[4:],
        },
        "vanishes whole",
    ),
    "markers that cut a statement": (
        REFERENCE,
        {
            "    if not 1 <= width": "    if True:\n"
            + BEGIN
            + "        pass\n    if not 1 <= width",
            '"""\n' + BEGIN: '"""\n',
        },
        "does not compile",
    ),
    "no docstring": (REFERENCE, {'    """Average': '    f"""Average'}, "to have a docstring"),
    "a reference that is no Python": (REFERENCE, {"import numpy": "import import"}, "be read"),
    "no such function": (
        REFERENCE,
        {"def moving_average": "def average"},
        "to define moving_average",
    ),
    "no reference": (REFERENCE, None, "expected smoothing.py beside this file"),
    "a reference that raises": (
        REFERENCE,
        {RETURN: "    return x.nothing\n"},
        "has no attribute 'nothing' (smoothing.py, line",
    ),
    "a reference that changes its argument": (
        REFERENCE,
        {RETURN: "    x += 1\n" + RETURN},
        "changes x",
    ),
    "a reference that returns a function": (REFERENCE, {RETURN: "    return len\n"}, "arrays and"),
    "a reference that raises another error": (
        REFERENCE,
        {"raise ValueError": "raise KeyError"},
        "Received: KeyError",
    ),
    "a reference that does not load": (
        REFERENCE,
        {"import numpy as np\n": "import numpy as np\n1 / 0\n"},
        "cannot be run: division by zero",
    ),
    "a mistake of nothing": (
        MISTAKES,
        {'("moving_average", hint="By': '("average", hint="By'},
        "Received: average",
    ),
    "a mistake that is right": (
        MISTAKES,
        {'mode="valid")\n': 'mode="valid") / width\n'},
        "what the reference does",
    ),
    "a mistake that is no Python": (MISTAKES, {"def pads": "dof pads"}, "cannot be read"),
    "a mistake without a phrase": (
        MISTAKES,
        {'    """averages': '    f"""averages'},
        "what is wrong",
    ),
    "a mistake without a hint": (MISTAKES, {'hint="By': 'hunt="By'}, "a hint of forgets_to_divide"),
    "a hint that is computed": (MISTAKES, {'hint="By': 'hint=str() + "By'}, "written out as texts"),
    "two mistakes of one name": (
        MISTAKES,
        {"def pads_with_zeros": "def forgets_to_divide"},
        "rename one",
    ),
    "negative points": (CHECKS, {POINTS: POINTS.replace("0.5", "-1")}, "above 0. Received: -1"),
    "zero points": (CHECKS, {POINTS: POINTS.replace("0.5", "0")}, "above 0. Received: 0"),
    "points as text": (CHECKS, {POINTS: POINTS.replace("0.5", "'2'")}, "Received: '2'"),
    "an unknown setting": (CHECKS, {"points=0.5": "points=0.5, selekt=1"}, "selekt"),
    "a setting of another type": (
        CHECKS,
        {"points=0.5": 'points=0.5, select="0"'},
        "Expected select",
    ),
    "needs as text": (
        CHECKS,
        {"points=0.5": 'points=0.5, needs="abc"'},
        "Expected needs to be a list",
    ),
    "a need of nothing": (CHECKS, {"points=0.5": 'points=0.5, needs=["mean"]'}, "needs mean"),
    "an unknown measure": (
        CHECKS,
        {POINTS: '@moving_average.training(points=1, measure="x", baseline=0, threshold=1)'},
        "expected measure",
    ),
    "an unknown backend": (CHECKS, {'"numpy"': '"torch"'}, "Received: 'torch'"),
    "a check without a title": (CHECKS, {'    """returns one': '    f"""returns one'}, "docstring"),
    "an exercise without checks": (
        CHECKS,
        {DECLARED: DECLARED + 'file.exercise("more")\n'},
        "one check of more",
    ),
    "two exercises of one name": (
        CHECKS,
        {DECLARED: DECLARED + 'file.exercise("moving_average")\n'},
        "twice in this",
    ),
    "two checks of one name": (CHECKS, {"def whole": "def windows"}, "windows twice"),
    "purity before any outputs": (
        CHECKS,
        {
            "hints=[": "hints=[",
            ")\n\n\n@moving_average.outputs(points=3)": ")\nmoving_average.purity(points=1)\n\n\n@moving_average.outputs(points=3)",  # noqa: E501
        },
        "above the purity",
    ),
    "a label twice": (CHECKS, {CASE: f"{CASE}\n    {CASE}"}, "'six numbers, width 6' twice"),
    "no cases": (CHECKS, {CASE: "return ()"}, "at least one case"),
    "no generator": (CHECKS, {CASE: "pass"}, "at least one case"),
    "what is no case": (CHECKS, {CASE: "yield 3"}, "Received: int"),
    "cases that raise": (CHECKS, {CASE: "yield case(1 / 0)"}, "raises ZeroDivisionError"),
    "cases from another generator": (
        CHECKS,
        {CASE: f"import numpy\n    rng = numpy.random.default_rng()\n    {CASE}"},
        "the same cases",
    ),
    "checks that are no Python": (
        CHECKS,
        {"def whole(rng)": "def whole(rng"},
        "raises SyntaxError",
    ),
    "no handout": (HANDOUT, None, "expected handout.md beside"),
    "another total": (
        HANDOUT,
        {"<!-- points -->": "<!-- points -->\n\n5 points."},
        "which is 4. Received: 5",
    ),
    "a hint of nothing": (HANDOUT, {"hint moving_average": "hint average"}, "Received: average"),
    "a text about nothing": (
        HANDOUT,
        {"`moving_average(x, width)`": "`average(x, width)`"},
        "Received: average",
    ),
    "a list of mutants that is none": (
        "equivalent_mutants.toml",
        {'= "smoothing.py"': "= smoothing"},
        "cannot be read",
    ),
    "a list of answers that is none": ("unearned.toml", "[[by_nature]\n", "cannot be read"),
    "trivial models that are no Python": ("trivial_models.py", "def f(:\n", "cannot be read"),
    "a misconception that is right in another way": (
        MISTAKES,
        {
            '    return np.convolve(x, np.ones(width), mode="valid")\n': (
                '    return np.convolve(np.ones(width), x, mode="valid") / width\n'
            )
        },
        "expected forgets_to_divide to cost points of moving_average. Received right answers",
    ),
    "two misconceptions with the same answers": (
        MISTAKES,
        {
            'mode="full") / width\n': 'mode="full") / width\n\n\n'
            '@misconception("moving_average", hint="What is the sum of a window?")\n'
            "def only_adds(x, width):\n"
            '    """only adds the neighbours up"""\n'
            "    if not 1 <= width <= len(x):\n"
            '        raise ValueError(f"Expected a width of 1 to {len(x)}. Received: {width}")\n'
            '    return np.convolve(np.ones(width), x, mode="valid")\n'
        },
        "expected forgets_to_divide to be named where it costs points of moving_average",
    ),
}


@pytest.fixture
def freezing(tmp_path, monkeypatch, capsys):
    """Freeze the new assignment after a change of one of its files; return what is told."""
    write_skeleton(tmp_path, "a7_smoothing", "Smoothing")
    (tmp_path / "assignments").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "2000")
    monkeypatch.setattr(
        grader.cli.freeze, "quickest_launcher", lambda: contextlib.nullcontext(strongest())
    )

    def freeze(name, change):
        path = tmp_path / FOLDER / name
        if change is None:
            path.unlink()
        elif isinstance(change, str):
            path.write_text(change, encoding="utf-8")
        else:
            text = path.read_text(encoding="utf-8")
            for old, new in change.items():
                assert old in text, old
                text = text.replace(old, new, 1)
            path.write_text(text, encoding="utf-8")
        with pytest.raises(SystemExit) as ended:
            main(["freeze", "a7"])
        return ended.value.code, " ".join(capsys.readouterr().err.split())

    return freeze


@pytest.mark.parametrize("planted", PLANTED)
def test_a_mistake_of_an_author_is_refused_with_file_and_line(planted, freezing, tmp_path):
    name, change, told = PLANTED[planted]
    code, text = freezing(name, change)
    assert code == 2, text
    assert told in text
    assert re.search(r"\w\.(py|md|toml)\b.*\bline \d+", text), text
    assert "Traceback" not in text
    assert not (tmp_path / "assignments" / "a7_smoothing").exists()  # nothing is half written
