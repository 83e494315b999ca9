"""Submissions from learning platforms: downloads into the layout that nbgrader and we grade."""

from grader.intake.collecting import CollectError, collect
from grader.intake.platforms import Platform
from grader.intake.roster import Roster, RosterError
from grader.intake.sorting import CollectReport, Wanted

__all__ = [
    "CollectError",
    "CollectReport",
    "Platform",
    "Roster",
    "RosterError",
    "Wanted",
    "collect",
]
