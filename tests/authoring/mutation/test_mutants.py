"""What all mutants have in common: they compile, they differ, and they are a student's to make."""

import ast

from grader.authoring.mutation import mutants_of
from tests.conftest import live

TEXT = '''"""Module."""

import numpy as np

LIMIT = 3


def given(x):
    return x + 1


def f(x, n=0):
    """Says 1 + 1."""
    ### BEGIN SOLUTION
    if x < 0:
        raise ValueError(f"Expected x >= {0 + 0}. Received: " + str(x))
    return x + n  # 2 * 2
    ### END SOLUTION
'''


def test_only_what_students_write_and_default_values_are_changed():
    found = mutants_of(TEXT, "f.py")
    assert {one.definition for one in found} == {"f"}
    assert {one.line for one in found} == {12, 15, 17}
    assert not any("Expected" in one.before + one.after for one in found if one.after != "pass")


def test_a_file_without_markers_is_changed_everywhere():
    plain = TEXT.replace("    ### BEGIN SOLUTION\n", "").replace("    ### END SOLUTION\n", "")
    names = {one.definition for one in mutants_of(plain, "f.py")}
    assert names == {"LIMIT", "given", "f"}


def test_a_mutant_knows_its_lines_and_its_whole_text():
    guard = next(one for one in mutants_of(TEXT, "f.py") if one.after == "pass")
    assert guard.family == "statement" and guard.line == 15
    assert guard.before.splitlines()[0] == "if x < 0:"
    lines = TEXT.splitlines()
    assert guard.text.splitlines() == [*lines[:14], "    pass", *lines[16:]]


def test_every_mutant_compiles_and_says_something_of_its_own():
    text = live("a2_logistic_regression").references["keras_logistic_regression.py"]
    found = mutants_of(text, "f.py")
    trees = [ast.dump(ast.parse(one.text)) for one in found]
    assert len(found) >= 50
    assert len({ast.dump(ast.parse(text)), *trees}) == len(trees) + 1
    assert all(one.before != one.after for one in found)
    assert [one.line for one in found] == sorted(one.line for one in found)
    assert found == mutants_of(text, "f.py")


def test_a_mutant_knows_the_method_that_it_is_in():
    text = "class C:\n    n = 2\n\n    def m(self, x=1):\n        return x + self.n\n\n\nN = 1\n"
    found = {(one.line, one.definition, one.scope) for one in mutants_of(text, "f.py")}
    assert found == {(2, "C", "C"), (4, "C", "C.m"), (5, "C", "C.m"), (8, "N", "N")}
