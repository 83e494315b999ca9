"""A judge that ends early costs the check that it was at, or nobody anything; never a neighbour."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from dataclasses import dataclass, field

import pytest

from grader.checks import Verdict
from grader.confine import Lost, Silence, SpawnedLauncher
from grader.course.prepared import PreparedAssignment
from grader.judge.grading import GradingOptions, grade
from grader.judge.processes import JudgeLimits, Judges, JudgesClosed, grade_apart, options_for
from grader.judge.records import check_result, ungraded
from grader.result import Result, Status
from grader.submissions import Submission
from tests.conftest import strongest
from tests.mini import REFERENCE, mini

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="judges are forked on Linux")
LIMITS = JudgeLimits(megabytes=200, cpu_seconds=1.0)
RIGHT = Verdict(Status.PASSED, share=1.0)


@pytest.fixture(autouse=True)
def _little_time(monkeypatch):
    """Time of a judge is counted in whole seconds: let one second be the least."""
    monkeypatch.setattr("grader.judge.processes.judges._LEAST_CPU_SECONDS", 0.2)


def allocate():
    return bytearray(2**30)


def compute():
    while True:
        pass


def end_by_signal():
    os.kill(os.getpid(), signal.SIGSEGV)


def be_killed():
    os.kill(os.getpid(), signal.SIGKILL)


def leave():
    os._exit(3)


def nothing():
    pass


@dataclass(frozen=True)
class Play:
    """A work whose judge passes every check, and does something odd at some of them."""

    at: dict = field(default_factory=dict)
    first: object = nothing
    """Done before any check."""
    assignment: PreparedAssignment = field(default_factory=mini)

    def judge(self, launcher, slate, past):
        options = options_for(GradingOptions(), slate, past, 0)
        self.first()
        known = {(one.exercise, one.check): one for one in options.settled}
        results = []
        for check in self.assignment.checks:
            if (check.exercise, check.name) in known:
                results.append(known[check.exercise, check.name])
                continue
            options.on_begin(check)
            self.at.get(f"{check.exercise}.{check.name}", nothing)()
            results.append(check_result(check, self.assignment, RIGHT))
            options.on_check(results[-1])
        made = ungraded(Submission("ada", "m1_mini"), self.assignment, "", launcher.confinement)
        return made.model_copy(update={"checks": results, "course": str(os.getpid())})

    def ungraded(self, reason):
        return ungraded(Submission("ada", "m1_mini"), self.assignment, reason, "forked")

    def deliver(self, result):
        return result.model_dump_json().encode()


def judged(play, limits=LIMITS):
    with Judges(SpawnedLauncher(), limits) as judges:
        return Result.model_validate_json(judges.judge(play))


def statuses(result):
    return {f"{one.exercise}.{one.check}": one.status for one in result.checks}


@pytest.mark.parametrize(
    ("deed", "status", "words"),
    [
        (allocate, Status.OUT_OF_MEMORY, "more memory"),
        (compute, Status.TIMEOUT, "longer than the 1 s"),
        (end_by_signal, Status.CRASHED, "signal 11"),
    ],
)
def test_what_an_answer_does_to_its_judge_is_the_status_of_its_check(deed, status, words):
    result = judged(Play({"half_mse.value": deed, "root.positive": deed}))
    found = statuses(result)
    assert found.pop("half_mse.value") == found.pop("root.positive") == status
    assert set(found.values()) == {Status.PASSED} and len(result.checks) == 10
    check = next(one for one in result.checks if one.check == "value")
    assert words in check.message and check.points == 0 and check.file == "mini.py"


def once(path, deed):
    """A deed for the first time that it is come to."""

    def do():
        if not path.exists():
            path.touch()
            deed()

    return do


@pytest.mark.parametrize("deed", [be_killed, leave])
def test_what_the_machine_does_to_a_judge_once_leaves_no_trace(tmp_path, deed):
    result = judged(Play({"half_mse.value": once(tmp_path / "done", deed)}))
    assert set(statuses(result).values()) == {Status.PASSED}


@pytest.mark.parametrize("deed", [be_killed, leave])
def test_what_it_does_twice_is_the_graders_failure(deed):
    result = judged(Play({"half_mse.value": deed}))
    assert set(statuses(result).values()) == {Status.GRADER_ERROR}
    assert "ended early, twice" in result.checks[0].message


def kill_the_parent():
    parent = os.getppid()
    os.kill(parent, signal.SIGKILL)
    while os.getppid() == parent:
        time.sleep(0.001)


def test_a_judge_whose_server_is_killed_says_so_in_a_sentence():
    reader, writer = os.pipe()
    server = os.fork()
    if server == 0:
        os.dup2(writer, 2)
        judged(Play({"half_mse.value": kill_the_parent}))
        os._exit(0)
    os.close(writer)
    assert os.waitstatus_to_exitcode(os.waitpid(server, 0)[1]) == -signal.SIGKILL
    with open(reader, encoding="utf-8") as said:
        (line,) = said.read().splitlines()  # read until the judge has ended, too
    assert line.startswith("A judge ended, since the process that waited for its result is gone")


@pytest.mark.parametrize(
    "deed", [allocate, pytest.param(compute, marks=pytest.mark.slow), end_by_signal]
)
def test_a_judge_that_ends_before_the_first_check_is_the_graders_failure(deed):
    assert judged(Play(first=deed)).has_grader_error


def test_a_judge_that_is_at_one_check_for_too_long_is_lost():
    limits = JudgeLimits(silence_seconds=0.3)
    assert judged(Play({"half_mse.value": lambda: time.sleep(60)}), limits).has_grader_error


def test_one_that_goes_on_is_not_however_long_it_takes():
    limits = JudgeLimits(silence_seconds=1.5)
    names = [f"{one.exercise}.{one.name}" for one in mini().checks]
    result = judged(Play(dict.fromkeys(names[:4], lambda: time.sleep(0.9))), limits)
    assert set(statuses(result).values()) == {Status.PASSED}


def test_the_time_of_judges_that_ended_counts_for_the_submission(tmp_path):
    seen = tmp_path / "seconds"

    @dataclass(frozen=True)
    class Writing(Play):
        def judge(self, launcher, slate, past):
            with seen.open("a") as file:
                file.write(f"{options_for(GradingOptions(), slate, past, 0).seconds_used}\n")
            return super().judge(launcher, slate, past)

    judged(Writing({"half_mse.value": allocate}))
    first, second = map(float, seen.read_text().split())
    assert first == 0 < second


def test_a_judge_takes_the_next_submission_unless_it_has_grown():
    def grow():
        bytearray(100 * 2**20)[::4096] = bytes(25_600)

    works = [Play(), Play(), Play({"half_mse.value": grow}), Play()]
    with Judges(SpawnedLauncher(), LIMITS, known=works) as judges:
        first, second, third, fourth = (
            Result.model_validate_json(judges.judge(one)).course for one in works
        )
    assert first == second == third != fourth


def test_a_death_of_one_is_nothing_to_those_beside_it():
    works = [Play({"half_mse.value": allocate} if number % 2 else {}) for number in range(8)]
    results = {}
    with Judges(SpawnedLauncher(), LIMITS, known=works) as judges:

        def judge(number):
            results[number] = Result.model_validate_json(judges.judge(works[number]))

        threads = [threading.Thread(target=judge, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for number, result in results.items():
        lost = [one for one in statuses(result).values() if one is not Status.PASSED]
        assert lost == ([Status.OUT_OF_MEMORY] if number % 2 else [])


def test_closing_ends_judges_that_are_at_work():
    judges = Judges(SpawnedLauncher())
    raised = []

    def judge():
        try:
            judges.judge(Play({"half_mse.value": lambda: time.sleep(600)}))
        except JudgesClosed as closed:
            raised.append(closed)

    thread = threading.Thread(target=judge)
    thread.start()
    while not judges.running():
        time.sleep(0.01)
    judges.close()
    thread.join(30)
    assert raised and not thread.is_alive()
    with pytest.raises(JudgesClosed):
        judges.judge(Play())


def test_a_judge_has_no_descriptor_of_its_parent():
    reader, writer = os.pipe()
    try:
        found = []

        def look():
            for number in (reader, writer):
                if os.path.samestat(os.fstat(number), os.stat(os.devnull)):
                    found.append(number)
            assert len(found) == 2

        assert set(statuses(judged(Play(first=look))).values()) == {Status.PASSED}
    finally:
        os.close(reader)
        os.close(writer)


def test_a_worker_inherits_none_of_a_judges_limits(tmp_path):
    """A Keras worker that is not confined needs more address space than a judge may have."""
    resource = pytest.importorskip("resource")
    seen = tmp_path / "limits"

    class Looking(SpawnedLauncher):
        def start(self, settings):
            seen.write_text(str(resource.getrlimit(resource.RLIMIT_DATA)))
            raise Lost(Silence.NOT_STARTED, "it only looks")

    submission = Submission("ada", "m1_mini", {"mini.py": REFERENCE.encode()})
    result = grade_apart(submission, mini(), Looking(), GradingOptions())
    assert result.has_grader_error
    assert seen.read_text() == str(resource.getrlimit(resource.RLIMIT_DATA))


def test_grading_apart_is_grading(strongest_launcher):
    text = REFERENCE.replace("/ 2", "/ 1").replace("return rng", "raise KeyError; return rng")
    submission = Submission("ada", "m1_mini", {"mini.py": f"import torch\n{text}".encode()})
    apart = grade_apart(submission, mini(), strongest_launcher, GradingOptions())
    here = grade(submission, mini(), strongest_launcher, GradingOptions())
    assert apart.comparable() == here.comparable() and apart.submission.notes


@pytest.fixture
def strongest_launcher():
    return strongest()
