"""Named wrong versions of a reference, with the hint that a good teacher would give."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

Code = TypeVar("Code", bound=Callable[..., object])


class MarkError(ValueError):
    """A marked definition is not one; the message says why, `line` where it begins."""

    def __init__(self, text: str, line: int) -> None:
        super().__init__(text)
        self.line = line


@dataclass(frozen=True)
class Misconception:
    """A mistake that students make.

    Attributes
    ----------
    exercise
        The exercise that it is a wrong version of.
    name
        A short name, unique within the exercise.
    phrase
        Completes the sentence "Most likely your `exercise` …".
    hint
        Where to look next; never the answer.
    source
        The wrong version's definition; empty in a student's copy.
    """

    exercise: str
    name: str
    phrase: str
    hint: str
    source: str = ""

    @property
    def id(self) -> str:
        """The stable name that results carry."""
        return f"misconception.{self.exercise}.{self.name}"


def misconception(
    exercise: str, *, hint: str, instead: Mapping[str, str] | None = None
) -> Callable[[Code], Code]:
    """Mark a function or class as a wrong version of `exercise`.

    The docstring's first line is the phrase. The definition is spliced into a copy of the
    reference's file under the exercise's name, so it may use every name of that file.
    `read_misconceptions` reads the mark from the source text; calling it does nothing.

    Parameters
    ----------
    instead
        By passage of the reference, what stands there instead: the wrong version is the reference
        but for these, and right in everything else. The definition has a docstring alone then.
    """
    return lambda code: code


def read_misconceptions(text: str, references: Iterable[str] = ()) -> tuple[Misconception, ...]:
    """Read all marked definitions of a ``misconceptions.py`` without running it.

    Nothing is imported, so wrong versions of Keras models do not load Keras here.

    Parameters
    ----------
    references
        The texts of the references, of which some wrong versions are made.

    Raises
    ------
    MarkError
        When a marked definition has no docstring or hint, a mark is not made of literals, or a
        passage does not stand in its reference exactly once.
    """
    known = list(references)
    return tuple(
        Misconception(one.exercise, one.name, one.phrase, _hint(one), _source(one, known))
        for one in read_marked(text, "misconception")
    )


def _hint(marked: Marked) -> str:
    hint = marked.given.get("hint")
    if not isinstance(hint, str) or not hint.strip():
        raise MarkError(
            f'Expected a hint of {marked.name}, as hint="Where to look". Received: {hint!r}',
            marked.line,
        )
    return hint


def _source(marked: Marked, references: Iterable[str]) -> str:
    """The wrong version's definition: its own, or the reference's with other passages.

    A helper of the reference in which a passage stands follows behind, in the first one's place.
    """
    instead = marked.given.get("instead")
    if not instead:
        return marked.source
    for reference in references:
        known = _definitions(reference)
        if marked.exercise in known:
            changed = {marked.exercise: known.pop(marked.exercise)}
            for passage, other in instead.items():
                name = _where(passage, {**changed, **known}, marked)
                changed[name] = changed.get(name, known.get(name, "")).replace(passage, other)
            return "\n\n".join(changed.values())
    raise MarkError(
        f"Expected a reference that defines {marked.exercise}. Received: none", marked.line
    )


def _definitions(reference: str) -> dict[str, str]:
    """The texts of what stands at the top of a file, by name."""
    lines = reference.splitlines()
    found = {}
    for node in ast.parse(reference).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            marks = node.decorator_list if isinstance(node, ast.FunctionDef) else []
            first = min([node.lineno, *(one.lineno for one in marks)])
            found[node.name] = "\n".join(lines[first - 1 : node.end_lineno]) + "\n"
    return found


def _where(passage: str, texts: Mapping[str, str], marked: Marked) -> str:
    """In which definition a passage stands: the exercise's own, or else one of a helper."""
    counts = {name: text.count(passage) for name, text in texts.items() if passage in text}
    name = marked.exercise if marked.exercise in counts else next(iter(counts), "")
    if counts.get(name) != 1:
        raise MarkError(
            f"Expected the passage {passage!r} of {marked.name} to stand in its reference exactly "
            f"once. Received: {counts.get(name, 0)} times",
            marked.line,
        )
    return name


