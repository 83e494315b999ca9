"""The pairs as web pages: an index, and each pair with its texts side by side."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from grader.files.atomic import make_folder, write_atomically
from grader.render.html.page import render
from grader.render.summary import histogram
from grader.sanitise.file_names import address_of
from grader.similarity.comparison import ClassComparison, Pair
from grader.similarity.passages import Piece, side_by_side
from grader.similarity.texts import Text

MAX_PAGES = 300
"""Pages of unusual pairs, and of ordinary ones a sixth: nobody reads more."""
_MAX_ORDINARY = 50
_PAIRS = "pairs"
_TEMPLATES = Path(__file__).parent / "templates"


def write_pages(comparison: ClassComparison, assignment: str, folder: Path) -> Path:
    """Write ``index.html`` and ``pairs/*.html`` into `folder`; return the index.

    Pages of pairs that are no longer listed are removed.
    """
    pairs = folder / _PAIRS
    make_folder(pairs)
    written = set()
    for one in _listed(comparison):
        path = pairs / _page_name(comparison, one)
        write_atomically(path, pair_page(comparison, one, assignment).encode("utf-8"))
        written.add(path.name)
    for path in pairs.glob("*.html"):
        if path.name not in written:
            path.unlink()
    index = folder / "index.html"
    write_atomically(index, index_page(comparison, assignment).encode("utf-8"))
    return index


def index_page(comparison: ClassComparison, assignment: str) -> str:
    """The page of all pairs."""
    people = {(text.student, text.origin) for text in comparison.texts}
    here = sum(not origin for _, origin in people)
    return render(
        "similarity.html",
        folder=_TEMPLATES,
        extra_style=_style(),
        title=assignment,
        texts=comparison.texts,
        here=here,
        of_previous_courses=len(people) - here,
        earlier_attempts=len(comparison.texts) - len(people),
        pair_count=comparison.pair_count,
        unusual=comparison.unusual[:MAX_PAGES],
        unusual_count=len(comparison.unusual),
        ordinary=comparison.ordinary[:_MAX_ORDINARY],
        ordinary_count=len(comparison.ordinary),
        threshold=comparison.threshold,
        limit=comparison.limit,
        most_bits=math.log2(max(1, len(people))),
        histogram=histogram(comparison.nearest),
        left_out=comparison.left_out,
        notes=[text for text in comparison.texts if text.notes],
        page=lambda pair: f"{_PAIRS}/{_page_name(comparison, pair)}",
    )


def pair_page(comparison: ClassComparison, pair: Pair, assignment: str) -> str:
    """The page of one pair."""
    places = (pair.first, pair.second)
    first, second = (comparison.texts[place] for place in places)
    left, right = side_by_side(*(comparison.prints[place] for place in places))
    return render(
        "pair.html",
        folder=_TEMPLATES,
        extra_style=_style(),
        title=f"{first.label} and {second.label}",
        assignment=assignment,
        pair=pair,
        first=first,
        second=second,
        limit=comparison.limit,
        sides=[
            (first, "a", "b", list(_shown(first, left))),
            (second, "b", "a", list(_shown(second, right))),
        ],
    )


@dataclass(frozen=True)
class _Shown(Piece):
    """A piece as the page writes it."""

    anchor: bool = False
    """Whether the other side's number leads here."""
    heading: str = ""
    """The file that begins here."""


def _shown(text: Text, pieces: list[Piece]) -> Iterator[_Shown]:
    """Cut pieces where files begin, and mark the first piece of each passage."""
    starts, begin = {}, 0
    for name, source in text.files:
        starts[begin] = name
        begin += len(source)
    seen: set[int | None] = set()
    at = 0
    for piece in pieces:
        end = at + len(piece.text)
        cuts = [at, *(place for place in sorted(starts) if at < place < end), end]
        for start, stop in pairwise(cuts):
            part = piece.text[start - at : stop - at]
            anchor = piece.passage is not None and piece.passage not in seen
            seen.add(piece.passage)
            yield _Shown(part, piece.passage, anchor, starts.get(start, ""))
        at = end


def _listed(comparison: ClassComparison) -> tuple[Pair, ...]:
    return comparison.unusual[:MAX_PAGES] + comparison.ordinary[:_MAX_ORDINARY]


def _page_name(comparison: ClassComparison, pair: Pair) -> str:
    first, second = (comparison.texts[place] for place in (pair.first, pair.second))
    exact = "\0".join([first.student, first.origin, second.student, second.origin])
    return address_of(f"{first.student} {second.student}", exact)


def _style() -> str:
    return (_TEMPLATES / "similarity.css").read_text(encoding="utf-8")
