"""One line a finding, as editors and `grep` like it: `path:line:column: severity rule: evidence`."""

from collections.abc import Iterable

from ..console import Look
from ..finding import Finding
from ..printable import guarded, printable
from ..report import Report
from .text import COLOURS


def render(report: Report, look: Look) -> str:
    """The findings that count, by place."""
    return lines(sorted(report.shown, key=lambda finding: (finding.at, finding.rule)), look)


def lines(findings: Iterable[Finding], look: Look) -> str:
    """A line for each finding, in the order given."""
    written = []
    for finding in findings:
        severity = look.paint(str(finding.severity), COLOURS[finding.severity]) if finding.severity else ""
        place = f"{printable(finding.at.path)}:{finding.at.line}:{finding.at.column}"
        evidence = printable(" ".join(finding.evidence.split()))
        written.append(f"{look.paint(place, 'bold')}: {severity} {finding.rule}: {evidence}\n")
    return guarded("".join(written))
