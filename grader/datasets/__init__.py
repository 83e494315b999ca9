"""The course's data: public tables, and tasks that are made from a seed.

For authors and for students who want to look at the data. Graded code never imports it: a
worker gets arrays, and held-out labels stay with the judge. How a seed disguises what is public
stands in `disguise` (tables) and `pictures` (images).
"""

from grader.datasets.images import DatasetUnavailable, cifar10, mnist
from grader.datasets.planes import spirals, xor
from grader.datasets.sequences import (
    SEPARATOR,
    TokenTask,
    adding_problem,
    addition,
    renamed_ids,
    reversal,
    sorting,
)
from grader.datasets.series import henon
from grader.datasets.tables import breast_cancer, diabetes, digits, sunspots, windows

__all__ = [
    "SEPARATOR",
    "DatasetUnavailable",
    "TokenTask",
    "adding_problem",
    "addition",
    "breast_cancer",
    "cifar10",
    "diabetes",
    "digits",
    "henon",
    "mnist",
    "renamed_ids",
    "reversal",
    "sorting",
    "spirals",
    "sunspots",
    "windows",
    "xor",
]
