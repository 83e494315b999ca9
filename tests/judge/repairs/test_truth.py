"""Of changes that make a case right, the one that says what is wrong; and no kind by chance."""

from dataclasses import replace

import pytest

from grader.course import Expectation, case
from grader.course.prepared import PreparedCheck
from grader.diagnose.slips import PREFIX as SLIP
from grader.judge.repairs.change import Change
from grader.judge.repairs.pace import ALONE
from grader.judge.repairs.repairs import Repair, _possible, _tells
from grader.judge.repairs.search import Search
from grader.result import CheckResult, Diagnosis, Kind, Status
from tests.judge.repairs.test_candidates import changes, file_of
from tests.judge.repairs.test_repairs import told
from tests.mini import body


def failed(diagnosis):
    return CheckResult(
        check="value",
        title="the value",
        file="",
        exercise="one",
        kind=Kind.OUT,
        visibility="public",
        status=Status.FAILED,
        points=0,
        max_points=1,
        message="wrong",
        diagnosis=Diagnosis(id=diagnosis, hint="What was said."),
    )


def change(kind, puts_in=False, rank=1, line=4, start=0):
    return Change(start, start + 1, "x", line, rank, kind, f"with another {kind} there", puts_in)


def test_what_stands_there_is_altered_before_anything_is_put_in():
    """``1 − σ(z)`` is right with the sign of z turned round as well."""
    ranks = [one.likelihood for one in changes(file_of("z = x * a\nreturn 1 - z"))]
    assert {True, False} <= {puts_in for rank, puts_in in ranks if rank == 1}
    first = [puts_in for rank, puts_in in ranks if rank == 1]
    assert first == sorted(first)


@pytest.mark.parametrize("name", ["generic.dtype", f"{SLIP}condition"])
def test_what_is_only_put_in_does_not_stand_against_a_name(name):
    is_possible = _possible([failed(name)])
    assert not is_possible(change("factor", puts_in=True))
    assert is_possible(change("factor"))
    assert _possible([failed("generic.offset")])(change("factor", puts_in=True))
    assert _possible([failed(f"{SLIP}factor")])(change("factor", puts_in=True))


@pytest.mark.parametrize(("low", "high", "tells"), [(0.001, 100, False), (0.9, 1.1, True)])
def test_what_lies_anywhere_in_a_wide_range_proves_nothing(low, high, tells):
    drawn = case("draws", expects=[Expectation("max", low, high)])
    check = PreparedCheck("one", "draws", Kind.STAT, "a title", 1.0, (), {}, (drawn,))
    assert _tells(check, drawn) is tells
    assert _tells(replace(check, kind=Kind.OUT), drawn)


def test_another_dtype_is_no_factor():
    found = told(body("return (X @ w + b).astype(np.float32)"), "predict.batch")
    assert found is None or found.id != "generic.repair.factor"


def test_in_a_comparison_no_size_is_put_in():
    text = file_of("return np.where(x > a, x, b)")
    place = text.index("x > a")
    found = [one for one in changes(text) if (one.start, one.end) == (place, place + 1)]
    kinds = {one.kind for one in found if one.puts_in}
    assert "term" in kinds
    assert not kinds & {"factor", "power", "product"}


def test_where_many_kinds_do_the_kind_is_not_told():
    kinds = ["factor", "function", "power"]
    several = [change(one, puts_in=True) for one in kinds]

    def search(survivors):
        found = Search(None, [], [], lambda _: True, 1.0, ALONE["numpy"])
        found.asking = type("Asking", (), {"cpu_seconds": 0.0, "is_over": False})()
        return found.found(survivors)

    assert [one.kind for one in search(several)] == ["place"]
    assert [one.kind for one in search(several[:2])] == ["factor"]
    assert [one.kind for one in search([change("name"), *several])] == ["name"]


def test_a_slip_of_another_kind_gives_way_to_the_line():
    with_it = Repair(change("axis"), "Line 4: along another axis there, every case is right.")
    assert with_it.of(failed(f"{SLIP}order"), None, "one.py").diagnosis.hint == with_it.hint
    same = with_it.of(failed(f"{SLIP}axis"), None, "one.py").diagnosis.hint
    assert same == f"What was said. {with_it.hint}"


def test_what_is_no_number_is_said_beside_the_line():
    """A change may only hide it: an empty sum for 0/0."""
    with_it = Repair(change("parentheses"), "Line 4: every case is right.")
    hint = with_it.of(failed("generic.not_finite"), None, "one.py").diagnosis.hint
    assert hint == f"What was said. {with_it.hint}"
    hint = with_it.of(failed("generic.shape"), None, "one.py").diagnosis.hint
    assert hint == with_it.hint


def test_a_change_that_makes_a_right_case_wrong_is_not_graded():
    class Asking:
        cpu_seconds, is_over = 0.0, False

        def right(self, check, case, chunk):
            return [one for one in chunk if case == "wrong" or one.kind == "sign"]

    proven = []
    search = Search(
        Asking(), [(None, "wrong")], [(None, "right")], proven.append, 1.0, ALONE["numpy"]
    )
    search.found([change("factor"), change("sign")])
    assert [one.kind for one in proven] == ["sign"]
