"""What may be missing at a place: a sign, a factor, a term, a function, an axis."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.judge.repairs.operations import Found
from grader.judge.repairs.places import Place
from grader.judge.repairs.replacements import is_filled

_ONE_LARGER, _ONE_SMALLER = "one larger there", "one smaller there"
_OF_A_PART = {
    _ONE_LARGER: "with one of the values there one larger",
    _ONE_SMALLER: "with one of the values there one smaller",
}
"""Of a part of what a line computes; without that the whole would be meant."""
_ALWAYS = (
    (1, "sign", "with the opposite sign there", "(-({0}))"),
    (1, "factor", "with one more factor there (a number)", "(2 * ({0}))"),
    (1, "factor", "with one more factor there (a number)", "(({0}) / 2)"),
    (1, "power", "squared there", "(({0}) ** 2)"),
    (2, "sign", "with 1 minus that in its place", "(1 - ({0}))"),
    (3, "power", "with 1 minus the square of that in its place", "(1 - ({0}) ** 2)"),
    (2, "term", _ONE_LARGER, "(({0}) + 1)"),
    (2, "term", _ONE_SMALLER, "(({0}) - 1)"),
    (2, "copy", "with a copy there", "(({0}).copy())"),
    (2, "transposed", "transposed there", "(({0}).T)"),
    (2, "order", "reversed there", "(({0})[::-1])"),
    (2, "function", "with the sum of that", "(({0}).sum())"),
    (2, "function", "with the sum of that over an axis", "(({0}).sum(axis=0))"),
    (3, "function", "with the mean of that", "(({0}).mean())"),
    (2, "factor", "with the rest of a division there", "(({0}) % 2)"),
    (3, "factor", "with a division there that gives whole numbers", "(({0}) // 2)"),
    (3, "form", "with one more axis there, of length 1", "(({0})[:, None])"),
    (3, "form", "with one more axis there, of length 1", "(({0})[..., None])"),
    (3, "form", "with one more axis there, of length 1", "(({0})[None])"),
    (3, "form", "as one long row of numbers there", "(({0}).ravel())"),
    (3, "form", "with one of its entries there", "(({0})[0])"),
    (3, "form", "with one of its entries there", "(({0})[1])"),
    (3, "form", "with the last of its entries there", "(({0})[-1])"),
    (3, "product", "with its product with itself, transposed", "(({0}) @ ({0}).T)"),
    (3, "product", "with its product with itself, transposed", "(({0}).T @ ({0}))"),
    (3, "form", "as a float there", "float({0})"),
    (3, "form", "as an int there", "int({0})"),
    (3, "power", "with the square root of that", "(({0}) ** 0.5)"),
    (3, "power", "with a higher power there", "(({0}) ** 3)"),
)
_OF_NUMPY = (
    (2, "function", "with the square root of that", "sqrt({0})"),
    (2, "function", "with the exponential of that", "exp({0})"),
    (2, "function", "with the logarithm of that", "log({0})"),
    (2, "function", "with the absolute value of that", "abs({0})"),
    (2, "bound", "with a bound of that", "maximum({0}, 0)"),
    (2, "function", "with the hyperbolic tangent of that", "tanh({0})"),
    (2, "form", "as an array there", "asarray({0})"),
    (2, "form", "as an array of floats there", "asarray({0}, dtype=float)"),
    (2, "bound", "with a bound of that", "clip({0}, 0, 1)"),
    (2, "bound", "with 0 there where it is NaN", "nan_to_num({0})"),
    (3, "bound", "with bounds of that", "clip({0}, 1e-12, 1 - 1e-12)"),
    (3, "function", "with the logarithm of one more than that", "log1p({0})"),
    (3, "function", "with cumulative sums of that", "cumsum({0})"),
    (3, "function", "with cumulative sums of that", "cumsum({0}, axis=0)"),
    (3, "function", "sorted there", "sort({0})"),
    (3, "function", "with the sign of that", "sign({0})"),
    (3, "function", "with the cosine of that", "cos({0})"),
    (3, "form", "with the entries that follow the condition turned round", "logical_not({0})"),
)
_OF_MATH = (
    (2, "function", "with the square root of that", "sqrt({0})"),
    (2, "function", "with the exponential of that", "exp({0})"),
    (2, "function", "with the logarithm of that", "log({0})"),
    (3, "function", "with the logarithm of one more than that", "log1p({0})"),
    (3, "function", "with the hyperbolic tangent of that", "tanh({0})"),
)
_PYTHON = (
    (2, "function", "with the absolute value of that", "abs({0})"),
    (2, "bound", "with a bound of that", "max({0}, 0)"),
    (3, "function", "sorted there", "sorted({0})"),
)
_OF_SIZES = {"factor", "power", "product"}
"""What is not put into a comparison: of its operands it is asked alone which is larger, and that
many sizes have right."""
_COMPARED = {"abs({0})", "asarray({0})"}
_FORMS = (
    ("factor", "with one more factor there", "(({0}) * ({1}))"),
    ("factor", "with one more division there", "(({0}) / ({1}))"),
    ("term", "with one more term there", "(({0}) + ({1}))"),
    ("term", "with one more term there", "(({0}) - ({1}))"),
)
_PRODUCTS = (
    ("product", "with one more matrix product there", "(({0}) @ ({1}))"),
    ("product", "with one more matrix product there", "(({0}) @ ({1}).T)"),
)
_MOST_LENGTHS = 4
_VALUES = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.BinOp, ast.UnaryOp, ast.Compare)
_OF_FORM = {"shape", "size", "ndim", "T", "dtype", "append", "items", "keys", "get", "copy"}
_HOLDERS = (ast.BinOp, ast.UnaryOp, ast.Call, ast.Compare, ast.keyword, ast.IfExp, ast.Starred)


def of_addition(place: Place) -> Iterator[Found]:
    """Everything that may be put in around one value."""
    node = place.node
    if not _is_value(place):
        return
    text, later = place.text, 0 if place.is_whole else 1
    sums = isinstance(node, ast.BinOp)
    is_compared = id(node) in place.definition.compared
    for rank, kind, said, form in _ALWAYS:
        if is_compared and kind in _OF_SIZES:
            continue
        if not (kind == "sign" and sums and "1 -" not in form and not place.is_whole):
            said = said if place.is_whole else _OF_A_PART.get(said, said)
            yield rank + later, kind, said, form.format(text)
    module = place.module
    functions = [
        *((module.numpy, one) for one in _OF_NUMPY if module.numpy),
        *((module.math, one) for one in _OF_MATH if module.math),
        *(("", one) for one in _PYTHON),
    ]
    for package, (rank, kind, said, form) in functions:
        if (is_compared and form not in _COMPARED) or (is_filled(node) and kind == "function"):
            continue
        prefix = f"{package}." if package else ""
        yield rank + later, kind, said, f"{prefix}{form.format(text)}"
    for other, count in module.functions.items():
        if count == 1 and other != place.definition.name:
            yield 2 + later, "function", "with a function of that", f"{other}({text})"
    yield from _remainders(place, later)
    yield from _indexed(place)
    yield from _terms_beside(place)
    for other in place.scope.parameters:
        if other != text:
            yield (
                3 + later,
                "index",
                "as an index into one of the arguments there",
                f"{other}[{text}]",
            )
            if isinstance(node, ast.Name) and not is_compared:
                yield 2 + later, "power", "with a power there", f"({text} ** {other})"
    for factor in () if is_compared else place.neighbours:
        for symbol in ("@", "*", "/"):
            said = "with one more factor there, which stands in that statement already"
            if factor != text:
                yield 2, "factor", said, f"(({text}) {symbol} ({factor}))"
                if symbol == "@":
                    yield 2, "factor", said, f"(({factor}) {symbol} ({text}))"
    least = 2 + later  # of what follows
    if isinstance(node, ast.Compare) or least > place.most_rank:
        return
    for what, other in _operands(place):
        for kind, said, form in _FORMS:
            if (is_compared or what == "a small number") and kind in _OF_SIZES:
                continue
            is_likely = what == "a length" or (place.is_whole and what == "another value")
            rank = 2 if is_likely and kind == "factor" else 3
            yield rank + later, kind, f"{said} ({what})", form.format(text, other)
        if what == "an argument":
            for symbol in ("+", "-"):
                said = "with one more term there (a multiple of an argument)"
                yield 4 + later, "term", said, f"(({text}) {symbol} 2 * {other})"
        if what in {"an argument", "another value"} and not is_compared:
            for kind, said, form in _PRODUCTS:
                yield 4 + later, kind, f"{said} ({what})", form.format(text, other)


def _indexed(place: Place) -> Iterator[Found]:
    """An index that other values have, and the entry of a list that is made and never read."""
    node = place.node
    known = place.scope.names_at(place.line)
    if isinstance(node, ast.Name) and not isinstance(place.parent, ast.Subscript | ast.Compare):
        said = "with an index there, as others have it"
        beside = place.source.of(place.parent) if isinstance(place.parent, ast.Tuple) else ""
        for index in place.scope.indices:
            if index != place.text and index in known:
                rank = 0 if f"[{index}]" in beside else 1
                yield rank, "index", said, f"{place.text}[{index}]"
    if not isinstance(node, ast.Constant):
        said = "as an index into something that nothing reads"
        for name in place.scope.unread:
            if name in known:
                yield 1, "index", said, f"{name}[{place.text}]"


def _terms_beside(place: Place) -> Iterator[Found]:
    """What a statement subtracts within an exponential has to be added outside again, say."""
    if not place.is_whole or not isinstance(place.node, ast.Call):
        return
    said = "with one more term there, which stands in that statement already"
    given = set(place.scope.locals_before(place.line))
    names = [one.id for one in ast.walk(place.node) if isinstance(one, ast.Name)]
    for name in dict.fromkeys(one for one in names if one in given):
        for symbol in ("+", "-"):
            yield 1, "term", said, f"(({place.text}) {symbol} {name})"


def _remainders(place: Place, later: int) -> Iterator[Found]:
    """Of a running mean ``m * a`` the other term, ``(1 - m) * b``; of a weighted loss, too."""
    node = place.node
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult):
        return
    for weight in (node.left, node.right):
        if isinstance(weight, ast.Name | ast.Attribute):
            share = place.source.of(weight)
            for other in place.scope.names_at(place.line):
                if other != share:
                    text = f"(({place.text}) + (1 - {share}) * ({other}))"
                    yield 1 + later, "term", "with one more term there", text
                    text = f"(({place.text}) + (1 - {share}) * ({other}) ** 2)"
                    yield 2 + later, "term", "with one more term there", text
    if isinstance(node.right, ast.Call) and len(node.right.args) == 1:
        function, inner = map(place.source.of, (node.right.func, node.right.args[0]))
        share = place.source.of(node.left)
        text = f"(({place.text}) + (1 - {share}) * {function}(1 - {inner}))"
        yield 1 + later, "term", "with one more term there", text


def _operands(place: Place) -> Iterator[tuple[str, str]]:
    """What may be a factor or a term: what it is, and its text."""
    scope, own = place.scope, place.text
    lengths = scope.parameters[:_MOST_LENGTHS]
    for name in lengths:
        yield "a length", f"len({name})"
    for name in lengths:
        yield "a length", f"{name}.shape[1]"
        yield "a length", f"{name}.shape[-1]"
        yield "a length", f"{name}.size"
    for name in scope.parameters:
        if name != own:
            yield "an argument", name
    for name in scope.locals_before(place.line):
        if name != own:
            yield "another value", name
    yield "a small number", "1e-8"
    names = {*scope.parameters, *scope.locals_before(place.line)}
    for function, given in place.module.parameters.items():
        if given and function != place.definition.name and names.issuperset(given):
            yield "a function of the arguments", f"{function}({', '.join(given)})"
    for name in attributes_of(place):
        if name != own:
            yield "another value", name


def attributes_of(place: Place) -> list[str]:
    """Attributes of `self` that the class sets."""
    if not isinstance(place.definition.node, ast.ClassDef):
        return []
    found = [
        one.attr
        for one in ast.walk(place.definition.node)
        if isinstance(one, ast.Attribute)
        and isinstance(one.value, ast.Name)
        and one.value.id == "self"
        and isinstance(one.ctx, ast.Store)
    ]
    return [f"self.{name}" for name in dict.fromkeys(found)][:8]


def _is_value(place: Place) -> bool:
    node, parent = place.node, place.parent
    if not isinstance(node, _VALUES) or not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return False
    if isinstance(parent, ast.Call):
        return place.field == "args" or place.field == "keywords"
    if isinstance(node, ast.Name) and node.id in {place.module.numpy, place.module.math, "self"}:
        return False
    if isinstance(parent, ast.Attribute):
        return parent.attr not in _OF_FORM
    if isinstance(parent, ast.Subscript):
        return place.field == "slice" and not isinstance(node, ast.Tuple | ast.Slice)
    return place.is_whole or isinstance(parent, _HOLDERS) or place.field in {"elt", "iter"}


def of_name(place: Place) -> Iterator[Found]:
    """Another name, or another attribute of `self`, in the place of one."""
    node = place.node
    if isinstance(node, ast.Name) and not _is_function(place):
        said = f"with another name in the place of `{node.id}`"
        names = place.scope.names_at(place.line)
        if isinstance(node.ctx, ast.Store) or node.id not in names:
            rank, names = 3, names if isinstance(node.ctx, ast.Store) else []
        else:
            rank = 1
        parameters = place.scope.parameters
        for other in names:
            if other != node.id:
                if rank == 1 and other[:2] == node.id[:2] and len(other) > 1 < len(node.id):
                    yield 0, "name", said, other
                    continue
                alike = other[:1] == node.id[:1] or (other in parameters) == (node.id in parameters)
                yield rank + (0 if alike else 1), "name", said, other
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        own = attributes_of(place) if node.value.id == "self" else []
        said = f"with another name in the place of `{node.attr}`"
        if place.text in own:
            yield from ((1, "name", said, other) for other in own if other != place.text)


def _is_function(place: Place) -> bool:
    if isinstance(place.parent, ast.Call) and place.field == "func":
        return True
    node = place.node
    return isinstance(node, ast.Name) and node.id in {place.module.numpy, place.module.math, "self"}
