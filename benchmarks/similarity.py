"""How many planted copies `grader similarity` finds, and how many innocent pairs it names.

Two synthetic classes of independent students:

- *hands*: each exercise is the reference's, one of four other right solutions' (in
  ``tests/alternatives``) or a misconception's, drawn for each student alone. Five ways to write
  each function, and their usual mistakes, are about what a class has.
- *demo*: ``grader demo-class``, where whoever is right hands in the reference to the letter. No
  program can tell a copy of such a text from another one; it is the hardest case there is.

Into each class copies are planted: verbatim, without comments, with local variables renamed, with
functions reordered, with all of that at once, and with half of the functions only.

    python -m benchmarks.similarity a1_least_squares --students 200
"""

from __future__ import annotations

import argparse
import ast
import builtins
import random
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.common import ROOT
from grader.authoring.demo_class import write_class
from grader.course.catalogue import choose, frozen_assignments, live_assignments, load_live
from grader.course.misconception import splice
from grader.course.prepare import LiveCourse
from grader.similarity import ClassComparison, Text, compare_class, text_of
from grader.similarity.pages import write_pages
from grader.similarity.texts import decoded
from grader.submissions import CourseDirectory, read_path


def definitions(source: str) -> dict[str, str]:
    """Functions and classes of a file by name."""
    lines = source.splitlines()
    return {
        node.name: "\n".join(
            lines[
                min([node.lineno, *(one.lineno for one in node.decorator_list)])
                - 1 : node.end_lineno
            ]
        )
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


def without_comments(source: str) -> str:
    """The file without comments and docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree) + "\n"


def renamed(source: str) -> str:
    """The file with its variables renamed."""
    names = {
        node.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    } - set(dir(builtins))
    for name in sorted(names):
        source = re.sub(rf"(?<![\w.!]){name}\b(?!['\"])", f"my_{name}", source)
    return source


def reordered(source: str, randomness: random.Random) -> str:
    """The file with its functions and classes in another order."""
    parts = list(definitions(source).values())
    head = source[: min((source.index(part) for part in parts), default=len(source))]
    randomness.shuffle(parts)
    return head + "\n\n\n".join(parts) + "\n"


def half(source: str, donor: str, randomness: random.Random) -> str:
    """The file with half of its functions from another student."""
    own, other = definitions(source), definitions(donor)
    for name in randomness.sample(sorted(own), len(own) // 2):
        source = source.replace(own[name], other.get(name, own[name]))
    return source


Plant = Callable[[str, str, random.Random], str]
PLANTS: dict[str, Plant] = {
    "verbatim": lambda text, other, rng: text,
    "comments changed": lambda text, other, rng: without_comments(text),
    "variables renamed": lambda text, other, rng: renamed(text),
    "functions reordered": lambda text, other, rng: reordered(text, rng),
    "all of these": lambda text, other, rng: reordered(renamed(without_comments(text)), rng),
    "half of the functions": lambda text, other, rng: half(other, text, rng),
}


def in_many_hands(live: LiveCourse, students: int, randomness: random.Random) -> list[Text]:
    """A class whose students write each exercise in one of several ways."""
    folders = sorted((ROOT / "tests" / "alternatives" / live.assignment.name).iterdir())
    found = []
    for number in range(students):
        skill = randomness.betavariate(4, 1.3)
        files = []
        for file in live.assignment.files:
            if file.backend == "keras" and randomness.random() > skill:
                continue
            right = [live.references[file.name]]
            right += [
                (one / file.name).read_text() for one in folders if (one / file.name).is_file()
            ]
            text = randomness.choice(right)
            for exercise in file.exercises:
                wrong = [one for one in live.misconceptions if one.exercise == exercise.name]
                if wrong and randomness.random() > skill:
                    text = _spliced(text, exercise.name, randomness.choice(wrong).source)
                    continue
                ways = [
                    parts[exercise.name]
                    for one in right
                    if exercise.name in (parts := definitions(one))
                ]
                text = _spliced(text, exercise.name, randomness.choice(ways))
            files.append((file.name, decoded(text.encode())))
        found.append(Text(f"student {number}", "", tuple(files)))
    return found


def _spliced(text: str, exercise: str, definition: str) -> str:
    try:
        return splice(text, exercise, definition + "\n")
    except ValueError:  # written as an alias or below an `if`
        return text


def as_demo_class(live: LiveCourse, students: int) -> list[Text]:
    """The class of ``grader demo-class``, without those who handed in what cannot be parsed."""
    with tempfile.TemporaryDirectory() as folder:
        write_class(live, Path(folder), students=students)
        expected = [file.name for file in live.assignment.files]
        found = [
            text_of(
                read_path(path, expected, student=name, assignment=live.assignment.name), expected
            )
            for name, path in CourseDirectory(Path(folder)).submitted(live.assignment.name)
        ]
    return [one for one in found if _parses(one)]


def _parses(text: Text) -> bool:
    try:
        return all(definitions(source) for _, source in text.files)
    except SyntaxError:
        return False


def with_plants(texts: list[Text], each: int, randomness: random.Random) -> list[Text]:
    """The class and `each` copies of every kind, each of another student."""
    sources = randomness.sample(texts, each * len(PLANTS))
    planted = []
    for number, original in enumerate(sources):
        kind, change = list(PLANTS.items())[number % len(PLANTS)]
        other = dict(randomness.choice(texts).files)
        files = tuple(
            (name, decoded(change(source, other.get(name, source), randomness).encode()))
            for name, source in original.files
        )
        planted.append(Text(f"{kind}: {original.student}", "", files))
    return [*texts, *planted]


THRESHOLDS = (0.5, 0.6, 0.7, 0.8)


def report(comparison: ClassComparison) -> None:
    """Print how many copies of each kind, and how many innocent pairs, each threshold names."""
    found = {kind: [0] * len(THRESHOLDS) for kind in (*PLANTS, "innocent pairs")}
    ordinary = [0] * len(THRESHOLDS)
    for pair in comparison.pairs:
        names = [comparison.texts[one].student for one in (pair.first, pair.second)]
        kinds = [kind for name in names for kind in PLANTS if name.startswith(f"{kind}: ")]
        originals = [name.partition(": ")[2] for name in names if ": " in name]
        for place, threshold in enumerate(THRESHOLDS):
            if pair.similarity < threshold:
                continue
            if not pair.unusual:
                ordinary[place] += 1
            elif not kinds:
                found["innocent pairs"][place] += 1
            elif len(kinds) == 1 and originals[0] in names:
                found[kinds[0]][place] += 1
    print(f"  {'unusual, from':24}" + "".join(f"{one:8}" for one in THRESHOLDS))
    for kind, counts in {**found, "ordinary pairs": ordinary}.items():
        print(f"  {kind:24}" + "".join(f"{one:8}" for one in counts))


def main() -> None:
    """Measure both classes."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("assignment")
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--each", type=int, default=5, help="copies of each kind")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    live = load_live(choose(options.assignment, live_assignments(ROOT)))
    folder = choose(options.assignment, frozen_assignments(ROOT))
    given = [decoded((folder / file.name).read_bytes()) for file in live.assignment.files]
    for name in ("hands", "demo"):
        randomness = random.Random(f"{name} {live.assignment.name}")
        if name == "hands":
            texts = in_many_hands(live, options.students, randomness)
        else:
            texts = as_demo_class(live, options.students)
        texts = with_plants(texts, options.each, randomness)
        started = time.perf_counter()
        comparison = compare_class(texts, given, threshold=THRESHOLDS[0], jobs=options.jobs)
        compared = time.perf_counter() - started
        with tempfile.TemporaryDirectory() as output:
            write_pages(comparison, live.assignment.name, Path(output))
        seconds = time.perf_counter() - started
        print(
            f"{live.assignment.name}, {name}: {len(texts)} texts, {comparison.pair_count} pairs, "
            f"{seconds:.1f} s, of which pages {seconds - compared:.1f} s"
        )
        report(comparison)


if __name__ == "__main__":
    main()
