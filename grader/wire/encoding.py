"""Values to bytes and back: all that crosses between the judge and a worker.

Both sides speak msgpack with a few extension types. Encoding takes exact types
only: a subclass of `ndarray` or `float`, an object array, a generator or a model
crosses as an `Opaque` description of itself, so nothing that a student defines
can act in the judge's process. Decoding trusts nothing: types, shapes and sizes
are checked before anything is allocated.
"""

from __future__ import annotations

import contextlib
import math
import struct
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, product
from typing import Any, BinaryIO

import msgpack
import numpy as np

from grader.wire.budget import (
    LIST_OF_SCALARS,
    MAX_ITEMS,
    Malformed,
    Oversized,
    count_items,
    is_surely_within,
)

MAX_FRAME = 64 * 2**20
"""Bytes of one question or answer."""
MAX_DEPTH = 24
MAX_DIMENSIONS = 16
MAX_INTEGER_BYTES = 512

_ARRAY, _SCALAR, _TUPLE, _COMPLEX, _INTEGER, _REF, _RNG, _OPAQUE = range(1, 9)
_SCALARS = LIST_OF_SCALARS
_SCALARS_HEADER = struct.Struct("B4s")
"""Of a list of scalars of one type: the bytes of each, its dtype; the numbers follow."""
_LONG = 16
"""Items of a list for which another look pays."""
_PLAIN = frozenset({float, int, bool, str, type(None)})
"""What msgpack knows as it is, integers of 64 bits at most."""
_AS_IT_IS = frozenset({float, bool, type(None)})
"""What msgpack knows, and needs no more than its number of bytes."""
_HEADER = struct.Struct("<I")
HEADER_BYTES = _HEADER.size
_SCALAR_TYPES = frozenset(np.dtype(code).type for code in "?bBhHiIlLqQefdFD")


def _dtypes() -> Iterator[tuple[str, np.dtype[Any]]]:
    """The dtypes that cross, by their codes, as far as this machine knows them."""
    for code in map("".join, product("<>|", "biufc", ("1", "2", "4", "8", "16"))):
        with contextlib.suppress(TypeError):
            yield code, np.dtype(code)


_DTYPES = dict(_dtypes())


class WireError(Exception):
    """The bytes are no message of ours, or the value is too large for one."""


class TooLarge(WireError):
    """A value takes more bytes, or has more items, than a message may; says how many that is."""

    items = 0
    """How many of them were encoded in vain."""


@dataclass(frozen=True)
class Ref:
    """The result of an earlier step, by the name that it was saved under."""

    name: str


@dataclass(frozen=True)
class Rng:
    """A `numpy.random.Generator` that the worker makes from this seed."""

    seed: int


@dataclass(frozen=True)
class Opaque:
    """A value that does not cross: its type in words, and why."""

    type: str
    detail: str = ""


def encode(value: Any, limit: int = MAX_FRAME, items: int = MAX_ITEMS) -> bytes:
    """Return `value` as bytes.

    Raises
    ------
    TooLarge
        When the value needs more than `limit` bytes, or has more than `items` items.
    """
    return encode_counting(value, limit, items)[0]


def encode_counting(
    value: Any, limit: int = MAX_FRAME, items: int = MAX_ITEMS
) -> tuple[bytes, int]:
    """Return `value` as bytes, as `encode` does, and how many items it has."""
    encoder = _Encoder(limit, items)
    try:
        data = _pack(encoder.lower(value, 0))
        if len(data) > limit:
            raise encoder.refusal()
    except TooLarge as problem:
        problem.items = items - encoder.items_left
        raise
    return data, items - encoder.items_left


def encode_plain(value: Any) -> bytes:
    """The same for what we built ourselves, mostly of nothing but what msgpack knows.

    Where that is so it takes no look at each item; names and texts of a student's may be among
    them, but no value of theirs.
    """
    try:
        data: bytes = _strict_packers[0].pack(value)
    except (TypeError, ValueError, OverflowError):
        return encode(value)
    if len(data) <= _LARGE:
        return data
    _strict_packers[0] = _new_packer(strict=True)
    return encode(value)


