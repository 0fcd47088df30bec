"""One line a finding, as editors and `grep` like it: `path:line:column: severity rule: evidence`."""

from ..console import Look
from ..printable import guarded, printable
from ..report import Report
from .text import COLOURS


def render(report: Report, look: Look) -> str:
    """The findings that count, by place."""
    lines = []
    for finding in sorted(report.shown, key=lambda finding: (finding.at, finding.rule)):
        severity = look.paint(str(finding.severity), COLOURS[finding.severity]) if finding.severity else ""
        place = f"{printable(finding.at.path)}:{finding.at.line}:{finding.at.column}"
        evidence = printable(" ".join(finding.evidence.split()))
        lines.append(f"{look.paint(place, 'bold')}: {severity} {finding.rule}: {evidence}\n")
    return guarded("".join(lines))
