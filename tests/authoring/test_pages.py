"""Generated text goes between its marks, and nothing else of a page changes."""

from grader.authoring.pages import placed


def test_the_text_goes_between_its_marks():
    page = "above\n<!-- a -->\nold\n<!-- b -->\nbelow\n"
    assert placed("new\n", "<!-- a -->", "<!-- b -->", page) == (
        "above\n<!-- a -->\n\nnew\n\n<!-- b -->\nbelow\n"
    )


def test_placing_twice_changes_nothing():
    page = "above\n<!-- a -->\n<!-- b -->\n"
    once = placed("new", "<!-- a -->", "<!-- b -->", page)
    assert placed("new", "<!-- a -->", "<!-- b -->", once) == once


def test_a_page_without_marks_becomes_the_text():
    assert placed("new\n", "<!-- a -->", "<!-- b -->", "something else") == "new\n"
