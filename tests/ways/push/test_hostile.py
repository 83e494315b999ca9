"""Hostile pushes: no effect on the grade, the course or the server."""

import hashlib
import os
import subprocess

import pytest

from grader.ways.push.tree import MAX_FILE
from tests.mini import REFERENCE
from tests.ways.push.university import NAME, environment, git, push, write

FOLDER = f"assignments/{NAME}"
EVIL = "import pathlib\npathlib.Path({mark!r}).write_text('x')\n"
BRANCHES = (
    "$(touch${IFS}owned)",
    "a;touch${IFS}owned",
    "`touch${IFS}owned`",
    "a'b\"c",
    "a|tee${IFS}owned",
    "a&&touch${IFS}owned",
    "--upload-pack=x",
    "main\u202egnp",
)


def full(result):
    return result is not None and result.points == result.max_points


def test_programs_in_the_tree_never_run(university, tmp_path):
    _bare, clone = university.enrol("mallory")
    mark = tmp_path / "owned"
    evil = EVIL.format(mark=str(mark))
    write(clone, REFERENCE)
    names = ("conftest.py", "sitecustomize.py", "usercustomize.py", "grader/__init__.py")
    names += ("grader/ways/push/receive.py", "numpy/__init__.py", "sqlite3.py", "argparse.py")
    for name in names:
        for folder in (".", "assignments", FOLDER):
            write(clone, evil, f"{folder}/{name}")
    for name in ("hooks/post-receive", "hooks/update", ".githooks/post-receive", "course.pth"):
        write(clone, f"#!/bin/sh\ntouch {mark}\n", name).chmod(0o755)
        write(clone, f"#!/bin/sh\ntouch {mark}\n", f"{FOLDER}/{name}").chmod(0o755)
    write(clone, 'seed = "known"\n[limits]\nseconds = 9999\n', "grader.toml")
    write(clone, 'seed = "known"\n', f"{FOLDER}/grader.toml")
    write(clone, "2001-01-01 00:00:00 UTC", f"{FOLDER}/timestamp.txt")
    write(clone, f"[filter 'x']\nsmudge = touch {mark}\n", ".gitconfig")
    write(clone, "*.py filter=x export-ignore ident\n", ".gitattributes")
    output = push(clone)
    result = university.result("mallory")
    assert full(result), output
    assert not mark.exists()
    _, honest = university.enrol("honest")
    write(honest, REFERENCE)
    push(honest)
    assert result.seed == university.result("honest").seed
    assert not result.submission.submitted_at.startswith("2001")
    taken = os.listdir(university.course / "submitted" / "mallory" / NAME)
    assert {"conftest.py", "sitecustomize.py", "grader.toml"}.isdisjoint(taken)


def test_filters_of_the_repository_itself_change_nothing(university, tmp_path):
    bare, clone = university.enrol("oscar")
    git(bare, "config", "filter.x.smudge", f"touch {tmp_path / 'owned'}; echo broken")
    git(bare, "config", "filter.x.required", "true")
    write(clone, REFERENCE)
    write(clone, "*.py filter=x\n", ".gitattributes")
    push(clone)
    assert full(university.result("oscar"))
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("what", ["file", "folder", "parent"])
def test_a_symbolic_link_leads_nowhere(university, tmp_path, what):
    _, clone = university.enrol(f"trudy-{what}")
    outside = tmp_path / FOLDER
    outside.mkdir(parents=True)
    (outside / "mini.py").write_text(REFERENCE, encoding="utf-8")
    place, target = {
        "file": (f"{FOLDER}/mini.py", outside / "mini.py"),
        "folder": (FOLDER, outside),
        "parent": ("assignments", tmp_path / "assignments"),
    }[what]
    (clone / place).parent.mkdir(parents=True, exist_ok=True)
    (clone / place).symlink_to(target)
    output = push(clone)
    result = university.result(f"trudy-{what}")
    if what == "file":
        assert result.points == 0 and "symbolic link" in output
        folder = university.course / "submitted" / "trudy-file" / NAME
        assert os.listdir(folder) == ["timestamp.txt"]
    else:  # the whole repository is then looked at, and holds no file of the assignment
        assert result is None or result.points == 0


