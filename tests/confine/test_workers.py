"""Confined and forked workers: their ends, limits, early answers, and servers that go."""

import contextlib
import os
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import psutil
import pytest

from grader.confine import (
    Announced,
    CannotConfine,
    Engine,
    Limits,
    Lost,
    Silence,
    WorkerSettings,
    launcher,
)
from grader.confine.breakout import WAYS_OUT, open_ways_out
from grader.confine.sandbox import Sandbox
from grader.confine.strongest import double_in, lone_launcher
from grader.wire.encoding import encode
from tests.conftest import ROOT, strongest

pytestmark = pytest.mark.skipif(
    strongest().confinement == "unconfined", reason="nothing can be confined here"
)

PROBE = b"""
import os, threading, time
import numpy as np
def thread(): threading.Thread(target=time.sleep, args=(60,)).start()
def double(x): return 2 * x
def sleep(seconds): time.sleep(seconds)
def end(): os._exit(3)
def kill(): os.kill(os.getpid(), 9)
def large(n): return np.zeros(n)
def environment(): return dict(os.environ)
"""


def question(target, *arguments):
    step = {"op": "call", "save": "r", "target": target, "args": list(arguments)}
    return encode({"kind": "ask", "file": "probe.py", "steps": [step], "returns": ["r"]})


@pytest.fixture(params=["forked", "confined"])
def chosen(request):
    with launcher(request.param) as one:
        yield one


@pytest.fixture
def start(chosen):
    started = []

    def start(**limits):
        settings = WorkerSettings(
            {"probe.py": PROBE}, "numpy", ("numpy", "os", "time"), limits=Limits(**limits)
        )
        worker = chosen.start(settings)
        started.append(worker)
        worker.ask({"kind": "load", "file": "probe.py"}, 10)
        return worker

    yield start
    for worker in started:
        worker.close()


@pytest.fixture
def under_account(monkeypatch):
    """Workers under another account, with an interpreter that everybody may run."""
    if os.getuid() != 0:
        pytest.skip("only root can start workers under another account")
    system = Path(f"/usr/bin/python3.{sys.version_info.minor}")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        if not system.is_file():
            pytest.skip(f"there is no {system}, which everybody may run")
        subprocess.run([system, "-m", "venv", "--without-pip", folder], check=True)
        site = Path(folder, "lib", system.name, "site-packages")
        (site / "ours.pth").write_text(f"{sysconfig.get_path('purelib')}\n{ROOT}\n")
        monkeypatch.setattr(sys, "executable", str(Path(folder, "bin", "python")))
        with launcher("account") as chosen:
            yield chosen


def test_under_another_account_a_worker_reads_what_everybody_may_and_no_more(
    under_account, tmp_path
):
    secret = tmp_path / "hidden"
    secret.mkdir(mode=0o700)
    assert open_ways_out(under_account, secret) == ["read the accounts of this machine"]


def test_another_account_neither_reads_nor_ends_the_judge(under_account):
    code = b"""
import os
def read(number): return open(f"/proc/{number}/mem", "rb").read(1)
def end(number): os.kill(number, 9)
def who(): return [os.getuid(), os.getgid(), os.getgroups()]
def write(path): open(path, "w").write("x")
"""
    settings = WorkerSettings({"probe.py": code}, "numpy", ("numpy", "os"))
    worker = under_account.start(settings)
    try:
        worker.ask({"kind": "load", "file": "probe.py"}, 10)
        for target in ("read", "end"):
            answer = worker.ask(question(target, os.getpid()), 10)
            assert "builtins.PermissionError" in answer["error"]["chain"], target
        [[user, group, groups]] = worker.ask(question("who"), 10)["values"]
        assert user == group != os.getuid() and groups == []
        with pytest.raises(KeyError):
            pytest.importorskip("pwd").getpwuid(user)  # nobody else's account
        assert worker.ask(question("write", "own.txt"), 10)["outcome"] == "answered"
    finally:
        worker.close()


