"""The subcommands: where each is written, and what a list of them says without importing any."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec


@dataclass(frozen=True)
class Command:
    """One subcommand.

    Attributes
    ----------
    module
        The module of this package that defines it.
    summary
        What it does, as the first paragraph of its own help says, too.
    needs
        Packages of the extra `instructor` without which it cannot be imported.
    """

    module: str
    summary: str
    needs: tuple[str, ...] = ()

    def described(self) -> str:
        """The summary, or which package is missing here."""
        missing = next((one for one in self.needs if find_spec(one) is None), None)
        return self.summary if missing is None else lacks(missing)


def lacks(package: str) -> str:
    """What the list of commands says of one that cannot run without a package."""
    return f"Needs {package}, which the extra `instructor` installs."


_NOTEBOOKS = ("jupytext", "nbformat")
_WHEEL = ("wheel",)

COMMANDS = {
    "list": Command("list_assignments", "Show assignments, exercises, points and my progress."),
    "check": Command("check", "Check my files and explain what is wrong."),
    "hint": Command("hint", "Give the next hint for an exercise."),
    "ci": Command(
        "ci",
        "Grade what a push changed: in GitHub Actions, GitLab CI, Gradescope or any other place.",
    ),
    "collect": Command(
        "collect", "Lay the submissions of a download into submitted/{student}/ASSIGNMENT."
    ),
    "batch": Command("batch", "Grade submitted/*/ASSIGNMENT on hidden cases."),
    "report": Command("report", "Write the HTML report: a class page and a page for each student."),
    "export": Command(
        "export", "Write grades for a spreadsheet, Canvas, Moodle, Gradescope or a CI server."
    ),
    "diff": Command("diff", "Compare two runs: who moves, by how much, on which checks."),
    "similarity": Command("similarity", "Show which submissions resemble each other, and where."),
    "new": Command(
        "new",
        "Write the skeleton of an assignment: a reference, its checks, misconceptions, a handout.",
    ),
    "freeze": Command(
        "freeze", "Generate stubs, handouts and public cases from solutions/.", _NOTEBOOKS
    ),
    "release": Command(
        "release",
        "Write what students get: assignments, data, the grader, a pinned installation.",
        _WHEEL,
    ),
    "seal": Command("seal", "Encrypt the hidden cases of assignments for grader ci."),
    "gradescope": Command(
        "gradescope", "Write the autograder of an assignment for Gradescope.", _WHEEL
    ),
    "notebooks": Command(
        "notebooks",
        "Write notebooks with solutions into source/, for nbgrader generate_assignment.",
        _NOTEBOOKS,
    ),
    "thresholds": Command(
        "thresholds",
        "Train references and other right solutions on every train check; "
        "renew docs/thresholds.md.",
    ),
    "audit": Command(
        "audit",
        "Plant small mistakes in the references and see whether the checks notice.",
        _NOTEBOOKS,
    ),
    "demo-class": Command(
        "demo_class",
        "Make a class of synthetic students from references and misconceptions.",
        _NOTEBOOKS,
    ),
    "doctor": Command("doctor", "Show what works on this machine, by trying it."),
    "hook": Command("hook", "Grade what students push to your own git server."),
}
"""By name, in the order of `--help`, where those with subcommands come last."""
