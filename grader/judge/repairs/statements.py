"""Statements that are left out, moved, exchanged, or that add where they should assign."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.judge.repairs.places import Place
from grader.judge.repairs.several import of_several_lines

Moved = tuple[int, str, str, int, int, str]
"""Its rank, its kind, what is said, where a text begins and ends, and what takes its place."""

_SYMBOLS: dict[type[ast.operator], str] = {
    ast.Add: "+=",
    ast.Sub: "-=",
    ast.Mult: "*=",
    ast.Div: "/=",
}
_OPPOSITE = {"+=": "-=", "-=": "+=", "*=": "/=", "/=": "*="}
_MOST_TOTALS, _MOST_KEPT = 4, 6
_BLOCKS = (ast.For, ast.While, ast.If, ast.With)


def of_statement(place: Place) -> Iterator[Moved]:
    """What may be otherwise about one whole statement."""
    node, source = place.node, place.source
    if not isinstance(node, ast.stmt):
        return
    start, end = source.span(node)
    if isinstance(node, ast.AugAssign):
        yield from (
            (rank, kind, said, start, end, text) for rank, kind, said, text in _steps(node, place)
        )
    elif isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, value = source.of(node.targets[0]), source.of(node.value)
        if not isinstance(node.targets[0], ast.Tuple):
            yield from ((0, *one) for one in _replaced(node, place))
            said = "added to what was there, not put in its place"
            yield 1, "accumulated", said, start, end, f"{target} += {value}"
            said = "subtracted from what was there, not put in its place"
            yield 2, "accumulated", said, start, end, f"{target} -= {value}"
            said = "multiplied with what was there, not put in its place"
            yield 3, "accumulated", said, start, end, f"{target} *= {value}"
    if isinstance(node, ast.Expr | ast.Assign | ast.AugAssign | ast.If | ast.For):
        yield 1, "statement", "without that step", start, end, "pass"
    yield from of_several_lines(place)
    if isinstance(node, ast.Break | ast.Continue):
        yield 1, "statement", "without that step", start, end, "pass"
        other = "break" if isinstance(node, ast.Continue) else "continue"
        yield 1, "statement", f"with `{other}` there", start, end, other
    if isinstance(node, ast.For):
        yield from _accumulations(node, place)
    if isinstance(node, ast.If):
        yield from _kept(node, place)
        yield from _set_back(node, place)
    if node.col_offset and source.line_start(node.lineno) + node.col_offset == start:
        yield from _moves(node, place)


def _replaced(node: ast.Assign, place: Place) -> Iterator[tuple[str, str, int, int, str]]:
    """Of ``x = x + y`` what is put in its place: ``x = y``."""
    (start, end), of = place.source.span(node), place.source.of
    target, value = of(node.targets[0]), node.value
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        for one, other in ((value.left, value.right), (value.right, value.left)):
            if of(one) == target:
                said = "put in the place of what was there, not added to it"
                yield "accumulated", said, start, end, f"{target} = {of(other)}"


def _steps(node: ast.AugAssign, place: Place) -> Iterator[tuple[int, str, str, str]]:
    target, value = place.source.of(node.target), place.source.of(node.value)
    said = "put in the place of what was there, not added to it"
    yield 0, "accumulated", said, f"{target} = {value}"
    symbol = _SYMBOLS.get(type(node.op))
    if symbol is None:
        return
    words = {
        "+=": "with that added",
        "-=": "with that subtracted",
        "*=": "with that multiplied",
        "/=": "with a division by that",
    }
    other = _OPPOSITE[symbol]
    yield 0, "sign", words[other], f"{target} {other} {value}"
    operator = symbol[0]
    text = f"{target} = {target} {operator} ({value})"
    yield 0, "copy", "with a new array there, not a change in place", text
    for another in _SYMBOLS.values():
        if another not in {symbol, other}:
            yield 2, "accumulated", words[another], f"{target} {another} {value}"


def _accumulations(node: ast.For, place: Place) -> Iterator[Moved]:
    """Something that begins with nothing, and that the loop does not add to."""
    last = node.body[-1]
    start, end = place.source.span(last)
    text = "" if isinstance(last, ast.Pass) else f"{place.source.of(last)}\n{' ' * last.col_offset}"
    targets = [one.id for one in ast.walk(node.target) if isinstance(one, ast.Name)]
    own = [name for name in place.scope.locals_before(last.lineno) if name not in targets]
    said = "with one more step in that loop, which adds something up or keeps it"
    for total in own[:_MOST_TOTALS]:
        for name in [*targets, *own[:_MOST_TOTALS]]:
            if name != total:
                for step in (f"{total} += {name}", f"{total}.append({name})"):
                    yield 3, "statement", said, start, end, text + step
                yield 3, "statement", said, start, end, f"{text}{total} += {name} * {name}"


def _kept(node: ast.If, place: Place) -> Iterator[Moved]:
    """A value that a branch does not keep, such as the best one so far."""
    last = node.body[-1]
    start, end = place.source.span(last)
    own = place.scope.locals_before(last.lineno)[:_MOST_KEPT]
    said = "with one more step in that branch, which keeps something"
    for kept in own:
        for name in own:
            if name != kept:
                text = f"{place.source.of(last)}\n{' ' * last.col_offset}{kept} = {name}"
                yield 2, "statement", said, start, end, text


def _set_back(node: ast.If, place: Place) -> Iterator[Moved]:
    """A count that a branch does not set back to what it was at the beginning."""
    top = place.definition.node
    if not isinstance(top, ast.ClassDef):
        return
    first = next(iter(node.body))
    start = place.source.span(first)[0]
    said = "with one more step in that branch, which sets something back"
    for method in top.body:
        if isinstance(method, ast.FunctionDef) and method.name == "__init__":
            for step in method.body:
                if isinstance(step, ast.Assign) and isinstance(step.value, ast.Constant):
                    text = f"{place.source.of(step)}\n{' ' * first.col_offset}"
                    yield 2, "statement", said, start, start, text


def _at_once(node: ast.stmt, following: ast.stmt, place: Place) -> Iterator[Moved]:
    """Two names that are both computed from their values before: ``a, b = …, …``."""
    found = []
    for step in (node, following):
        if isinstance(step, ast.AugAssign):
            target: ast.expr = step.target
            symbol = _SYMBOLS.get(type(step.op), "")[:1]
            value = f"{place.source.of(target)} {symbol} ({place.source.of(step.value)})"
        elif isinstance(step, ast.Assign) and len(step.targets) == 1:
            target, symbol, value = step.targets[0], "=", place.source.of(step.value)
        else:
            return
        if not symbol or not isinstance(target, ast.Name):
            return
        found.append((target.id, value))
    (one, first), (other, second) = found
    used = [each.id for each in ast.walk(following) if isinstance(each, ast.Name)]
    if one in used and one != other:
        start, end = place.source.span(node)[0], place.source.span(following)[1]
        said = "with that line and the next computed from the same values, before either changes"
        yield 1, "order", said, start, end, f"{one}, {other} = ({first}), ({second})"


def _moves(node: ast.stmt, place: Place) -> Iterator[Moved]:
    """One level in or out, or exchanged with the statement after it."""
    source, siblings = place.source, place.siblings
    number = siblings.index(node)
    first, last = source.line_start(node.lineno), source.span(node)[1]
    following = siblings[number + 1] if number + 1 < len(siblings) else None
    is_simple = not isinstance(node, ast.FunctionDef | ast.ClassDef)
    if not is_simple:
        return
    parent = place.parent
    if following is None and number > 0 and isinstance(parent, _BLOCKS):
        said = "one level of indentation further left"
        text = _indented(source.text[first:last], parent.col_offset - node.col_offset)
        yield 1, "indentation", said, first, last, text
    before = siblings[number - 1] if number else None
    if isinstance(before, ast.If) and not before.orelse and place.field in {"body", "orelse"}:
        text = _indented(source.text[first:last], before.body[-1].col_offset - node.col_offset)
        said = "in an `else` of what is above it"
        yield 1, "condition", said, first, last, f"{' ' * node.col_offset}else:\n{text}"
    if isinstance(before, _BLOCKS) and place.field in {"body", "orelse", "finalbody"}:
        body = getattr(before, "orelse", None) or before.body
        deeper = body[-1].col_offset - node.col_offset
        said = "one level of indentation further right"
        yield 1, "indentation", said, first, last, _indented(source.text[first:last], deeper)
        if isinstance(body[-1], _BLOCKS):
            deeper = body[-1].body[-1].col_offset - node.col_offset
            said = "two levels of indentation further right"
            yield 2, "indentation", said, first, last, _indented(source.text[first:last], deeper)
    if isinstance(following, ast.For | ast.While):
        body_start = source.line_start(following.body[0].lineno)
        deeper = following.body[0].col_offset - node.col_offset
        moved = _indented(source.text[first:last], deeper)
        head = source.text[source.line_start(following.lineno) : body_start]
        said = "inside the loop below it, each time anew"
        yield 1, "moved", said, first, body_start, f"{head}{moved}\n"
    elif following is not None and source.line_start(following.lineno) > first:
        start = source.line_start(following.lineno)
        end = source.span(following)[1]
        if source.text[start : start + following.col_offset].isspace():
            own, between = source.text[first:last], source.text[last:start]
            said = "one step later: exchanged with the line after it"
            yield 1, "moved", said, first, end, f"{source.text[start:end]}{between}{own}"
    if following is not None:
        yield from _at_once(node, following, place)
    if isinstance(node, ast.Assign) and isinstance(following, ast.Assign):
        one, other = source.span(node.value), source.span(following.value)
        text = (
            f"{source.of(following.value)}{source.text[one[1] : other[0]]}{source.of(node.value)}"
        )
        calls = [
            source.of(one.value.func)
            for one in (node, following)
            if isinstance(one.value, ast.Call)
        ]
        # Two gates of the same form are easily taken for each other.
        yield (
            0 if len(calls) == 2 and calls[0] == calls[1] else 1,
            "order",
            "with its value and that of the next line exchanged",
            one[0],
            other[1],
            text,
        )
    if number == 0 and isinstance(parent, ast.For | ast.While) and following is not None:
        loop_start = source.line_start(parent.lineno)
        head = source.text[loop_start:first]
        moved = _indented(source.text[first:last], parent.col_offset - node.col_offset)
        yield 1, "moved", "before the loop, once", loop_start, last, f"{moved}\n{head}".rstrip()


def _indented(text: str, by: int) -> str:
    """Lines that begin so many places further right, or left."""
    if by >= 0:
        return "\n".join(" " * by + line if line.strip() else line for line in text.split("\n"))
    return "\n".join(
        line[-by:] if line[:-by].isspace() else line.lstrip() for line in text.split("\n")
    )
