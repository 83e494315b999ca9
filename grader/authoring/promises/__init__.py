"""What every course keeps: promises to students, held before anything is written for them."""

from grader.authoring.promises.keeping import keep_promises
from grader.authoring.promises.problem import PromiseBroken

__all__ = ["PromiseBroken", "keep_promises"]
