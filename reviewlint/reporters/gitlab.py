"""GitLab's Code Quality report."""

from ..console import Look
from ..finding import Severity
from ..report import Report
from ._message import message
from ._places import from_checkout
from .json import dumped

SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.NOTE: "minor"}


def render(report: Report, look: Look) -> str:
    """A JSON array with an entry for each finding that counts, by place."""
    place = from_checkout(report)
    return dumped(
        [
            {
                "check_name": finding.rule,
                "description": f"{finding.rule}: {finding.evidence}",
                "content": {"body": message(finding)},
                "categories": [finding.family],
                "fingerprint": finding.fingerprint,
                "severity": SEVERITIES[finding.severity or Severity.NOTE],
                "location": {
                    "path": place(finding.at.path),
                    "positions": {
                        "begin": {"line": finding.at.line, "column": finding.at.column},
                        "end": {"line": finding.at.end_line, "column": finding.at.end_column},
                    },
                },
            }
            for finding in sorted(report.shown, key=lambda finding: (finding.at, finding.rule))
        ]
    )
