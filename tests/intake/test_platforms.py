"""Names that learning platforms give, from real zips; and who cannot pose as somebody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from nbgrader.coursedir import CourseDirectory as NbgraderCourseDirectory
from traitlets.config import Config

from grader.intake import (
    CollectError,
    CollectReport,
    Platform,
    Roster,
    RosterError,
    Wanted,
    collect,
)
from tests.intake.packing import FIRST, PACKERS, write_zip

ASSIGNMENT = "a3_mlp"
WANTED = Wanted(ASSIGNMENT, ("mlp.py", "keras_mlp.py"))
BLACKBOARD = "gradebook_DL_2026_A_3"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tmp_path / "course"
    folder.mkdir()
    return folder


def run(course: Path, files: dict[str, str | bytes], wanted: Wanted = WANTED, moment=FIRST):
    target = write_zip(course.parent / "download.zip", files, moment)
    return collect(course, [target], wanted)


def tree(course: Path) -> dict[str, str]:
    """Everything below submitted/ and .attempts/, timestamps aside."""
    return {
        path.relative_to(course).as_posix(): path.read_text()
        for path in sorted(course.rglob("*"))
        if path.is_file() and path.name != "timestamp.txt"
    }


def laid(**files: str) -> dict[str, str]:
    return {
        f"submitted/{name.replace('__', f'/{ASSIGNMENT}/')}": text for name, text in files.items()
    }


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
        "not named as canvas names files, left out: readme.txt",
        "1 texts, links and comments of canvas are no files of students and were left out",
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
    assert [path for path in found if "posing" in found[path] and "Eve" not in path] == []
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


# --- attempts


def canvas(**files: str) -> dict[str, str | bytes]:
    return {f"ada_1_{key[1:]}_mlp.py": text for key, text in files.items()}


def test_canvas_attempts_in_one_download(course: Path) -> None:
    report = run(course, canvas(f20="second", f3="first", f100="third"))
    assert tree(course) == {
        f"submitted/ada/{ASSIGNMENT}/mlp.py": "third",
        f".attempts/ada/{ASSIGNMENT}/1/mlp.py": "first",
        f".attempts/ada/{ASSIGNMENT}/2/mlp.py": "second",
    }
    assert report.attempts == 3
    again = run(course, canvas(f20="second", f3="first", f100="third"))
    assert again.unchanged == ["ada"] and again.attempts == 3


def test_downloads_of_several_days(course: Path) -> None:
    """In whatever order they come, also one by one, again, and all at once."""
    days = [
        write_zip(course.parent / f"{day}.zip", canvas(f1=text), datetime(2026, 3, day))
        for day, text in ((1, "first"), (2, "second"), (3, "first"))
    ]
    expected = {
        f"submitted/ada/{ASSIGNMENT}/mlp.py": "first",
        f".attempts/ada/{ASSIGNMENT}/1/mlp.py": "first",
        f".attempts/ada/{ASSIGNMENT}/2/mlp.py": "second",
    }
    assert collect(course, [days[1]], WANTED).new == ["ada"]
    assert collect(course, [days[0]], WANTED).replaced == ["ada"]
    assert collect(course, [days[2]], WANTED).replaced == ["ada"]
    assert tree(course) == expected
    for again in (days, [days[0]], [days[2], days[1]]):
        assert collect(course, again, WANTED).unchanged == ["ada"]
    assert tree(course) == expected
    fresh = course.parent / "fresh"
    fresh.mkdir()
    collect(fresh, [days[2], days[0], days[1]], WANTED)
    assert tree(fresh) == expected


def test_the_same_files_in_a_later_download_keep_their_first_time(course: Path) -> None:
    run(course, canvas(f1="ada"), moment=datetime(2026, 3, 1))
    assert run(course, canvas(f1="ada"), moment=datetime(2026, 3, 9)).unchanged == ["ada"]
    stamp = course / "submitted" / "ada" / ASSIGNMENT / "timestamp.txt"
    assert stamp.read_text().startswith("2026-03-01")


def test_a_refused_attempt_does_not_replace_a_good_one(course: Path) -> None:
    run(course, {"ada_1_5_mlp.py": "good"})
    many = {f"{index}.txt": "" for index in range(1_001)}
    inner = write_zip(course.parent / "inner.zip", many).read_bytes()
    report = run(course, {"ada_1_6_work.zip": inner}, moment=datetime(2026, 4, 1))
    assert report.problems == ["ada was not collected: it has more than 1,000 files."]
    assert tree(course) == {f"submitted/ada/{ASSIGNMENT}/mlp.py": "good"}


def test_what_somebody_laid_there_by_hand_is_kept(course: Path) -> None:
    folder = course / "submitted" / "ada" / ASSIGNMENT
    folder.mkdir(parents=True)
    (folder / "mlp.py").write_text("by hand")
    (folder / "link").symlink_to("/etc/passwd")
    assert run(course, {"ada_1_5_mlp.py": "collected"}).replaced == ["ada"]
    assert (folder / "mlp.py").read_text() == "collected"
    kept = course / ".attempts" / "ada" / ASSIGNMENT / "1"
    assert (kept / "mlp.py").read_text() == "by hand" and (kept / "link").is_symlink()


@pytest.mark.parametrize("fails_at", range(1, 8))
def test_a_disk_that_fails_loses_nothing(course: Path, monkeypatch, fails_at: int) -> None:
    """Whichever rename or copy fails: the attempt that was there is there, and a rerun mends."""
    import os
    import shutil

    first = write_zip(course.parent / "1.zip", canvas(f1="first"), datetime(2026, 3, 1))
    second = write_zip(
        course.parent / "2.zip", canvas(f1="second", f2="third"), datetime(2026, 3, 2)
    )
    collect(course, [first], WANTED)
    calls = []

    def failing(original):
        def call(*arguments, **named):
            calls.append(original)
            if len(calls) == fails_at:
                raise OSError(28, "No space left on device")
            return original(*arguments, **named)

        return call

    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", failing(os.rename))
        patched.setattr(shutil, "copytree", failing(shutil.copytree))
        if fails_at <= 6:
            with pytest.raises(CollectError, match="No space left on device"):
                collect(course, [second], WANTED)
            assert "first" in tree(course).values()
            assert f"submitted/ada/{ASSIGNMENT}/mlp.py" in tree(course)
        else:
            collect(course, [second], WANTED)
    collect(course, [second], WANTED)
    assert not list(course.glob(".collecting-*"))
    assert sorted(tree(course).items()) == [
        (f".attempts/ada/{ASSIGNMENT}/1/mlp.py", "first"),
        (f".attempts/ada/{ASSIGNMENT}/2/mlp.py", "second"),
        (f"submitted/ada/{ASSIGNMENT}/mlp.py", "third"),
    ]


# --- who is who


def roster(course: Path, text: str | bytes) -> Wanted:
    file = course.parent / "roster.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return replace(WANTED, roster=Roster(file))


def test_roster_on_each_platform(course: Path) -> None:
    wanted = roster(
        course,
        "\ufeffstudent;name;Canvas_ID;username;more\r\n"
        's1;"Lovelace, Ada";11;ada;x\r\n'
        "s2;Grace Brewster Hopper;22;grace;x\r\n",
    )
    for files in (
        {"nobodyknows_11_1_mlp.py": "a", "x_22_2_mlp.py": "g", "lovelaceada_33_3_mlp.py": "eve"},
        {
            "Ada  LOVELACE_7_assignsubmission_file_/mlp.py": "a",
            "Grace Brewster Hopper_8_assignsubmission_file_/mlp.py": "g",
            "Eve_9_assignsubmission_file_/mlp.py": "eve",
        },
        {
            f"{BLACKBOARD}_{user}_attempt_2026-03-01-12-34-56_mlp.py": text
            for user, text in (("ada", "a"), ("grace", "g"), ("eve", "eve"))
        },
        {"Ada Lovelace/mlp.py": "a", "s2/mlp.py": "g", "eve/mlp.py": "eve"},
    ):
        report = run(course, files, wanted)
        assert {*report.new, *report.unchanged, *report.replaced} == {"s1", "s2"}
        assert len(report.problems) == 1 and "is not in the roster" in report.problems[0]
    assert set(tree(course).values()) == {"a", "g"}


def test_canvas_by_name_where_the_roster_has_no_numbers(course: Path) -> None:
    wanted = roster(course, "student,name\ns1,Ada Lovelace\ns2,Grace Brewster Hopper\n")
    report = run(
        course, {"lovelaceada_1_1_mlp.py": "a", "hoppergracebrewster_2_2_mlp.py": "g"}, wanted
    )
    assert report.new == ["s1", "s2"] and not report.problems


def test_two_students_with_one_id(course: Path) -> None:
    same = {"smithjo_1_1_mlp.py": "one", "smithjo_2_2_mlp.py": "two", "ada_3_3_mlp.py": "ada"}
    report = run(course, same)
    assert report.new == ["ada"] and len(report.problems) == 1
    assert "2 accounts have that name (canvas 1, canvas 2)" in report.problems[0]
    case = {"Zoë/mlp.py": "", "zoe\u0308/mlp.py": "", "bob/mlp.py": ""}
    report = run(course, case)
    assert report.new == ["bob"] and all("capitals or accents" in one for one in report.problems)
    report = run(course, {"ADA/mlp.py": "other", "eve/mlp.py": "eve"})
    assert report.new == ["eve"] and "submitted/ada is there" in report.problems[0]
    ambiguous = roster(course, "student,name\ns1,Jo Smith\ns2,Jo Smith\ns3,Ada\n")
    report = run(course, {"smithjo_1_1_mlp.py": "?", "ada_3_3_mlp.py": "ada"}, ambiguous)
    assert report.new == ["s3"] and "to several students" in report.problems[0]
    two_accounts = roster(course, "student,canvas_id\njo,1\njo,2\n")
    report = run(course, {"smithjo_1_1_mlp.py": "one", "smithjo_2_2_mlp.py": "two"}, two_accounts)
    assert report.new == ["jo"] and report.attempts == 2


@pytest.mark.parametrize(
    "student", ["..", "a/b", "con", ".hidden", "a\x07b", "x" * 200, "a:b", "a."]
)
def test_ids_that_cannot_be_folders(course: Path, student: str) -> None:
    wanted = roster(course, f'student,canvas_id\n"{student}",1\nada,2\n')
    report = run(course, {"x_1_1_mlp.py": "x", "y_2_2_mlp.py": "y"}, wanted)
    assert report.new == ["ada"] and "the student id" in report.problems[0]


@pytest.mark.parametrize(
    "text, message",
    [
        (b"", "has the columns nothing"),
        (b"name,email\nAda,a@b\n", "has the columns name, email"),
        (b"student\nada\n", "at least one of"),
        (b"student,name,name\nada,a,b\n", "each once"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b'student,name\n"ada,x\n', "no valid CSV"),
    ],
)
def test_rosters_that_cannot_be_used(course: Path, text: bytes, message: str) -> None:
    with pytest.raises(RosterError, match=message):
        roster(course, text)


def test_a_roster_that_is_not_there(course: Path) -> None:
    with pytest.raises(RosterError, match="No such file"):
        Roster(course / "nothing.csv")


def test_a_broken_download_beside_a_good_one(course: Path) -> None:
    good = write_zip(course.parent / "good.zip", {"ada_1_1_mlp.py": "ada"})
    bad = course.parent / "bad.zip"
    bad.write_bytes(good.read_bytes()[:-30])
    report: CollectReport = collect(course, [bad, good], WANTED)
    assert report.new == ["ada"] and "bad.zip: it is no whole zip" in report.problems[0]


def test_one_platform_by_name(course: Path) -> None:
    report = run(course, {"ada/mlp.py": "x"}, replace(WANTED, platform=Platform.CANVAS))
    assert not report.new and "no submission was found" in report.notes[0]
