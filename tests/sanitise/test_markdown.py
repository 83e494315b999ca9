"""Text in Markdown is shown letter by letter, also by the program that nbgrader uses."""

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.sanitise.markdown import fenced, inline, unfenced
from tests.sanitise.attacks import MARKDOWN

TEXTS = st.text(st.sampled_from("`~$<>&[]()!\\\"':=-_*# \n\t\r\f\u2028\u2424ax"), max_size=80)


def rendered(source):
    filters = pytest.importorskip("nbconvert.filters.markdown_mistune")
    return str(filters.markdown2html_mistune(source))


@given(TEXTS)
@example("```\n<img>")
@example("$$\n```\n<b>\n$$")
@example("``\u2424``\n<b>")
def test_a_fence_has_all_of_the_text_in_it_and_nothing_else(text):
    found = re.fullmatch(
        r"<div class=\"highlight\"><pre><span></span>(.*)</pre></div>\s*",
        rendered(fenced(text)).strip(),
        re.DOTALL,
    )
    assert found is not None and "<" not in found[1].replace("<span></span>", "")
    assert html.unescape(found[1]).split() == text.split()


@pytest.mark.parametrize("text", MARKDOWN.values(), ids=MARKDOWN)
def test_no_attack_leaves_its_fence(text):
    tags = re.findall(r"<(\w+)", rendered(fenced(text)))
    assert set(tags) == {"div", "pre", "span"}


@given(TEXTS)
def test_a_fence_is_taken_off_again(text):
    assert unfenced(fenced(text)) == text


@pytest.mark.parametrize("text", ["", "well done", "```python\nx = 1\n```", "```text\na"])
def test_what_people_wrote_stays_as_it_is(text):
    assert unfenced(text) == text


@given(TEXTS)
def test_an_inline_text_is_a_paragraph_without_a_tag_or_a_link(text):
    assert not re.search(r"<(?!/?p>)", rendered(inline(text)))
