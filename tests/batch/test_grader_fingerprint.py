"""Which grader graded: its digest changes with the code of a grade, and with nothing else."""

import py_compile

import pytest

from grader.batch import grader_fingerprint as own
from grader.batch import hidden
from grader.batch.grader_fingerprint import GRADING, PREPARING, digests, grader_fingerprint
from grader.batch.hidden import key_of
from grader.confine import Engine, SpawnedLauncher
from tests.conftest import ROOT
from tests.mini import mini_course

TINY = {
    "__init__": "",
    "judge": "def grade(x):\n    from tiny import lazily\n    return lazily.double(x)\n",
    "lazily": 'def double(x):\n    """Twice."""\n    return 2 * x\n',
    "typed": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import tiny.shown\n",
    "shown": "SHOWN = 1\n",
    "parts/__init__": "from tiny.typed import TYPE_CHECKING\n",
    "parts/sent": "TEXT = 1\n",
}
ROOTS = ("tiny.judge", "tiny.parts")


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name, text in TINY.items():
        path = tmp_path / "tiny" / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "tiny"


def test_all_that_imports_reach_counts_and_what_a_package_holds(tiny):
    names = {"tiny", "tiny.judge", "tiny.lazily", "tiny.parts", "tiny.parts.sent", "tiny.typed"}
    assert digests(tiny, ROOTS).keys() == names


@pytest.mark.parametrize(
    ("name", "text", "changed"),
    [
        ("lazily", '# twice\ndef double( x ):\n    """Two x."""\n\n    return (2 * x)\n', set()),
        ("shown", "SHOWN = 2\n", set()),
        ("lazily", "def double(x):\n    return 3 * x\n", {"tiny.lazily"}),
        ("lazily", "def double(x):\n    return 2.0 * x\n", {"tiny.lazily"}),
        ("parts/sent", "TEXT = 2\n", {"tiny.parts.sent"}),
        ("typed", "import tiny.shown\n", {"tiny.typed", "tiny.shown"}),
    ],
)
def test_what_a_change_changes(tiny, name, text, changed):
    before = digests(tiny, ROOTS)
    (tiny / f"{name}.py").write_text(text, encoding="utf-8")
    after = digests(tiny, ROOTS)
    assert {one for one in after if after[one] != before.get(one)} == changed


def test_what_is_known_is_not_read_again_and_damage_costs_nothing(tiny, monkeypatch):
    before = digests(tiny, ROOTS)
    (kept,) = (tiny / "__pycache__").glob("fingerprints-*.json")
    (kept).write_text('{"made_by": 1}', encoding="utf-8")
    assert digests(tiny, ROOTS) == before
    monkeypatch.setattr(own, "_read", None)
    assert digests(tiny, ROOTS) == before


def test_where_the_package_is_read_only_it_is_kept_at_home(tiny, tmp_path):
    (tiny / "__pycache__").write_text("in the way", encoding="utf-8")
    before = digests(tiny, ROOTS)
    assert [*(tmp_path / "cache").rglob("fingerprints-*.json")]
    assert digests(tiny, ROOTS) == before


def test_bytecode_alone_counts_whole_and_may_import_anything(tiny):
    source = tiny / "lazily.py"
    with_source = digests(tiny, ROOTS)
    found = []
    for text in (TINY["lazily"], "def double(x):\n    return 3 * x\n"):
        source.write_text(text, encoding="utf-8")
        py_compile.compile(source, tiny / "lazily.pyc")
        source.unlink()
        found.append(digests(tiny, ROOTS))
        assert "tiny.shown" in found[-1]
    assert len({one["tiny.lazily"] for one in (with_source, *found)}) == 3


def test_what_a_grade_passes_through_is_in_it_and_what_shows_it_is_not():
    package = ROOT / "grader"
    graded, prepared = digests(package, GRADING), digests(package, PREPARING)
    assert {
        "grader.judge.grading",
        "grader.checks.training",
        "grader.worker.steps",
    } <= graded.keys()
    assert {"grader.batch.attempts", "grader.submissions.reading"} <= graded.keys()
    assert {"grader.datasets.disguise", "grader.course.slips.driver"} <= prepared.keys()
    assert prepared.keys() < graded.keys()
    shows = ("grader.render", "grader.cli", "grader.authoring", "grader._version")
    assert not [one for one in graded if one.startswith(shows)]
    assert "grader.judge.grading" not in prepared


def test_hidden_cases_are_kept_by_it(monkeypatch):
    def key():
        return key_of(mini_course(), "seed", SpawnedLauncher())

    before = key()
    assert key() == before
    monkeypatch.setattr(hidden, "grader_fingerprint", lambda engine, roots: roots[0])
    assert key() != before


def test_a_library_that_computes_is_a_part_of_it(monkeypatch):
    def fingerprints():
        own._fingerprint.cache_clear()
        return [grader_fingerprint(Engine(backend)) for backend in ("tensorflow", "jax")]

    before = fingerprints()
    versions = {name: f"Version: 9.{number}" for number, name in enumerate(own._LIBRARIES)}
    monkeypatch.setattr(own, "_version", lambda package: versions.get(package, ""))
    after = fingerprints()
    assert len({*before, *after}) == 4
    versions["numpy"] = "Version: 10.0"
    assert not {*after} & {*fingerprints()}
    monkeypatch.undo()
    assert fingerprints() == before
