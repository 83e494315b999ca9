"""The wire: what goes in comes out, what should not cross does not, garbage is refused."""

import io
from collections import Counter, OrderedDict, defaultdict

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.wire.budget import count_items
from grader.wire.encoding import (
    MAX_FRAME,
    Opaque,
    Ref,
    Rng,
    TooLarge,
    WireError,
    decode,
    encode,
    encode_counting,
    encode_plain,
    read_frame,
    write_frame,
)

DTYPES = st.sampled_from(["?", "i1", "i4", "i8", "u1", "u8", "f2", "f4", "f8", "c8", "c16"])
ARRAYS = DTYPES.flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0))
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.floats()
    | st.text(st.characters(), max_size=20)
    | st.binary(max_size=20)
    | st.complex_numbers()
)
VALUES = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


def same(one, other):
    if isinstance(one, np.ndarray):
        return (
            type(other) is np.ndarray
            and one.dtype == other.dtype
            and one.shape == other.shape
            and one.tobytes() == other.tobytes()
        )
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return repr(one) == repr(other)


@given(VALUES)
def test_values_survive_the_trip(value):
    assert same(value, decode(encode(value)))


@pytest.mark.parametrize("value", [np.float32(1.5), np.int64(-3), np.bool_(True), Ref("a"), Rng(3)])
def test_scalars_references_and_seeds_survive(value):
    back = decode(encode(value))
    assert type(back) is type(value) and back == value


class Sly(np.ndarray):
    pass


class Rigged(float):
    pass


@pytest.mark.parametrize(
    "value",
    [
        np.zeros(2).view(Sly),
        np.matrix([[1]]),
        np.ma.array([1]),
        Rigged(1),
        np.array([None]),
        np.array(["a"]),
        (x for x in ()),
        object(),
        {1: 2},
        Counter("a"),
        1 << 100_000,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_a_student_could_rig_crosses_as_a_description(value):
    assert type(decode(encode(value))) is Opaque


@pytest.mark.parametrize("kind", [OrderedDict, lambda pairs: defaultdict(list, pairs)])
def test_the_librarys_own_dicts_cross_as_dicts(kind):
    pairs = [("b", 1.0), ("a", np.float64(2))]
    back = decode(encode(kind(pairs)))
    assert type(back) is dict and list(back.items()) == pairs


def test_an_attribute_of_a_dict_cannot_stand_in_for_its_entries():
    ordered = OrderedDict(a=1)
    ordered.items = lambda: [("a", 2)]
    assert decode(encode(ordered)) == {"a": 1}


def test_a_list_within_itself_does_not_hang():
    endless = []
    endless.append(endless)
    assert "nested too deeply" in repr(decode(encode(endless)))


def test_a_value_over_the_limit_is_refused_before_it_is_copied():
    with pytest.raises(TooLarge):
        encode(np.zeros(1_000), limit=4_000)


@given(st.binary(max_size=200))
def test_garbage_is_refused_with_a_wire_error(data):
    try:
        decode(data)
    except WireError:
        return


@given(VALUES, st.data())
def test_damaged_messages_never_end_in_another_error(value, data):
    good = bytearray(encode(value))
    position = data.draw(st.integers(0, len(good) - 1))
    good[position] ^= data.draw(st.integers(1, 255))
    try:
        decode(bytes(good))
    except WireError:
        return


def test_a_forged_shape_is_refused_before_allocation():
    import msgpack

    for shape in ([10**9, 10**9], [-1], [3], ["x"], [2.0]):
        payload = msgpack.packb(["<f8", shape, b"\0" * 16])
        with pytest.raises(WireError):
            decode(msgpack.packb(msgpack.ExtType(1, payload)))


def test_frames_are_read_as_they_were_written():
    stream = io.BytesIO()
    write_frame(stream, b"one")
    write_frame(stream, b"")
    stream.seek(0)
    assert [read_frame(stream) for _ in range(3)] == [b"one", b"", None]


@pytest.mark.parametrize("data", [b"\x01", b"\x05\0\0\0abc", (MAX_FRAME + 1).to_bytes(4, "little")])
def test_broken_frames_are_refused(data):
    with pytest.raises(WireError):
        read_frame(io.BytesIO(data))


LONG = {
    "scalars of one type": [np.float32(1.5), np.float32("nan")] * 12,
    "truth values": [np.bool_(True)] * 20,
    "complex scalars": [np.complex128(1j)] * 20,
    "scalars of two types": [np.float32(1), np.float64(1)] * 12,
    "scalars in rows": [[np.int8(number) for number in range(17)]] * 17,
    "numbers in rows": [[1.0, 2, None, True, "x"]] * 20,
    "rows of several lengths": [[1.0] * number for number in range(20)],
    "empty rows": [[], []] * 10,
    "numbers beside rows": [1.0, [2.0]] * 10,
    "whole numbers of any size": [2**63 - 1, -(2**63), 2**63, 2**70] * 5,
    "tuples": [(1, (2.0,))] * 20,
    "texts": ["ä\ud800"] * 20,
    "deep": [[[[[[1.0]]]]]] * 20,
}


@pytest.mark.parametrize("value", LONG.values(), ids=LONG)
def test_long_lists_survive_and_are_counted(value):
    data, items = encode_counting(value)
    assert same(value, decode(data)) and items == count_items(data)
    assert encode(value, items=items) == data
    with pytest.raises(TooLarge):
        encode(value, items=items - 1)
    with pytest.raises(WireError):
        decode(data, items - 1)


@given(VALUES)
def test_what_is_encoded_is_counted(value):
    data, items = encode_counting(value)
    assert items >= count_items(data) - 2  # a dict with other keys is counted as one


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x08",
        b"\x08<f8\0",
        b"\x08<f8\0" + bytes(7),
        b"\x00<f8\0" + bytes(8),
        b"\xff<f8\0" + bytes(8),
        b"\x08<O8\0" + bytes(8),
        b"\x04<f8\0" + bytes(8),
    ],
)
def test_forged_scalars_are_refused(payload):
    data = msgpack.packb([1, msgpack.ExtType(9, payload)])
    if payload == b"\x08<f8\0":
        assert decode(data) == [1, []]
        return
    with pytest.raises(WireError):
        decode(data, 50)


def test_many_scalars_in_few_bytes_are_many_items():
    data = encode([np.int8(1)] * 5_000)
    assert len(data) < 5_100 and count_items(data) > 5_000
    with pytest.raises(WireError):
        decode(data, 4_999)


@given(VALUES)
def test_what_is_ours_is_encoded_as_everything_else(value):
    assert encode_plain([7, {"values": value}]) == encode([7, {"values": value}])


def test_what_is_ours_and_large_is_encoded_as_everything_else():
    assert encode_plain({"values": b"a" * 2**21}) == encode({"values": b"a" * 2**21})


def test_an_ordered_dict_keeps_each_value_with_its_key():
    value = OrderedDict(a=1, b=2)
    value.move_to_end("a")
    assert decode(encode(value)) == {"a": 1, "b": 2}
