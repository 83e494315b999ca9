"""What is said in a terminal and in a log holds no control sequence and obeys no markup."""

import ast
import io
import logging

import pytest
from rich.console import Console

from grader.sanitise.terminal import LogFormatter, say
from tests.conftest import ROOT

NASTY = "[red]x[/] [link=http://a]y[/link] \x1b]0;title\x07\x1b[2J\u202e \x9b31m :boom: "
NASTY += "a\u2028::b\u2029::c"


@pytest.fixture
def printed():
    stream = io.StringIO()
    say(Console(file=stream, width=200, force_terminal=True, color_system=None), NASTY)
    return stream.getvalue()


def test_a_sentence_is_printed_letter_by_letter(printed):
    assert "[red]x[/] [link=http://a]y[/link]" in printed and ":boom:" in printed


@pytest.mark.parametrize("character", ["\x1b", "\x07", "\x9b", "\u202e", "\u2028", "\u2029"])
def test_no_control_character_reaches_the_terminal(printed, character):
    assert character not in printed


def test_a_log_record_is_one_line():
    record = logging.LogRecord("x", logging.INFO, "", 1, "%s", ("a\nready\x1b[2J",), None)
    assert LogFormatter("%(message)s").format(record) == "a ready\N{REPLACEMENT CHARACTER}[2J"


COMMANDS = sorted((ROOT / "grader" / "cli").glob("*.py"))


@pytest.mark.parametrize("path", COMMANDS, ids=[one.stem for one in COMMANDS])
def test_commands_print_what_is_not_fixed_through_this_module(path):
    """A name or a path in a sentence may be a student's."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            given = node.args[:1]
            printed = node.func.attr == "print" and given and isinstance(given[0], ast.JoinedStr)
            assert not printed, f"{path.name}, line {node.lineno}: use grader.sanitise.terminal.say"
