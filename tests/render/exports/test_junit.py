"""JUnit XML is read back by junitparser, and every check is in it with its outcome."""

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped

from grader.render.exports.junit import junit_xml
from grader.result import Status

EXPECTED = {
    Status.FAILED: Failure,
    Status.MISSING: Failure,
    Status.FORBIDDEN: Failure,
    Status.SKIPPED: Skipped,
}


def test_suites_are_students_and_cases_are_checks(results):
    document = JUnitXml.fromstring(junit_xml(results))
    suites = list(document)
    assert [suite.name for suite in suites] == [result.student for result in results]
    for suite, result in zip(suites, results, strict=True):
        cases = list(suite)
        assert suite.tests == len(cases) == len(result.checks)
        assert {one.name: one.value for one in suite.properties()}["points"]
        for case, check in zip(cases, result.checks, strict=True):
            assert case.classname == f"m1_mini.{check.exercise}"
            assert case.is_passed == (check.status is Status.PASSED)
            if not case.is_passed:
                (outcome,) = case.result
                assert type(outcome) is EXPECTED.get(check.status, Error)
                assert outcome.type == check.status
                assert check.message in outcome.text


@pytest.mark.parametrize("status", [one for one in Status if one is not Status.PASSED])
def test_no_status_but_passed_looks_passed(results, status):
    checks = [check.model_copy(update={"status": status}) for check in results[0].checks]
    (suite,) = JUnitXml.fromstring(junit_xml([results[0].model_copy(update={"checks": checks})]))
    assert suite.failures + suite.errors + suite.skipped == suite.tests == len(checks)
    assert all(one.type == status for case in suite for one in case.result)


def test_the_graders_failure_is_told_apart(broken):
    (suite,) = JUnitXml.fromstring(junit_xml([broken]))
    assert suite.errors == 1
    (outcome,) = next(iter(suite)).result
    assert isinstance(outcome, Error) and outcome.type == "grader_error"
    assert outcome.message == "the grader failed, not the student: no worker"


def test_characters_that_xml_forbids_are_gone(results):
    bad = "\x00\x08\x0b\ufffe\ud800]]><&"
    check = results[2].checks[0].model_copy(update={"title": bad, "message": bad})
    result = results[2].model_copy(update={"student": bad, "checks": [check]})
    (suite,) = JUnitXml.fromstring(junit_xml([result]))
    assert suite.name.endswith("]]><&")
