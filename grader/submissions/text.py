"""Python text in whatever encoding it was saved, as UTF-8.

Identifiers and syntax of a Python file are ASCII in nearly every encoding, so a file that is
not UTF-8 is still understood: what declares itself (a byte order mark, null bytes between the
letters, a `coding:` line) is read as that, the rest by a cautious guess that only comments and
strings depend on. Nothing depends on the machine: its own code pages are no encodings here.
"""

from __future__ import annotations

import codecs
import re

from grader.files.unpack import pointer
from grader.submissions.invisible import without_invisible
from grader.submissions.magics import clean, may_hold_commands

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins as the mark of UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEAD = 4_096
"""Bytes, or characters beyond ASCII, by which an encoding is recognised."""

_OTHER_FORMATS = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip archive or an Office document"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xd0\xcf\x11\xe0", "an Office document"),
    (b"{\\rtf", "an RTF document of a word processor"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
)
_CONTROL = bytes({*range(32), 127} - {*b"\t\n\v\f\r\b\x1a\x1b"})
_END_MARKS = "\0\x1a"
"""What some editors and copies append: padding, and the end-of-file mark of DOS."""

_DECLARATION = re.compile(
    r"(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n))??[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)", re.ASCII
)
"""PEP 263: in the first line, or in the second when the first is blank or a comment."""

_NO_ENCODING_OF_TEXT = {"unicode_escape", "raw_unicode_escape", "idna", "punycode", "mbcs", "oem"}
_WIDER = {
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "cp1252": "latin-1",
}
"""What programs write that claim to write the encoding on the left."""

_ASCII = bytes({*range(9, 14), *range(32, 127)} - {*b"~"})
_STRAY = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile(r"[^\0-\x7f]+")
_LONE_RETURN = re.compile(r"\r(?!\n)")


class NotText(Exception):
    """The bytes are no text; the message completes "x.py …"."""


def python_text(content: bytes) -> tuple[bytes, str]:
    """Return a Python file as UTF-8 that declares no other encoding, and what was done for it.

    No line moves. Line ends of old Macs become those of today, since the compiler takes them
    for line ends and little else does. Lines that only IPython understands become comments.
    Typographic quotes and the like stay as they are; the compiler names them.

    Returns
    -------
    tuple
        The text, and a note that completes "x.py …", or "" when nothing was odd.

    Raises
    ------
    NotText
        When the bytes are something else: a document, an archive, a damaged file.
    """
    text, note = text_of(content)
    text = _LONE_RETURN.sub("\n", text)
    if note or not content.isascii():
        text = without_declaration(text)
    text, unseen = without_invisible(text)
    notes = [one for one in (note, unseen and f"holds {unseen}") if one]
    if may_hold_commands(text):
        cell = clean(text.replace("\r\n", "\n").split("\n"))
        if cell.notes:
            text = "\n".join(cell.lines)
            notes.append(f"is written as in a notebook: {'; '.join(cell.notes[:3])}")
    return text.encode("utf-8", "replace"), "; it ".join(notes)


def is_notebook_json(content: bytes) -> bool:
    """Whether a file is a notebook by its content, whatever its name; it may be cut off."""
    if not content[:_HEAD].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"{"):
        return False
    try:
        text, _ = text_of(content)
    except NotText:
        return False
    return '"cell_type"' in text and ('"cells"' in text or '"worksheets"' in text)


def text_of(content: bytes) -> tuple[str, str]:
    """Decode a text, and say how when it was not plain UTF-8.

    Raises
    ------
    NotText
        When the bytes are something else.
    """
    if content.startswith(pointer.MARK):
        raise NotText(pointer.PROBLEM)
    start = content[:_HEAD].lstrip().lower()
    for signature, what in _OTHER_FORMATS:
        if content.startswith(signature) or (signature[:1] == b"<" and start.startswith(signature)):
            raise NotText(f"is {what}, not text; hand in the code itself as .py or .ipynb")
    encoding = unicode_encoding(content)
    if encoding.startswith("utf-8"):
        content = content.removeprefix(codecs.BOM_UTF8)
    elif encoding:
        return _decoded_unicode(content, encoding)
    return _decoded_bytes(content, is_utf8=bool(encoding))


