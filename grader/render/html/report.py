"""Write the class page and a page for each student."""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from grader.render.html.plots import draw
from grader.render.summary import (
    SYMBOLS,
    CheckRate,
    check_rates,
    exercises,
    mean_points,
    median_points,
    mistakes,
)
from grader.result import Result
from grader.store import file_name_of, write_atomically

_STUDENTS = "students"
_BINS = 10


def write_report(results: Sequence[Result], directory: Path) -> Path:
    """Write ``index.html`` and ``students/*.html`` into `directory`; return the index.

    Pages of students who are no longer in the class are removed.
    """
    students = directory / _STUDENTS
    students.mkdir(parents=True, exist_ok=True)
    written = set()
    for result in results:
        path = students / _page_name(result.student)
        write_atomically(path, student_page(result).encode("utf-8"))
        written.add(path.name)
    for path in students.glob("*.html"):
        if path.name not in written:
            path.unlink()
    index = directory / "index.html"
    write_atomically(index, class_page(results).encode("utf-8"))
    return index


def class_page(results: Sequence[Result]) -> str:
    """The page of the class."""
    top = results[0].max_points if results else 0.0
    found = mistakes(results)
    return _render(
        "class.html",
        title=results[0].assignment if results else "No results",
        results=sorted(results, key=lambda result: result.student.casefold()),
        top=top,
        mean=mean_points(results),
        median=median_points(results),
        full=sum(result.points >= result.max_points for result in results),
        broken=[result for result in results if result.has_grader_error],
        unconfined=any(result.confinement == "unconfined" for result in results),
        histogram=_histogram(results),
        rates=_by_exercise(check_rates(results)),
        misconceptions=[one for one in found if one.id.startswith("misconception.")],
        patterns=[one for one in found if one.id.startswith("generic.")][:8],
        exercises=exercises,
        page=lambda student: f"{_STUDENTS}/{_page_name(student)}",
    )


def student_page(result: Result, *, back: str | None = "../index.html") -> str:
    """The page of one student; it stands alone."""
    plots = [
        Markup(draw(plot.model_copy(update={"title": f"{check.exercise}: {plot.title}"})))
        for check in result.checks
        for plot in check.plots
    ]
    return _render(
        "student.html",
        title=f"{result.student}: {result.assignment}",
        result=result,
        exercises=exercises(result),
        plots=plots,
        back=back,
    )


def _page_name(student: str) -> str:
    """A file name that is also an address: letters, digits and hyphens alone."""
    safe = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in student)
    digest = hashlib.sha256(file_name_of(student).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{safe[:40].strip('-') or 'student'}-{digest[:8]}.html"


def _histogram(results: Sequence[Result]) -> list[dict[str, Any]]:
    counts = [0] * _BINS
    for result in results:
        share = result.points / result.max_points if result.max_points else 0.0
        counts[min(_BINS - 1, math.floor(share * _BINS + 1e-9))] += 1
    most = max([*counts, 1])
    return [
        {"low": 100 * i // _BINS, "high": 100 * (i + 1) // _BINS, "count": n, "share": n / most}
        for i, n in enumerate(counts)
    ]


def _by_exercise(rates: list[CheckRate]) -> dict[str, list[CheckRate]]:
    groups: dict[str, list[CheckRate]] = {}
    for rate in rates:
        groups.setdefault(rate.exercise, []).append(rate)
    return groups


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["points"] = lambda value: f"{value:.2f}".rstrip("0").rstrip(".")
    environment.globals["mark"] = lambda status: SYMBOLS[status]
    environment.globals["words"] = lambda status: str(status).replace("_", " ")
    return environment


def _render(template: str, **values: Any) -> str:
    """Render a page with its style and script inside, and nothing else allowed to run."""
    folder = Path(__file__).parent / "templates"
    style = (folder / "style.css").read_text(encoding="utf-8")
    script = (folder / "table.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        _environment()
        .get_template(template)
        .render(
            style=Markup(style),
            script=Markup(script),
            policy=f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'",
            **values,
        )
    )
