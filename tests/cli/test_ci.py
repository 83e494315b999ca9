"""`grader ci` on real repositories that hold a small assignment."""

import json

import pytest
from junitparser import JUnitXml

from grader.course import frozen
from grader.course.sealed import key_text, new_key, seal
from tests.conftest import ROOT, strongest
from tests.mini import REFERENCE, mini, replaced
from tests.ready import run_ready
from tests.ways.ci.repository import ENVIRONMENT, commit, git, new_repository

WRONG = replaced(" / 2\n", "\n")
STUB = "def predict(X, w, b):\n    raise NotImplementedError\n"
FOLDER = "assignments/m1_mini"
PATH = f"{FOLDER}/mini.py"


@pytest.fixture
def repository(tmp_path):
    folder = new_repository(tmp_path / "work")
    frozen.save(mini(public=True), folder / FOLDER / "public")
    commit(folder, {PATH: STUB, "assignments/m2_other/notes.txt": "x\n"})
    return folder


def ci(folder, *arguments, **variables):
    servers = ("GITHUB", "GITLAB", "CI_", "GRADER")
    given = {key: value for key, value in ENVIRONMENT.items() if not key.startswith(servers)}
    environment = {**given, "PYTHONPATH": str(ROOT), "GRADER_COURSE": str(folder), **variables}
    ended = run_ready("grader", "ci", *arguments, cwd=folder, env=environment)
    assert "Traceback" not in ended.stderr, ended.stderr
    return ended


def on_github(folder, tmp_path, before, *arguments):
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"before": before}), encoding="utf-8")
    variables = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTOR": "ada",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_WORKSPACE": str(folder),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
    }
    return ci(folder, *arguments, **variables)


def test_a_push_that_is_right_passes(repository):
    commit(repository, {PATH: REFERENCE})
    ended = ci(repository)
    assert ended.returncode == 0, ended.stderr
    assert "m1_mini: changed since" in ended.stdout
    assert "Everything passed." in ended.stdout


def test_a_push_that_is_wrong_is_told_on_its_line_in_the_summary_and_to_later_steps(
    repository, tmp_path
):
    before = git(repository, "rev-parse", "HEAD")
    commit(repository, {PATH: WRONG})
    ended = on_github(repository, tmp_path, before)
    assert ended.returncode == 1, ended.stderr
    (line,) = [one for one in ended.stdout.splitlines() if one.startswith("::error ")]
    at = WRONG.splitlines().index("def half_mse(X, y, w, b):") + 1
    assert line.startswith(f"::error file={PATH},line={at},title=half_mse%3A the loss::")
    assert line.endswith("Most likely your half_mse divides by m. Look at the factor.")
    assert "divides by m" in (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert "\nresult=" in (tmp_path / "output").read_text(encoding="utf-8")


def test_every_report_is_written(repository, tmp_path):
    commit(repository, {PATH: WRONG})
    report = tmp_path / "report"
    assert ci(repository, "--output", str(report), "--student", "ada").returncode == 1
    (result,) = json.loads((report / "results.json").read_text(encoding="utf-8"))
    assert (result["student"], result["assignment"]) == ("ada", "m1_mini")
    assert result["submission"]["submitted_at"] is None
    assert JUnitXml.fromfile(str(report / "junit.xml")).failures == 1
    (finding,) = json.loads((report / "code-quality.json").read_text(encoding="utf-8"))
    assert finding["location"]["path"] == PATH
    assert (report / "summary.md").is_file() and (report / "classroom.json").is_file()


def test_a_push_that_changes_no_assignment_is_told_and_passes(repository):
    commit(repository, {"README.md": "hello"})
    ended = ci(repository)
    assert ended.returncode == 0
    assert ended.stdout.startswith("No assignment (--all grades every one): changed since")
    assert ci(repository, "--all").returncode == 1


@pytest.mark.parametrize(("points", "code"), [("1", 0), ("100", 1)])
def test_the_exit_code_by_points(repository, points, code):
    commit(repository, {PATH: WRONG})
    assert ci(repository, "--fail-under", points).returncode == code


def test_the_plan_is_what_a_later_step_reads(repository):
    commit(repository, {PATH: WRONG})
    assert ci(repository, "--plan").stdout == "assignments=m1_mini\nkeras=false\n"


def test_commands_that_a_student_prints_are_text(repository, tmp_path):
    before = git(repository, "rev-parse", "HEAD")
    evil = "def predict(X, w, b):\n    print('::set-output name=result::x\\n::error::boo')\n"
    commit(repository, {PATH: evil})
    lines = on_github(repository, tmp_path, before).stdout.splitlines()
    stop = next(n for n, one in enumerate(lines) if one.startswith("::stop-commands::"))
    resumed = lines.index(f"::{lines[stop].removeprefix('::stop-commands::')}::")
    assert any("::error::boo" in one for one in lines[stop:resumed])
    commands = [one for one in lines[resumed + 1 :] if one.lstrip().startswith("::")]
    assert commands and all(one.startswith(("::error file=", "::notice ")) for one in commands)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["m7"], "There is no assignment 'm7'"),
        (["--fail-under", "-1"], "fail-under"),
        (["--output", "/proc/nowhere"], "cannot be written"),
    ],
)
def test_a_wrong_call_is_one_sentence(repository, arguments, words):
    commit(repository, {PATH: REFERENCE})
    ended = ci(repository, *arguments)
    assert ended.returncode == 2
    assert words in ended.stderr