@pytest.mark.parametrize("place", [FOLDER, f"{FOLDER}/mini.py"])
def test_a_submodule_is_not_followed(university, place):
    student = f"peggy-{place.count('/')}"
    _, clone = university.enrol(student)
    write(clone, f'[submodule "x"]\npath = {place}\nurl = ext::touch owned\n', ".gitmodules")
    git(clone, "add", ".gitmodules")
    git(clone, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},{place}")
    git(clone, "commit", "-q", "-m", "a submodule")
    output = git(clone, "push", "origin", "main")
    result = university.result(student)
    assert result is None or result.points == 0, output
    if place.endswith(".py"):
        assert "submodule" in output


def test_a_huge_file_is_not_read(university):
    _, clone = university.enrol("victor")
    write(clone, b"#" * (MAX_FILE + 1))
    write(clone, b"\0" * 200_000_000, f"{FOLDER}/helper.py")
    write(clone, b"{}" + b" " * 60_000_000, f"{FOLDER}/mini.ipynb")
    output = push(clone)
    assert "the limit is 5 MB" in output
    assert university.result("victor").points == 0
    folder = university.course / "submitted" / "victor" / NAME
    assert os.listdir(folder) == ["timestamp.txt"]


@pytest.mark.parametrize("number", range(len(BRANCHES)))
def test_a_branch_may_have_any_name(university, number):
    name = BRANCHES[number]
    _bare, clone = university.enrol(f"branch-{number}")
    write(clone, REFERENCE)
    output = push(clone, "main", f"main:refs/heads/{name}")
    assert "was accepted; only main is graded" in output
    said = [line for line in output.splitlines() if line.startswith("remote:")]
    assert "\u202e" not in "".join(said)
    assert full(university.result(f"branch-{number}"))
    assert not list(university.base.rglob("owned"))


@pytest.mark.parametrize("number", range(len(BRANCHES)))
def test_the_graded_branch_may_have_any_name(university, number):
    name = BRANCHES[number]
    _, clone = university.enrol(f"graded-{number}", branch=name)
    write(clone, REFERENCE)
    assert "Everything passed" in push(clone, f"main:refs/heads/{name}")
    assert not list(university.base.rglob("owned"))


def test_replaced_objects_do_not_count(university):
    """``refs/replace`` can be pushed, and git would show the other object."""
    _bare, clone = university.enrol("eve")
    write(clone, "wrong = 1\n")
    git(clone, "add", "-A")
    wrong = git(clone, "rev-parse", f":{FOLDER}/mini.py").strip()
    right = git(clone, "hash-object", "-w", "--stdin", given=REFERENCE.encode()).strip()
    git(clone, "replace", wrong, right)
    push(clone, f"refs/replace/{wrong}")
    output = push(clone)
    assert university.result("eve").points == 0, output


def test_strange_trees_are_read_as_what_they_are(university):
    """Names that a file system would take for another place, and a file twice."""
    _bare, clone = university.enrol("heidi")
    blob = git(clone, "hash-object", "-w", "--stdin", given=REFERENCE.encode()).strip()

    def tree(*entries):
        raw = b"".join(
            f"{mode} {name}\0".encode() + bytes.fromhex(identity)
            for mode, name, identity in entries
        )
        command = ["git", "hash-object", "-t", "tree", "-w", "--stdin", "--literally"]
        done = subprocess.run(
            command, cwd=clone, input=raw, env=environment(), capture_output=True, check=True
        )
        return done.stdout.decode().strip()

    odd = tree(
        ("100644", "../../../escaped.py", blob),
        ("100644", ".git", blob),
        ("100644", "mini.py", blob),
        ("100644", "mini.py", blob),
        ("100644", "new\nline.py", blob),
    )
    top = tree(("40000", "assignments", tree(("40000", NAME, odd))))
    commit = git(clone, "commit-tree", top, "-m", "odd").strip()
    output = git(clone, "push", "origin", f"{commit}:refs/heads/main")
    assert full(university.result("heidi")), output
    assert not list(university.base.rglob("escaped.py"))


def test_what_a_student_prints_cannot_move_the_pushers_terminal(university):
    _, clone = university.enrol("walter")
    write(clone, "raise ValueError('\\x1b[2Jgone \\u202e')\n" + REFERENCE)
    output = push(clone)
    assert "\x1b[2J" not in output and "\u202e" not in output
    assert full(university.result("walter")), output


def test_the_hook_is_as_it_was_installed(university):
    bare, clone = university.enrol("ivan")
    hook = bare / "hooks" / "post-receive"
    before = hashlib.sha256(hook.read_bytes()).hexdigest()
    write(clone, "#!/bin/sh\nexit 1\n", "hooks/post-receive")
    write(clone, REFERENCE)
    push(clone)
    assert hashlib.sha256(hook.read_bytes()).hexdigest() == before