def test_keras_computes_under_another_account(under_account):
    assert double_in(under_account, "keras")["keras"]


def test_a_lone_launcher_takes_what_works_or_tells_how_to_confine(monkeypatch):
    works = {"auto", "account"}

    def launcher(name, engine=None):
        if name not in works:
            raise CannotConfine(f"no {name}")
        return name

    monkeypatch.setattr("grader.confine.strongest.launcher", launcher)
    assert lone_launcher() == "auto"
    works.remove("auto")
    assert lone_launcher() == "account"
    works.remove("account")
    with pytest.raises(CannotConfine, match="no auto"):
        lone_launcher()


def test_an_account_needs_root(monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 1_000)
    with pytest.raises(CannotConfine, match="Only root"):
        launcher("account")


def test_all_ways_out_are_closed(chosen):
    assert len(WAYS_OUT) == 10
    assert open_ways_out(chosen, ROOT) == []


def test_nothing_of_the_judges_environment_is_there(start, monkeypatch):
    monkeypatch.setenv("A_SECRET", "of the judge")
    (variables,) = start().ask(question("environment"), 5)["values"]
    assert "A_SECRET" not in variables
    assert str(ROOT) not in str(variables)


def test_answers_to_announced_questions_come_in_any_order(start):
    worker = start()
    several = [question("double", float(number)) for number in range(5)]
    worker.announce([Announced(one, 5.0) for one in several])
    for number in (3, 0, 4, 1, 2):
        assert worker.ask(several[number], 5)["values"] == [2.0 * number]
    assert worker.ask(question("double", 9.0), 5)["values"] == [18.0]


def test_after_its_last_answer_a_worker_is_gone_and_nobody_is_charged(start, chosen):
    worker = start()
    several = [question("double", 1.0), question("thread"), question("double", 2.0)]
    worker.announce([Announced(one, 5.0) for one in several])
    if chosen.confinement == "forked":
        with pytest.raises(Lost) as caught:
            worker.ask(several[2], 5)
        assert (caught.value.silence, caught.value.question) == (Silence.KILLED, several[2])
    else:
        assert worker.ask(several[1], 5)["last"]


def test_silence_about_an_announced_question_is_told_as_such(start, chosen):
    if chosen.confinement != "forked":
        pytest.skip("only forked workers answer ahead")
    worker = start()
    slow, quick = question("sleep", 30), question("double", 1.0)
    worker.announce([Announced(slow, 0.2), Announced(quick, 5.0)])
    with pytest.raises(Lost) as caught:
        worker.ask(quick, 5)
    assert caught.value.silence is Silence.TIMEOUT
    assert caught.value.question == slow


def test_an_end_of_its_own_is_a_crash(start):
    with pytest.raises(Lost) as caught:
        start().ask(question("end"), 5)
    assert caught.value.silence is Silence.CRASHED
    assert "exit code 3" in caught.value.detail


def test_an_answer_that_is_too_large_is_told(start):
    worker = start(answer_megabytes=1)
    answer = worker.ask(question("large", 10**6), 5)
    found = answer["values"][0]
    assert found.type == "an array of shape (1000000,)" and "more than 1 MB" in found.detail
    assert worker.ask(question("double", 1.0), 5)["values"] == [2.0]


def test_a_worker_killed_from_outside_is_told_from_a_crash(start, chosen):
    worker = start()
    below = psutil.Process().children(recursive=True)
    pythons = [one for one in below if one.name().startswith("python")]
    for one in pythons:  # the worker itself, and the spare one where there is one
        if one.ppid() in {other.pid for other in pythons} or chosen.confinement == "confined":
            one.kill()
    with pytest.raises(Lost) as caught:
        worker.ask(question("sleep", 5), 5)
    assert caught.value.silence is Silence.KILLED


