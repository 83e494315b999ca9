"""Stubs: bodies go, contracts stay, unpaired markers are told."""

import ast

import pytest

from grader.authoring.stubs import StubError, make_stub

REFERENCE = '''"""Module."""

### BEGIN SOLUTION
def _helper():
    return 1


### END SOLUTION


def f(x):
    """Doc."""
    ### BEGIN SOLUTION
    return _helper() + x
    ### END SOLUTION


class C:
    """Doc."""

    def m(self):
        """Doc."""
        ### BEGIN SOLUTION
        return 2
        ### END SOLUTION
'''


def test_bodies_become_friendly_errors():
    stub = make_stub(REFERENCE)
    assert "_helper" not in stub and "SOLUTION" not in stub
    assert 'raise NotImplementedError("f is yours to write")' in stub
    assert 'raise NotImplementedError("C.m is yours to write")' in stub
    names = [node.name for node in ast.parse(stub).body if hasattr(node, "name")]
    assert names == ["f", "C"]


@pytest.mark.parametrize(
    "text",
    [
        "### BEGIN SOLUTION\nx = 1\n",
        "x = 1\n### END SOLUTION\n",
        "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION\n",
    ],
)
def test_unpaired_markers_are_told(text):
    with pytest.raises(StubError, match="expected ### "):
        make_stub(text, "a.py")
