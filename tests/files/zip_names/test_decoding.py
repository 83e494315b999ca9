"""Names in encodings that nobody declared, read by themselves."""

import sys

import pytest

from grader.files.zip_names import UnknownEncoding, decoded, known_encoding

CLASSES = {
    "gbk": ["王伟", "李娜", "张敏", "刘洋", "陈静", "黄晓明", "徐丽", "孙悦", "马超", "逻辑回归"],
    "gb18030": ["王伟", "李娜", "张敏", "刘洋", "陈静", "𠮷田", "徐丽", "孙悦", "马超"],
    "big5": ["陳怡君", "林志豪", "黃淑芬", "張家豪", "李雅婷", "王俊傑", "類神經網路"],
    "shift_jis": ["田中太郎", "佐藤花子", "小林さくら", "鈴木一郎", "ソース表", "レポート"],
    "euc_kr": ["김민준", "이서연", "박지훈", "최수빈", "정예은", "강도현", "로지스틱 회귀"],
    "cp437": ["Müller Jörg", "Schröder Anna", "Weiß Jürgen", "García José", "Lefèvre Chloé"],
    "cp850": ["Müller Jörg", "João Magalhães", "Søren Ærø", "Núñez María", "Bjørn Håkon"],
    "cp852": ["Novák Jiří", "Dvořák Tomáš", "Wójcik Łukasz", "Zieliński Paweł", "Černý Ondřej"],
    "cp866": ["Иванов Иван", "Петрова Анна", "Сидоров Алексей", "Смирнов Дмитрий"],
    "cp1251": ["Иванов Иван", "Петрова Анна", "Сидоров Алексей", "Шевченко Тарас"],
    "koi8_r": ["Иванов Иван", "Петрова Анна", "Сидоров Алексей", "Кузнецова Мария"],
    "cp1253": ["Παπαδόπουλος Γιώργος", "Νικολάου Μαρία", "Ιωάννου Ελένη"],
    "cp737": ["Παπαδόπουλος Γιώργος", "Νικολάου Μαρία", "Ιωάννου Ελένη"],
    "cp874": ["สมชาย ใจดี", "วิภา สุขใจ", "ณัฐพล"],
    "cp1256": ["محمد علي", "فاطمة حسن", "أحمد يوسف"],
}
FORMS = ("{}.py", "{}_1234567_assignsubmission_file_/mlp.py", "class/{}/a3_mlp/mlp.py")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("encoding", CLASSES)
def test_a_class_is_read_as_it_was_written(encoding: str, form: str) -> None:
    names = [form.format(one) for one in CLASSES[encoding]]
    found, guess = decoded([one.encode(encoding) for one in names])
    assert found == names
    assert guess is not None and guess.otherwise is None
    assert known_encoding(guess.encoding)  # what a note calls it, --names understands
    assert CLASSES[encoding][0] in str(guess)


@pytest.mark.parametrize("names", [("王伟", "李娜"), ("刘洋", "陈静"), ("黄晓明", "马超")])
def test_names_of_people_tell_even_a_small_class(names: tuple[str, ...]) -> None:
    found, _ = decoded([f"{one}/mlp.py".encode("gbk") for one in names])
    assert found == [f"{one}/mlp.py" for one in names]


@pytest.mark.parametrize("encoding", ["gbk", "shift_jis", "euc_kr", "big5", "cp1251", "cp866"])
def test_without_charset_normalizer_classes_are_read_all_the_same(encoding, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "charset_normalizer", None)
    names = [f"{one}.py" for one in CLASSES[encoding]]
    assert decoded([one.encode(encoding) for one in names])[0] == names


def test_one_short_name_is_a_guess_that_is_not_called_sure() -> None:
    _, guess = decoded(["김민준.py".encode("euc_kr")])
    assert guess is not None and guess.otherwise is not None
    assert "is not sure" in str(guess) and guess.otherwise[1] in str(guess)


@pytest.mark.parametrize(
    "names",
    [
        ["é.py"],
        ["作业.py"],
        ["🎓.py"],
        ["Müller/é.py", "plain.py"],
        ["Ελένη/a.py", "Иван/a.py", "王伟/a.py"],
        ["mlp.py"],
        [],
    ],
)
def test_valid_utf8_is_no_guess(names: list[str]) -> None:
    assert decoded([one.encode() for one in names]) == (names, None)


def test_a_name_that_is_valid_utf8_by_chance_goes_with_the_others() -> None:
    names = ["魔.py", *(f"{one}.py" for one in CLASSES["gbk"])]
    raw = [one.encode("gbk") for one in names]
    assert raw[0].decode("utf-8") != names[0]
    assert decoded(raw)[0] == names


def test_most_of_the_names_are_utf8_and_the_others_are_guessed() -> None:
    raw = [f"{one}.py".encode() for one in CLASSES["gbk"]] + ["Jörg.py".encode("cp850")]
    found, guess = decoded(raw)
    assert found[:-1] == [f"{one}.py" for one in CLASSES["gbk"]] and guess is not None
    assert found[-1] == "Jörg.py"


@pytest.mark.parametrize("name", ["GBK", "gb2312", "cp936", "Shift-JIS", "cp1252", "latin-1"])
def test_an_encoding_that_was_named_is_believed(name: str) -> None:
    text = {"Shift-JIS": "ソース表", "cp1252": "Þór", "latin-1": "Þór"}.get(name, "王伟")
    raw = [f"{text}/mlp.py".encode(known_encoding(name))]
    assert decoded(raw, name) == ([f"{text}/mlp.py"], None)


def test_what_the_named_encoding_cannot_read_is_guessed_and_told() -> None:
    korean = [f"{one}/mlp.py" for one in CLASSES["euc_kr"]]
    raw = [*(one.encode("euc_kr") for one in korean), b"\x81.py"]
    found, guess = decoded(raw, "EUC-KR")
    assert found[:-1] == korean and guess is not None


def test_utf8_beyond_doubt_is_read_as_such_whatever_was_named() -> None:
    names = ["Müller Jörg/übung.py", "王伟/mlp.py"]
    assert decoded([one.encode() for one in names], "gbk") == (names, None)


@pytest.mark.parametrize("name", ["klingon", "base64", "rot13", "utf-16", "undefined", "a\0b", " "])
def test_what_is_no_encoding_of_names(name: str) -> None:
    with pytest.raises(UnknownEncoding, match=r"There is no encoding .* such as UTF-8"):
        known_encoding(name)


@pytest.mark.parametrize("seed", range(30))
def test_any_bytes_become_some_names(seed: int) -> None:
    import random

    source = random.Random(seed)
    raw = [source.randbytes(source.randrange(1, 30)) for _ in range(source.randrange(1, 40))]
    found, guess = decoded(raw)
    assert len(found) == len(raw) and guess is not None
    assert str(guess).isprintable() and len(str(guess)) < 300


def test_a_guess_looks_at_a_part_of_a_large_archive(monkeypatch) -> None:
    from grader.files.zip_names import decoding

    looked_at = []
    monkeypatch.setattr(decoding, "cost", lambda text, codec: looked_at.append(len(text)) or 0.0)
    decoded([f"王伟{number}.py".encode("gbk") for number in range(20_000)])
    assert looked_at and max(looked_at) <= 8_000 + 8_000 // 6
