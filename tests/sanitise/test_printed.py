"""What a terminal would show of what code printed, as plain text."""

import random
import re
import time

import pytest

from grader.sanitise.printed import as_shown, shortened, without_sequences
from grader.sanitise.text import safe_output
from grader.worker.printing import BoundedText, without_the_overwritten
from tests.mini import body, check_of, grade_mini

KERAS = (
    "Epoch 1/2\n\r\x1b[1m1/3\x1b[0m \x1b[32m━━━━━━\x1b[0m\x1b[37m━━━━━━━━━━━━━━\x1b[0m "
    "\x1b[1m0s\x1b[0m 230ms/step - loss: 0.0787"
    + "\b"
    * 53
    + "\r\x1b[1m3/3\x1b[0m \x1b[32m━━━━━━━━━━━━━━━━━━━━\x1b[0m\x1b[37m\x1b[0m "
    "\x1b[1m0s\x1b[0m 7ms/step - loss: 0.0741  \n"
)
TQDM = (
    "\ra:   0%|    | 0/2 [00:00<?, ?it/s]\n\rb:   0%|    | 0/3 [00:00<?, ?it/s]\x1b[A\n"
    "\rb:  67%|##  | 2/3 [00:00<00:00, 9.1it/s]\x1b[A\n\r" + " " * 42 + "\x1b[A"
    "\ra: 100%|####| 2/2 [00:00<00:00, 4.5it/s]\n"
)


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("plain\n  text\ttoo\n", "plain\n  text\ttoo\n"),
        (KERAS, "Epoch 1/2\n3/3 ━━━━━━━━━━━━━━━━━━━━ 0s 7ms/step - loss: 0.0741\n"),
        (TQDM, "a: 100%|####| 2/2 [00:00<00:00, 4.5it/s]\n"),
        ("0 of 3\r1 of 3\r2 of 3", "2 of 3"),
        ("a longer line\rshort", "shortger line"),
        ("a longer line\r\x1b[Kshort", "short"),
        ("a longer line\x1b[2K\rshort", "short"),
        ("\x1b[2Kover\x1b[1Gu", "uver"),
        ("working -\b\\\b|\b/\bdone", "working done"),
        ("\b\b\bno way back over the start", "no way back over the start"),
        ("Windows\r\nlines\r\n", "Windows\nlines\n"),
        ("\x1b[1;31merror\x1b[0m and \x9b32mfine\x9b0m", "error and fine"),
        ("\x1b]0;a title\x07text \x1b]8;;http://x\x1b\\a link\x1b]8;;\x1b\\", "text a link"),
        ("before\x1b[2J\x1b[Hafter", "after"),
        ("one\ntwo\nthree\x1b[2A\r\x1b[Jonly", "only"),
        ("left\x1b[20Cright", "left right"),
        ("\x1b[99999999Bfar down", "\nfar down"),
        ("cut off in a sequence\x1b[1;3", "cut off in a sequence"),
        ("\x1b(Bcharset", "charset"),
    ],
)
def test_the_last_state_of_a_line_is_what_stays(printed, shown):
    assert as_shown(printed) == shown


