"""No cell is a formula, whichever separator a spreadsheet believes in; numbers stay numbers."""

import csv
import html
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.sanitise.spreadsheet import csv_text, inert, inert_html, number

NASTY = st.text(alphabet="=+-@;,|\t\r\n '\"a<>&1!", max_size=30)
SIGNS = "=+-@"


def looks_like_a_formula(cell):
    return cell.strip(" \"'").startswith(tuple(SIGNS)) and not cell.lstrip(' "').startswith("'")


@given(NASTY)
def test_no_separator_makes_a_formula_of_a_name(text):
    line = csv_text([["a", inert(text), "b"]])
    assert next(csv.reader([line]))[1] == inert(text)
    for separator in ",;\t":
        for row in csv.reader(io.StringIO(line, newline=""), delimiter=separator):
            assert not any(map(looks_like_a_formula, row)), (separator, row)


@given(NASTY)
def test_html_says_the_same_and_computes_nothing(text):
    made = inert_html(text)
    said = text.replace("\r", "\N{REPLACEMENT CHARACTER}").replace("\t", " ")
    assert html.unescape(made.replace("<br />", "\n")) == said
    for piece in made.replace("\t", ";").split(";"):
        assert not piece.strip(" \"'").startswith(tuple(SIGNS)), made


def test_ordinary_names_stay_as_they_are():
    for name in ("Ada Lovelace", "Zoë", "O'Neill, Ada", "ada-1", "a=b", "ada@uni.edu"):
        assert inert(name) == name


def test_hyperlinks_are_text():
    assert inert('=HYPERLINK("http://x")') == '\'=HYPERLINK("http://x")'
    assert inert("＝1+1") == "'＝1+1"


@pytest.mark.parametrize(
    ("value", "text"),
    [(38.5, "38.5"), (100.0, "100"), (0.0, "0"), (-0.001, "0"), (1e6 + 0.25, "1000000.25")],
)
def test_numbers_have_a_point_and_two_digits(value, text):
    assert number(value) == text
