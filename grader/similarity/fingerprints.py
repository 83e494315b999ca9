"""A text as a set of short passages, without those that the course gave.

The method is winnowing, as in MOSS (Schleimer, Wilkerson and Aiken, SIGMOD 2003), by
copydetect: every run of `NOISE` normalised characters is hashed, and texts are compared by the
hashes that they share. Where this departs from copydetect's defaults:

- The window is 1, so all hashes are kept. With a larger one, which are kept depends on Python's
  salt for hashes, and two runs differ.
- No run crosses the beginning of a function or class: order means nothing, and a function
  shorter than `NOISE`, which everybody writes alike, is no passage at all.
- What the course gave is taken out here and not by copydetect's ``boilerplate``, which takes a
  passage that occurs twice in one text for given.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from copydetect import CodeFingerprint
from copydetect.utils import get_token_coverage

from grader.similarity.reading import Normalised

NOISE = 40
"""The shortest passage that can match, in normalised characters: about two lines."""

_DEFINITION = re.compile(r"(?:async)?defF|classO")


def fingerprint(name: str, source: str, files: Sequence[Normalised]) -> CodeFingerprint:
    """Fingerprint a text whose files were normalised one by one.

    Parameters
    ----------
    name
        What the fingerprint is called in copydetect.
    source
        All files, one after the other.
    """
    text = "".join(one.text for one in files)
    made = CodeFingerprint(name, NOISE, 1, filter=False, fp=io.StringIO(text))
    made.raw_code = source
    made.offsets = _joined_offsets(files)
    starts = [match.start() for match in _DEFINITION.finditer(text)]
    starts += np.cumsum([len(one.text) for one in files]).tolist()
    crossing = np.zeros(len(text) + 1, dtype=bool)
    for start in starts:
        crossing[max(0, start - NOISE + 1) : start] = True
    inside = {
        key: kept
        for key, places in made.hash_idx.items()
        if (kept := [place for place in places if not crossing[place]])
    }
    _keep(made, inside)
    return made


def take_out(made: CodeFingerprint, given: Collection[int]) -> None:
    """Take the hashes of given code out, so that they neither match nor count."""
    _keep(made, {key: places for key, places in made.hash_idx.items() if key not in given})


def place_in_source(made: CodeFingerprint, places: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Where places of the normalised text stand in the source."""
    last = len(made.offsets) - 1
    found = np.clip(np.searchsorted(made.offsets[:, 0], places), 0, last)
    moved = places + made.offsets[:, 1][found]
    return np.clip(moved, 0, len(made.raw_code))


def _keep(made: CodeFingerprint, hash_idx: dict[int, list[int]]) -> None:
    made.hash_idx = hash_idx
    made.hashes = set(hash_idx)
    made.token_coverage = int(get_token_coverage(hash_idx, made.k, len(made.filtered_code)))


def _joined_offsets(files: Sequence[Normalised]) -> np.ndarray[Any, Any]:
    """The offsets of all files as those of one text."""
    parts = [np.zeros((1, 2), dtype=np.int64)]
    length = left_out = 0
    for one in files:
        parts.append(one.offsets + np.array([length, left_out]))
        length += len(one.text)
        left_out += one.source_length - len(one.text)
    return np.concatenate(parts)
