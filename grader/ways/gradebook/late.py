"""Late penalties by ``grader.toml``, as a plugin of nbgrader's."""

from __future__ import annotations

from pathlib import Path

from nbgrader.plugins import LateSubmissionPlugin
from traitlets import Unicode

from grader.submissions import CourseDirectory


class LateDays(LateSubmissionPlugin):
    """Grace days, then so many percent for each day begun, up to a cap.

    ``grader batch`` uses it unless ``nbgrader_config.py`` names another; for ``nbgrader
    autograde``, write there::

        c.AssignLatePenalties.plugin_class = "grader.ways.gradebook.late.LateDays"
    """

    course = Unicode(".", help="The course directory, which holds grader.toml.").tag(config=True)

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Return the points that a late notebook loses; None for none.

        Parameters
        ----------
        student_id
            Not looked at: extensions have moved the student's own due date.
        score
            Points earned.
        total_seconds_late
            Seconds after the due date.

        Raises
        ------
        CourseError
            When ``grader.toml`` cannot be read.
        """
        late = CourseDirectory(Path(self.course)).settings.late
        return round(score * late.share_lost(total_seconds_late), 2) or None
