"""Two runs are compared by points and outcomes, and nothing else."""

import io

from rich.console import Console

from grader.render.difference import compare, print_difference
from grader.result import Status, total


def changed(result, place, status, points, **more):
    checks = [
        check.model_copy(update={"status": status, "points": points})
        if (check.exercise, check.check) == place
        else check
        for check in result.checks
    ]
    return result.model_copy(update={"checks": checks, "points": total(checks)[0], **more})


def first(result):
    return result.checks[0].exercise, result.checks[0].check


def shown(difference, **options):
    text = io.StringIO()
    print_difference(Console(file=text, width=120), difference, **options)
    return text.getvalue()


def test_a_run_is_the_same_as_itself_graded_again(results):
    again = [one.model_copy(update={"seconds": 9.0, "grader_version": "9"}) for one in results]
    difference = compare(results, again)
    assert difference.is_same and difference.students == len(results)
    assert list(difference.circumstances) == ["grader_version"]
    assert "Same: 5 students" in shown(difference)


def test_who_moves_by_how_much_on_what(results):
    ada, emilie, *others = results
    worse = changed(ada, first(ada), Status.FAILED, 0.5)
    other = changed(emilie, first(emilie), Status.TIMEOUT, 0.0)
    difference = compare(results, [worse, other, *others])
    assert not difference.is_same
    assert [(move.student, move.by) for move in difference.moves] == [
        (emilie.student, -2.0),
        ("Ada", -1.5),
    ]
    (check,) = difference.moves[1].checks
    assert str(check) == "predict.batch: passed -> failed (-1.5)"
    assert (difference.up, difference.down) == (0, 2)
    (only,) = difference.totals
    assert (only.exercise, only.check, only.students, only.by) == ("predict", "batch", 2, -3.5)
    assert round(difference.mean_before - difference.mean_after, 3) == 3.5 / 5
    assert "passed -> timeout (-2)" in shown(difference)
    assert "and 1 more students" in shown(difference, limit=1)


def test_another_outcome_for_the_same_points_is_a_difference(results):
    name = results[4]
    other = changed(name, first(name), Status.GRADER_ERROR, name.checks[0].points)
    difference = compare(results, [*results[:4], other])
    assert [move.by for move in difference.moves] == [0.0] and not difference.is_same
    assert difference.moves[0].checks[0].after is Status.GRADER_ERROR


def test_what_one_run_alone_has_is_a_difference(results):
    shorter = results[0].model_copy(update={"checks": results[0].checks[1:]})
    difference = compare(results[:2], [shorter])
    assert difference.only_before == [f"m1_mini: {results[1].student}"]
    assert difference.moves[0].checks[0].after is None
    assert compare(results[:1], results[:2]).only_after == difference.only_before


def test_markup_in_names_is_text(results):
    name = "[red]x[/red]"
    old = results[0].model_copy(update={"student": name})
    assert name in shown(compare([old], [changed(old, first(old), Status.FAILED, 0.0)]))
