"""What a student sees who pushes, and what is kept of it."""

import re

from tests.mini import REFERENCE, replaced
from tests.ways.push.university import NAME, git, push, write


def test_a_push_prints_its_report_and_keeps_its_result(university):
    _, clone = university.enrol("ada")
    write(clone, REFERENCE)
    output = push(clone)
    result = university.result("ada")
    assert result.points == result.max_points
    assert f"remote: {result.points:g} of {result.max_points:g} points" in output
    assert "Everything passed" in output
    assert (university.course / "submitted" / "ada" / NAME / "mini.py").read_text() == REFERENCE


def test_what_failed_and_why_stand_in_the_push(university):
    _, clone = university.enrol("grace")
    write(clone, replaced("return X @ w + b", "return X @ w"))
    output = push(clone)
    assert re.search(r"remote: . predict", output), output
    assert university.result("grace").points < university.result("grace").max_points
    write(clone, REFERENCE)
    assert "Everything passed" in push(clone)
    assert university.result("grace").points == university.result("grace").max_points


def test_a_push_from_a_shallow_clone_is_graded(university):
    bare, clone = university.enrol("radia")
    for text in (replaced("return X @ w + b", "return X @ w"), "# twice\n" + REFERENCE):
        write(clone, text)
        push(clone)
    git(clone.parent, "clone", "-q", "--depth", "1", bare.as_uri(), "shallow")
    shallow = clone.parent / "shallow"
    assert git(shallow, "rev-parse", "--is-shallow-repository").strip() == "true"
    write(shallow, replaced("return X @ w + b", "return X @ w"))
    output = push(shallow)
    assert re.search(r"remote: . predict", output), output
    assert university.result("radia").points < university.result("radia").max_points


def test_a_push_without_a_change_shows_the_last_report(university):
    _, clone = university.enrol("alan")
    write(clone, REFERENCE)
    push(clone)
    write(clone, "notes", "notes.txt")
    output = push(clone)
    assert "changed no assignment" in output and "Everything passed" in output
    write(clone, "# mine\n" + REFERENCE)
    assert "changed no assignment" not in push(clone)


def test_a_push_without_an_assignment_says_where_it_belongs(university):
    _, clone = university.enrol("barbara", assignments=(NAME, "m2_other"))
    write(clone, "notes", "notes.txt")
    assert f"Expected a folder such as assignments/{NAME}" in push(clone)
    assert university.result("barbara") is None


def test_other_branches_are_accepted_and_not_graded(university):
    _, clone = university.enrol("edsger")
    write(clone, REFERENCE)
    output = push(clone, "main:try")
    assert "try was accepted; only main is graded" in output
    assert university.result("edsger") is None


def test_many_other_branches_are_named_in_few_lines(university):
    _, clone = university.enrol("leslie")
    write(clone, REFERENCE)
    output = push(clone, *(f"main:b{number}" for number in range(50)))
    assert output.count("only main is graded") == 5 and "45 more were accepted" in output


def test_another_branch_can_be_the_graded_one(university):
    _, clone = university.enrol("donald", branch="hand-in")
    write(clone, REFERENCE)
    assert "only hand-in is graded" in push(clone)
    assert "Everything passed" in git(clone, "push", "origin", "main:hand-in")


def test_a_deleted_branch_leaves_the_result(university):
    _, clone = university.enrol("john", branch="hand-in")
    write(clone, REFERENCE)
    push(clone, "main:hand-in")
    assert "hand-in was deleted" in git(clone, "push", "origin", ":hand-in")
    assert university.result("john") is not None


def test_a_force_push_counts_and_says_so(university):
    _, clone = university.enrol("niklaus")
    write(clone, replaced("return X @ w + b", "return X @ w"))
    push(clone)
    write(clone, REFERENCE)
    git(clone, "commit", "-q", "--amend", "-a", "-m", "better")
    output = git(clone, "push", "--force", "origin", "main")
    assert "took back commits" in output and "Everything passed" in output
