"""Decode names: by the encoding that somebody named, as UTF-8, or by a guess.

Bytes that are valid UTF-8 are UTF-8: other text almost never is. All others of an archive are
guessed together, since one name alone says little; `charset-normalizer` has a say as well.
"""

from __future__ import annotations

import codecs
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from grader.files.zip_names.plausible import cost
from grader.problems import GraderProblem

_CANDIDATES = {
    "gb18030": "GBK",
    "cp932": "Shift-JIS",
    "cp949": "EUC-KR",
    "big5hkscs": "Big5",
    **{f"cp{page}": f"CP{page}" for page in (437, 850, 1252, 852, 866, 1251, 1250, 737, 1253)},
    **{f"cp{page}": f"CP{page}" for page in (857, 1254)},
    "koi8_r": "KOI8-R",
    **{f"cp{page}": f"CP{page}" for page in (862, 1255, 720, 1256, 874)},
    "euc_jp": "EUC-JP",
}
"""What zips are written in, and what it is called; the more frequent first."""
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
}
"""What programs really write that call it by the narrower name."""
_SAMPLE = 8_000
"""Bytes that a guess looks at."""
_SURE = 0.9
"""How much worse the next reading must be, in all, for the best to be called sure."""
_LISTENED_TO = 0.2
"""The weight of `charset-normalizer`, which is made for longer texts."""
_EXAMPLE = 40


@dataclass(frozen=True)
class Guess:
    """An encoding that nobody declared.

    Attributes
    ----------
    encoding
        As people call it, and as Python knows it.
    example
        A name read by it.
    otherwise
        The next best encoding and what the example would be by it, where the guess is not sure.
    """

    encoding: str
    example: str
    otherwise: tuple[str, str] | None = None

    def __str__(self) -> str:
        """A sentence without its full stop."""
        if self.otherwise is None:
            return (
                "names that do not say their encoding were read as "
                f"{self.encoding}, which is a guess: {self.example}"
            )
        other, example = self.otherwise
        return (
            f"names do not say their encoding, and the guess {self.encoding} is not sure: "
            f"{self.example} would be {example} in {other}"
        )


class UnknownEncoding(GraderProblem, ValueError):
    """There is no such encoding of names; the message says so."""


def known_encoding(name: str) -> str:
    """The codec for an encoding that somebody named.

    Raises
    ------
    UnknownEncoding
        When Python has none, or names of files cannot be written in it.
    """
    plain = "a+1/b-.py"
    try:
        codec = codecs.lookup(name).name
        usable = plain.encode("ascii").decode(codec) == plain
    except (LookupError, ValueError, TypeError):
        usable = False
    if not usable:
        raise UnknownEncoding(
            f"There is no encoding {name!r} for the names in a zip. Expected one such as UTF-8, "
            f"{', '.join(list(_CANDIDATES.values())[:5])} or CP1251."
        )
    return _WIDER.get(codec, codec)


def decoded(names: Sequence[bytes], encoding: str = "") -> tuple[list[str], Guess | None]:
    """Decode names that do not say their encoding.

    Parameters
    ----------
    encoding
        What somebody says that they are in. It holds for the names that it can decode, unless
        all of them are beyond doubt UTF-8: a class's zips come from many computers.

    Returns
    -------
    tuple
        The names in their order, and what had to be guessed.
    """
    found: dict[int, str] = {}
    if encoding and not _are_utf8(names, surely=True):
        codec = known_encoding(encoding)
        found = {n: text for n, one in enumerate(names) if (text := _read(one, codec)) is not None}
    rest = [n for n in range(len(names)) if n not in found]
    if _are_utf8([names[n] for n in rest]):
        found |= {n: text for n in rest if (text := _read(names[n], "utf-8")) is not None}
    guess = None
    if rest := [n for n in range(len(names)) if n not in found]:
        texts, guess = _guessed([names[n] for n in rest])
        found |= dict(zip(rest, texts, strict=True))
    return [found[n] for n in range(len(names))], guess


