"""The one result format: what grading decides, and all that any report may show.

Everything before a `Result` decides, everything after it only renders. The JSON
schema in ``docs/result.schema.json`` is generated from these models; see
``grader.authoring.schema``.
"""

from __future__ import annotations

import math
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from grader.sanitise.text import safe_output, safe_sentence, safe_text

SafeText = Annotated[str, BeforeValidator(safe_text)]
"""Text that may come from a student: bounded, printable, free of control characters."""
SafeSentence = Annotated[str, BeforeValidator(safe_sentence)]
"""The same for what we say, with a student's words in it: their terminal sequences are removed."""
SafeOutput = Annotated[str, BeforeValidator(safe_output)]
"""The same for what a student's code printed: as a terminal would show it."""


class Status(StrEnum):
    """How one check ended. `grader_error` is nobody's fault but ours."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"
    MISSING = "missing"
    FORBIDDEN = "forbidden"
    SKIPPED = "skipped"
    GRADER_ERROR = "grader_error"


class Kind(StrEnum):
    """What a check compares."""

    OUT = "out"
    GRAD = "grad"
    STAT = "stat"
    ERR = "err"
    TRAIN = "train"
    KERAS = "keras"
    SRC = "src"


class Visibility(StrEnum):
    """Public cases are frozen in the student's copy; hidden ones come from the secret seed."""

    PUBLIC = "public"
    HIDDEN = "hidden"


class _Record(BaseModel):
    # Fields are only ever added: a reader of today leaves out those of tomorrow.
    model_config = ConfigDict(extra="ignore", frozen=True)


class Diagnosis(_Record):
    """The likely mistake behind a failed check, and where a good teacher would point."""

    id: str
    """A stable name, `generic.factor` or `misconception.half_mse.forgets_the_half`."""
    hint: SafeSentence
    """What it looks like and what to look at next; never the answer."""


class CaseCount(_Record):
    """How many cases ran and how many of them passed."""

    run: int = Field(default=0, ge=0)
    passed: int = Field(default=0, ge=0)

    @staticmethod
    @lru_cache(maxsize=1_024)
    def of(run: int, passed: int) -> CaseCount:
        """The count, made once for the many checks that have the same."""
        return CaseCount(run=run, passed=passed)


def _lost_number(value: object) -> object:
    return math.nan if value is None else value


Loss = Annotated[
    float,
    BeforeValidator(_lost_number),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "null"}]}),
]
"""A number that may be none: JSON has no NaN and no infinity, and writes null for them."""


class CurvePlot(_Record):
    """Training curves: the student's, and the reference's beside it."""

    kind: Literal["curve"] = "curve"
    title: str
    x_label: str = "step"
    y_label: str = "loss"
    student: list[Loss]
    reference: list[Loss]
    steps: int = 0
    """How many steps the curves stand for when they were thinned; 0: one value a step."""


class ConfusionPlot(_Record):
    """Counts of true (row) against predicted (column) classes on held-out data."""

    kind: Literal["confusion"] = "confusion"
    title: str
    labels: list[str]
    counts: list[list[int]]


class RocPlot(_Record):
    """The receiver operating characteristic on held-out data."""

    kind: Literal["roc"] = "roc"
    title: str
    false_positive_rate: list[float]
    true_positive_rate: list[float]
    area: Loss


Plot = Annotated[CurvePlot | ConfusionPlot | RocPlot, Field(discriminator="kind")]


PUBLIC_SEED = "public"
"""The seed of the cases in a student's copy."""


class Example(_Record):
    """What came of looking for a public input on which a check fails that failed on hidden cases.

    The points never depend on it.
    """

    seed: str = ""
    """The public seed that made the input: `public` for the cases in the student's copy; "" where
    none was found."""
    message: SafeSentence = ""
    """The input, what was expected and what was received."""
    right: int = Field(default=0, ge=0)
    """How many public inputs of the check were answered rightly."""
    only_public: bool = False
    """Whether the copy's inputs alone were tried, since nothing here makes others."""
    file: str = Field(default="", pattern="^[A-Za-z0-9+/=]*$", max_length=100_000)
    """What `grader check --case` runs, in base64; "" for a case that the student's copy holds."""
    too_large: bool = False
    """Whether there is no file since it would be larger than what is handed out."""


