"""Misconceptions: each costs points and is named, judged from what preparation recorded."""

from __future__ import annotations

from pathlib import Path

from grader.authoring.promises.mistakes import marked_misconceptions
from grader.authoring.promises.problem import broken
from grader.course.misconception import Misconception, splice
from grader.course.prepare import LiveCourse
from grader.course.prepared import PreparedAssignment
from grader.judge.recorded import judged_from_records


def keep_names(course: LiveCourse, prepared: PreparedAssignment, folder: Path) -> None:
    """Refuse a misconception that costs nothing, or that is not named where points are lost.

    Parameters
    ----------
    prepared
        The course with what its misconceptions answer, to public or hidden cases.

    Raises
    ------
    PromiseBroken
        At its definition.
    """
    known = {one.id: one for one in course.misconceptions}
    for marked, place in marked_misconceptions(folder):
        one = known[marked.id]
        problem = problem_of(course, prepared, one)
        if problem:
            raise broken(place, problem)


def problem_of(course: LiveCourse, prepared: PreparedAssignment, one: Misconception) -> str:
    """What a misconception does not keep, in a sentence; "" where it keeps all."""
    file = next(each.file for each in course.assignment.exercises() if each.name == one.exercise)
    text = splice(course.references[file], one.exercise, one.source)
    results = judged_from_records(prepared, one.id, text)
    if not results:  # any method will do: sources and trainings alone are judged
        return ""
    if not any(result.lost_points for result in results):
        return (
            f"expected {one.name} to cost points of {one.exercise}. Received right answers to all "
            "of its cases; add a case that shows the mistake, or take the misconception out."
        )
    named = sorted({result.diagnosis.id for result in results if result.diagnosis is not None})
    if one.id in named:
        return ""
    return (
        f"expected {one.name} to be named where it costs points of {one.exercise}. Received: "
        f"{', '.join(named) or 'no name'}; other mistakes have the same answers, so add a case "
        "that tells them apart, or join them."
    )
