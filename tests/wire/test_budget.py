"""Budgets: what a message would become is known from its headers, before anything is built."""

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.wire.budget import Malformed, Oversized, count_items, is_surely_within
from grader.wire.encoding import TooLarge, WireError, decode, encode

SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats()
SCALARS |= st.text(max_size=40) | st.binary(max_size=300)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.lists(st.floats(), min_size=60, max_size=90)
        | st.lists(st.integers(-40, 300), min_size=60, max_size=90)
        | st.lists(st.sampled_from([{}, [], ""]), min_size=60, max_size=90)
        | st.dictionaries(st.text(max_size=5), inner, max_size=5)
        | inner.map(lambda one: msgpack.ExtType(5, msgpack.packb(one)))
    ),
    max_leaves=10,
)


def _counted(value):
    """The same count, of the value itself."""
    if isinstance(value, list):
        return 1 + sum(map(_counted, value))
    if isinstance(value, dict):
        return 1 + len(value) + sum(map(_counted, value.values()))
    if isinstance(value, msgpack.ExtType):
        return 1 + _counted(msgpack.unpackb(value.data))
    return 1


@given(VALUES)
def test_items_are_counted_as_they_are(value):
    data = msgpack.packb(value)
    count = _counted(value)
    assert count_items(data) == count_items(data, count) == count
    if count > 1:
        with pytest.raises(Oversized):
            count_items(data, count - 1)


@given(VALUES, st.data())
def test_what_is_cut_short_is_malformed(value, data):
    packed = msgpack.packb(value)
    with pytest.raises((Malformed, Oversized)):
        count_items(packed[: data.draw(st.integers(0, len(packed) - 1))])


FLOODS = {
    "empty dicts": b"\xdd\x00\x20\x00\x00" + b"\x80" * 2**21,
    "lists in lists": b"\x91" * 5_000 + b"\xc0",
    "dicts in dicts": b"\x81\xa1a" * 5_000 + b"\xc0",
    "extensions in extensions": b"".join(
        b"\xc9" + (6 * size).to_bytes(4, "big") + b"\x03" for size in range(5_000, -1, -1)
    ),
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_is_refused_before_it_is_built(name, monkeypatch):
    def built(*_, **__):
        raise AssertionError("something was built")

    monkeypatch.setattr("grader.wire.encoding.msgpack.unpackb", built)
    with pytest.raises(TooLarge):
        decode(FLOODS[name])


@pytest.mark.parametrize("header", [b"\xdd", b"\xdf", b"\xc6", b"\xc9"])
def test_what_announces_more_than_there_is_is_malformed(header):
    with pytest.raises(WireError):
        decode(header + b"\xff\xff\xff\xff")


@given(VALUES, st.integers(1, 200))
def test_what_is_surely_within_is_within(value, limit):
    packed = msgpack.packb(value)
    if is_surely_within(packed, limit):
        assert count_items(packed, limit) <= limit


@pytest.mark.parametrize("name", FLOODS)
def test_no_flood_is_surely_within(name):
    assert not is_surely_within(FLOODS[name], 1_000_000)


def test_keys_that_are_no_strings_are_refused():
    with pytest.raises(WireError, match="key"):
        decode(msgpack.packb({b"a": 1}))


@pytest.mark.parametrize("value", [[0.0] * 200, [[]] * 200, {str(n): n for n in range(150)}])
def test_the_sender_refuses_what_the_receiver_would(value):
    with pytest.raises(TooLarge, match="more than 150 items"):
        encode(value, items=150)


def test_bytes_are_counted_as_they_are_sent():
    """Each small array takes more than its numbers."""
    values = [np.zeros(())] * 100
    size = len(encode(values))
    assert encode(values, size)
    with pytest.raises(TooLarge, match=f"more than {size - 1:,} bytes"):
        encode(values, size - 1)


@pytest.mark.parametrize("shape", [(1,) * 17, (0, 10**9)])
def test_an_array_that_no_message_takes_crosses_as_a_description(shape):
    assert "axes" in decode(encode(np.zeros(shape))).type
