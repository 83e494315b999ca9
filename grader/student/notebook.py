"""`check("exercise")` in a notebook: the terminal's diagnosis, and a number that nbgrader takes.

In Jupyter the cells that were run so far are checked, on the public cases of the assignment's
folder. Under ``nbgrader autograde`` the notebook's file is graded as a whole, exactly as
``grader batch`` would: on hidden cases where the course's references and seed are at hand, else
on the public ones. Nothing of the notebook's own state is believed: its code runs anew, in a
process of its own.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import sys
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from grader.batch.hidden import hidden_assignment
from grader.confine import Launcher, quickest_launcher
from grader.course import frozen
from grader.course.catalogue import PUBLIC_FOLDER, course_root, live_assignments, load_live
from grader.course.expected import expected_of
from grader.course.prepared import PreparedAssignment
from grader.judge.grading import GradingOptions, grade
from grader.judge.processes import DiagnosisLog
from grader.judge.repairs import FORKED
from grader.problems import GraderProblem
from grader.render.cell import Aside, cell_html, cell_text
from grader.result import Result, Status
from grader.student.checking import LOCAL_STUDENT, load_public, name_problem
from grader.student.progress import next_exercise, next_hint, remember
from grader.submissions import CourseDirectory, Submission, read_path
from grader.submissions.beside import taken_beside
from grader.submissions.course_directory import CONFIGURATION
from grader.submissions.earlier_runs import later_runs
from grader.submissions.notebook import NotebookError, modules_of_notebook

_CELLS = re.compile(r"cells? \d+(?:(?:, | and )\d+)*")
_NUMBER = re.compile(r"(\d+)")
AUTOGRADE = "autograde"
"""What nbgrader sets ``NBGRADER_EXECUTION`` to while it grades."""


class CannotCheck(GraderProblem):
    """The cell could not be checked; nobody's code is to blame. The message says what to do."""

    def _render_traceback_(self) -> list[str]:
        """What IPython prints for this exception: the sentence, without a traceback."""
        return [f"grader: {self}"]


@dataclass(frozen=True)
class CheckedExercise:
    """What a check came to. Its text is its points, which nbgrader reads as partial credit.

    Attributes
    ----------
    result
        The result of this exercise alone.
    shown
        What is shown with it: hints, and the exercise to go on with.
    """

    result: Result
    shown: Aside = field(default_factory=Aside)

    @property
    def points(self) -> float:
        """Points earned."""
        return self.result.points

    def __repr__(self) -> str:
        """The points, and nothing else: nbgrader takes this for the grade."""
        return repr(float(self.points))

    def __str__(self) -> str:
        """The diagnosis, as in the terminal."""
        return cell_text(self.result, self.shown)

    def _repr_html_(self) -> str:
        return cell_html(self.result, self.shown)


def check(exercise: str = "", *, hint: bool = False) -> CheckedExercise:
    """Check one exercise of the notebook that this is called in.

    Parameters
    ----------
    exercise
        Its name, such as ``"predict"``.
    hint
        Give the next hint, too.

    Raises
    ------
    CannotCheck
        Outside of a notebook, without the assignment's public cases beside the notebook, for a
        name that is no exercise, or when the grader itself failed: then nobody loses points.
    """
    folder = _folder()
    public = _public(folder)
    if not exercise:
        first = public.exercises[0].name
        raise CannotCheck(f'Name the exercise that is to be checked, such as check("{first}").')
    if problem := name_problem(public, exercise):
        raise CannotCheck(problem)
    is_graded = os.environ.get("NBGRADER_EXECUTION") == AUTOGRADE
    with DiagnosisLog.of_course(folder, values=not is_graded):
        if is_graded:
            whole = _graded_whole(folder, public.exercise(exercise).file)
        else:
            submission = _running(folder, public, exercise)
            options = GradingOptions(only=frozenset({exercise}), repairs=FORKED)
            whole = grade(submission, public, _launcher(), options)
    result = whole.of_exercise(exercise)
    if result.has_grader_error:
        failed = next(one for one in result.checks if one.status is Status.GRADER_ERROR)
        raise CannotCheck(f"{exercise} could not be checked: {failed.message} Run the cell again.")
    return CheckedExercise(result, Aside() if is_graded else _aside(folder, public, result, hint))


def _aside(folder: Path, public: PreparedAssignment, result: Result, hint: bool) -> Aside:
    """What a student who works on an exercise is shown with its result."""
    (name,) = {one.exercise for one in result.checks}
    exercise = public.exercise(name)
    given = next_hint(folder, exercise) if hint else None
    upcoming = next_exercise(public, remember(folder, public, result), after=name)
    return Aside(
        exercise=name,
        notes=True,
        hints=exercise.hints,
        given=given.number if given is not None else 0,
        upcoming=upcoming.name if upcoming is not None else "",
    )


