"""How an author writes an assignment: files, exercises, and decorated check functions."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from grader.course.case import Case
from grader.course.declared import listed, require_declared
from grader.course.place import Place, calling_place
from grader.result import Kind

OF_WEIGHTS = ("trained", "before", "control")
"""The settings of a train check that name results which hold a student's weights."""
Cases = Callable[[np.random.Generator], Iterable[Case]]
Backend = Literal["numpy", "keras"]

BACKEND_IMPORTS: dict[str, tuple[str, ...]] = {
    "numpy": ("numpy",),
    "keras": ("numpy", "keras"),
}


@dataclass
class Check:
    """A check as its author declares it: a kind, a title, points, and a generator of cases."""

    exercise: str
    name: str
    kind: Kind
    title: str
    points: float
    cases: Cases
    needs: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    place: Place | None = field(default=None, compare=False)
    """Where it is declared."""


@dataclass
class Exercise:
    """A function or class that the student writes."""

    name: str
    file: str
    hints: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    checks: list[Check] = field(default_factory=list)
    forbid: tuple[str, ...] = ()
    instead: str = ""
    eagerly: bool = True
    place: Place | None = field(default=None, compare=False)
    """Where it is declared."""

    def outputs(
        self,
        *,
        points: float,
        select: int | None = None,
        needs: Iterable[str] = (),
        edge: bool = False,
    ) -> Callable[[Cases], Cases]:
        """Compare outputs with the reference's; `select` picks one of a returned tuple.

        With `edge`, here and in the other kinds, the check is easy to satisfy (a gradient of
        zero at the minimum, say): it counts once the exercise is right on ordinary input.
        """
        settings = {"judges": "values", "select": select}
        return self._declare(Kind.OUT, points, needs, settings, edge)

    def no_warnings(
        self, *, points: float, needs: Iterable[str] = (), edge: bool = False
    ) -> Callable[[Cases], Cases]:
        """Compare outputs, and allow no NumPy warning."""
        return self._declare(Kind.OUT, points, needs, {"judges": "warnings", "select": None}, edge)

    def gradient(
        self,
        *,
        points: float,
        wrt: Iterable[str],
        of: str | None = None,
        consistent_share: float = 0.3,
        needs: Iterable[str] = (),
        edge: bool = False,
    ) -> Callable[[Cases], Cases]:
        """Compare gradients with the reference's and with differences of the student's own loss.

        Parameters
        ----------
        wrt
            The arguments that the gradients belong to, in the order of the outputs.
        of
            The exercise that computes the loss (the sum of its output, when that is an array);
            None when this one returns ``(loss, gradient, …)`` itself. A script names the steps
            of its loss on its own; `of` then says which exercise to look at.
        consistent_share
            The part of the points for a gradient that is wrong, but right for the student's own
            wrong loss.
        """
        settings = {"of": of, "wrt": listed("wrt", wrt), "consistent_share": consistent_share}
        return self._declare(Kind.GRAD, points, needs, settings, edge)

    def statistics(
        self, *, points: float, needs: Iterable[str] = (), edge: bool = False
    ) -> Callable[[Cases], Cases]:
        """Compare statistics of random output with the ranges that the cases expect."""
        return self._declare(Kind.STAT, points, needs, {}, edge)

    def errors(
        self, *, points: float, raises: str = "ValueError", needs: Iterable[str] = ()
    ) -> Callable[[Cases], Cases]:
        """Expect an exception of class `raises` (dotted, unless it is a builtin)."""
        if not isinstance(raises, str):
            raise ValueError(
                f"Expected raises to be a name such as 'ValueError'. Received: {raises!r}"
            )
        dotted = raises if "." in raises else f"builtins.{raises}"
        return self._declare(Kind.ERR, points, needs, {"raises": dotted})

    def training(
        self,
        *,
        points: float,
        measure: str,
        baseline: float,
        threshold: float,
        stated: float | None = None,
        cpu_seconds: float = 60,
        same: Mapping[str, str] | None = None,
        blank: str = "",
        trained: str = "",
        before: str = "",
        control: str = "",
        needs: Iterable[str] = (),
    ) -> Callable[[Cases], Cases]:
        """Measure the quality of what was fitted, on data that the student's process never sees.

        Parameters
        ----------
        measure
            A name of `grader.checks.measures.MEASURES`.
        baseline
            The quality that earns nothing, without learning or with a trivial model.
        threshold
            The quality that earns all points; between the two, points grow linearly.
        stated
            The quality that the handout and messages ask for, a little stricter than
            `threshold`, so that nobody who reached it misses the points by another rounding.
            Default: `threshold`.
        cpu_seconds
            The CPU time of one case.
        same
            Results that a script returns beside its answer and that have to be the reference's,
            with what is said otherwise: facts of the network that was asked for, for example.
        blank
            A result that a script returns beside its answer: what the model answers when all
            its weights are zero. Where that is better than nothing, nothing is earned.
        trained, before, control
            Results that a script returns beside its answer, dicts of arrays by name: what
            training left (`step.attribute`, or `step.kernels` of a Keras model), what was there
            before it (`step.snapshot`, `step.kernels`), and what comes of other targets
            (`step.control`). Of the arrays with two or more axes each has to be another than the
            one of its name in both, or nothing is earned; what is not there is not compared.
        """
        settings = {
            "measure": measure,
            "baseline": baseline,
            "threshold": threshold,
            "stated": threshold if stated is None else stated,
            "cpu_seconds": cpu_seconds,
            **({"same": dict(same)} if same else {}),
            **({"blank": blank} if blank else {}),
            **({"trained": trained} if trained else {}),
            **({"before": before} if before else {}),
            **({"control": control} if control else {}),
        }
        return self._declare(Kind.TRAIN, points, needs, settings)

    def keras(
        self,
        *,
        points: float,
        needs: Iterable[str] = (),
        edge: bool = False,
        cpu_seconds: float | None = None,
    ) -> Callable[[Cases], Cases]:
        """Run a script on a Keras model or layer and compare what it returns.

        `cpu_seconds` is the CPU time of one case where it trains, which takes long on a machine
        that is busy; by default it is that of any question.
        """
        settings = {} if cpu_seconds is None else {"cpu_seconds": cpu_seconds}
        return self._declare(Kind.KERAS, points, needs, settings, edge)

    def purity(self, *, points: float) -> None:
        """Expect the inputs of the first outputs check to be unchanged."""
        first = next((check for check in self.checks if check.kind is Kind.OUT), None)
        if first is None:
            raise ValueError(
                f"Expected a check of outputs above the purity of {self.name}, for its cases are "
                "asked again. Received: none"
            )
        self._add(
            Check(
                exercise=self.name,
                name="purity",
                kind=Kind.OUT,
                title="leaves its inputs unchanged",
                points=points,
                cases=first.cases,
                # The values of these cases are judged by `first`; its case seeds are reused.
                settings={"judges": "purity", "select": None, "same_cases_as": first.name},
                place=calling_place(),
            )
        )

    def forbids(self, *names: str, instead: str, eagerly: bool = True) -> None:
        """Forbid functions and classes of a library at run time, in all checks of the exercise.

        Parameters
        ----------
        names
            Dotted names. Of a family (the layers of Keras that multiply by weights) name all
            members, and the functions and classes beneath them that would do the work as well.
            Of a library's private names, those that its version does not have are passed over.
        instead
            What to write, as the end of a sentence: "write the product with `ops.matmul`". The
            handout and the docstring of the stub tell students of the rule beforehand.
        eagerly
            Whether TensorFlow runs without graphs meanwhile, since one that was traced while the
            file was loaded has no guards. False where checks ask for what only a graph shows.
        """
        self.forbid, self.instead, self.eagerly = names, instead, eagerly

    def source(
        self, *, points: float, title: str, forbid: Iterable[str] = (), instead: str = ""
    ) -> None:
        """Give points for a text that names nothing of what is forbidden.

        That is what `forbids` has named before, or `forbid` and `instead`, which are handed on
        to it.
        """
        if forbid:
            self.forbids(*forbid, instead=instead)
        settings = {"forbid": list(self.forbid)}
        self._add(
            Check(
                self.name,
                "source",
                Kind.SRC,
                title,
                points,
                lambda rng: (),
                settings=settings,
                place=calling_place(),
            )
        )

    def _declare(
        self,
        kind: Kind,
        points: float,
        needs: Iterable[str],
        settings: dict[str, Any],
        edge: bool = False,
    ) -> Callable[[Cases], Cases]:
        if edge:  # named only where it is so: what is frozen otherwise stays as it is
            settings["edge"] = True
        needed = listed("needs", needs)

        def declare(cases: Cases) -> Cases:
            name = cases.__name__  # type: ignore[attr-defined]
            title = (inspect.getdoc(cases) or "").partition("\n")[0].strip()
            if not title:
                raise ValueError(
                    "Expected a docstring, which is the title that students read. "
                    f"Received: none on {self.name}.{name}"
                )
            place = calling_place()
            self._add(
                Check(self.name, name, kind, title, points, cases, tuple(needed), settings, place)
            )
            return cases

        return declare

    def _add(self, check: Check) -> None:
        if any(other.name == check.name for other in self.checks):
            raise ValueError(f"Expected one check of each name. Received: {check.name} twice")
        require_declared(check.points, check.settings)
        self.checks.append(check)


