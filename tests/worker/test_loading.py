"""Names that are taken from other modules of the student's."""

from types import ModuleType

from grader.checks.left_out import left_out_of
from grader.judge.liberties import notes_of
from grader.judge.loading import Loading
from grader.submissions.places import Places
from grader.worker.joining import Joined, join
from grader.worker.loading import Loader


def test_a_module_that_cannot_be_imported_is_told(tmp_path):
    loader = Loader(tmp_path, lambda seconds: None)
    (tmp_path / "mine.py").write_bytes(b"x = 1\n\0")
    elsewhere = {"root": ["mine.py"], "fit": ["mine.py"]}
    assert join(elsewhere, "mini.py", ModuleType("mini"), loader) == Joined()
    (record,) = loader.left_out
    assert loader.undefined == {"root": record, "fit": record}
    loading = Loading("mini.py", 1.0, left_out=[left_out_of(record, Places())], count=1)
    (note,) = notes_of(loading, Places())
    assert note.startswith("mine.py could not be imported: ") and "null bytes" in note