def decode(data: bytes, items: int | None = MAX_ITEMS) -> Any:
    """Return the value that `encode` made `data` from.

    Parameters
    ----------
    items
        How many items it may have; None where the sender is trusted.

    Raises
    ------
    WireError
        When `data` is not a well-formed message, or one of more than `items` items: `TooLarge`.
    """
    if items is not None and not is_surely_within(data, items):
        check_items(data, items)
    return _decode(data, 0)


def check_items(data: bytes, items: int) -> int:
    """Count the items of a message.

    Raises
    ------
    WireError
        When it is not well-formed, or has more than `items`: `TooLarge`.
    """
    try:
        return count_items(data, items)
    except Oversized as problem:
        raise TooLarge(str(problem)) from None
    except Malformed as problem:
        raise WireError(f"malformed message: {problem}") from None


def frame(data: bytes) -> bytes:
    """Return `data` as one length-prefixed message."""
    if len(data) > MAX_FRAME:
        raise TooLarge(f"a message of {len(data):,} bytes; the limit is {MAX_FRAME:,}")
    return _HEADER.pack(len(data)) + data


def write_frame(stream: BinaryIO, data: bytes) -> None:
    """Write one length-prefixed message."""
    stream.write(frame(data))
    stream.flush()


def frame_length(header: bytes, limit: int = MAX_FRAME) -> int:
    """Return the length that a header announces; raises `TooLarge` before anything is read."""
    (length,) = _HEADER.unpack(header)
    if length > limit:
        raise TooLarge(f"a message of {length:,} bytes was announced; the limit is {limit:,}")
    return int(length)


def read_frame(stream: BinaryIO, limit: int = MAX_FRAME) -> bytes | None:
    """Read one message; None at the end of the stream.

    Raises
    ------
    WireError
        When the stream ends inside a message, or announces one that is too large.
    """
    header = stream.read(_HEADER.size)
    if not header:
        return None
    if len(header) < _HEADER.size:
        raise WireError("the stream ended inside a header")
    length = frame_length(header, limit)
    data = stream.read(length)
    if len(data) < length:
        raise WireError("the stream ended inside a message")
    return data


