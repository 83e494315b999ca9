"""Our CSV as an exporter of nbgrader's: a column for each exercise, people's points included."""

from __future__ import annotations

from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin

from grader.files.atomic import write_atomically
from grader.render.exports.points import points_csv
from grader.sanitise.text import safe_sentence
from grader.ways.gradebook.grades import grades_in


class PointsPerExercise(ExportPlugin):
    """Write the gradebook as ``grader export --to csv --per-exercise --gradebook`` does.

    Use it with ``nbgrader export --exporter grader.ways.gradebook.exporter.PointsPerExercise``;
    nbgrader's ``--to``, ``--assignment`` and ``--student`` work as with its own exporter.
    """

    def export(self, gradebook: Gradebook) -> None:
        """Write the file that ``--to`` names, by default ``grades.csv``.

        Parameters
        ----------
        gradebook
            The open gradebook.

        Raises
        ------
        OSError
            When the file cannot be written; the old one is untouched.
        """
        path = Path(self.to or "grades.csv")
        self.log.info("Exporting grades to %s", path)
        assignments = [str(one) for one in self.assignment]
        students = [str(one) for one in self.student]
        grades = list(grades_in(gradebook, assignments, students))
        for grade in grades:
            if grade.excess:
                who = f"{grade.student} has more than the maximum in {grade.assignment}"
                self.log.warning("%s", safe_sentence(f"{who}: {grade.excess}"))
        write_atomically(path, points_csv(grades, per_exercise=True))
