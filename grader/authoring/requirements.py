"""How pip is told of the grader's wheel: as a requirement, and in files of requirements."""

from __future__ import annotations


def requirement_of(wheel: str, extra: str = "") -> str:
    """The wheel as pip takes it where it lies in the current folder."""
    return f"./{wheel}[{extra}]" if extra else f"./{wheel}"


def grading_requirements(wheel: str, *, keras: bool) -> bytes:
    """A requirements file: the grader, and what it needs to grade where nobody watches.

    Parameters
    ----------
    wheel
        The name of the file, which lies where pip is called.
    keras
        Whether Keras parts are graded; NumPy parts need neither Keras nor TensorFlow.
    """
    parts, extra = ("Keras parts", "ci") if keras else ("NumPy parts", "ci-numpy")
    heading = f"# What {parts} need; pip's -c requirements/lock.txt pins it."
    return f"{heading}\n{requirement_of(wheel, extra)}\n".encode()
