import json

import pytest

from grader.ways.ci.environment import Environment, Server, detect

OLD = "a" * 40
ZEROS = "0" * 40


def github(tmp_path, event, **variables):
    file = tmp_path / "event.json"
    file.write_text(event if isinstance(event, str) else json.dumps(event), encoding="utf-8")
    given = {"GITHUB_ACTIONS": "true", "GITHUB_ACTOR": "ada", "GITHUB_EVENT_PATH": str(file)}
    return detect(given | variables)


def test_a_push_to_github_begins_at_the_commit_before(tmp_path):
    found = github(tmp_path, {"before": OLD}, GITHUB_STEP_SUMMARY="/s", GITHUB_OUTPUT="/o")
    assert (found.server, found.student, found.before) == (Server.GITHUB, "ada", OLD)
    assert (str(found.summary), str(found.output)) == ("/s", "/o")


def test_a_pull_request_begins_at_its_base(tmp_path):
    event = {"before": ZEROS, "pull_request": {"base": {"sha": OLD}}}
    assert github(tmp_path, event).before == OLD


def test_zeros_mean_that_the_branch_is_new(tmp_path):
    assert github(tmp_path, {"before": ZEROS}).is_new
    assert detect({"GITLAB_CI": "true", "CI_COMMIT_BEFORE_SHA": ZEROS}).is_new


@pytest.mark.parametrize(
    "event", ["", "[1]", "{", '{"before": 7}', '{"before": "--output=/etc/passwd"}', "[" * 100_000]
)
def test_an_event_that_tells_nothing_is_no_error(tmp_path, event):
    found = github(tmp_path, event)
    assert (found.before, found.is_new) == ("", False)


def test_gitlab_names_the_base_of_a_merge_request_before_that_of_a_push():
    given = {"GITLAB_CI": "true", "GITLAB_USER_LOGIN": "grace", "CI_COMMIT_BEFORE_SHA": ZEROS}
    found = detect({**given, "CI_MERGE_REQUEST_DIFF_BASE_SHA": OLD})
    assert found == Environment(Server.GITLAB, "grace", OLD)


def test_anywhere_else_nothing_is_guessed():
    assert detect({"GITHUB_ACTOR": "ada"}) == Environment(Server.PLAIN)
