"""Which exercises may be answered without the work in one submission."""

from __future__ import annotations

from collections.abc import Mapping

from grader.course.prepared import PreparedAssignment


def grouped(
    assignment: PreparedAssignment, file: str, uses: Mapping[str, set[str]]
) -> list[list[str]]:
    """The exercises of a file, so that none is judged by way of another of its group.

    Each is then judged as if it alone were wrong, and few submissions suffice.

    Parameters
    ----------
    uses
        By definition of the file, the names that it mentions.
    """
    names = [one.name for one in assignment.exercises if one.file == file]
    reached = {name: _reached(assignment, name, uses) - {name} for name in names}
    groups: list[list[str]] = []
    for name in names:
        for group in groups:
            if not any(name in reached[one] or one in reached[name] for one in group):
                group.append(name)
                break
        else:
            groups.append([name])
    return groups


def _reached(
    assignment: PreparedAssignment, exercise: str, uses: Mapping[str, set[str]]
) -> set[str]:
    """The definitions that its checks and what they call may run."""
    found = [exercise]
    for check in assignment.checks_of(exercise):
        found += [*check.called, str(check.settings.get("of"))]
    for name in found:  # grows while it is walked
        found += [one for one in sorted(uses.get(name, ())) if one in uses and one not in found]
    return set(found)