class CheckResult(_Record):
    """One check of one exercise."""

    exercise: str
    check: str
    title: str
    kind: Kind
    visibility: Visibility
    points: float = Field(ge=0)
    max_points: float = Field(ge=0)
    status: Status
    message: SafeSentence = ""
    diagnosis: Diagnosis | None = None
    cases: CaseCount = CaseCount()
    seconds: float = Field(default=0.0, ge=0)
    printed: SafeOutput = ""
    """What the student's code printed while this check ran, as a terminal shows it, bounded."""
    line: int | None = None
    """The line that the message speaks of: of the student's file, or of the notebook's `cell`."""
    cell: SafeText = ""
    """The cell of that line where the student's file is a notebook, such as "cell 3"."""
    file: str = ""
    """The file that holds the exercise, or the line that the message speaks of."""
    plots: list[Plot] = []
    waits_for: SafeText = ""
    """What has to be right first, where the status is `skipped` for that reason."""
    whole_file: bool = False
    """Whether the message is about the file, and so said of each of its exercises alike."""
    example: Example | None = None
    """A public input on which it fails, too; None where none was looked for."""

    @property
    def lost_points(self) -> bool:
        """Whether it earned less than it could; points are rounded to hundredths."""
        return self.points < round(self.max_points, 2)


class SubmissionRecord(_Record):
    """What was graded. Names come from the student's disk and are made safe."""

    files: list[SafeText]
    sha256: str
    submitted_at: str | None = None
    late_seconds: float = 0.0
    notes: list[SafeSentence] = []
    """What was odd about the files: ignored links, two files for one name, wrong encodings."""
    nothing_to_grade: SafeSentence = ""
    """Why nothing could be graded: what was found and what to hand in instead."""
    attempts_sha256: str = ""
    """Of all attempts, where the best of several counts; resuming compares it."""


class Result(_Record):
    """The grade of one submission of one assignment."""

    schema_version: Literal[1] = 1
    course: str
    assignment: str
    student: SafeText
    submission: SubmissionRecord
    points: float = Field(ge=0)
    max_points: float = Field(ge=0)
    checks: list[CheckResult]
    seed: str
    """A fingerprint of the seed, never the seed: a student may read this file."""
    assignment_sha256: str = ""
    """Which version of checks and references graded this; resuming compares it."""
    exercise_sha256: dict[str, str] = {}
    """The same for each exercise: when an assignment changes, only what differs is graded again."""
    confinement: Literal["forked", "confined", "account", "unconfined"]
    grader_version: str
    grader_sha256: str = ""
    """Which code and libraries graded this; resuming compares it. "" where nobody asked."""
    environment: dict[str, Any] = {}
    seconds: float = Field(default=0.0, ge=0)

    @property
    def has_grader_error(self) -> bool:
        """Whether the grader or the machine failed on some check."""
        return any(check.status is Status.GRADER_ERROR for check in self.checks)

    def of_exercise(self, exercise: str) -> Result:
        """The part of the result that one exercise has, with its points."""
        checks = [check for check in self.checks if check.exercise == exercise]
        points, max_points = total(checks)
        return self.model_copy(
            update={"checks": checks, "points": points, "max_points": max_points}
        )

    def comparable(self) -> dict[str, Any]:
        """The result without what may differ between two equal gradings (time, machine)."""
        record = self.model_dump(mode="json", exclude={"seconds", "environment"})
        for check in record["checks"]:
            del check["seconds"]
        return record


def total(checks: list[CheckResult]) -> tuple[float, float]:
    """Points earned and attainable, rounded to hundredths so that sums read well."""
    earned = round(sum(check.points for check in checks), 2)
    attainable = round(sum(check.max_points for check in checks), 2)
    return earned, attainable
