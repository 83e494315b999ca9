"""Terminals: sentences of ours with names and words of students in them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from grader.sanitise.text import safe_sentence, safe_text

if TYPE_CHECKING:
    from rich.console import Console

_MAX_LOGGED = 60_000


def say(console: Console, text: str, style: str = "", *, wrap: bool = True) -> None:
    """Print a sentence: no control sequence reaches the terminal, and no markup is obeyed.

    Parameters
    ----------
    wrap
        Whether lines are broken at the width; not where a path is to be copied.
    """
    console.print(
        safe_sentence(text),
        style=style,
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=not wrap,
    )


class LogFormatter(logging.Formatter):
    """Log records on one line each, and nothing in them that a terminal would obey."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # the library's name
        """The line without a traceback."""
        return " ".join(super().formatMessage(record).split())

    def format(self, record: logging.LogRecord) -> str:
        """The line, and a traceback where there is one."""
        return safe_text(super().format(record), _MAX_LOGGED)
