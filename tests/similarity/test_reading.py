"""Text that keeps the lexer busy, or breaks it, costs itself."""

from grader.similarity.reading import normalise_all
from grader.similarity.texts import MAX_CHARACTERS, decoded, text_of, texts_of
from grader.submissions import Submission
from tests.similarity.conftest import compared, functions, source, text

SIZE = 200_000
REPLACED = "\N{REPLACEMENT CHARACTER}"
HOSTILE = {
    "tabs and lines": "\t\n" * (SIZE // 2),
    "parentheses": "(" * SIZE,
    "quotes": '"' * SIZE,
    "braces in a string": 'f"' + "{" * SIZE,
    "backslashes": "\\" * SIZE,
    "one name": "a" * SIZE,
    "nothing": "",
    "surrogates and zeros": "\0\ud800" * 1_000,
    "one run, often": "total = total + 1\n" * (SIZE // 20),
    "definitions": "def f():\n    pass\n" * (SIZE // 20),
}


def test_hostile_texts_cost_themselves():
    code = source(functions(1))
    hostile = [
        text(name, decoded(code.encode("utf-8", "surrogatepass"))) for name, code in HOSTILE.items()
    ]
    twins = [text(f"{one.student}, too", one.source) for one in hostile]
    comparison = compared(text("a", code), *hostile, *twins, text("b", code), seconds=4)
    students = [
        {comparison.texts[pair.first].student, comparison.texts[pair.second].student}
        for pair in comparison.pairs
    ]
    assert {"a", "b"} in students


def test_a_text_that_misses_its_deadline_is_named_and_the_next_one_is_read():
    code = source(functions(1))
    slow = decoded(HOSTILE["parentheses"].encode())
    found = list(normalise_all([code, slow, code], jobs=1, seconds=0.2))
    assert found[1] is None and found[0].text == found[2].text
    left_out = compared(text("slow", slow), text("a", code), seconds=0.2).left_out
    assert left_out[0][1] == "answers.py: cannot be read in time"


def test_names_strings_comments_and_spaces_do_not_count():
    one, other = normalise_all(
        ["def f(a):  # x\n    return g(a, 'b')\n", 'def h(longer):\n  return k(longer,"c")\n'],
        jobs=1,
    )
    assert one.text == other.text


def submission(**files):
    return Submission("Ada", "a1", {f"{name}.py": content for name, content in files.items()})


def test_huge_files_are_left_out_and_named():
    huge = b"x = 1\n" * (MAX_CHARACTERS // 6 + 1)
    taken = text_of(submission(answers=b"a = 1", huge=huge), ["answers.py"])
    assert [name for name, _ in taken.files] == ["answers.py"]
    assert taken.notes == ("huge.py: 256 KiB is too long to compare",)


def test_broken_bytes_and_characters_that_reorder_lines_are_replaced():
    taken = text_of(submission(answers="a = '\u202e'\r\n\0".encode() + b"\xff"), ["answers.py"])
    assert taken.source == f"a = '{REPLACED}'\n{REPLACED}{REPLACED}\n"


def test_earlier_attempts_are_named_and_repetitions_left_out():
    handed_in = [submission(answers=code) for code in (b"a = 1", b"a = 1", b"b = 2", b"c = 3")]
    taken = texts_of(handed_in, ["answers.py"])
    assert [(one.label, one.source) for one in taken] == [
        ("Ada, attempt 2 of 4", "a = 1\n"),
        ("Ada, attempt 3 of 4", "b = 2\n"),
        ("Ada", "c = 3\n"),
    ]
    assert [one.label for one in texts_of(handed_in[:2], ["answers.py"], "2024")] == ["Ada (2024)"]
