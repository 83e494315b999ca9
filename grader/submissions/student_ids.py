"""Student ids: what can be shown of a name, what in it nobody sees, and which ids look alike."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from grader.sanitise.text import safe_text
from grader.submissions.names import listed, shown

_ODD_CATEGORIES = {"Cc", "Cf", "Zl", "Zp", "Zs"}
_IGNORABLE = (
    *(0x00AD, 0x034F, 0x061C, 0x3164, 0xFEFF, 0xFFA0),
    *range(0x115F, 0x1161),
    *range(0x17B4, 0x17B6),
    *range(0x180B, 0x1810),
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10),
    *range(0xFFF0, 0xFFF9),
    *range(0x1BCA0, 0x1BCA4),
    *range(0x1D173, 0x1D17B),
    *range(0xE0000, 0xE1000),
)
"""What Unicode's data call default ignorable: variation selectors, fillers, joiners, tags."""
_BLANK = {*map(chr, _IGNORABLE), "\u2800", "\U0001d159"}
"""Letters, marks and signs that are drawn as nothing."""
_COVERING = {1, 202, 214, 216, 218, 220, 222, 233, 234, 240}
"""Combining classes of marks that lie over, below or beside a letter and are hardly seen."""
_MIXED = {
    *("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC"),
    "MODIFIER",
}
"""Scripts, as the names of their letters begin, that people write beside Latin letters."""
_MAX_NAMED = 3
_MAX_NOTES = 10


def student_id(name: str) -> str:
    """A folder's name as a student id that any terminal, page and file can show.

    Almost every name is its own id. What cannot be shown is written as an escape: a byte
    that is no UTF-8 as ``\\xff``, a control character as ``\\u0007``, what nobody sees, such as
    a soft hyphen, as ``\\u00ad``, and therefore a backslash as two. Different names have
    different ids.
    """
    return "".join(map(_shown_character, name))


def _shown_character(character: str) -> str:
    code = ord(character)
    if character == "\\":
        return "\\\\"
    if 0xDC80 <= code <= 0xDCFF:  # how Python keeps a byte that is no UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if _is_odd(character) or safe_text(character) != character:
        return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return character


def _is_odd(character: str) -> bool:
    if " " <= character <= "~":
        return False
    return character in _BLANK or unicodedata.category(character) in _ODD_CATEGORIES


def odd_characters(name: str) -> str:
    """What in a name nobody sees, or takes for a plain space; "" for nothing.

    Format and control characters, separators of lines, and spaces other than the plain one: two
    ids with and without them are different for us and the same for everybody else.
    """
    odd = dict.fromkeys(filter(_is_odd, name))
    named = [f"U+{ord(one):04X} {unicodedata.name(one, 'CONTROL CHARACTER')}" for one in odd]
    return listed(named, _MAX_NAMED) if named else ""


def look_alikes(ids: Iterable[str]) -> list[str]:
    """A sentence for all ids of a class that people would take for each other.

    No table knows all letters that look like others. So an id that is written in several scripts
    is named by itself, unless these are mixed in everybody's names, as in East Asia.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for one in sorted(set(ids)):
        groups[_skeleton(one)].append(one)
    notes = [
        f"{listed(list(map(_with_scripts, group)), 4)} look alike; check that each of them is a "
        "student of yours"
        for group in groups.values()
        if len(group) > 1
    ]
    notes += [
        f"{shown(group[0])} is written with letters of several scripts ({scripts}), of which some "
        "may look like others; check that it is a student of yours"
        for group in groups.values()
        if len(group) == 1 and (scripts := _mixed_scripts(group[0]))
    ]
    more = len(notes) - _MAX_NOTES
    return [*notes[:_MAX_NOTES], f"and {more} more look alike"] if more > 0 else notes


def _mixed_scripts(one: str) -> str:
    """The scripts of an id whose letters are of several that are not mixed; else ""."""
    if one.isascii():
        return ""
    letters: dict[str, str] = {}
    for letter in unicodedata.normalize("NFKC", one):
        if unicodedata.category(letter)[0] == "L":
            letters.setdefault(unicodedata.name(letter, "UNNAMED").partition(" ")[0], letter)
    others = {script: letter for script, letter in letters.items() if script not in _MIXED}
    if len(others) < 2:
        return ""
    named = [f"{name.capitalize()}: U+{ord(letter):04X}" for name, letter in others.items()]
    return listed(named, _MAX_NAMED)


def _with_scripts(one: str) -> str:
    """An id with the letters that are others than they seem."""
    others = [letter for letter in dict.fromkeys(one) if letter in _SEEMS and letter > "~"]
    letters = [f"U+{ord(letter):04X} {unicodedata.name(letter, '')}" for letter in others]
    return f"{shown(one)} ({listed(letters, _MAX_NAMED)})" if letters else shown(one)


def _skeleton(one: str) -> str:
    """What is the same for ids that look the same, after the idea of Unicode's report 39."""
    seen = "".join(
        _SEEMS.get(letter, letter)
        for letter in unicodedata.normalize("NFKC", _uncovered(one))
        if letter == " " or not _is_odd(letter)
    )
    return " ".join(unicodedata.normalize("NFKC", seen).casefold().split())


def _uncovered(one: str) -> str:
    """An id without the marks that lie over its letters; a plain one as it is."""
    if one.isascii():
        return one
    letters = unicodedata.normalize("NFKD", one)
    return "".join(letter for letter in letters if unicodedata.combining(letter) not in _COVERING)


def _table(*pairs: tuple[str, str]) -> dict[str, str]:
    return {
        letter: seems for these, those in pairs for letter, seems in zip(these, those, strict=True)
    }


_SEEMS = _table(
    ("1I|0O", "llloo"),
    # Cyrillic
    ("аекорсухѕіјһԁԛԝӏ", "aekopcyxsijhdqwl"),
    ("АВЕКМНОРСТУХЅІЈԚԜҺӀ", "abekmhopctyxsljqwhl"),
    # Greek
    ("οναικρυχγϲ", "ovaikpuxyc"),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhlkmnoptyx"),
    # Armenian and odd Latin
    ("օսհոցզՕՍ", "ouhngqou"),
    ("ıɑɡȷ", "iagj"),
    ("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz"),
    # Coptic
    ("ⲁⲉⲏⲓⲕⲙⲛⲟⲣⲥⲧⲩⲭ", "aehikmnopctyx"),
    ("ⲀⲂⲈⲎⲒⲔⲘⲚⲞⲢⲤⲦⲨⲬ", "abehlkmnopctyx"),
    # Cherokee, whose small letters look like its capitals
    ("ᎠᎡᎢᎥᎪᎫᎬᎳᎷᎻᎽᏀᏂᏃᏎᏏᏒᏔᏙᏚᏞᏟᏢᏦᏴ", "drtiajewmhygHz4brwvslcpkb"),
    ("ꭰꭱꭲꭵꭺꭻꭼꮃꮇꮋꮍꮐꮒꮓꮞꮟꮢꮤꮩꮪꮮꮯꮲꮶᏼ", "drtiajewmhygHz4brwvslcpkb"),
    # Lisu
    ("ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴꓸ", "bpdtgkjczfmnlsrvhwxyaelou."),
    # Marks
    ("‐‑‒–—−’‘ʼ′`", "------'''''"),
)
"""Letters by what people take them for."""