def _are_utf8(names: Sequence[bytes], surely: bool = False) -> bool:
    """Whether the names that are valid UTF-8 are so for another reason than chance.

    Among many short names in another encoding one or two are, so they must be most. Two or three
    letters of two bytes each are little evidence: then they must be letters that go together.

    Parameters
    ----------
    surely
        All names must be valid, and be more than a few letters.
    """
    telling = [name for name in names if not name.isascii()]
    valid = [text for name in telling if (text := _read(name, "utf-8")) is not None]
    if 2 * len(valid) <= len(telling) or (surely and len(valid) < len(telling)):
        return False
    letters = [letter for text in valid for letter in text if not letter.isascii()]
    strong = len(letters) > 3 or any(letter > "\u07ff" for letter in letters)
    return strong or (not surely and cost("\n".join(valid), "utf-8") <= 0.5)


class _Reading(NamedTuple):
    """A sample, read in some encoding; `cost` says how implausible that is."""

    cost: float
    codec: str
    text: str


def _guessed(names: list[bytes]) -> tuple[list[str], Guess | None]:
    """Decode all of them in the encoding in which together they are the most plausible."""
    if all(name.isascii() for name in names):
        return [name.decode("ascii") for name in names], None
    possible = (
        one
        for one in sorted(_readings(_sample(names)), key=lambda one: one.cost)
        if all(_read(name, one.codec) is not None for name in names)
    )
    best = next(possible)  # CP437 has a character for each byte: there always is one
    other = next((one for one in possible if one.text != best.text), None)
    telling = next(name for name in names if not name.isascii())
    otherwise = None
    weight = sum(not letter.isascii() for letter in best.text)
    if other is not None and weight * (other.cost - best.cost) < _SURE:
        differing = (name for name in names if name.decode(best.codec) != name.decode(other.codec))
        telling = next(differing, telling)
        otherwise = (_CANDIDATES[other.codec], _example(telling, other.codec))
    guess = Guess(_CANDIDATES[best.codec], _example(telling, best.codec), otherwise)
    return [name.decode(best.codec) for name in names], guess


def _read(name: bytes, codec: str) -> str | None:
    try:
        return name.decode(codec)
    except UnicodeError:
        return None


def _example(name: bytes, codec: str) -> str:
    """The part of a name that tells something, bounded and in one line."""
    part = next((one for one in name.split(b"/") if not one.isascii()), name)
    text = part.decode(codec, "replace")
    shown = "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )
    return shown if len(shown) <= _EXAMPLE else f"{shown[:_EXAMPLE]}…"


def _sample(names: list[bytes]) -> bytes:
    """The parts of the names that are not ASCII, each once, as far as a guess looks."""
    parts: dict[bytes, None] = {}
    size = 0
    for name in names:
        for part in name.split(b"/"):  # no encoding here has a slash inside of a character
            if not part.isascii() and part not in parts and size + len(part) <= _SAMPLE:
                parts[part] = None
                size += len(part)
    return b"\n".join(parts) or names[0][:_SAMPLE]


def _readings(sample: bytes) -> Iterator[_Reading]:
    """How implausible each reading of the sample is, by codec."""
    heard = _normalizer(sample)
    unheard = (0.3, 0.0) if heard else (0.0, 0.0)  # it passes some over that resemble others
    for codec in _CANDIDATES:
        reading = _read(sample, codec)
        if reading is not None:
            chaos, coherence = heard.get(codec, unheard)
            extra = _LISTENED_TO * (chaos - 0.1 * coherence)
            yield _Reading(cost(reading, codec) + extra, codec, reading)


def _normalizer(sample: bytes) -> dict[str, tuple[float, float]]:
    """Chaos and coherence of each reading, as `charset-normalizer` sees them; {} without it."""
    heard: dict[str, tuple[float, float]] = {}
    with contextlib.suppress(ImportError):  # it comes with the extra `instructor`
        from charset_normalizer import from_bytes

        matches = from_bytes(
            sample,
            cp_isolation=list(_CANDIDATES),
            threshold=1.0,
            preemptive_behaviour=False,
            enable_fallback=False,
        )
        for match in matches:
            for codec in (match.encoding, *match.could_be_from_charset):
                heard[codec] = (match.chaos, match.coherence)
    return heard
