"""All mutants in parallel: the order, second tries, and numbers that add up."""

from collections import Counter
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from grader.authoring.audit import (
    Equivalent,
    Examiner,
    Fate,
    Listed,
    Outcome,
    plan_audit,
    read_listed,
    report_of,
    run_audit,
)
from grader.authoring.audit.markdown import markdown
from grader.authoring.audit.terminal import print_audit
from grader.course.prepare import prepare
from grader.result import Visibility
from tests.conftest import ASSIGNMENTS, ROOT, live, strongest
from tests.mini import REFERENCE, mini, mini_course

PLAN = plan_audit(mini_course(), "1", exercises=["half_mse"])


class Told:
    """An examiner that answers what it was told, by the mutant's place in the plan."""

    def __init__(self, *fates, doubtful=()):
        self.fates, self.doubtful = fates, set(doubtful)
        self.asked = Counter()
        self.trained = {}

    def examine(self, mutant, *, training=True):
        self.trained[mutant] = training
        index = PLAN.mutants.index(mutant)
        first = not self.asked[index]
        self.asked[index] += 1
        fate = self.fates[index % len(self.fates)]
        if index in self.doubtful and first:
            return Outcome(mutant, Fate.UNGRADED, doubtful=True)
        return Outcome(mutant, fate, detail="why", doubtful=index in self.doubtful)


def audited(*fates, plan=PLAN, **options):
    return report_of(plan, run_audit(plan, Told(*fates, **options), jobs=2))


@pytest.mark.parametrize("jobs", [1, 3])
def test_outcomes_come_in_the_order_of_the_plan_and_are_told_once(jobs):
    told = []
    examiner = Told(Fate.KILLED, Fate.SURVIVED, doubtful=[2])
    outcomes = run_audit(PLAN, examiner, jobs=jobs, progress=told.append)
    assert [one.mutant for one in outcomes] == list(PLAN.mutants)
    assert Counter(one.mutant for one in told) == Counter(PLAN.mutants)


def test_where_the_machine_may_have_decided_a_mutant_is_graded_once_more_and_that_holds():
    examiner = Told(Fate.KILLED, doubtful=[0, 3])
    outcomes = run_audit(PLAN, examiner, jobs=2)
    assert examiner.asked[0] == examiner.asked[3] == 2 and examiner.asked[1] == 1
    assert {one.fate for one in outcomes} == {Fate.KILLED}


def test_real_mutants_are_graded_in_parallel():
    plan = plan_audit(mini_course(), "1", exercises=["predict", "half_mse", "root"])
    outcomes = run_audit(plan, Examiner(mini_course(), mini(), strongest()), jobs=2)
    report = report_of(plan, outcomes)
    assert report.total.killed >= 0.8 * len(plan.mutants) and not report.ungraded
    alone = run_audit(plan, Examiner(mini_course(), mini(), strongest()), jobs=1)
    assert [(one.fate, one.check) for one in alone] == [(one.fate, one.check) for one in outcomes]


def test_what_was_not_graded_counts_neither_way():
    report = audited(Fate.KILLED, Fate.UNGRADED)
    assert report.total.ungraded == len(report.ungraded) == len(PLAN.mutants) // 2
    assert report.total.share == 1 and report.is_good


def test_below_97_percent_checks_are_not_good():
    report = audited(Fate.KILLED, Fate.KILLED, Fate.KILLED, Fate.SURVIVED)
    assert not report.is_good
    assert len(report.survivors) == report.total.survived == len(PLAN.mutants) // 4
    row = replace(report.total, killed=97, survived=3)
    assert replace(report, total=row).is_good
    row = replace(report.total, killed=969, survived=31)
    assert not replace(report, total=row).is_good


def entry_for(mutant):
    return Equivalent(mutant.file, mutant.definition, mutant.before, mutant.after, "It is none.")


def test_a_listed_survivor_counts_neither_way_and_a_listed_one_that_is_killed_is_told():
    entries = (entry_for(PLAN.mutants[0]), entry_for(PLAN.mutants[1]))
    plan = replace(PLAN, listed=Listed(entries))
    report = audited(Fate.SURVIVED, Fate.KILLED, plan=plan)
    assert [why for _, why in report.equivalent] == ["It is none."]
    assert report.refuted == entries[1:]
    assert report.total.equivalent == 1
    assert report.total.survived == len(PLAN.mutants) / 2 - 1


def test_what_is_listed_is_not_trained():
    plan = replace(PLAN, listed=Listed((entry_for(PLAN.mutants[1]),)))
    examiner = Told(Fate.SURVIVED)
    run_audit(plan, examiner, jobs=1)
    assert [one for one, trained in examiner.trained.items() if not trained] == [PLAN.mutants[1]]


def printed(report):
    console = Console(file=StringIO(), width=100)
    print_audit(console, report, {"mini.py": REFERENCE})
    return console.file.getvalue()


def test_a_survivor_is_shown_as_a_diff():
    fates = [Fate.SURVIVED, *[Fate.KILLED] * (len(PLAN.mutants) - 1)]
    report = audited(*fates)
    one = PLAN.mutants[0]
    lines = [f"-    {one.before}", f"+    {one.after}"]
    text = printed(report)
    assert f"mini.py:{one.line}, half_mse (" in text
    assert all(f"  {line}\n" in text for line in lines)
    assert f"of {len(PLAN.mutants)} mutants" in text
    page = markdown(report, {"mini.py": REFERENCE})
    assert page.startswith("m1_mini: cases of seed '1'.\n\n| file | mutants |")
    untrained = markdown(replace(report, training=False), {"mini.py": REFERENCE})
    assert untrained.startswith("m1_mini: cases of seed '1', without train checks.\n")
    assert "```diff\n def half_mse(X, y, w, b):\n" + "\n".join(lines) + "\n \n```" in page
    assert f"| mini.py | {PLAN.every['mini.py']} | {len(PLAN.mutants)} |" in page


def test_what_is_wrong_with_the_list_and_what_was_not_graded_is_told():
    stale = Equivalent("mini.py", "half_mse", "return 1", "return 2", "why")
    listed = Listed((entry_for(PLAN.mutants[0]),))
    plan = replace(PLAN, listed=listed, unmatched=(stale,))
    report = audited(Fate.KILLED, Fate.UNGRADED, plan=plan)
    for text in (printed(report), markdown(report, {"mini.py": REFERENCE})):
        text = " ".join(text.split())
        assert "there is no such mutant: mini.py, half_mse: return 1 → return 2" in text
        assert "the checks kill it: mini.py, half_mse:" in text
        assert "the grader: why" in text


@pytest.mark.slow
@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_checks_of_the_course_kill_97_percent(name):
    listed = read_listed(ROOT / "solutions" / name)
    plan = plan_audit(live(name), "audit", listed=listed)
    assignment = prepare(live(name), plan.seed, Visibility.HIDDEN, strongest(), with_mistakes=False)
    outcomes = run_audit(plan, Examiner(live(name), assignment, strongest()), jobs=2)
    report = report_of(plan, outcomes)
    assert len(plan.mutants) >= 40 and not report.ungraded
    assert report.is_good, printed(report)