@pytest.mark.parametrize(
    "piece",
    [
        "\r",
        "\b",
        "x\r",
        "\x1b",
        "\x1b[",
        "\x1b]",
        "\x1b ",
        "\x1b[9999C",
        "\x1b[2K\x1b[9999Gx",
        "\x1b[J\n",
        "x\n\x1b[A",
        "\x1b[9999B",
        "\x1b[H\n\x1b[J",
        "\x1b[1K",
        "\x9b0;",
    ],
)
def test_hostile_text_takes_time_in_proportion_to_its_length(piece):
    """Ten times the text takes about ten times as long; were it quadratic, a hundred times."""

    def seconds(length):
        text = "x" * length + piece * (length // len(piece))
        times = []
        for _ in range(3):
            started = time.process_time()
            assert len(as_shown(text)) <= len(text)
            without_sequences(text)
            times.append(time.process_time() - started)
        return min(times)

    assert seconds(200_000) < 40 * max(seconds(20_000), 0.005)


def test_in_a_sentence_that_quotes_a_student_nothing_is_overwritten():
    message = "ValueError: \x1b[31mred\x1b[0m \x1b[2J\rgone?\b\b"
    assert without_sequences(message) == "ValueError: red \ngone?"


def test_a_result_shows_a_progress_bar_as_a_terminal_does():
    result = grade_mini(body("print(" + repr(KERAS) + ", end='')\nreturn X @ w"))
    check = check_of(result, "predict.batch")
    assert check.printed == "Epoch 1/2\n3/3 ━━━━━━━━━━━━━━━━━━━━ 0s 7ms/step - loss: 0.0741\n"


TQDM_LOOP = """
import sys
for i in range({count}):
    sys.stderr.write(f"\\r{{i + 1:>5}}/{count} |" + "#" * 60 + "|")
print()
print("done")
return X @ w + b
"""


@pytest.mark.parametrize("count", [30, 600, 1_500, 20_000])
def test_a_progress_bar_of_any_length_is_its_last_state(count):
    check = check_of(grade_mini(body(TQDM_LOOP.format(count=count))), "predict.batch")
    assert check.printed == f"{count:>5}/{count} |{'#' * 60}|\ndone\n"


EPOCHS = """
for epoch in range({epochs}):
    print(f"Epoch {{epoch + 1}}")
    for i in range(200):
        print("\\b" * 70 + f"\\r\\x1b[1m{{i + 1}}/200\\x1b[0m " + "=" * 60, end="")
    print()
return X @ w + b
"""


@pytest.mark.parametrize("epochs", [2, 5, 50])
def test_of_many_progress_bars_none_is_torn(epochs):
    check = check_of(grade_mini(body(EPOCHS.format(epochs=epochs))), "predict.batch")
    lines = check.printed.splitlines()
    assert lines[:2] == ["Epoch 1", "200/200 " + "=" * 60]
    assert len(check.printed) < 2_100
    whole = re.compile(r"Epoch \d+|\d+/200 ={60}| ?… \([\d,]+ more characters\)")
    assert [line for line in lines if not whole.fullmatch(line)] == []
    assert ("more characters" in check.printed) is (epochs == 50)
    assert epochs == 50 or lines[-1] == f"200/200 {'=' * 60}"


def test_what_is_kept_of_a_text_shows_the_same():
    """Pieces of all kinds in an order that a seed decides."""
    pieces = ["\r", "\r", "\n", "\b\b", "abc", "x" * 9, "\x1b[31m", "\x1b[K", "\x1b[A", "", "é"]
    rng = random.Random(5)
    for _ in range(3_000):
        text = "".join(rng.choices(pieces, k=rng.randrange(25)))
        assert as_shown(without_the_overwritten(text)) == as_shown(text), repr(text)
    text = "\r".join(f"{i:>9}" for i in range(100))
    assert without_the_overwritten(f"a\n\r{text}\nb") == "a\n\r       99\nb"


@pytest.mark.parametrize("newline", ["", "\n"])
def test_beyond_all_that_is_kept_both_ends_are_whole(newline):
    kept = BoundedText()
    for number in range(60_000):
        kept.write(f"\r{number:>6} \x1b[K|{newline}")
    lines = as_shown(kept.text()).splitlines()
    assert lines[0 if newline else -1] == ("     0 |" if newline else " 59999 |")
    assert lines[-1] == " 59999 |"
    torn = [one for one in lines if not re.fullmatch(r" *\d+ \||… \([\d,]+ more characters\)", one)]
    assert torn == [] and len(kept.text()) < 100_000


def test_what_a_terminal_shows_is_cut_and_not_what_was_printed():
    shown = safe_output("\r".join(["x" * 70] * 1_000) + "\n" + "y" * 5_000)
    assert shown.startswith("x" * 70 + "\ny") and len(shown) < 2_100
    assert shown.endswith("… (3,071 more characters)")
    assert safe_output(shown) == shown


def test_a_students_exception_cannot_erase_our_sentence():
    result = grade_mini(body("raise ValueError('\\x1b[2J\\x1b[31mred')"), public=True)
    assert "ValueError: red" in check_of(result, "predict.batch").message


SHORTENED = {
    "what fits": ("a word", "a word"),
    "lines": ("one line\nand two\nand three", "one line\nand two\n… (10 more characters)"),
    "words": ("several words in one line", "several words in… (9 more characters)"),
    "one long word": ("x" * 30, "x" * 18 + "… (12 more characters)"),
}


@pytest.mark.parametrize("name", SHORTENED)
def test_what_is_shortened_ends_with_a_line_or_a_word_and_says_so(name):
    text, expected = SHORTENED[name]
    assert shortened(text, 18).replace(" …", "…") == expected
