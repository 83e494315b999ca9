"""Real repositories: what git tells of a push, and what is graded where it cannot tell."""

import pytest

from grader.ways.ci.changes import changed_assignments
from grader.ways.ci.environment import Environment, Server
from tests.ways.ci.repository import commit, git, new_repository

KNOWN = ["a1", "a2", "a3"]
START = {f"assignments/{name}/work.py": "0\n" for name in KNOWN}


@pytest.fixture
def repository(tmp_path):
    folder = new_repository(tmp_path / "work")
    commit(folder, START)
    return folder


def changes(folder, before="", **more):
    return changed_assignments(folder, KNOWN, Environment(Server.GITHUB, "ada", before, **more))


def test_what_a_push_of_several_commits_changed(repository):
    before = git(repository, "rev-parse", "HEAD")
    commit(repository, {"assignments/a2/work.py": "1\n"})
    commit(repository, {"assignments/a1/deep/er.py": "1\n", "notes.txt": "x", "a3/work.py": "x"})
    found = changes(repository, before)
    assert (found.names, found.since) == (("a1", "a2"), before)


def test_a_deleted_and_a_moved_file_are_changes(repository):
    before = git(repository, "rev-parse", "HEAD")
    git(repository, "mv", "assignments/a1/work.py", "assignments/a3/moved.py")
    commit(repository, {})
    assert changes(repository, before).names == ("a1", "a3")


def test_nothing_changed(repository):
    assert changes(repository, git(repository, "rev-parse", "HEAD")).names == ()


def test_a_course_in_a_folder_of_the_repository(tmp_path):
    top = new_repository(tmp_path)
    before = commit(top, {f"course/{name}": text for name, text in START.items()})
    commit(top, {"course/assignments/a3/wörk.py": "1\n", "assignments/a1/work.py": "1\n"})
    assert changes(top / "course", before).names == ("a3",)


def test_outside_of_ci_the_last_commit_and_what_is_not_committed_count(repository):
    commit(repository, {"assignments/a1/work.py": "1\n"})
    (repository / "assignments/a2/work.py").write_text("2\n", encoding="utf-8")
    found = changed_assignments(repository, KNOWN, Environment(Server.PLAIN))
    assert found.names == ("a1", "a2")


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("no repository", "is not a git repository"),
        ("new branch", "The branch is new"),
        ("nobody says", "names no commit before the push"),
        ("force push", "is gone (a force push)"),
        ("shallow", "fetch-depth: 0"),
    ],
)
def test_where_git_cannot_tell_all_are_graded_and_a_sentence_says_why(
    repository, tmp_path, how, words
):
    before = git(repository, "rev-parse", "HEAD")
    commit(repository, {"assignments/a1/work.py": "1\n"})
    folder, more = repository, {}
    if how == "no repository":
        folder = tmp_path / "plain"
        folder.mkdir()
    elif how == "new branch":
        before, more = "", {"is_new": True}
    elif how == "nobody says":
        before = ""
    elif how == "force push":
        before = "b" * 40
    else:
        folder = tmp_path / "shallow"
        git(tmp_path, "clone", "-q", "--depth=1", f"file://{repository}", str(folder))
    found = changes(folder, before, **more)
    assert found.names == tuple(KNOWN)
    assert words in found.reason


def test_nothing_that_the_tree_configures_runs(repository, tmp_path):
    """Attributes name a filter, an external diff and a text conversion; git runs none of them."""
    trap = tmp_path / "trapped"
    attributes = "* filter=trap diff=trap\n"
    before = commit(repository, {".gitattributes": attributes})
    for key in ("filter.trap.clean", "diff.trap.command", "diff.trap.textconv"):
        git(repository, "config", key, f"touch '{trap}'; cat")
    assert changes(repository, before).names == ()
    assert not trap.exists()
