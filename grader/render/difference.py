"""What differs between two runs over the same class: who moves, by how much, on which checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.render.summary import graded
from grader.result import CheckResult, Result, Status

_CHECKS_SHOWN = 4
_CIRCUMSTANCES = ("assignment_sha256", "seed", "grader_version", "grader_sha256", "confinement")
"""What explains differences without being one."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class CheckMove(_Record):
    """One check that ended otherwise; None where a run does not have it."""

    exercise: str
    check: str
    before: Status | None
    after: Status | None
    by: float
    """Points gained; negative when lost."""

    def __str__(self) -> str:
        """The check as a person reads it."""
        ended = f"{self.before or 'absent'} -> {self.after or 'absent'}"
        return f"{self.exercise}.{self.check}: {ended} ({self.by:+g})"


class Move(_Record):
    """One student whose points or checks differ."""

    assignment: str
    student: str
    before: float
    after: float
    by: float
    checks: list[CheckMove]


class CheckTotal(_Record):
    """One check over the class."""

    assignment: str
    exercise: str
    check: str
    students: int
    by: float


class Difference(_Record):
    """All that differs.

    Attributes
    ----------
    students
        How many results are in both runs.
    left_out
        Those of them that hold nothing that can be graded in one of the runs or in both: the
        means leave them out.
    moves
        The largest first.
    totals
        Checks by how many students they move.
    only_before, only_after
        Results that one run alone has, as "assignment: student".
    circumstances
        Versions, seeds and the like that differ, as (before, after); no difference by themselves.
    """

    students: int
    left_out: int
    mean_before: float
    mean_after: float
    up: int
    down: int
    moves: list[Move]
    totals: list[CheckTotal]
    only_before: list[str]
    only_after: list[str]
    circumstances: dict[str, tuple[list[str], list[str]]]

    @property
    def is_same(self) -> bool:
        """Whether both runs came to the same."""
        return not (self.moves or self.only_before or self.only_after)


def compare(before: Sequence[Result], after: Sequence[Result]) -> Difference:
    """Compare two runs; messages, times and output do not count.

    Parameters
    ----------
    before, after
        At most one result for each student and assignment.
    """
    old, new = _by_place(before), _by_place(after)
    both = [place for place in old if place in new]
    counted = [place for place in both if len(graded([old[place], new[place]])) == 2]
    moves = [move for place in both if (move := _move(old[place], new[place])) is not None]
    moves.sort(key=lambda one: (-abs(one.by), -len(one.checks), one.assignment, one.student))
    return Difference(
        students=len(both),
        left_out=len(both) - len(counted),
        mean_before=_mean([old[place].points for place in counted]),
        mean_after=_mean([new[place].points for place in counted]),
        up=sum(move.by > 0 for move in moves),
        down=sum(move.by < 0 for move in moves),
        moves=moves,
        totals=_totals(moves),
        only_before=[": ".join(place) for place in old if place not in new],
        only_after=[": ".join(place) for place in new if place not in old],
        circumstances=_circumstances(before, after),
    )


def print_difference(console: Console, difference: Difference, *, limit: int = 30) -> None:
    """Print who moves, then the checks that moved the class, then the totals.

    Parameters
    ----------
    limit
        How many students and checks to show.
    """
    if difference.moves:
        console.print(_move_table(difference.moves[:limit]))
        _print_more(console, len(difference.moves) - limit, "students")
        console.print()
        console.print(_total_table(difference.totals[:limit]))
        _print_more(console, len(difference.totals) - limit, "checks")
        console.print()
    for which, found in (("first", difference.only_before), ("second", difference.only_after)):
        if found:
            line = f"{len(found)} in the {which} run alone: {', '.join(found[:5])}"
            console.print(Text(line + (" …" if len(found) > 5 else ""), style="yellow"))
    for name, (old, new) in difference.circumstances.items():
        shown = " -> ".join(", ".join(one[:12] for one in some) or "none" for some in (old, new))
        console.print(Text(f"{name}: {shown}", style="dim"))
    console.print(Text(_sentence(difference), style="bold"))


