"""What a user may be told: the base of all such exceptions, and what a machine refuses.

Whoever raises a `GraderProblem` has written its message for the user. The command line shows it
without a traceback; whatever else is raised is a mistake of ours, or of an author's checks.
"""

from __future__ import annotations

import errno

DISTRIBUTION = "deep-learning-grader"
"""What pip calls the grader."""


class GraderProblem(Exception):
    """What was asked cannot be done; the message says what happened and how to fix it."""


class MachineProblem(GraderProblem):
    """The machine refuses, which is nobody's mistake in a call: a full disk, a read-only folder."""


def installing(extra: str) -> str:
    """The command that installs what an extra of the grader names.

    pip takes the grader itself as it is installed, whatever file it came from.
    """
    return f'pip install "{DISTRIBUTION}[{extra}]"'


def is_wrong_place(error: OSError) -> bool:
    """Whether there is no such place: a wrong call, where the caller named it."""
    return error.errno in {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST}


def advice(error: OSError) -> str:
    """How to fix what an error of the operating system says, as the beginning of a sentence."""
    if error.errno in {errno.ENOSPC, getattr(errno, "EDQUOT", None)}:
        return "Free some space"
    if error.errno == errno.EFBIG:
        return "Raise the limit on the size of files (ulimit -f)"
    if error.errno in {errno.EEXIST, errno.ENOTDIR, errno.EISDIR}:
        return "Move away what is in the way"
    return "Make the folder writable"
