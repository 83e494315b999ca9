"""Sealed cases grade as the hidden ones do, and no byte of a bundle can be changed."""

import json
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course import sealed
from grader.course.sealed import (
    KEY_VARIABLE,
    SealError,
    key_from_environment,
    key_from_text,
    key_text,
    new_key,
    open_sealed,
    seal,
)
from tests.conftest import grade_text
from tests.mini import mini, replaced

KEY = bytes(range(32))


@lru_cache
def bundle() -> bytes:
    return seal(mini(), KEY)


def test_it_grades_as_the_hidden_cases_do():
    opened = open_sealed(bundle(), KEY, "m1_mini")
    files = {"mini.py": replaced(" / 2\n", "\n")}
    assert grade_text(opened, files).comparable() == grade_text(mini(), files).comparable()


def test_it_tells_nothing_of_what_is_in_it_and_differs_each_time():
    assert b"half_mse" not in bundle() and b"m1_mini" in bundle()
    assert seal(mini(), KEY) != bundle()


@given(st.data())
def test_no_byte_can_be_changed(data):
    place = data.draw(st.integers(0, len(bundle()) - 1))
    flipped = data.draw(st.integers(1, 255))
    changed = bytearray(bundle())
    changed[place] ^= flipped
    with pytest.raises(SealError):
        open_sealed(bytes(changed), KEY, "m1_mini")


@given(st.integers(0, 400))
def test_it_cannot_be_cut_off(length):
    with pytest.raises(SealError):
        open_sealed(bundle()[:length], KEY, "m1_mini")


def test_each_refusal_says_why(monkeypatch):
    with pytest.raises(SealError, match="the key is another"):
        open_sealed(bundle(), new_key(), "m1_mini")
    with pytest.raises(SealError, match="it holds m1_mini, and a2 was expected"):
        open_sealed(bundle(), KEY, "a2")
    with pytest.raises(SealError, match="not a bundle that grader seal wrote"):
        open_sealed(b"PK\3\4", KEY, "m1_mini")
    monkeypatch.setattr(sealed, "__version__", "9.9")
    with pytest.raises(SealError, match=r"this is 9\.9 .* Seal it again"):
        open_sealed(bundle(), KEY, "m1_mini")


def test_a_bundle_is_good_for_every_commit_of_its_release(monkeypatch):
    sealed_before, release = bundle(), sealed.__version__.partition("+")[0]
    monkeypatch.setattr(sealed, "__version__", f"{release}+gc0ffee")
    assert open_sealed(sealed_before, KEY, "m1_mini").name == "m1_mini"


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (b"[" * 4_000, "its header is damaged"),
        (b'{"a":' * 800, "its header is damaged"),
        (b"\xff", "its header is damaged"),
        (b"7" * 4_096, "its header is damaged"),
        (b'{"grader": "\\u001b[2J\\u202e\\n::error::x"}', r"sealed by grader [^\x1b\n\u202e]*"),
    ],
    ids=range(5),
)
def test_whatever_a_header_says_is_a_refusal(header, message):
    magic = bundle()[: len(b"grader sealed\n")]
    content = magic + len(header).to_bytes(4, "big") + header + bytes(100)
    with pytest.raises(SealError, match=f"{message}") as told:
        open_sealed(content, KEY, "m1_mini")
    assert "\x1b" not in str(told.value) and "\n" not in str(told.value)


def test_the_key_leaves_the_environment_when_it_is_read():
    variables = {KEY_VARIABLE: f"{key_text(KEY)}\n", "HOME": "/"}
    assert key_from_environment(variables) == KEY
    assert variables == {"HOME": "/"}
    assert key_from_environment(variables) is None
    assert key_from_environment({KEY_VARIABLE: ""}) is None


@pytest.mark.parametrize("text", ["secret", key_text(KEY)[:-2], "ö" * 44, json.dumps([1])])
def test_what_is_no_key_is_told_without_repeating_it(text):
    with pytest.raises(SealError) as told:
        key_from_text(text)
    assert text not in str(told.value)
