"""The modules beside a text that was never saved: what the cells of a running notebook import."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from grader.submissions.candidates import Candidates
from grader.submissions.expected import Expected
from grader.submissions.helpers import Helpers
from grader.submissions.tree import Tree
from grader.submissions.within_limits import Taken


def taken_beside(
    folder: Path, files: Mapping[str, bytes], expected: Expected, assignment: str
) -> Taken:
    """Take what these files import or run from a folder, beside the files themselves."""
    taken = Taken(files=dict(files))
    with Tree() as tree:
        tree.add_folder(folder)
        Helpers(tree, [], [], Candidates(expected, assignment), taken).take()
    return taken
