"""Characters that nobody sees cost nothing, and what is no text at all is named."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader.submissions.invisible import without_invisible
from grader.submissions.text import NotText, python_text
from tests.submissions.handing_in import CODE, FILE, lay, notebook, read

UNSEEN = {
    "joined files": "x = 1\n\ufeffy = 2\n",
    "spaces of a web page": "def f():\n\u00a0\u00a0\u00a0\u00a0return\u00a01\n",
    "zero width in a name": "x\u200bx = 1\nprint(xx)\n",
    "wide spaces": "x\u3000=\u2003\u202f1\n",
    "direction marks": "x = \u202a1\u202c\u200e\n",
    "soft hyphen": "in\u00adput_size = 3\n",
    "behind a string": "x = 'don\\'t'\u00a0+ \"#\"\u00a0+ '''a\n'b'''\u00a0# \u00a0it's\n\u00a0\n",
}


@pytest.mark.parametrize("text", UNSEEN.values(), ids=UNSEEN)
def test_what_python_refuses_is_read_and_told(text: str) -> None:
    with pytest.raises(SyntaxError):
        ast.parse(text)
    made, note = python_text(text.encode())
    ast.parse(made)
    assert made.count(b"\n") == text.count("\n")
    assert note.startswith("holds characters that cannot be seen and that Python refuses (line")


ENDS = {
    "paragraph mark": "x = 1\u2029y = 2\n",
    "line mark before a definition": "x = 1\n\u2028def f():\n    return 1\n",
    "next line at a line's end": "x = 1\x85\ny = 2\r\n",
    "vertical tab": "def f():\x0b    return 1\n",
    "separators": "x = 1\x1c\ny = 2\x1d\x1e",
    "variation selector": "x = 1\nx\ufe0f = 2\nassert x == 2\n",
    "filler": "x = 1\nx\u3164 = 2\nassert x == 2\n",
}


@pytest.mark.parametrize("text", ENDS.values(), ids=ENDS)
def test_what_others_take_for_a_lines_end_is_one(text: str) -> None:
    made, note = python_text(text.encode())
    exec(compile(made, "x.py", "exec"), {})
    assert "cannot be seen" in note


def test_a_form_feed_is_pythons_own_and_stays() -> None:
    text = "x = 1\n\x0c\ndef f():\n    return 1\n"
    assert python_text(text.encode()) == (text.encode(), "")


def test_in_a_formatted_string_the_code_is_read_and_the_text_stays() -> None:
    made, _ = without_invisible("x = f'a\u00a0{\u200bs}{{\u200b}}' + '{\u200b}'\n")
    assert made == "x = f'a\u00a0{s}{{\u200b}}' + '{\u200b}'\n"


SEEN = [
    "x = 'a\u00a0b\u200b'\n",
    '"""one\n\ufefftwo\u00a0"""\n',
    "# l'été\u00a0: \u200b\n",
    "é = 1\n",
]


@pytest.mark.parametrize("text", SEEN)
def test_strings_and_comments_stay_as_they_are(text: str) -> None:
    assert without_invisible(text) == (text, "")
    assert python_text(text.encode()) == (text.encode(), "")


def test_the_lines_are_named() -> None:
    text = "".join(f"x = {n}\u200b\n" for n in range(6))
    assert "(lines 1, 2, 3 and 3 more)" in without_invisible(text)[1]


def test_a_long_text_is_read_in_time_that_grows_with_it() -> None:
    text = "'\"\u00a0\\\n" * 100_000 + '"""' * 50_001 + "\u00a0" * 100_000
    made, _ = without_invisible(text)
    assert len(made) == len(text)


def test_a_file_and_a_notebook_with_them_are_taken_with_a_note(tmp_path: Path) -> None:
    odd = CODE.replace(b"    s =", "\u00a0\u00a0\u00a0\u00a0s\u200b =".encode())
    for name, content in ((FILE, odd), ("logistic_regression.ipynb", notebook(odd))):
        found = read(lay(tmp_path / name.rpartition(".")[2], {name: content}))
        assert CODE.strip() in found.files[FILE]
        assert any("cannot be seen" in note for note in found.notes)


POINTER = (
    b"version https://git-lfs.github.com/spec/v1\n"
    b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
)


@pytest.mark.parametrize("name", [FILE, "logistic_regression.ipynb", "submission.zip", "hw.ipynb"])
def test_a_pointer_of_git_lfs_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotText, match="git lfs pull"):
        python_text(POINTER)
    found = read(lay(tmp_path, {name: POINTER}))
    assert name in found.nothing_to_grade
    assert "Git LFS pointer" in found.nothing_to_grade
