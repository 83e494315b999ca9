"""Names that learning platforms give, from real zips; and who cannot pose as somebody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from nbgrader.coursedir import CourseDirectory as NbgraderCourseDirectory
from traitlets.config import Config

from grader.submissions.intake import CollectError, Platform, collect
from tests.submissions.intake.collected import ASSIGNMENT, BLACKBOARD, WANTED, run, tree
from tests.submissions.intake.packing import PACKERS, write_zip


def test_canvas(course: Path) -> None:
    report = run(
        course,
        {
            "lovelaceada_12345_67890_mlp.py": "ada",
            "lovelaceada_12345_67891_keras_mlp-2.py": "ada's",
            "hoppergrace_LATE_222_333_mlp-1.py": "grace",
            "hoppergrace_LATE_222_334_part-1.py": "her own number",
            "turingalan_444_text.html": "a text",
            "liskovbarbara_555_666_mlp_77_88_x.py": "names of her own",
            "readme.txt": "?",
        },
    )
    assert report.platforms == ["canvas"]
    folder = f"submitted/{{}}/{ASSIGNMENT}/"
    assert tree(course) == {
        folder.format("lovelaceada") + "mlp.py": "ada",
        folder.format("lovelaceada") + "keras_mlp.py": "ada's",
        folder.format("hoppergrace") + "mlp.py": "grace",
        folder.format("hoppergrace") + "part-1.py": "her own number",
        folder.format("liskovbarbara") + "mlp_77_88_x.py": "names of her own",
    }
    assert report.new == ["hoppergrace", "liskovbarbara", "lovelaceada"]
    assert report.notes == [
        "readme.txt was left out: canvas does not name files like this",
        "one text, link or comment of canvas was left out: no student's file",
    ]


def test_moodle(course: Path) -> None:
    report = run(
        course,
        {
            "Ada Lovelace_123_assignsubmission_file_/mlp.py": "ada",
            "Ada Lovelace_123_assignsubmission_file_/notes/plan.txt": "plan",
            "Ada Lovelace_123_assignsubmission_onlinetext_/onlinetext.html": "text",
            "Grace_Hopper_7_assignsubmission_file_mlp.py": "flat",
            "Émilie du Châtelet_8_assignsubmission_file/mlp.ipynb": "newer Moodle",
            "Eve_9_assignsubmission_file_Ada Lovelace_123_assignsubmission_file_mlp.py": "posing",
        },
    )
    assert report.platforms == ["moodle"] and not report.problems
    found = tree(course)
    assert found[f"submitted/Ada Lovelace/{ASSIGNMENT}/mlp.py"] == "ada"
    assert found[f"submitted/Ada Lovelace/{ASSIGNMENT}/notes/plan.txt"] == "plan"
    assert found[f"submitted/Grace_Hopper/{ASSIGNMENT}/mlp.py"] == "flat"
    assert found[f"submitted/Émilie du Châtelet/{ASSIGNMENT}/mlp.ipynb"] == "newer Moodle"
    posing = "Ada Lovelace_123_assignsubmission_file_mlp.py"
    assert found[f"submitted/Eve/{ASSIGNMENT}/{posing}"] == "posing"
    assert not any("onlinetext" in path for path in found)


def test_blackboard(course: Path) -> None:
    def text(
        name: str, when: str = "Sunday, March 1, 2026 12:34:56 PM CET", files: str = ""
    ) -> str:
        return f"Name: {name}\nAssignment: A_3\nDate Submitted: {when}\nFiles:\n{files}"

    start = f"{BLACKBOARD}_{{}}_attempt_2026-03-01-12-34-56"
    ada, al, eve = (start.format(user) for user in ("ada", "al_khwarizmi", "eve"))
    report = run(
        course,
        {
            f"{ada}_mlp.py": "ada",
            f"{ada}.txt": text("Ada L. (ada)"),
            f"{al}_mlp(1).py": "al",
            f"{al}.txt": text(
                "Al (the great) (al_khwarizmi)",
                files=f"\tOriginal filename: mlp.py\n\tFilename: {al}_mlp(1).py\n",
            ),
            f"{eve}_x_ada_attempt_2026-03-02-00-00-00_mlp.py": "eve",
            f"{eve}.txt": text("Eve (ada)", "Mittwoch, 1. April 2026"),
        },
        replace(WANTED, zone=ZoneInfo("America/New_York")),
    )
    assert report.platforms == ["blackboard"] and not report.problems
    assert tree(course) == {
        f"submitted/ada/{ASSIGNMENT}/mlp.py": "ada",
        f"submitted/al_khwarizmi/{ASSIGNMENT}/mlp.py": "al",
        f"submitted/eve/{ASSIGNMENT}/x_ada_attempt_2026-03-02-00-00-00_mlp.py": "eve",
    }
    stamps = {
        student: (course / "submitted" / student / ASSIGNMENT / "timestamp.txt").read_text()
        for student in ("ada", "eve")
    }
    assert stamps["ada"] == "2026-03-01 11:34:56.000000 UTC\n"  # the text knows the zone
    assert stamps["eve"] == "2026-03-01 17:34:56.000000 UTC\n"  # that of --zone


def test_nbgrader_exchange(course: Path) -> None:
    start = f"{{}}+{ASSIGNMENT}+2026-03-01 12:34:56.123456 UTC+dGVzdA"
    run(
        course,
        {
            start.format("ada") + "/mlp.ipynb": "ada",
            start.format("ada") + "/timestamp.txt": "1999-01-01 00:00:00 UTC",
            start.format("bob").replace(ASSIGNMENT, "a4_cnn") + "/mlp.ipynb": "another assignment",
        },
    )
    assert tree(course) == {f"submitted/ada/{ASSIGNMENT}/mlp.ipynb": "ada"}
    stamp = course / "submitted" / "ada" / ASSIGNMENT / "timestamp.txt"
    assert stamp.read_text() == "2026-03-01 12:34:56.123456 UTC\n"


def test_plain(course: Path) -> None:
    files = {
        "ada/mlp.py": "ada",
        f"bob/{ASSIGNMENT}/mlp.py": "bob",
        f"bob/{ASSIGNMENT}/x/y.txt": "y",
    }
    report = run(course, {f"class/{name}": text for name, text in files.items()})
    assert report.platforms == ["plain"] and report.new == ["ada", "bob"]
    assert run(course, {"eve/src/mlp.py": "eve", "eve/mlp.py": "eve"}).new == ["eve"]
    report = run(course, {**files, "eve.ipynb": "eve", "notes.txt": "?"})
    assert report.unchanged == ["ada", "bob"] and report.replaced == ["eve"]
    assert "notes.txt" in report.notes[0]
    assert (
        tree(course).items()
        >= {
            f"submitted/ada/{ASSIGNMENT}/mlp.py": "ada",
            f"submitted/bob/{ASSIGNMENT}/mlp.py": "bob",
            f"submitted/bob/{ASSIGNMENT}/x/y.txt": "y",
            f"submitted/eve/{ASSIGNMENT}/{ASSIGNMENT}.ipynb": "eve",
        }.items()
    )


def test_a_download_that_was_unpacked_or_packed_again(course: Path) -> None:
    name = "lovelaceada_12345_67890_mlp.py"
    run(course, {f"submissions/{name}": "ada", "__MACOSX/x": ""})
    assert tree(course) == {f"submitted/lovelaceada/{ASSIGNMENT}/mlp.py": "ada"}
    folder = course.parent / "unpacked"
    folder.mkdir()
    (folder / name).write_text("ada")
    # An unpacked file's time is no proof of anything.
    assert collect(course, [folder], WANTED).unchanged == ["lovelaceada"]


def test_a_students_own_names_do_not_decide_what_the_platform_is(course: Path) -> None:
    start = "Eve_9_assignsubmission_file_/"
    files: dict[str, str | bytes] = {"Ada_1_assignsubmission_file_/mlp.py": "ada"}
    files |= {f"{start}bob_{index}_22_mlp.py": "eve" for index in range(50)}
    assert run(course, files).new == ["Ada", "Eve"]


def test_what_no_platform_writes(course: Path) -> None:
    with pytest.raises(
        CollectError, match=r"no learning platform names files like this.*--platform"
    ):
        run(course, {"a.txt": "", "b.txt": ""})


@pytest.mark.parametrize("platform", sorted(PACKERS))
def test_times_are_as_nbgrader_reads_them(course: Path, platform: str) -> None:
    original = course.parent / "original"
    for student in ("ada", "bob", "eve"):
        folder = original / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        (folder / "mlp.py").write_text(student)
    target = PACKERS[platform](original, ASSIGNMENT, course.parent / "download.zip")
    collect(course, [target], replace(WANTED, zone=ZoneInfo("Europe/Berlin")))
    assert {k: v for k, v in tree(course).items()} == tree(original)
    known = NbgraderCourseDirectory(config=Config())
    moment = known.get_existing_timestamp(str(course / "submitted" / "bob" / ASSIGNMENT))
    assert moment == datetime(2026, 3, 1, 11, 1)


def test_a_broken_download_beside_a_good_one(course: Path) -> None:
    good = write_zip(course.parent / "good.zip", {"ada_1_1_mlp.py": "ada"})
    bad = course.parent / "bad.zip"
    bad.write_bytes(good.read_bytes()[:-30])
    report = collect(course, [bad, good], WANTED)
    assert report.new == ["ada"] and "bad.zip: it is not a complete zip" in report.problems[0]


def test_one_platform_by_name(course: Path) -> None:
    report = run(course, {"ada/mlp.py": "x"}, replace(WANTED, platform=Platform.CANVAS))
    assert not report.new and "no submission was found" in report.notes[0]
