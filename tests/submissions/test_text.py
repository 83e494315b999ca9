"""Python text in other encodings: read as what it is, in as many lines, with one sentence."""

from __future__ import annotations

import ast
import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.submissions.text import (
    NotText,
    is_notebook_json,
    python_text,
    text_of,
    unicode_encoding,
)
from tests.submissions.test_notebook import code, notebook_bytes

CODE = 'import numpy as np\n\n\ndef f(x):\n    """{} zurück."""\n    return "{}", np.exp(x)  # {}\n'
FRENCH = "la dérivée, reçue à l’été"
CHINESE = "计算梯度和损失函数"
JAPANESE = "表の値をソートする関数"
TAIWANESE = "計算梯度與功能函數"
RUSSIAN = "вычислить градиент функции"


def filled(word: str) -> str:
    return CODE.replace("zurück", "z").format(word, word, word)


def compiled(content: bytes) -> ast.Module:
    tree = ast.parse(content)
    assert any(isinstance(node, ast.FunctionDef) and node.name == "f" for node in tree.body)
    return tree


PLAIN = [
    b"",
    b"x = 1\n",
    b"x = 1",
    b"x = 1\r\ny = 2\r\n",
    filled(FRENCH).encode(),
    filled(CHINESE).encode(),
    b"#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nx = 1\n",
    "# vim: set fileencoding=utf8 :\nx = 'é'\n".encode(),
    b"# coding: latin-1\nx = 1\n",
    b"# -*- coding: utf-8-unix -*-\nx = 1\n",
    "x = “quoted”\ny = 'a\u00a0b'\n".encode(),
    b"# %% cell 1\nx = 1\n# In[2]:\nget_ipython().system('ls')\n",
    b'"""Doc.\n\n>>> f(1)\n% TeX\n!\nwhy?\n"""\nx = 7 % 3\n',
    b"x = [\n    1,\n]\n\x0cy = 2\n",
]


@pytest.mark.parametrize("content", PLAIN)
def test_plain_python_stays_as_it_is(content: bytes) -> None:
    assert python_text(content) == (content, "")


MARKED = {
    "utf-8-sig": "",
    "utf-16": "is saved as UTF-16, not as UTF-8, and was decoded",
    "utf-32": "is saved as UTF-32, not as UTF-8, and was decoded",
}
MARKLESS = {
    name: f"is saved as {name[:6].upper()}, not as UTF-8, and was decoded"
    for name in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
}


@pytest.mark.parametrize(("encoding", "note"), (MARKED | MARKLESS).items())
@pytest.mark.parametrize("word", [FRENCH, CHINESE, RUSSIAN, "plain", "😀"])
def test_unicode_encodings_are_recognised(encoding: str, note: str, word: str) -> None:
    text = filled(word)
    assert python_text(text.encode(encoding)) == (text.encode(), note)


@pytest.mark.parametrize("byte_order", ["le", "be"])
@pytest.mark.parametrize("width", ["16", "32"])
def test_a_byte_order_mark_of_either_order(byte_order: str, width: str) -> None:
    content = ("\ufeff" + filled("x")).encode(f"utf-{width}-{byte_order}")
    assert python_text(content)[0] == filled("x").encode()


def test_utf16_that_lost_its_last_byte_or_holds_half_a_character() -> None:
    for content in (filled("x").encode("utf-16")[:-1], filled("x").encode("utf-16") + b"\x00\xd8"):
        assert compiled(python_text(content)[0])


def test_two_byte_order_marks_are_taken_off() -> None:
    assert python_text(codecs.BOM_UTF8 * 2 + b"x = 1\n")[0] == b"x = 1\n"


@pytest.mark.parametrize(
    ("encoding", "word"),
    [
        ("latin-1", "dérivée"),
        ("ISO-8859-15", "10 €"),
        ("cp1252", FRENCH),
        ("windows-1252", FRENCH),
        ("gbk", CHINESE),
        ("gb2312", CHINESE),
        ("gb18030", "😀" + CHINESE),
        ("shift_jis", JAPANESE),
        ("cp932", JAPANESE + "①"),
        ("shift_jis", JAPANESE + "①"),  # says the narrow name, writes the wide one
        ("gb2312", "镕"),
        ("euc_jp", JAPANESE),
        ("euc_kr", "함수의 기울기"),
        ("big5", TAIWANESE),
        ("koi8-r", RUSSIAN),
        ("cp1251", RUSSIAN),
        ("mac_roman", "dérivée"),
        ("iso2022_jp", JAPANESE),
    ],
)
@pytest.mark.parametrize("first", ["# -*- coding: {} -*-\n", "#!/usr/bin/python\n# coding={}\n"])
def test_declared_encodings_are_followed(encoding: str, word: str, first: str) -> None:
    wide = {"①": "cp932", "镕": "gbk"}.get(word[-1], encoding)
    content = (first.format(encoding) + filled(word)).encode(wide)
    text, note = python_text(content)
    assert text.decode() == first.format("utf-8") + filled(word)
    assert note == f"is saved as {encoding}, as it declares, and was decoded"
    assert compiled(text)


