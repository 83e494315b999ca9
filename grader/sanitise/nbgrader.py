"""nbgrader's own pages, which put names and comments into HTML without escaping them."""

from __future__ import annotations

import re
import sys
from typing import Any

from grader.sanitise.file_names import file_name_of
from grader.sanitise.markdown import fenced, unfenced

_NOT_AS_IT_IS = re.compile(r"[<>\"\\/]|~[0-9a-f]{32}$")
"""What HTML and a text in a script obey; also what looks like another student's stand-in."""


def gradebook_id(student: str) -> str:
    """The id under which nbgrader knows a student: almost always the student's own.

    Formgrader writes an id into tags, attributes and scripts, so one that could be live there has
    a stand-in of letters, digits and a digest, which is different for different students.
    """
    return file_name_of(student) if _NOT_AS_IT_IS.search(student) else student


def escape_names() -> None:
    """Let formgrader escape what it puts into its pages; ``nbgrader_config.py`` calls this.

    Formgrader lists the folders in ``submitted/`` itself, whatever the gradebook calls their
    students. Outside of its server there is nothing to do.
    """
    base: Any = sys.modules.get("nbgrader.server_extensions.formgrader.base")
    if base is not None:
        base.BaseHandler.render = _render


def _render(handler: Any, name: str, **values: Any) -> str:
    """Render one of formgrader's templates as its own method does, escaping names."""
    environment = handler.settings["nbgrader_jinja2_env"].overlay(autoescape=True)
    page: str = environment.get_template(name).render(**values)
    return page


def gradebook_comment(text: str) -> str:
    """A comment with words of a student's: nbgrader's feedback reads it as Markdown."""
    return fenced(text) if text else ""


def comment_text(comment: str) -> str:
    """What a comment of the gradebook says; what people wrote stays as it is."""
    return unfenced(comment)
