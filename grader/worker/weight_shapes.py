"""In which way the weights of a model or layer are not those that were expected."""

from __future__ import annotations

from collections.abc import Sequence

Shape = tuple[int, ...]


def difference(wanted: Sequence[Shape], found: Sequence[Shape]) -> str:
    """Say what differs, and which layer that makes missing or too many; "" where nothing does."""
    if list(wanted) == list(found):
        return ""
    first = next(
        (n for n, (one, other) in enumerate(zip(wanted, found, strict=False)) if one != other),
        min(len(wanted), len(found)),
    )
    if len(wanted) == len(found):
        text = f"weight {first + 1} of shape {wanted[first]} was expected; received {found[first]}"
        return text + _of_the_input(wanted, found)
    text = f"{len(wanted)} arrays of weights were expected; received {len(found)}"
    if missing := _left_out(wanted, found):
        return f"{text}. Missing {missing}"
    if more := _left_out(found, wanted):
        return f"{text}. Too many {more}"
    if first < min(len(wanted), len(found)):
        text += f". The first that differs is weight {first + 1}: shape {wanted[first]} was "
        text += f"expected; received {found[first]}"
    return text


def _of_the_input(wanted: Sequence[Shape], found: Sequence[Shape]) -> str:
    """What the first kernel of a dense layer, whose bias follows, tells of what goes into it."""
    kernel, other = wanted[0], found[0]
    is_dense = len(kernel) == len(other) == 2 and found[1:2] == [other[1:]]
    if not is_dense or kernel[1] != other[1] or kernel == other:
        return ""
    return f". So its input has {other[0]} along its last axis, not {kernel[0]}"


def _left_out(longer: Sequence[Shape], shorter: Sequence[Shape]) -> str:
    """What the longer list has and the shorter one has not; "" unless that is one piece.

    Of a layer that is missing, the next one's kernel has another number of rows.
    """
    if piece := _piece(longer, shorter):
        shapes = " and ".join(map(str, piece))
        is_one = len(piece) == 1
        return f"is a weight of shape {shapes}" if is_one else f"are weights of shapes {shapes}"
    piece = _piece(_units(longer), _units(shorter))
    sizes = " and ".join(str(one[0]) for one in piece)
    return f"is a layer of {sizes} units or filters" if len(piece) == 1 else ""


def _piece(longer: Sequence[Shape], shorter: Sequence[Shape]) -> list[Shape]:
    count = len(longer) - len(shorter)
    for start in range(len(shorter) + 1 if count > 0 else 0):
        if list(shorter) == [*longer[:start], *longer[start + count :]]:
            return list(longer[start : start + count])
    return []


def _units(shapes: Sequence[Shape]) -> list[Shape]:
    """Of each kernel the number of its columns."""
    return [one[-1:] for one in shapes if len(one) > 1]