NOT_FITTING = (
    "ascii utf-16 utf-7 rot13 hex idna punycode unicode_escape raw_unicode_escape undefined mbcs "
    "klingon cp037 ..-- zlib"
)


@pytest.mark.parametrize(
    "name",
    NOT_FITTING.split(),
)
def test_a_declared_encoding_that_does_not_fit_is_read_as_utf8(name: str) -> None:
    content = f"# coding: {name}\n{filled(FRENCH)}".encode()
    text, note = python_text(content)
    assert text.decode() == f"# coding: utf-8\n{filled(FRENCH)}"
    assert note == f"declares the encoding {name}, which does not fit, and was read as UTF-8"
    assert compiled(text)


def test_a_declaration_in_the_third_line_or_behind_code_does_not_count() -> None:
    for content in (b"x = 1\n# coding: rot13\n", b"\n\n# coding: rot13\nx = 1\n"):
        assert python_text(content) == (content, "")


@pytest.mark.parametrize(
    ("encoding", "word", "named"),
    [
        ("cp1252", FRENCH, "cp1252"),
        ("cp1252", "20 °C ± 3", "cp1252"),
        ("cp1252", "função das derivações, média", "cp1252"),
        ("latin-1", "Größe über Änderung", "cp1252"),
        ("latin-1", "é\x81", "latin-1"),
        ("gbk", CHINESE, "GBK"),
        ("gbk", "交叉熵损失的梯度,逻辑回归", "GBK"),
        ("cp932", JAPANESE, "Shift-JIS"),
        ("big5", TAIWANESE, "Big5"),
    ],
)
def test_undeclared_encodings_are_guessed(encoding: str, word: str, named: str) -> None:
    content = filled(word).encode(encoding)
    text, note = python_text(content)
    assert text.decode() == filled(word)
    assert note == f"is not UTF-8 and was read as {named}, which is a guess; save it as UTF-8"


@pytest.mark.parametrize(
    "encoding", ["cp1251", "koi8-r", "euc_kr", "mac_roman", "cp1253", "euc_jp"]
)
def test_whatever_the_guess_the_code_is_understood(encoding: str) -> None:
    words = {"euc_kr": "함수의 기울기", "cp1253": "παράγωγος", "mac_roman": "dérivée"}
    word = words.get(encoding, JAPANESE if encoding == "euc_jp" else RUSSIAN)
    text, note = python_text(filled(word).encode(encoding))
    assert compiled(text) and "which is a guess" in note
    assert text.count(b"\n") == filled(word).count("\n")


@pytest.mark.parametrize("word", ["20 °C", "µm", "§A and «a", "½x"])
def test_single_western_letters_are_not_taken_in_pairs(word: str) -> None:
    assert python_text(f"x = '{word}'\n".encode("cp1252"))[0] == f"x = '{word}'\n".encode()


def test_utf8_with_a_few_foreign_bytes_keeps_the_rest() -> None:
    content = filled(CHINESE).encode() + b"# caf\xe9 \x81\n"
    text, note = python_text(content)
    assert text.decode() == filled(CHINESE) + "# café \x81\n"
    assert "was read as UTF-8 mixed with cp1252, which is a guess" in note


@pytest.mark.parametrize(
    ("content", "text", "note"),
    [
        (b"x = 1\n\0\0\0", b"x = 1\n", "ends with null bytes, which were taken off"),
        (b"x = 1\n" + b"\0" * 5_000, b"x = 1\n", "ends with null bytes, which were taken off"),
        (b"x = 1\n\x1a", b"x = 1\n", ""),
        (b"x" * 99 + b"\0 = 1\n", b"x" * 99 + b" = 1\n", "holds null bytes, which were taken out"),
        (b"x = 1\ry = 2\r", b"x = 1\ny = 2\n", ""),
        (b"x = 1\ry = 2\r\nz = 3\n", b"x = 1\ny = 2\r\nz = 3\n", ""),
    ],
)
def test_what_copies_and_old_editors_leave_behind(content: bytes, text: bytes, note: str) -> None:
    assert python_text(content) == (text, note)


