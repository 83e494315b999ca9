"""A file in which Git left two versions of some lines is graded by one of them, and says which."""

from __future__ import annotations

import pytest

from tests.forms.helpers import (  # noqa: F401  (the fixtures are used by their names)
    assert_full,
    handed_in,
    launcher,
    notebook,
)
from tests.judge.test_elsewhere import NAMES, STUBS, WRITTEN, code
from tests.worker.test_parts import merged

ROOT = NAMES.index("root")
RIGHT = code(*range(7))
WRONG = RIGHT.replace("np.sqrt(x)", "5")
OPEN = RIGHT.replace(WRITTEN[ROOT], STUBS[ROOT])
MARKS = "<" * 7, "=" * 7, ">" * 7
BODY = "    return np.sqrt(x)\n"
FORMS = {
    "both written": (merged(RIGHT, WRONG), "upper"),
    "stubs above": (merged(OPEN, RIGHT), "lower"),
    "stubs below": (merged(RIGHT, OPEN), "upper"),
    "with their base": (merged(RIGHT, WRONG, OPEN), "upper"),
    "inside": (RIGHT.replace(BODY, merged(BODY, "    return 5\n")), "upper"),
    "one function": (
        RIGHT.replace(f"{WRITTEN[ROOT]}\n", merged(f"{WRITTEN[ROOT]}\n", "def root(x): pass\n")),
        "upper",
    ),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("where", ["mini.py", "mini.ipynb"])
def test_one_version_counts_and_one_note_says_which(handed_in, form, where):  # noqa: F811
    text, which = form
    result = handed_in({where: notebook(text) if where.endswith("ipynb") else text})
    marks = [n for n, line in enumerate(text.split("\n"), start=1) if line[:7] in MARKS]
    lines = f", lines {marks[0]}, {marks[1]} and {marks[2]}: "
    said = f"{lines}of the two versions between these marks of a merge the {which} one counts"
    assert_full(result, said)
    assert len(result.submission.notes) == 1


def test_each_function_may_be_of_the_other_version(handed_in):  # noqa: F811
    text = code(*(n for n in range(7) if n not in (0, ROOT)))
    for number, versions in ((0, (STUBS, WRITTEN)), (ROOT, (WRITTEN, STUBS))):
        upper, lower = (f"{one[number]}\n" for one in versions)
        text += merged(upper, lower)
    result = handed_in({"mini.py": text})
    assert_full(result, "the upper one counts; mini.py, lines")
    assert len(result.submission.notes) == 1


def test_so_it_is_in_a_helper(handed_in):  # noqa: F811
    helper = merged("def one():\n    return 1\n", "def one():\n    return 2\n")
    text = RIGHT.replace("np.sqrt(x)", "one() * np.sqrt(x)")
    files = {"mini.py": f"from helper import one\n{text}", "helper.py": helper}
    assert_full(handed_in(files), "helper.py, lines 1, 4 and 7: of the two versions")
