"""Submissions from learning platforms: downloads into the layout that nbgrader and we grade."""

from grader.submissions.intake.collecting import CollectError, collect
from grader.submissions.intake.platforms import Platform
from grader.submissions.intake.roster import Roster, RosterError
from grader.submissions.intake.sorting import CollectReport, Wanted

__all__ = [
    "CollectError",
    "CollectReport",
    "Platform",
    "Roster",
    "RosterError",
    "Wanted",
    "collect",
]