def _current() -> Path | None:
    """The current folder, unless it is gone."""
    try:
        return Path.cwd()
    except OSError:
        return None


_STARTED_IN = _current()
"""Where the notebook lies; a cell may go to another folder later (`os.chdir`, ``%cd``)."""


def _folder() -> Path:
    """The assignment's folder: the current one, or that from which a cell went away."""
    here = _current()
    for one in (here, _STARTED_IN):
        if one is not None and (one / PUBLIC_FOLDER).is_dir():
            return one
    return here or Path()


def _public(folder: Path) -> PreparedAssignment:
    try:
        return load_public(folder)
    except frozen.FrozenError:
        if (folder / PUBLIC_FOLDER).is_dir():
            raise
        raise CannotCheck(
            f"There is no folder `{PUBLIC_FOLDER}` beside this notebook, or a cell went to another "
            f"folder ({folder}). Keep the notebook in its assignment's folder, with all the files "
            "that came with it, and run it from there."
        ) from None


def _running(folder: Path, assignment: PreparedAssignment, exercise: str) -> Submission:
    """The folder's files, with the cells that were run in place of the exercise's file."""
    target = assignment.exercise(exercise).file
    expected = expected_of(assignment)
    saved = read_path(folder, expected, student=LOCAL_STUDENT, assignment=assignment.name)
    # A cell's number in this list is the number that Jupyter shows beside it.
    sources = _cells_run()
    cells = [{"cell_type": "code", "source": source} for source in sources]
    content = json.dumps({"cells": cells}).encode()
    try:
        made = modules_of_notebook(content, expected.files, target, later_runs(sources))
    except NotebookError as error:
        raise CannotCheck(f"The cells that were run so far {error}.") from None
    beside = taken_beside(folder, made.files, expected, assignment.name)
    others = {**saved.files, **beside.files}.keys() - made.files.keys()
    known = saved.line_origins | beside.line_origins
    places = saved.sources | beside.sources
    return replace(
        saved,
        files={**saved.files, **beside.files},
        problems={name: why for name, why in saved.problems.items() if name not in made.files},
        line_origins={name: known[name] for name in others & known.keys()}
        | {name: replace(origins, form="cell [{}]") for name, origins in made.line_origins.items()},
        notes=(*map(_with_prompts, made.notes), *beside.notes),
        sources={name: places[name] for name in others & places.keys()},
        nothing_to_grade="",
    )


def _with_prompts(note: str) -> str:
    """A note with cells called as Jupyter shows them: ``cells [2] and [5]: …``."""
    cells = _CELLS.match(note)
    if cells is None:
        return note
    return _NUMBER.sub(r"[\1]", cells[0]) + note[cells.end() :]


def _cells_run() -> list[str]:
    """What was typed into the notebook's cells, in the order in which they were run."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is None:
        raise CannotCheck("check() works inside a notebook. In a terminal, use: grader check")
    return list(shell.history_manager.input_hist_raw[1:])  # at 0 is nothing: they count from 1


@lru_cache(maxsize=1)
def _graded_whole(folder: Path, file: str) -> Result:
    """The notebook's file as nbgrader laid it out, graded once for all cells that check."""
    public = load_public(folder)
    expected = expected_of(public)
    only = frozenset(one.name for one in public.exercises if one.file == file)
    submission = read_path(folder, expected, student=folder.parent.name, assignment=public.name)
    course = _course_above(folder)
    if course is None:
        return grade(submission, public, _launcher(), GradingOptions(only=only, repairs=FORKED))
    limits = course.settings.limits.book()
    options = GradingOptions(course=course.name, limits=limits, only=only, repairs=FORKED)
    live = live_assignments(course_root(folder) or folder).get(public.name)
    if live is None:
        return grade(submission, public, _launcher(), options)
    hidden = hidden_assignment(course, load_live(live), _launcher())
    return grade(submission, hidden, _launcher(), options)


def _course_above(folder: Path) -> CourseDirectory | None:
    """The course directory that the folder lies in, when it has a ``grader.toml``."""
    for above in folder.parents:
        if (above / CONFIGURATION).is_file():
            return CourseDirectory(above)
    return None


@lru_cache(maxsize=1)
def _launcher() -> Launcher:
    """Kept while the kernel lives: where workers are forked, only the first check is slow."""
    chosen = quickest_launcher()
    atexit.register(chosen.close)
    return chosen
