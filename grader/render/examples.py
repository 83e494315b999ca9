"""What a report says of a public input on which a check fails that failed on hidden cases."""

from __future__ import annotations

import base64
import re

from grader.course.counterexample import MOST_BYTES
from grader.result import PUBLIC_SEED, CheckResult, Example, Result

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_]")


def example_sentence(example: Example) -> str:
    """The sentence that stands before the input, or instead of one."""
    if example.seed == PUBLIC_SEED:
        return "It fails on the public cases, too, which `grader check` runs."
    if example.seed:
        return "It fails on this input, too:"
    right = example.right
    if not right:
        return "No example found: no public input shows this mistake so far."
    answers = f"{right} public input" if right == 1 else f"{right} public inputs"
    sentence = f"No example found: your code gives the right answer on {answers} of this check"
    if example.only_public:
        return f"{sentence}. Others cannot be tried here, since the course's solutions make them."
    return f"{sentence}."


def example_text(check: CheckResult) -> str:
    """All that is said of a check's example, in lines; "" where none was looked for."""
    if check.example is None:
        return ""
    lines = [example_sentence(check.example), check.example.message]
    return "\n".join(line for line in lines if line)


def with_example(check: CheckResult) -> str:
    """A check's message, and its example after it."""
    return "\n".join(text for text in (check.message, example_text(check)) if text)


def example_file_name(check: CheckResult) -> str:
    """What a student calls the file of a check's example."""
    exercise, name = (_NOT_IN_A_NAME.sub("-", one) for one in (check.exercise, check.check))
    return f"counterexample-{exercise}-{name}.npz"


def too_large_sentence(example: Example) -> str:
    """Why no file lies beside the page; "" where one does, or none is needed."""
    if not example.too_large:
        return ""
    return (
        f"This input is too large to hand out as a file (more than {MOST_BYTES // 1024} KB). Try "
        "your code on a smaller one of the same kind."
    )


def example_files(result: Result) -> dict[str, bytes]:
    """The files of a result's examples, by name."""
    return {
        example_file_name(check): base64.b64decode(check.example.file)
        for check in result.checks
        if check.example is not None and check.example.file
    }
