"""Grade a submission, and explain what it fails on hidden cases alone by public inputs.

The judge that graded it tries the inputs that students have. Where these show nothing, further ones
are made, once for a class and not by a judge, and another judge tries them.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from grader.batch.attempts import counted
from grader.batch.grading import Delivery, GradingWork
from grader.batch.searching import FurtherSearch
from grader.confine import Launcher
from grader.course.prepared import PreparedAssignment
from grader.judge.processes import Judges, Past, Slate, records_name
from grader.result import Result

_log = logging.getLogger("grader.diagnose")


def judge_and_explain(judges: Judges, work: GradingWork) -> Delivery:
    """Grade a submission; what fails to be explained is graded all the same."""
    delivery = Delivery.decode(judges.judge(work))
    if work.inputs is None or not delivery.still_open or delivery.trouble:
        return delivery
    try:
        further = work.inputs.further(delivery.still_open)
    except Exception:  # a reference that fails on its own case, say; the grade does not need it
        _log.exception("Making further inputs of %s failed", work.assignment.name)
        return delivery
    result = Result.model_validate_json(delivery.content)
    search = FurtherSearch(work.inputs, further)
    return Delivery.decode(judges.judge(_ExplainingWork(work, search, result)))


@dataclass(frozen=True)
class _ExplainingWork:
    """A submission that is graded, and tries further inputs; whatever happens, its result stands.

    Attributes
    ----------
    result
        What is known of it.
    """

    grading: GradingWork
    search: FurtherSearch
    result: Result

    @property
    def assignment(self) -> PreparedAssignment:
        """What it was judged by."""
        return self.grading.assignment

    def judge(self, launcher: Launcher, slate: Slate, past: Past) -> Result:
        """Read the submission once more and try the inputs; nothing is noted on the slate."""
        slate.stands(self.deliver(self.result))
        job = self.grading.job
        options = replace(self.grading.options, inspected={})
        with records_name(f"{job.student}, {self.assignment.name}"):
            try:
                submission = counted(job.read(), self.result).submission
                if submission.sha256 != self.result.submission.sha256:
                    return self.result  # handed in anew meanwhile
                return self.search.explained(self.result, submission, launcher, options)
            except Exception:
                _log.exception("Looking for an input that explains a failure failed")
                return self.result

    def ungraded(self, reason: str) -> Result:
        """The result as it is: not to be explained is no failure."""
        return self.result

    def deliver(self, result: Result) -> bytes:
        """A `Delivery` of the result."""
        return Delivery.of(result).encode()
