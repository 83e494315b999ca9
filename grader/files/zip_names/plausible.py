"""How plausible is a text as names of people and files, if its bytes were read right?

A reading is plausible when its words keep to one script, to the letters of everyday text and to
the rules of capitals, and begin as names of people do. The numbers were found by trial, on names
in 22 encodings.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import pairwise

_EVERYDAY = {
    "gb18030": (0xB0, 0xD7),
    "cp932": (0x88, 0x98),
    "cp949": (0xB0, 0xC8),
    "big5hkscs": (0xA4, 0xC6),
    "euc_jp": (0xB0, 0xCF),
}
"""First bytes of the characters that each standard puts first, since everyday text uses them."""

_FIRST = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁"
    "任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦方白邹孟熊秦邱江尹薛段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔"
    "陳黃張吳劉楊許鄭謝洪賴葉蘇莊呂羅簡鍾游詹施趙盧顏柯孫魏翁馬鄧馮蕭"
    "佐鈴渡伊山中小加吉松井木清斎斉池橋阿前藤後岡長近村遠青坂福太岩原三上西東大内"
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허남심노하곽성차주우구민유나진지엄채원천방공"
)
"""What most names of people in China, Taiwan, Japan and Korea begin with."""
_FAMILIAR = 0.5


def cost(reading: str, codec: str) -> float:
    """How implausible a reading is, for each of its characters that is not ASCII."""
    total, count = 0.0, 0
    for before, letter in pairwise(f"\n{reading}\n"):
        if before.isascii() and letter.isascii():
            continue
        total += _neighbours(before, letter)
        if not letter.isascii():
            count += 1
            total += _character(letter, codec)
            if letter in _FIRST and not before.isalpha():
                total -= _FAMILIAR
    return total / max(count, 1)


def _character(letter: str, codec: str) -> float:
    """The cost of a character by itself."""
    script = _script(letter)
    if not script:
        if letter in "–’·№°ªº　、。・ー々（）「」【】《》":
            return 0.05
        return 0.3 if unicodedata.category(letter) == "Nd" else 1.5
    if script in ("CJK", "HANGUL") and codec in _EVERYDAY:
        return _ideograph(letter, script, codec)
    if script == "KANA":
        return 0.0 if codec in ("cp932", "euc_jp") else 0.8
    if codec in _EVERYDAY:  # half-width letters, and alphabets in an encoding that is not theirs
        return 1.0
    if script == "THAI" or letter in "þðÞÐ":
        return 0.1
    return 0.08 if script in ("HEBREW", "ARABIC") else 0.0


def _ideograph(letter: str, script: str, codec: str) -> float:
    code = letter.encode(codec)
    first, last = _EVERYDAY[codec]
    in_standard = codec in ("cp932", "big5hkscs") or (len(code) == 2 and code[1] >= 0xA1)
    if not in_standard or code[0] > 0xF9:
        return 1.0
    if codec == "cp949":
        return 0.0 if script == "HANGUL" and first <= code[0] <= last else 0.7
    if first <= code[0] <= last:
        return 0.08 if codec == "euc_jp" else 0.06  # a larger alphabet than that of Korean
    return 0.4


def _neighbours(before: str, letter: str) -> float:
    """The cost of two characters in a row, of which one is not ASCII."""
    one, other = _script(before), _script(letter)
    if not one:
        if unicodedata.category(letter) == "Mn":  # a mark above nothing
            return 1.0
        return 0.3 if other in ("CYRILLIC", "GREEK") and letter.islower() else 0.0
    if not other:
        return 0.0
    cost = 0.0
    scripts = {one, other}
    if len(scripts) == 2 and scripts not in ({"ASCII", "LATIN"}, {"CJK", "KANA"}):
        east = scripts & {"CJK", "HANGUL", "KANA"}
        cost += 0.3 if east and "ASCII" in scripts else 1.0
    if scripts == {"LATIN"}:  # two letters with accents in a row are rare
        cost += 0.5
    if before.islower() and letter.isupper():
        cost += 1.0
    if before.isupper() and letter.isupper():
        cost += 0.2
    if before in "ςךםןףץ":  # letters that end a word
        cost += 1.0
    return cost


@lru_cache(maxsize=4_096)
def _script(letter: str) -> str:
    """The script of a letter, by the first word of its name; "" for what is no letter."""
    if letter.isascii():
        return "ASCII" if letter.isalpha() else ""
    if not letter.isalpha() and unicodedata.category(letter) not in ("Mn", "Mc"):
        return ""
    script = unicodedata.name(letter, "").partition(" ")[0]
    return "KANA" if script.startswith(("HIRAGANA", "KATAKANA")) else script