def unicode_encoding(content: bytes) -> str:
    """The encoding that a byte order mark or the null bytes of the beginning give away, or ""."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return name
    head = content[:_HEAD]
    if len(head) < 4 or b"\0" not in head:
        return ""
    for name in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        text = head[: len(head) // 4 * 4].decode(name, "replace").rstrip("\0")
        printable = text.encode("ascii", "ignore").translate(None, _CONTROL)
        if "\0" not in text and len(printable) > len(text) / 4:
            return name  # code is mostly ASCII; in the wrong byte order hardly anything is
    return ""


def without_declaration(text: str) -> str:
    """The text with its declared encoding, if any, renamed to UTF-8, which it now is."""
    declared = _DECLARATION.match(text)
    if declared is None or _is_utf8(declared[1]):
        return text
    return f"{text[: declared.start(1)]}utf-8{text[declared.end(1) :]}"


def _decoded_unicode(content: bytes, encoding: str) -> tuple[str, str]:
    text = (
        content.decode(encoding, "replace")
        .lstrip("\ufeff")
        .removesuffix("\ufffd")
        .rstrip(_END_MARKS)
    )
    name = encoding[:6].upper()
    if "\0" in text or text.count("\ufffd") > len(text) / 100:
        raise NotText(
            f"begins as {name} text does, but part of it is something else; save it as UTF-8"
        )
    return text, f"is saved as {name}, not as UTF-8, and was decoded"


def _decoded_bytes(content: bytes, *, is_utf8: bool) -> tuple[str, str]:
    ended = content.rstrip(_END_MARKS.encode())
    if content and not ended:
        raise NotText("holds nothing but null bytes: it was damaged when it was saved or sent")
    if len(ended) - len(ended.translate(None, _CONTROL)) > 4 + len(ended) / 50:
        raise NotText("is not text: it is full of control characters; save it as UTF-8 text")
    text, note = _declared(ended) if not is_utf8 else (None, "")
    if text is None:
        try:
            text = ended.decode("utf-8")
        except UnicodeDecodeError:
            text, name = _guessed(ended)
            note = f"is not UTF-8 and was read as {name}, which is a guess; save it as UTF-8"
    text = text.lstrip("\ufeff")
    if "\0" in text:
        note = f"{note}; it " if note else ""
        note += "holds null bytes, which were taken out"
    elif content.endswith(b"\0") and not note:
        note = "ends with null bytes, which were taken off"
    return text.replace("\0", ""), note


def _declared(content: bytes) -> tuple[str | None, str]:
    """Decode by the encoding that the first lines declare, when they declare one that fits."""
    found = _DECLARATION.match(content[:_HEAD].decode("latin-1"))
    if found is None or _is_utf8(found[1]):
        return None, ""
    name = found[1]
    try:
        encoding = codecs.lookup(name).name.replace("-", "_")
        ignored = encoding in _NO_ENCODING_OF_TEXT or _ASCII.decode(encoding) != _ASCII.decode()
    except (LookupError, ValueError):
        ignored = True
    for one in () if ignored else (encoding, _WIDER.get(encoding, encoding)):
        try:
            text = content.decode(one)
        except ValueError:
            continue
        same = content.isascii() and text == content.decode("ascii")
        return text, "" if same else f"is saved as {name[:30]}, as it declares, and was decoded"
    return None, f"declares the encoding {name[:30]}, which does not fit, and was read as UTF-8"


def _is_utf8(name: str) -> bool:
    """Whether the compiler takes the name of an encoding for UTF-8."""
    folded = name.lower().replace("_", "-")
    return folded in {"utf8", "utf-8"} or folded.startswith("utf-8-")


def _guessed(content: bytes) -> tuple[str, str]:
    """Decode what is not UTF-8 and declares nothing, and name the encoding."""
    text = content.decode("utf-8", "surrogateescape")
    stray = len(_STRAY.findall(text))
    if sum(map(len, _BEYOND_ASCII.findall(text))) >= 2 * stray:  # UTF-8 but for a few places
        return _STRAY.sub(lambda found: _western(bytes([ord(found[0]) - 0xDC00]))[0], text), (
            "UTF-8 mixed with cp1252"
        )
    for name, encoding, leads in _DOUBLE_BYTES:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _reads_well(text, encoding, leads):
            return text, name
    return _western(content)


_DOUBLE_BYTES = (
    # In each, the bytes that begin the characters of ordinary text: kana; the common third of
    # Chinese characters. A second byte may be a backslash, so the guess matters to strings.
    ("Shift-JIS", "cp932", (0x81, 0x83)),
    ("GBK", "gbk", (0xA1, 0xD7)),
    ("Big5", "big5", (0xA1, 0xC6)),
)


def _reads_well(text: str, encoding: str, leads: tuple[int, int]) -> bool:
    """Whether a text in two-byte characters is words, not Western letters taken in pairs."""
    runs = _BEYOND_ASCII.findall(text, 0, 100 * _HEAD)
    letters = "".join(runs)[:_HEAD]
    in_words = sum(len(run) for run in runs if len(run) > 1)
    narrow = "gb2312" if encoding == "gbk" else encoding
    coded = [one.encode(narrow, "ignore") for one in letters]
    common = sum(len(one) == 2 and leads[0] <= one[0] <= leads[1] for one in coded)
    needed = 0.3 if encoding == "cp932" else 0.7  # Japanese mixes kana with rarer kanji
    return in_words > sum(map(len, runs)) / 2 and common > needed * len(letters)


def _western(content: bytes) -> tuple[str, str]:
    try:
        return content.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        return content.decode("latin-1"), "latin-1"