def _sentence(difference: Difference) -> str:
    whose = ""
    if difference.left_out:
        whose = (
            f" (of {difference.students - difference.left_out}; {difference.left_out} handed in "
            "nothing that can be graded)"
        )
    if difference.is_same:
        return f"Same: {difference.students} students, mean {difference.mean_before:.2f}{whose}."
    unmoved = len(difference.moves) - difference.up - difference.down
    return (
        f"{difference.students} students in both: {difference.up} up, {difference.down} down, "
        f"{unmoved} with other outcomes for the same points; mean "
        f"{difference.mean_before:.2f} -> {difference.mean_after:.2f}{whose}."
    )


def _by_place(results: Sequence[Result]) -> dict[tuple[str, str], Result]:
    return {(one.assignment, one.student): one for one in results}


def _move(old: Result, new: Result) -> Move | None:
    checks = _check_moves(old.checks, new.checks)
    by = round(new.points - old.points, 2)
    if not checks and not by:
        return None
    return Move(
        assignment=new.assignment,
        student=new.student,
        before=old.points,
        after=new.points,
        by=by,
        checks=checks,
    )


def _check_moves(old: Sequence[CheckResult], new: Sequence[CheckResult]) -> list[CheckMove]:
    before = {(one.exercise, one.check): one for one in old}
    after = {(one.exercise, one.check): one for one in new}
    moves = []
    for exercise, check in {**before, **after}:
        was, now = before.get((exercise, check)), after.get((exercise, check))
        by = round((now.points if now else 0.0) - (was.points if was else 0.0), 2)
        statuses = was.status if was else None, now.status if now else None
        if by or statuses[0] is not statuses[1]:
            moves.append(
                CheckMove(
                    exercise=exercise, check=check, before=statuses[0], after=statuses[1], by=by
                )
            )
    return sorted(moves, key=lambda one: -abs(one.by))


def _totals(moves: Sequence[Move]) -> list[CheckTotal]:
    found: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for move in moves:
        for one in move.checks:
            found[move.assignment, one.exercise, one.check].append(one.by)
    totals = [
        CheckTotal(
            assignment=place[0],
            exercise=place[1],
            check=place[2],
            students=len(changes),
            by=round(sum(changes), 2) + 0.0,  # never -0
        )
        for place, changes in found.items()
    ]
    return sorted(totals, key=lambda one: (-one.students, -abs(one.by)))


def _circumstances(
    before: Sequence[Result], after: Sequence[Result]
) -> dict[str, tuple[list[str], list[str]]]:
    found = {}
    for name in _CIRCUMSTANCES:
        old, new = ({str(getattr(one, name)) for one in some} for some in (before, after))
        if old != new:
            found[name] = sorted(old), sorted(new)
    return found


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0


def _move_table(moves: Sequence[Move]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("student", overflow="ellipsis", no_wrap=True, max_width=24)
    for title in ("before", "after", "by"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("checks", overflow="fold")
    several = len({move.assignment for move in moves}) > 1
    for move in moves:
        shown = "\n".join(map(str, move.checks[:_CHECKS_SHOWN]))
        if len(move.checks) > _CHECKS_SHOWN:
            shown += f"\nand {len(move.checks) - _CHECKS_SHOWN} more"
        name = f"{move.student} ({move.assignment})" if several else move.student
        style = "green" if move.by > 0 else "red" if move.by < 0 else "yellow"
        by = Text(f"{move.by:+g}", style=style)
        table.add_row(Text(name), f"{move.before:g}", f"{move.after:g}", by, Text(shown))
    return table


def _total_table(totals: Sequence[CheckTotal]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("check", overflow="fold")
    for title in ("students", "points"):
        table.add_column(title, justify="right", no_wrap=True)
    several = len({one.assignment for one in totals}) > 1
    for one in totals:
        name = f"{one.exercise}.{one.check}"
        label = Text(f"{one.assignment}: {name}" if several else name)
        table.add_row(label, str(one.students), f"{one.by:+g}")
    return table


def _print_more(console: Console, count: int, what: str) -> None:
    if count > 0:
        console.print(Text(f"and {count} more {what}", style="dim"))


def as_json(difference: Difference) -> dict[str, Any]:
    """The difference for programs; `same` says it in one word."""
    return {"same": difference.is_same, **difference.model_dump(mode="json")}