def test_notebook_commands_in_a_python_file_become_comments_in_as_many_lines() -> None:
    source = "%matplotlib inline\nimport math\n!ls\n%time x = 3\n\nx?\ndef f(y):\n    return y\n"
    text, note = python_text(source.encode())
    assert text.decode().split("\n") == [
        "# left out: %matplotlib inline",
        "import math",
        "# left out: !ls",
        "x = 3",
        "",
        "# left out: x?",
        *source.split("\n")[6:],
    ]
    assert note == (
        "is written as in a notebook: notebook commands (%, !, ?) were left out; "
        "the Python behind %time or %prun was kept"
    )
    crlf, _ = python_text(source.replace("\n", "\r\n").encode())
    assert crlf == text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"%PDF-1.7\n%abc", "is a PDF, not text; hand in the code itself as .py or .ipynb"),
        (b"PK\x03\x04rest", "is a zip archive or an Office document, not text"),
        (b"{\\rtf1\\ansi def f(x)}", "is an RTF document of a word processor, not text"),
        (b"\n  <!DOCTYPE html>\n<html>", "is a web page, not text"),
        (b"<HTML>", "is a web page, not text"),
        (b"\x89PNG\r\n", "is an image, not text"),
        (b"\0" * 1_000, "holds nothing but null bytes"),
        (bytes(range(256)) * 9, "is not text: it is full of control characters"),
        (b"\x7fELF\x02\x01\x01" + b"\0\1\2" * 99, "is not text"),
        (b"\xff\xfe" + b"\1\1\0\0" * 9, "begins as UTF-16 text does, but part of it is something"),
        (b"\xff\xfe\0\0" + b"abcd" * 9, "begins as UTF-32 text does, but part of it is something"),
    ],
)
def test_what_is_no_text_is_named(content: bytes, reason: str) -> None:
    with pytest.raises(NotText, match="^" + reason.replace("(", r"\(")):
        python_text(content)
    assert not is_notebook_json(content)


NOTEBOOK = notebook_bytes(code("x = 1"))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (NOTEBOOK, True),
        (b"\n \t" + NOTEBOOK, True),
        (codecs.BOM_UTF8 + NOTEBOOK, True),
        (NOTEBOOK.decode().encode("utf-16"), True),
        (NOTEBOOK.decode().encode("utf-16-le"), True),
        (NOTEBOOK[:-20], True),
        (b'{"worksheets": [{"cells": [{"cell_type": "code", "input": ""}]}]}', True),
        (NOTEBOOK.replace(b"x = 1", "é".encode("latin-1")), True),
        (b"", False),
        (b"x = 1\n", False),
        (b"{}", False),
        (b'{"cells": 1}\n', False),
        (b'{"a": 1}["a"]\n', False),
        (b"# " + NOTEBOOK, False),
        (b"x = " + NOTEBOOK, False),
    ],
)
def test_a_notebook_is_known_by_its_content(content: bytes, expected: bool) -> None:
    assert is_notebook_json(content) is expected


ROUND_TRIP = ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff")
COMMENTS = st.lists(st.text(LETTERS, max_size=8).map("x = 1  # {}".format), min_size=1, max_size=9)


@settings(max_examples=200, deadline=None)
@given(COMMENTS, st.sampled_from(ROUND_TRIP))
def test_unicode_round_trip(lines: list[str], encoding: str) -> None:
    text = "\n".join(lines) + "\n"
    assert python_text(text.encode(encoding))[0] == text.encode()


@settings(max_examples=200, deadline=None)
@given(
    COMMENTS,
    st.sampled_from(["gb18030", "cp1252", "shift_jis", "big5", "euc_kr", "koi8-r", "latin-1"]),
)
def test_round_trip_of_declared_encodings(lines: list[str], encoding: str) -> None:
    lines = [line.encode(encoding, "replace").decode(encoding) for line in lines]
    text = "\n".join(["# coding: {}", *lines, ""])
    found, _ = python_text(text.replace("{}", encoding, 1).encode(encoding))
    renamed = encoding if all(line.isascii() for line in lines) else "utf-8"
    expected = text.replace("{}", "utf-8", 1)
    assert found.decode() in {expected, text.replace("{}", renamed, 1)}


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_are_refused_in_words(content: bytes) -> None:
    try:
        text, note = python_text(content)
    except NotText as error:
        assert str(error)
        return
    text.decode("utf-8")
    assert b"\0" not in text
    assert python_text(text)[0] == text or note


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=100), st.sampled_from(["latin-1", "cp932", "gbk", "cp1252"]))
def test_no_line_of_a_text_of_bytes_moves(extra: bytes, encoding: str) -> None:
    extra = extra.translate(None, bytes(range(32)))
    content = b"x = 1\n# " + extra + b"\ny = 2\n"
    found, _ = text_of(content)
    assert unicode_encoding(content) == ""
    lines = found.split("\n")
    assert (lines[0], lines[2], len(lines)) == ("x = 1", "y = 2", 4)
