"""How well a file's name fits one that the assignment asks for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from grader.submissions.names import is_near_miss

PYTHON_ENDINGS = (".py.txt", ".pyw", ".py", ".txt")
NOTEBOOK_ENDINGS = (".ipynb.txt", ".ipynb.json", ".ipynb", ".json")
_ENDINGS = sorted((*PYTHON_ENDINGS, *NOTEBOOK_ENDINGS), key=len, reverse=True)
_VAGUE = (".txt", ".json")
"""Endings of many things that are no code."""
_MAX_NAME = 255

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTH = (
    r"(?P<{}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_GAP = r"[-._ ]{0,2}"
_IN_WORDS = re.compile(
    rf"(?<![a-z0-9])(?:{_MONTH.format('first')}{_GAP}(?P<day>\d{{1,2}})"
    rf"|(?P<before>\d{{1,2}}){_GAP}{_MONTH.format('second')})(?![a-z0-9])"
    rf"(?:{_GAP}(?P<year>\d{{4}})(?!\d))?",
    re.IGNORECASE,
)
"""``march_30``, ``30 Mar 2024``: a month stands beside a day, or it is a word like any other."""
_DATE = re.compile(r"(?<!\d)(\d{1,2})([-._])(\d{1,2})\2(\d{4})(?!\d)")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")
_ODD_ENDING = re.compile(r"\.(?:py|ipynb)(?:\.\w{1,5}|~)$", re.IGNORECASE)
"""What programs put behind the ending of code; the content tells whether it is code still."""
_LESSER = {
    "alt",
    "alte",
    "backup",
    "bak",
    "checkpoint",
    "draft",
    "old",
    "orig",
    "original",
    "starter",
    "stub",
    "template",
}
"""Words of a name that say: not this one, where there is another."""

_BETTER = {
    "corrected",
    "endgültig",
    "final",
    "finale",
    "fixed",
    "korrigiert",
    "korr",
    "latest",
    "neu",
    "neue",
    "new",
    "newest",
    "submission",
    "submit",
}
"""Words of a name that say: this one, where two fit equally well."""

_TRIAL = {
    "analysis",
    "benchmark",
    "debug",
    "demo",
    "example",
    "examples",
    "exp",
    "experiment",
    "experiments",
    "plot",
    "plots",
    "plotting",
    "sandbox",
    "scratch",
    "test",
    "tests",
    "trial",
    "try",
}
"""Words of a name that say: this tries out what is written elsewhere."""


class Fit(IntEnum):
    """How a name fits, the best first."""

    EXACT = 0
    NEAR = 1
    LESSER = 2
    VAGUE = 3


@dataclass(frozen=True)
class Likeness:
    """The file that a name stands for.

    Attributes
    ----------
    numbers
        The numbers behind the name that was asked for: a version, a copy.
    """

    file: str
    fit: Fit
    numbers: tuple[int, ...] = ()


def code_ending(name: str) -> str:
    """The ending that makes a name one of Python or of a notebook; "" for others."""
    folded = name[-20:].casefold()
    return next((name[-len(one) :] for one in _ENDINGS if folded.endswith(one)), "")


def is_notebook_name(name: str) -> bool:
    """Whether a notebook has such a name; its content may say otherwise."""
    return code_ending(name).casefold() in NOTEBOOK_ENDINGS


def is_vague(name: str) -> bool:
    """Whether the name alone does not say that the file is code."""
    return code_ending(name).casefold() in _VAGUE or is_odd(name)


def is_odd(name: str) -> bool:
    """Whether a file of this name may be code though its ending says otherwise, or is missing."""
    return not code_ending(name) and ("." not in name or _ODD_ENDING.search(name) is not None)


def is_aside(name: str) -> bool:
    """Whether a file of this name is hardly ever the submission itself, unless it defines it."""
    return is_test(name) or name == "__init__.py" or is_vague(name)


def is_test(name: str) -> bool:
    """Whether pytest takes a file of this name for tests; so are the course's own named."""
    return name.startswith("test_") and name.endswith(".py")