def test_a_server_that_was_killed_is_replaced(start, chosen):
    if chosen.confinement != "forked":
        pytest.skip("only forked workers have a server")
    worker = start()
    for one in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # a worker's may have ended meanwhile
            if one.name() == "bwrap":
                one.kill()
    with pytest.raises(Lost) as caught:
        worker.ask(question("sleep", 5), 5)
    assert caught.value.silence is Silence.LEFT_ALONE
    assert start().ask(question("double", 4.0), 5)["values"] == [8.0]


def servers():
    """Our own children: workers are the servers'."""
    return {one.pid for one in psutil.Process().children()}


def test_a_worker_comes_from_the_server_that_was_warmed_up(chosen):
    if chosen.confinement != "forked":
        pytest.skip("only forked workers have a server")
    settings = WorkerSettings({"probe.py": PROBE}, "numpy", ("numpy", "os", "time"))
    before = servers()
    chosen.warm_up(settings)
    warm = servers()
    worker = chosen.start(settings)
    worker.ask({"kind": "load", "file": "probe.py"}, 10)
    assert worker.ask(question("double", 4.0), 5)["values"] == [8.0]
    assert before < warm == servers()
    worker.close()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo bwrap: no room >&2\nexit 1", "no room"),
        ("exec /bin/sleep 600", "not ready within 1 s"),
        ("echo I0000 oneDNN is on >&2\nexec /bin/sleep 600", "not ready within 1 s"),
    ],
    ids=["ends", "says nothing", "says what is no reason"],
)
def test_a_server_that_does_not_come_up_is_told_to_who_wants_a_worker(
    chosen, script, said, monkeypatch, tmp_path
):
    if chosen.confinement != "forked":
        pytest.skip("only forked workers have a server")
    broken = tmp_path / "bwrap"
    broken.write_text(f"#!/bin/sh\n{script}\n")
    broken.chmod(0o755)
    settings = WorkerSettings({}, "numpy", ("numpy", "math"))
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(tmp_path))
        patch.setattr("grader.confine.fork_server._START_SECONDS", 1.0)
        patch.setattr("grader.confine.fork_server.STATUS_SECONDS", 0.1)
        chosen.warm_up(settings)
        with pytest.raises(Lost, match=said) as caught:
            chosen.start(settings)  # from that server, or from another where it has ended by now
    assert caught.value.silence is Silence.NOT_STARTED
    chosen.start(settings).close()  # the next one tries again


def test_a_worn_out_server_makes_way_and_its_workers_finish(start, chosen, monkeypatch):
    if chosen.confinement != "forked":
        pytest.skip("only forked workers have a server")
    monkeypatch.setattr("grader.confine.fork_server._MAX_CHILDREN", 1)
    first = start()
    server = first.release.__self__
    second = start()
    assert server is not second.release.__self__
    assert first.ask(question("double", 1.0), 5)["values"] == [2.0]
    first.close()
    assert server.is_dead()
    assert second.ask(question("double", 2.0), 5)["values"] == [4.0]


def test_the_sandbox_holds_an_allow_list():
    with Sandbox("numpy", frozenset({"numpy"}), Engine()).command("m", [], is_server=False) as (
        _,
        number,
    ):
        import os

        options = os.pread(number, 2**20, 0).decode().split("\0")
    bound = [options[i + 1] for i, one in enumerate(options) if one.startswith("--ro-bind")]
    assert not any("solutions" in path or "sklearn" in path for path in bound)
    inside = [options[i + 2] for i, one in enumerate(options) if one.startswith("--ro-bind")]
    own = [path for path in inside if path.startswith("/worker/code")]
    assert [path.removeprefix("/worker/code/grader/") for path in own] == [
        "__init__.py",
        "wire",
        "worker",
    ]


def test_scikit_learn_is_there_only_for_an_assignment_that_allows_it():
    without = {path.name for path in Sandbox("numpy", frozenset({"numpy"}), Engine()).packages}
    allowed = {path.name for path in Sandbox("numpy", frozenset({"sklearn"}), Engine()).packages}
    assert "sklearn" not in without and "numpy" in without
    assert {"sklearn", "scipy", "numpy"} <= allowed