@pytest.fixture
def sealed(repository):
    """The repository with sealed cases, and the key."""
    key = new_key()
    bundle = repository / "sealed" / "m1_mini.sealed"
    bundle.parent.mkdir()
    bundle.write_bytes(seal(mini(), key))
    return repository, key_text(key)


def test_with_the_key_hidden_cases_count(sealed, tmp_path):
    if strongest().confinement == "unconfined":
        pytest.skip("nothing can be confined here, so nothing is opened")
    repository, key = sealed
    commit(repository, {PATH: REFERENCE})
    ended = ci(repository, "--output", str(tmp_path), GRADER_SEAL_KEY=key)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (result,) = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert {one["visibility"] for one in result["checks"]} == {"hidden"}
    assert key not in ended.stdout + ended.stderr


def test_without_the_key_public_cases_are_graded_and_a_sentence_says_so(sealed):
    repository, _ = sealed
    commit(repository, {PATH: REFERENCE})
    ended = ci(repository)
    assert ended.returncode == 0
    assert "Hidden cases stay sealed without GRADER_SEAL_KEY" in ended.stdout


@pytest.mark.parametrize(
    ("key", "words"), [("nonsense", "The key cannot be used"), (key_text(bytes(32)), "another")]
)
def test_a_key_that_does_not_fit_never_passes(sealed, key, words):
    repository, _ = sealed
    commit(repository, {PATH: REFERENCE})
    ended = ci(repository, "--unconfined", GRADER_SEAL_KEY=key)
    assert ended.returncode == 3, ended.stdout
    assert words in " ".join(ended.stdout.split())


def test_damaged_public_cases_cost_their_assignment_alone(repository):
    broken = "assignments/m0_broken/public/checks.json"
    commit(repository, {PATH: WRONG, broken: "{"})
    assert ci(repository, "--plan").stdout == "assignments=m0_broken,m1_mini\nkeras=false\n"
    ended = ci(repository)
    assert ended.returncode == 3
    assert "m0_broken was not graded. The public cases" in " ".join(ended.stdout.split())
    assert "divides by m" in ended.stdout


def test_an_assignment_that_is_a_link_out_of_the_checkout_is_told_like_any_other(
    repository, tmp_path
):
    before = git(repository, "rev-parse", "HEAD")
    elsewhere = tmp_path / "elsewhere"
    (repository / FOLDER).rename(elsewhere)
    (repository / FOLDER).symlink_to(elsewhere)
    (elsewhere / "mini.py").write_text(WRONG, encoding="utf-8")
    commit(repository, {})
    ended = on_github(repository, tmp_path, before, "m1")
    assert ended.returncode == 1, ended.stderr
    assert f"::error file={PATH},line=" in ended.stdout


def test_what_lies_outside_of_its_folder_is_told_and_does_not_pass(repository):
    commit(repository, {"mini.py": REFERENCE, "work/mini.ipynb": "{}"})
    ended = ci(repository)
    assert ended.returncode == 1, ended.stdout
    said = " ".join(ended.stdout.split())
    for path in ("mini.py", "work/mini.ipynb"):
        assert f"{path} is not graded, because it lies outside of its assignment's folder." in said
    assert f"Move it into {FOLDER}." in said
    commit(repository, {PATH: REFERENCE})
    (repository / "mini.py").unlink()
    commit(repository, {})
    assert ci(repository).returncode == 0


def test_references_of_the_courses_own_repository_are_in_their_place(repository):
    commit(repository, {"solutions/m1_mini/checks.py": "", "solutions/m1_mini/mini.py": "x = 1"})
    ended = ci(repository)
    assert ended.returncode == 0 and ended.stdout.startswith("No assignment")


def test_outside_of_a_course_nothing_else_is_graded(repository, tmp_path):
    """Neither the folder that the grader was installed from, nor one above the checkout."""
    inner = new_repository(repository / "inner")
    commit(inner, {"mini.py": REFERENCE})
    for place in (inner, tmp_path):
        ended = ci(place, "--all", GRADER_COURSE="")
        assert ended.returncode == 2, ended.stdout
        assert "There is no folder `assignments` in" in " ".join(ended.stderr.split())
    ended = ci(repository, "--all", GRADER_COURSE=str(tmp_path))
    assert ended.returncode == 2 and "there is no folder `assignments` in it" in " ".join(
        ended.stderr.split()
    )
    assert ci(repository / FOLDER, "m1", GRADER_COURSE="").returncode == 1