def is_trial(name: str) -> bool:
    """Whether a name says that a file tries out what is written elsewhere."""
    return bool(_TRIAL & set(_words(name.removesuffix(code_ending(name))[-_MAX_NAME:])))


def likeness(name: str, files: Sequence[str], assignment: str) -> Likeness | None:
    """Find the expected file that a name stands for; of two the one with more in common."""
    ending = code_ending(name)
    exact = _exact_names(tuple(files), assignment)
    if name in exact:
        return Likeness(exact[name], Fit.EXACT)
    if (
        not (ending or is_odd(name))
        or len(name) > _MAX_NAME
        or (is_aside(name) and not is_vague(name))
    ):
        return None
    stem = name.removesuffix(ending) if ending else _ODD_ENDING.sub("", name)
    words = _words(_year_first(stem))
    best: tuple[int, Likeness] | None = None
    for stem, file in _stems(tuple(files), assignment).items():
        found = _run(words, stem)
        if found is None or (best is not None and len(stem) <= best[0]):
            continue
        start, end = found
        others = {*words[:start], *words[end:]}
        fit = Fit.LESSER if others & _LESSER else Fit.NEAR
        fit = Fit.VAGUE if is_vague(name) else fit
        numbers = tuple(int(one[:18]) for one in words[end:] if one.isdecimal())
        best = len(stem), Likeness(file, fit, numbers)
    return best[1] if best is not None else None


def numbers_in(name: str) -> tuple[int, ...]:
    """All numbers of a name, such as its version; of a date the year comes first."""
    name = _year_first(name[:_MAX_NAME])
    return tuple(int(one[:18]) for one in re.findall(r"\d+", name[:_MAX_NAME]) if one.isdecimal())


def _year_first(name: str) -> str:
    """The name with dates as ``2024-03-28`` in place of ``28-03-2024`` and ``28 March 2024``."""
    name = _IN_WORDS.sub(_in_numbers, name)
    return _DATE.sub(r"\4\2\3\2\1", name)


def has_month(name: str) -> bool:
    """Whether a name has a date in which the month is a word."""
    return _IN_WORDS.search(name[:_MAX_NAME]) is not None


def _in_numbers(date: re.Match[str]) -> str:
    month = (date["first"] or date["second"])[:3].casefold()
    parts = date["year"], f"{_MONTHS.split().index(month) + 1:02}", date["day"] or date["before"]
    return "-".join(part for part in parts if part)


def word_rank(name: str) -> int:
    """What the words of a name say of its file: -1 for an old one, and how often it is the final.

    ``final_final`` is later than ``final``.
    """
    words = _words(name[-_MAX_NAME:])
    return -1 if _LESSER.intersection(words) else sum(word in _BETTER for word in words)


def is_copy(name: str, file: str) -> bool:
    """Whether a name says that this is a copy of an expected file, or of its notebook."""
    return is_near_miss(name, file) or is_near_miss(name, notebook_name(file))


def notebook_name(file: str) -> str:
    """The notebook that stands for an expected file."""
    return f"{file.removesuffix('.py')}.ipynb"


@lru_cache(maxsize=64)
def _exact_names(files: tuple[str, ...], assignment: str) -> Mapping[str, str]:
    names = {f"{assignment}.ipynb": files[0]}
    return names | {notebook_name(one): one for one in files} | {one: one for one in files}


@lru_cache(maxsize=64)
def _stems(files: tuple[str, ...], assignment: str) -> Mapping[str, str]:
    """What must stand in a name, without what separates its words."""
    stems = {"".join(_words(assignment)): files[0]}
    return stems | {"".join(_words(one.removesuffix(".py"))): one for one in files}


def _words(stem: str) -> list[str]:
    composed = unicodedata.normalize("NFC", stem)
    return [word.casefold() for word in _WORD.findall(composed)]


def _run(words: list[str], joined: str) -> tuple[int, int] | None:
    """Where words that together are `joined` stand: first and behind the last."""
    if not joined:
        return None
    for start in range(len(words)):
        text = ""
        for end in range(start, len(words)):
            text += words[end]
            if text == joined:
                return start, end + 1
            if not joined.startswith(text):
                break
    return None