@dataclass(frozen=True)
class Marked:
    """A definition that a decorator marks as another version of an exercise."""

    exercise: str
    name: str
    phrase: str
    """The first line of its docstring."""
    source: str
    given: dict[str, Any]
    """The decorator's keyword arguments."""
    line: int = 0
    """Where the definition begins in its file."""

    @property
    def id(self) -> str:
        """The name that a misconception marked so has in results."""
        return Misconception(self.exercise, self.name, "", "").id


def read_marked(text: str, mark_name: str) -> tuple[Marked, ...]:
    """Read all definitions that ``@mark_name("exercise", …)`` marks, without running them.

    Raises
    ------
    MarkError
        When a marked definition has no docstring, or a mark is not made of literals.
    """
    return tuple(
        _read(node, mark, text)
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        for mark in node.decorator_list
        if isinstance(mark, ast.Call)
        and isinstance(mark.func, ast.Name)
        and mark.func.id == mark_name
    )


def _read(node: ast.FunctionDef | ast.ClassDef, mark: ast.Call, text: str) -> Marked:
    phrase = (ast.get_docstring(node) or "").partition("\n")[0].strip()
    if not phrase:
        raise MarkError(
            f"Expected a docstring that says what is wrong. Received: {node.name}", node.lineno
        )
    given, exercise = _marked_with(node, mark)
    others = [item for item in node.decorator_list if item is not mark]
    first = min([node.lineno, *(item.lineno for item in others)])
    definition = "\n".join(text.splitlines()[first - 1 : node.end_lineno]) + "\n"
    return Marked(exercise, node.name, phrase, definition, given, node.lineno)


def _marked_with(
    node: ast.FunctionDef | ast.ClassDef, mark: ast.Call
) -> tuple[dict[str, Any], str]:
    """The arguments of a mark, and the exercise that it names."""
    try:
        given = {str(item.arg): ast.literal_eval(item.value) for item in mark.keywords}
        exercise = ast.literal_eval(mark.args[0]) if mark.args else given.get("exercise")
    except ValueError:
        raise MarkError(
            f"Expected the mark of {node.name} to be written out as texts, for nothing of this "
            f"file is run. Received: {ast.unparse(mark)}",
            mark.lineno,
        ) from None
    if not isinstance(exercise, str):
        raise MarkError(
            f"Expected the mark of {node.name} to name its exercise. Received: {exercise!r}",
            mark.lineno,
        )
    return given, exercise


def splice(reference: str, exercise: str, definition: str) -> str:
    """Return the text of `reference` with `exercise` replaced by `definition`.

    Raises
    ------
    ValueError
        When the reference does not define the exercise.
    """
    wrong = ast.parse(definition).body[0]
    assert isinstance(wrong, ast.FunctionDef | ast.ClassDef)
    lines = definition.splitlines()
    head = wrong.lineno - 1  # a decorator of its own may stand above
    lines[head] = lines[head].replace(wrong.name, exercise, 1)
    for node in ast.parse(reference).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == exercise:
            own = reference.splitlines()
            first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
            text = own[: first - 1] + lines + own[node.end_lineno :]
            return _without_markers("\n".join(text) + "\n")
    raise ValueError(f"Expected the reference to define {exercise}. Received: no such definition")


def _without_markers(text: str) -> str:
    """Drop the solution markers: the text is to look like a student's."""
    kept = [
        line
        for line in text.splitlines()
        if line.strip() not in {"### BEGIN SOLUTION", "### END SOLUTION"}
    ]
    return "\n".join(kept) + "\n"
