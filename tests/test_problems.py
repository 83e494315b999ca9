"""What a user may be told derives from one base; what does not is named here, with its reader."""

import ast
import builtins
import re
import subprocess
import sys

import pytest

import grader.problems
from grader.cli.commands import COMMANDS
from tests.conftest import ROOT

NOT_FOR_USERS = {
    "CheckFailed": "pytest, in a student's copy: a test that failed",
    "FilterUnavailable": "the choice of a confinement, which says `CannotConfine`",
    "ForbiddenImport": "the student's code",
    "ForbiddenUse": "the student's code",
    "ForwardFailed": "preparation, which says which check asked",
    "JudgesClosed": "the threads of a batch",
    "LoadingFailed": "preparation, which says which reference",
    "Lost": "the judge: a worker did not answer",
    "Malformed": "the wire",
    "MarkError": "the reader of misconceptions, which says `PreparationError`",
    "NameMissing": "the judge: a student's file lacks a name",
    "NotLoadable": "the judge: a student's file",
    "NotText": "the reader of submissions, which notes it",
    "NotebookError": "the reader of submissions, which notes it",
    "Oversized": "the wire",
    "Refused": "who unpacks, and notes it",
    "ServerLost": "who asks a fork server, and starts another",
    "StandIn": "the student's code",
    "TooLarge": "the wire",
    "TooMuch": "who unpacks, and notes it",
    "Unmeasurable": "the judge: a student's answer",
    "Unreadable": "the reader of submissions, which notes it",
    "WireError": "the wire",
    "WrongForm": "the judge: a student's answer",
}
CLASS = re.compile(r"^ *class (\w+)\(([^)]*)\):", re.MULTILINE)
BUILT_IN = {
    name
    for name, one in vars(builtins).items()
    if isinstance(one, type) and issubclass(one, BaseException)
}


def exception_classes():
    """The names of the bases of every exception class of the package, by its name."""
    bases = {}
    for path in (ROOT / "grader").rglob("*.py"):
        for name, above in CLASS.findall(path.read_text(encoding="utf-8")):
            bases[name] = [one.strip().rpartition(".")[2] for one in above.split(",")]
    found = set()
    while more := {
        name for name, above in bases.items() if {*above} & (found | BUILT_IN) and name not in found
    }:
        found |= more
    return {name: bases[name] for name in found}


def is_told(name, bases):
    return name == "GraderProblem" or any(is_told(one, bases) for one in bases.get(name, ()))


def test_every_exception_of_the_package_is_for_the_user_or_says_for_whom():
    bases = exception_classes()
    public = {name for name in bases if not name.startswith("_")}
    told = {name for name in public if is_told(name, bases)}
    assert public - told == set(NOT_FOR_USERS)
    assert len(told) > 25


def test_nothing_is_imported_to_know_what_a_user_may_be_told():
    tree = ast.parse((ROOT / "grader" / "problems.py").read_text(encoding="utf-8"))
    imported = [one for one in ast.walk(tree) if isinstance(one, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(one) for one in imported] == [
        "from __future__ import annotations",
        "import errno",
    ]
    assert not hasattr(grader.problems, "__getattr__")


AS_MUCH = """
import sys
from grader.cli import main
try:
    main(sys.argv[1:])
finally:
    print([one for one in sys.modules if one.split(".")[0] in {"numpy", "pydantic", "grader"}])
"""


@pytest.mark.parametrize(
    ("call", "untouched"),
    [
        (["--help"], ("numpy", "pydantic", "grader.course", "grader.authoring", "grader.batch")),
        (["list"], ("grader.judge.grading", "grader.confine", "grader.authoring", "grader.batch")),
    ],
)
def test_a_command_imports_what_it_needs(call, untouched):
    probe = [sys.executable, "-c", AS_MUCH, *call]
    ended = subprocess.run(probe, cwd=ROOT / "assignments", capture_output=True, text=True)
    loaded = ast.literal_eval(ended.stdout.splitlines()[-1])
    assert "grader.cli.app" in loaded
    assert not set(untouched) & set(loaded)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_the_command_itself_says(name):
    tree = ast.parse((ROOT / f"grader/cli/{COMMANDS[name].module}.py").read_text(encoding="utf-8"))
    said = [
        ast.get_docstring(node)
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == "command"
    ] + [
        keyword.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "typer.Typer"
        for keyword in node.keywords
        if keyword.arg == "help"
    ]
    assert [" ".join(one.split("\n\n")[0].split()) for one in said] == [COMMANDS[name].summary]
