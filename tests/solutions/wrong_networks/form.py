"""Networks that are not what was asked for, as edits of the references.

Each is one that somebody might hand in: a layer left out, another one in its place, or a class
that says of itself what is not so.
"""

from typing import NamedTuple

from tests.conftest import live


class Wrong(NamedTuple):
    """A network of an exercise; every `(old, new)` of `edits` is replaced in the reference."""

    assignment: str
    file: str
    exercise: str
    what: str
    edits: tuple[tuple[str, str], ...]
    quick: bool = False

    @property
    def text(self):
        """The file with this network in it."""
        text = live(self.assignment).references[self.file]
        for old, new in self.edits:
            assert old in text, (self.what, old)
            text = text.replace(old, new)
        return text


def table(assignment, file, exercise, networks):
    quick = networks.pop("quick", ())
    return [
        Wrong(assignment, file, exercise, what, tuple(edits), what in quick)
        for what, edits in networks.items()
    ]


def returns(definition, network):
    """An edit by which a builder ends with another network, before that of the reference."""
    return [("    ### BEGIN SOLUTION\n    " + definition, network + "    " + definition)]
