"""Which CI server runs us, for whom, and at which commit the push began.

Relied upon: GitHub's variables and its event file
(https://docs.github.com/en/actions/reference/workflows-and-actions/variables), GitLab's variables
(https://docs.gitlab.com/ci/variables/predefined_variables/), Gradescope's folder
(https://gradescope-autograders.readthedocs.io/en/latest/specs/).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from grader.files.foreign_json import read_json

_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_MAX_EVENT = 16 * 2**20
AUTOGRADER = Path("/autograder")
"""Where Gradescope lays out what it gives to an autograder."""
METADATA = "submission_metadata.json"


class Server(StrEnum):
    """Who runs us."""

    GITHUB = "github"
    GITLAB = "gitlab"
    GRADESCOPE = "gradescope"
    PLAIN = "plain"


@dataclass(frozen=True)
class Environment:
    """What a CI server tells of the push that it runs us for.

    Attributes
    ----------
    student
        Who pushed; "" where nobody says.
    before
        The commit that the push or the merge request began at; "" for a new branch, or where
        nobody says.
    is_new
        Whether the push began the branch, so that there is nothing before it.
    checkout
        The folder that the server's paths begin at.
    summary, output
        Files that GitHub reads: Markdown for people, ``name=value`` for later steps.
    """

    server: Server
    student: str = ""
    before: str = ""
    is_new: bool = False
    checkout: Path | None = None
    summary: Path | None = None
    output: Path | None = None


def detect(variables: Mapping[str, str]) -> Environment:
    """Read the environment's variables; what they do not say, nobody guesses."""
    if variables.get("GITHUB_ACTIONS") == "true":
        return _github(variables)
    if variables.get("GITLAB_CI") == "true":
        before = variables.get("CI_MERGE_REQUEST_DIFF_BASE_SHA")
        before = before or variables.get("CI_COMMIT_BEFORE_SHA", "")
        return Environment(
            Server.GITLAB,
            variables.get("GITLAB_USER_LOGIN", ""),
            *_began(before),
            checkout=_path(variables, "CI_PROJECT_DIR"),
        )
    if (AUTOGRADER / METADATA).is_file():
        return Environment(Server.GRADESCOPE)
    return Environment(Server.PLAIN)


def _github(variables: Mapping[str, str]) -> Environment:
    event = _event(variables.get("GITHUB_EVENT_PATH", ""))
    request = event.get("pull_request")
    before = event.get("before", "")
    if isinstance(request, dict):
        base = request.get("base")
        before = base.get("sha", "") if isinstance(base, dict) else ""
    return Environment(
        Server.GITHUB,
        variables.get("GITHUB_ACTOR", ""),
        *_began(before),
        checkout=_path(variables, "GITHUB_WORKSPACE"),
        summary=_path(variables, "GITHUB_STEP_SUMMARY"),
        output=_path(variables, "GITHUB_OUTPUT"),
    )


def _began(commit: object) -> tuple[str, bool]:
    """The commit when it is one, and whether it is the zeros that stand for none."""
    if not isinstance(commit, str) or not _COMMIT.fullmatch(commit):
        return "", False
    return ("", True) if set(commit) == {"0"} else (commit, False)


def _event(path: str) -> dict[str, Any]:
    try:
        file = Path(path)
        if not path or file.stat().st_size > _MAX_EVENT:
            return {}
        event = read_json(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return event if isinstance(event, dict) else {}


def _path(variables: Mapping[str, str], name: str) -> Path | None:
    value = variables.get(name)
    return Path(value) if value else None
