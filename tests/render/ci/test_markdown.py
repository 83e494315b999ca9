"""The summary, read by a real Markdown parser."""

import pytest
from markdown_it import MarkdownIt

from grader.render.ci.markdown import MOST_EXPLAINED, markdown
from grader.sanitise.markdown import inline
from tests.render.conftest import HOSTILE
from tests.render.small_class import student

NASTY = f"{HOSTILE} `x` ```` ![a](http://x) [b](javascript:1) | <b>\n\n# head\n```\n</pre>"


def rendered(text):
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(text)


def with_message(message, signs="-"):
    result = student("ada", signs)
    checks = [one.model_copy(update={"message": message}) for one in result.checks]
    return result.model_copy(update={"checks": checks})


def test_points_and_what_is_wrong_stand_in_it():
    page = rendered(markdown([student("ada", "+-.")], ["a1: changed since 0123456789."]))
    assert "<h2>a1_small: 10 of 30 points</h2>" in page
    assert "<td><code>exercise_2</code></td>" in page
    assert "exercise_2: title 2</strong> (failed)" in page
    assert "→ Most likely your exercise_2 is upside down. Turn it." in page
    assert "a1: changed since 0123456789." in page


@pytest.mark.parametrize("where", ["message", "note"])
def test_nothing_that_a_student_wrote_becomes_markup(where):
    if where == "message":
        page = rendered(markdown([with_message(NASTY)]))
    else:
        page = rendered(markdown([student("ada", "-")], [NASTY]))
    for tag in ("<script", "<img", "<a ", "<b>", "<h1", "</pre>\n</pre>"):
        assert tag not in page
    assert page.count("<h2>") == 1


def test_a_message_keeps_its_lines():
    text = "expected: 1\n  received: 2"
    assert text in rendered(markdown([with_message(text)]))


def test_long_lists_are_cut_with_a_word():
    page = markdown([with_message("x", "-" * (MOST_EXPLAINED + 4))])
    assert page.count("```text") == MOST_EXPLAINED
    assert "… and 4 more." in page


def test_inline_text_reads_as_it_was():
    assert rendered(inline("a_b *c* <d> & `e` | f")) == ("<p>a_b *c* &lt;d&gt; &amp; `e` | f</p>\n")