class _Encoder:
    """Lowers a value to what msgpack knows, counting bytes and items as it goes."""

    def __init__(self, limit: int, items: int) -> None:
        self.limit, self.items = limit, items
        self.left, self.items_left = limit, items
        self.count(1)

    def spend(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise self.refusal()

    def count(self, items: int) -> None:
        """Count items before they are encoded; those of an extension are its own and one list."""
        if items > self.items_left:
            raise TooLarge(f"more than {self.items:,} items")
        self.items_left -= items

    def announce(self, count: int, each: int = 1) -> None:
        """Refuse a container at once whose items cannot all fit."""
        self.count(each * count)
        if 8 * count > self.left:
            raise self.refusal()

    def ext(self, inside: int, code: int, content: Any) -> msgpack.ExtType:
        """An extension, and the items that it has beside those that are counted already."""
        self.count(inside)
        return msgpack.ExtType(code, _pack(content))

    def refusal(self) -> TooLarge:
        size = f"{self.limit / 2**20:.3g} MB" if self.limit >= 2**20 else f"{self.limit:,} bytes"
        return TooLarge(f"more than {size}")

    def lower(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if depth > MAX_DEPTH:
            return self.ext(3, _OPAQUE, [kind.__name__, "nested too deeply"])
        self.left -= 8
        if self.left < 0:
            raise self.refusal()
        if kind in _AS_IT_IS:
            return value
        if kind is int:
            return self.lower_integer(value)
        if kind is str:
            self.spend(len(value) * 4)
            return value
        if kind is bytes:
            self.spend(len(value))
            return value
        # The library's own dicts are dicts; a student's subclass is not.
        is_dict = kind is dict or kind is OrderedDict or kind is defaultdict
        if kind is list or kind is tuple or is_dict:
            self.announce(len(value), 2 if is_dict else 1)
        if kind is list:
            return self.lower_list(value, depth)
        if kind is tuple:
            return self.ext(1, _TUPLE, self.lower_items(value, depth + 1))
        if is_dict:
            return self.lower_dict(value, depth)
        if kind is np.ndarray:
            return self.lower_array(value)
        if kind in _SCALAR_TYPES:
            return self.ext(3, _SCALAR, [value.dtype.str, value.tobytes()])
        if kind is complex:
            return self.ext(3, _COMPLEX, [value.real, value.imag])
        if kind is Ref:
            return self.ext(1, _REF, value.name)
        if kind is Rng:
            return self.ext(1, _RNG, value.seed)
        if kind is Opaque:
            return self.ext(3, _OPAQUE, [value.type, value.detail])
        return self.ext(3, _OPAQUE, [describe_type(value), ""])

    def lower_list(self, value: list[Any], depth: int) -> Any:
        if len(value) >= _LONG:
            kinds = set(map(type, value))
            if len(kinds) == 1 and kinds <= _SCALAR_TYPES:
                array = np.array(value)
                self.spend(array.nbytes)
                content = _SCALARS_HEADER.pack(array.itemsize, array.dtype.str.encode())
                return msgpack.ExtType(_SCALARS, content + array.tobytes())
            if self.is_plain(value, kinds, depth):
                return value
        return self.lower_items(value, depth + 1)

    def lower_items(self, values: Iterable[Any], depth: int) -> list[Any]:
        """Lower each of them; most are numbers, which are counted without a call."""
        if depth > MAX_DEPTH:
            return [self.lower(item, depth) for item in values]
        lowered = []
        for item in values:
            if type(item) in _AS_IT_IS:
                self.left -= 8
                lowered.append(item)
            else:
                lowered.append(self.lower(item, depth))
        if self.left < 0:
            raise self.refusal()
        return lowered

    def is_plain(self, value: list[Any], kinds: set[type], depth: int) -> bool:
        """Whether a list holds what msgpack knows, and lists of such of one depth; counts it then.

        It goes level by level, since to look at each item takes ten times as long.
        """
        level, items, size = value, 0, 0
        while kinds == {list}:
            depth += 1
            inside = sum(map(len, level))
            if depth >= MAX_DEPTH:
                return False
            if items + inside > self.items_left:
                raise TooLarge(f"more than {self.items:,} items")
            size += 8 * len(level)
            items += inside
            level = list(chain.from_iterable(level))
            kinds = set(map(type, level))
        if not kinds <= _PLAIN:
            return False
        if int in kinds:
            whole = [item for item in level if type(item) is int]
            if max(whole) >= 2**63 or min(whole) < -(2**63):
                return False
        if str in kinds:
            size += 4 * sum(len(item) for item in level if type(item) is str)
        self.count(items)
        self.spend(size + 8 * len(level))
        return True

    def lower_integer(self, value: int) -> Any:
        if -(2**63) <= value < 2**63:
            return value
        size = value.bit_length() // 8 + 1
        if size > MAX_INTEGER_BYTES:
            return self.ext(3, _OPAQUE, ["int", f"an integer of {value.bit_length():,} bits"])
        return self.ext(1, _INTEGER, value.to_bytes(size, "little", signed=True))

    def lower_dict(self, value: dict[Any, Any], depth: int) -> Any:
        characters = 0
        for key in value:
            if type(key) is not str:
                return self.ext(3, _OPAQUE, ["dict", "its keys are not all strings"])
            characters += len(key)
        self.spend(4 * characters)
        # An OrderedDict has an order of its own, and may carry an attribute `items` of a student's.
        lowered = self.lower_items(dict.values(value), depth + 1)
        return dict(zip(dict.keys(value), lowered, strict=True))

    def lower_array(self, value: np.ndarray[Any, Any]) -> Any:
        code = value.dtype.str
        if code not in _DTYPES:
            return self.ext(3, _OPAQUE, [f"ndarray of dtype {value.dtype.name}", ""])
        if value.ndim > MAX_DIMENSIONS or max(value.shape, default=0) > MAX_FRAME:
            detail = "more axes than a message takes, or longer ones"
            return self.ext(3, _OPAQUE, [f"an array of {value.ndim} axes", detail])
        self.spend(value.nbytes)
        return self.ext(4 + value.ndim, _ARRAY, [code, list(value.shape), value.tobytes()])


def describe_type(value: Any) -> str:
    """Name the type of `value` in the words that a student would use."""
    kind = type(value)
    if isinstance(value, np.ndarray):
        return f"{kind.__name__}, a subclass of ndarray"
    return kind.__name__


def _new_packer(*, strict: bool = False) -> msgpack.Packer:
    return msgpack.Packer(use_bin_type=True, strict_types=strict, unicode_errors="surrogatepass")


_packers, _strict_packers = [_new_packer()], [_new_packer(strict=True)]
_LARGE = 2**20
"""Bytes of a message after which the memory that it took is let go."""


def _pack(value: Any) -> bytes:
    try:
        data: bytes = _packers[0].pack(value)
    except BaseException:
        _packers[0] = _new_packer()
        raise
    if len(data) > _LARGE:
        _packers[0] = _new_packer()
    return data


def _decode(data: bytes, depth: int) -> Any:
    if depth > MAX_DEPTH + 2:
        raise WireError("nested too deeply")
    try:
        return msgpack.unpackb(
            data,
            raw=False,
            strict_map_key=True,
            object_hook=_with_names,
            unicode_errors="surrogatepass",
            ext_hook=_EXTENSIONS_AT[depth],
        )
    except WireError:
        raise
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as problem:
        # msgpack's own exceptions are ValueErrors; a wrong unpacking is a TypeError.
        raise WireError(f"malformed message: {type(problem).__name__}") from None


def _with_names(entries: dict[Any, Any]) -> dict[str, Any]:
    """A dict as `encode` sends it: msgpack would take bytes for keys, too."""
    for key in entries:
        if type(key) is not str:
            raise WireError("malformed message: a key that is no string")
    return entries


def _decode_extension(depth: int, code: int, payload: bytes) -> Any:
    if code == _ARRAY:
        # None of its three parts is an extension or a dict, or `_array` refuses it.
        return _array(*msgpack.unpackb(payload, raw=False, unicode_errors="surrogatepass"))
    if code == _SCALARS:
        return _scalars(payload)
    content = _decode(payload, depth)
    if code == _TUPLE and type(content) is list:
        return tuple(content)
    if code == _SCALAR:
        dtype, buffer = content
        return _array(dtype, [], buffer)[()]
    if code == _COMPLEX:
        real, imaginary = content
        return complex(float(real), float(imaginary))
    if code == _INTEGER and type(content) is bytes and len(content) <= MAX_INTEGER_BYTES:
        return int.from_bytes(content, "little", signed=True)
    if code == _REF and type(content) is str:
        return Ref(content)
    if code == _RNG and type(content) is int:
        return Rng(content)
    if code == _OPAQUE:
        kind, detail = content
        if type(kind) is str and type(detail) is str:
            return Opaque(kind[:200], detail[:200])
    raise WireError(f"malformed message: extension {code}")


_EXTENSIONS_AT = [partial(_decode_extension, depth + 1) for depth in range(MAX_DEPTH + 3)]
"""What decodes an extension, by how deep it lies."""


def _scalars(payload: bytes) -> list[Any]:
    head, buffer = payload[: _SCALARS_HEADER.size], payload[_SCALARS_HEADER.size :]
    if len(head) < _SCALARS_HEADER.size:
        raise WireError("malformed message: scalars")
    size, name = _SCALARS_HEADER.unpack(head)
    code = name.rstrip(b"\0").decode("latin-1")
    array = _array(code, [len(buffer) // max(size, 1)], buffer)
    if array.itemsize != size:
        raise WireError("malformed message: scalars")
    return list(array)


def _array(dtype: Any, shape: Any, buffer: Any) -> Any:
    exact = _DTYPES.get(dtype) if type(dtype) is str else None
    if exact is None:
        raise WireError("malformed message: dtype")
    if type(shape) is not list or len(shape) > MAX_DIMENSIONS:
        raise WireError("malformed message: shape")
    for size in shape:
        if type(size) is not int or not 0 <= size <= MAX_FRAME:
            raise WireError("malformed message: shape")
    if type(buffer) is not bytes:
        raise WireError("malformed message: buffer")
    if math.prod(shape) * exact.itemsize != len(buffer):
        raise WireError("malformed message: the shape does not match the bytes")
    return np.ndarray(shape, exact, buffer).copy()
