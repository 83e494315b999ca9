"""What a GitLab merge request shows on its lines: a Code Quality report.

Relied upon: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format. JUnit XML,
which GitLab shows as well, is `grader.render.exports.junit`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from grader.render.ci.finding import Finding
from grader.sanitise.text import safe_text

_MAX_DESCRIPTION = 1_000


def code_quality_json(findings: Sequence[Finding]) -> bytes:
    """Findings as a Code Quality report."""
    records = [_record(one) for one in findings]
    return (json.dumps(records, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _record(finding: Finding) -> dict[str, Any]:
    check = finding.check
    # Without the line and the message: GitLab then knows the finding again after an edit.
    identity = f"{finding.assignment}\0{check.exercise}\0{check.check}"
    description = " ".join(f"{finding.title}. {finding.text}".split())
    return {
        "description": safe_text(description, _MAX_DESCRIPTION),
        "check_name": f"{finding.assignment}.{check.exercise}.{check.check}",
        "fingerprint": hashlib.sha256(identity.encode("utf-8")).hexdigest(),
        "severity": "info" if finding.is_ours else "major",
        "location": {"path": finding.path, "lines": {"begin": finding.line or 1}},
    }
