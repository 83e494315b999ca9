"""Values that a student's code may return and nobody expects, as Python expressions."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

_SCALARS = {
    "none": "None",
    "true": "True",
    "zero": "0",
    "minus one": "-1",
    "very long int": "7**1500",
    "longest int that crosses": "2**4000",
    "int beyond int64": "2**63",
    "least int64": "np.int64(-(2**63))",
    "greatest uint64": "np.uint64(2**64 - 1)",
    "negative zero": "-0.0",
    "nan": "float('nan')",
    "infinity": "float('-inf')",
    "denormal": "5e-324",
    "largest float": "1.7976931348623157e308",
    "nan with a payload": "np.uint64(0x7FF8000000000123).view(np.float64)",
    "half": "np.float16(65504)",
    "long double": "np.longdouble('1e4000')",
    "long denormal": "np.longdouble('1e-4940')",
    "complex": "1 + 2j",
    "complex nan": "complex('nan+infj')",
    "complex64": "np.complex64(1j)",
    "complex overflow": "complex(1e308, 1e308)",
    "numpy bool": "np.bool_(False)",
    "int8": "np.int8(-128)",
    "text": "'0.5'",
    "empty text": "''",
    "lone surrogate": "'\\ud800\\u202e\\x00\\x1b[2J'",
    "bytes": "b'\\xff\\x00'",
    "datetime": "np.datetime64('2026-01-01')",
    "not a time": "np.datetime64('NaT')",
    "timedelta": "np.timedelta64(3, 'D')",
    "zero-dimensional": "np.array(2.5)",
    "zero-dimensional object": "np.array(None)",
    "float subclass": "type('F', (float,), {})(0.0)",
    "int subclass": "type('I', (int,), {})(0)",
    "text subclass": "type('S', (str,), {})('x')",
    "fraction": "__import__('fractions').Fraction(1, 3)",
    "decimal": "__import__('decimal').Decimal('NaN')",
}
"""Where one number is expected; each is tried in every wrapping, too."""

_WRAPPED = {
    "in a list": "[{0}]",
    "in a ragged list": "[{0}, [{0}, 0]]",
    "in a dict": "{{'loss': {0}, b'grad': {0}, 3: {0}}}",
    "in nested lists": "[[{0}, {0}], [{0}, 1.0]]",
    "in a pair": "({0}, [{0}, 0])",
}

_OTHERS = {
    "ellipsis": "...",
    "not implemented": "NotImplemented",
    "generator": "(one for one in range(3))",
    "iterator": "iter([1, 2])",
    "range": "range(5)",
    "map": "map(abs, [1])",
    "set": "{1, 2.5}",
    "frozen set": "frozenset()",
    "lambda": "lambda: 0",
    "type": "float",
    "module": "np",
    "exception": "ValueError('x')",
    "slice": "slice(None)",
    "byte array": "bytearray(b'abc')",
    "memory view": "memoryview(b'abc')",
    "object": "object()",
    "random generator": "np.random.default_rng(0)",
    "data type": "np.dtype('f4')",
    "empty list": "[]",
    "empty tuple": "()",
    "empty dict": "{}",
    "list of empty lists": "[[], []]",
    "ragged empty": "[[], [1.0]]",
    "nested empty": "[[[[[]]]]]",
    "empty array": "np.zeros(0)",
    "empty matrix": "np.zeros((0, 3))",
    "empty deep": "np.zeros((2, 0, 3, 1))",
    "matrix": "np.matrix([[1.0, 2.0]])",
    "masked": "np.ma.array([1.0, 2.0], mask=[0, 1])",
    "masked constant": "np.ma.masked",
    "structured": "np.zeros(3, [('a', 'f8'), ('b', 'U3')])",
    "structured scalar": "np.zeros(3, [('a', 'f8')])[0]",
    "record array": "np.rec.array([(1, 2.0)], dtype=[('a', 'i4'), ('b', 'f8')])",
    "object array": "np.array([1, 'a', None], dtype=object)",
    "object array of arrays": "np.array([np.zeros(2), np.zeros(3)], dtype=object)",
    "array of texts": "np.array(['a', 'bc'])",
    "array of bytes": "np.array([b'a', b'bc'])",
    "array of datetimes": "np.array(['2026-01-01', 'NaT'], dtype='M8[D]')",
    "void": "np.void(b'abc')",
    "swapped bytes": "np.arange(5.0).astype('>f8')",
    "not contiguous": "np.arange(20.0)[::-4]",
    "read-only": "np.broadcast_to(np.float64(1), (5,))",
    "broadcast to much": "np.broadcast_to(np.float64(1), (10**6, 10**6))",
    "in Fortran's order": "np.asfortranarray(np.ones((3, 4)))",
    "sixteen axes": "np.zeros((1,) * 16)",
    "empty and long": "np.zeros((0, 10**9))",
    "thirty-two axes": "np.zeros((1,) * 32)",
    "array of infinities": "np.full(5, np.inf)",
    "array of long doubles": "np.full(5, np.longdouble('1e4000'))",
    "array of complex": "np.full((3, 3), 1j)",
    "array of int8": "np.arange(-3, 2, dtype=np.int8)",
    "array of uint64": "np.full(9, 2**64 - 1, dtype=np.uint64)",
    "array of bools": "np.array([True, False, True])",
    "list of arrays": "[np.zeros(3), np.zeros(3)]",
    "list of different arrays": "[np.zeros(3), np.zeros(4), 1.0]",
    "tuple of everything": "(1, 'a', None, [2, [3, {'b': b'c'}]], np.zeros(2), {4: 5})",
    "mixed list": "[1, 'a', None, 2.5]",
    "list of texts": "['0.1', '0.2', '0.3']",
    "list of one long and many short texts": "['a' * 4_000_000] + [''] * 200",
    "shorter than its budget": "['a' * 400_000] + [''] * 2_000",
    "long text": "'a' * 50_000_000",
    "long bytes": "bytes(50_000_000)",
    "large array": "np.zeros(62_000_000, np.int8)",
    "array of half the budget": "np.zeros(130_000)",
    "long list": "list(range(1_000_000))",
    "long list within its budget": "[0.5] * 90_000",
    "long list that ends in a text": "[0.5] * 90_000 + ['x']",
    "many empty dicts": "[{} for _ in range(80_000)]",
    "too many empty dicts": "[{} for _ in range(400_000)]",
    "many empty lists": "[[] for _ in range(80_000)]",
    "dict of many": "{str(number): 0.0 for number in range(40_000)}",
    "dict with a long key": "{'k' * 300_000: 0.0}",
    "dict with bytes as keys": "{b'W': 0.0, b'b': [1, [2]]}",
    "dict with numbers as keys": "{1: 0.0, 2.5: None, (3,): 'x'}",
    "dict of dicts": "{'a': {'b': {'c': {'d': [{}]}}}}",
    "names that are no names": "{'': 0, '\\n': 1, '__class__': 2, \"' OR 1\": 3}",
    "ordered dict": "__import__('collections').OrderedDict(loss=0.0)",
    "counter": "__import__('collections').Counter('abc')",
    "list subclass": "type('L', (list,), {})([1.0])",
    "tuple subclass": "__import__('collections').namedtuple('P', 'x y')(0.0, 1.0)",
    "array subclass": "np.zeros(3).view(type('A', (np.ndarray,), {}))",
    "dict subclass": "type('D', (dict,), {})(loss=0.0)",
    "bad comparisons": "type('B', (), {'__eq__': lambda s, o: 1 / 0, '__hash__': None})()",
    "bad text": "type('B', (), {'__repr__': lambda s: 1 / 0, '__str__': lambda s: 1 / 0})()",
    "looks like an array": "type('B', (), {'__array__': lambda s, *a, **k: 1 / 0})()",
    "twenty lists deep": "(f := lambda n: [f(n - 1)] if n else 0.5)(20)",
    "a thousand tuples deep": "(f := lambda n: (f(n - 1),) if n else 0.5)(900)",
    "deep on both sides": "(f := lambda n: [f(n - 1), f(n - 1)] if n else 0.5)(12)",
    "list within itself": "(lambda one: (one.append(one), one)[1])([1.0])",
    "dict within itself": "(lambda one: (one.update(a=one), one)[1])({})",
    "same list many times": "[[0.0] * 300] * 300",
    "pair of none": "(None, None)",
    "pair of texts": "('a', 'b')",
    "value and pair": "(0.5, [0.25, 0])",
    "three arrays": "(np.zeros(3), np.zeros((3, 3)), np.zeros(()))",
    "loss and dict": "(0.5, {'W': [1, [2]], 'b': None})",
    "arrays of no kind": "(np.array(['x']), np.array([None]))",
}

EXPRESSIONS: dict[str, str] = {
    **_SCALARS,
    **{
        f"{name} {how}": form.format(f"({text})")
        for name, text in _SCALARS.items()
        for how, form in _WRAPPED.items()
    },
    **_OTHERS,
}
SAMPLE = (
    "very long int in a ragged list",
    "long double in a list",
    "complex overflow in a pair",
    "nan with a payload",
    "datetime in a dict",
    "bytes in a list",
    "list of one long and many short texts",
    "ragged empty",
    "value and pair",
    "structured",
)
"""The ten values that are tried whenever tests run."""
CONSTANTS = ("0", "0.0", "1", "1.0", "-1.0", "0.5", "2.0", "None", "True", "False", "''", "()")
CONSTANTS += ("float('nan')", "float('inf')", "float('-inf')", "[]", "{}", "'x'", "1e300", "-1e300")
"""What anybody may return without reading the question."""


def value_of(expression: str) -> Any:
    """The value; an expression may warn, and be as large as it likes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return eval(expression, {"np": np})