@dataclass
class StudentFile:
    """A file that the student hands in."""

    name: str
    backend: Backend
    imports: tuple[str, ...]
    exercises: list[Exercise] = field(default_factory=list)
    place: Place | None = field(default=None, compare=False)
    """Where it is declared."""

    def exercise(
        self, name: str, *, needs: Iterable[str] = (), hints: Iterable[str] = ()
    ) -> Exercise:
        """Declare an exercise; `needs` are the exercises that a usual solution calls."""
        exercise = Exercise(
            name,
            self.name,
            tuple(listed("hints", hints)),
            tuple(listed("needs", needs)),
            place=calling_place(),
        )
        self.exercises.append(exercise)
        return exercise


@dataclass
class Assignment:
    """An assignment as its author declares it in ``solutions/…/checks.py``."""

    name: str
    title: str
    summary: str = ""
    files: list[StudentFile] = field(default_factory=list)

    def file(
        self, name: str, *, backend: Backend, imports: Iterable[str] | None = None
    ) -> StudentFile:
        """Declare a file that students hand in.

        `imports` names the packages that it may import besides Python's standard library; by
        default those of its backend.
        """
        if backend not in BACKEND_IMPORTS:
            raise ValueError(f"Expected {' or '.join(BACKEND_IMPORTS)}. Received: {backend!r}")
        packages = BACKEND_IMPORTS[backend] if imports is None else listed("imports", imports)
        declared = StudentFile(name, backend, tuple(packages), place=calling_place())
        self.files.append(declared)
        return declared

    def exercises(self) -> Iterator[Exercise]:
        """All exercises, in the order in which students meet them."""
        for file in self.files:
            yield from file.exercises

    def guarded(self) -> tuple[str, ...]:
        """Every function that some exercise forbids."""
        return all_forbidden(exercise.forbid for exercise in self.exercises())

    @property
    def points(self) -> float:
        """What the assignment is worth."""
        checks = (check for exercise in self.exercises() for check in exercise.checks)
        return round(sum(check.points for check in checks), 2)


def all_forbidden(lists: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """The functions of several lists, each once and in order."""
    return tuple(sorted({name for names in lists for name in names}))
