"""The worker locks itself in, once its imports are done and before the student's code comes."""

from __future__ import annotations

from typing import Any

from grader.worker import system
from grader.worker.limits import limit_resources


def lock_down(settings: dict[str, Any]) -> None:
    """Set the limits; where the judge sent a filter, also drop all rights and install it.

    Parameters
    ----------
    settings
        ``limits``: bytes and counts by name, None where there is none; ``filter``: a seccomp
        program, or None on a student's own machine.

    Raises
    ------
    OSError
        When the system refuses; the worker then ends before it has seen the student's code.
    """
    confined = settings["filter"] is not None
    limit_resources(settings["limits"], strict=confined)
    if confined:
        # Whatever reads memory or descriptors of another process is for the dumpable alone.
        system.set_dumpable(False)
        system.drop_capabilities()
        system.install_filter(settings["filter"])
