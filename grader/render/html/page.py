"""One page as one file: style and script inside, and nothing else allowed to run or load."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from grader.render.explaining import words
from grader.render.html.prose import message, prose
from grader.render.summary import SYMBOLS

TEMPLATES = Path(__file__).parent / "templates"


def render(
    template: str, *, folder: Path | None = None, extra_style: str = "", **values: Any
) -> str:
    """Render a template; what it is given is escaped.

    Parameters
    ----------
    folder
        Where templates are looked for before those of this package.
    extra_style
        Style of this page beyond that of all pages.
    """
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8") + extra_style
    script = (TEMPLATES / "table.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        _environment(folder)
        .get_template(template)
        .render(
            style=Markup(style),
            script=Markup(script),
            policy=f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'",
            **values,
        )
    )


@lru_cache(maxsize=4)
def _environment(folder: Path | None) -> jinja2.Environment:
    folders = [TEMPLATES] if folder is None else [folder, TEMPLATES]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["points"] = lambda value: f"{value:.2f}".rstrip("0").rstrip(".")
    environment.filters["percent"] = lambda share: f"{100 * share:.0f} %"
    environment.filters["prose"] = prose
    environment.filters["message"] = message
    environment.globals["mark"] = lambda status: SYMBOLS[status]
    environment.globals["words"] = words
    return environment
