"""JUnit XML, for the many servers that show test results: a rule's findings are its failures."""

from collections import defaultdict
from xml.sax.saxutils import escape, quoteattr

from ..console import Look
from ..finding import Finding
from ..printable import guarded, printable
from ..report import Report
from ._message import message
from ._places import from_checkout


def render(report: Report, look: Look) -> str:
    """One test suite a rule that ran: a failed case for each finding that counts, a passed one where there is none."""
    place = from_checkout(report)
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in sorted(report.shown, key=lambda finding: finding.at):
        by_rule[finding.rule].append(finding)
    total = len(report.shown)
    lines = ['<?xml version="1.0" encoding="utf-8"?>', f'<testsuites name="reviewlint" failures="{total}">']
    for rule in report.review.rules:
        found = by_rule[rule.name]
        name = quoteattr(rule.name)
        lines.append(f'  <testsuite name={name} tests="{max(1, len(found))}" failures="{len(found)}" errors="0">')
        if not found:
            lines.append(f"    <testcase name={name} classname={quoteattr(f'reviewlint.{rule.family}')}/>")
        for finding in found:
            lines += _case(finding, place(finding.at.path))
        lines.append("  </testsuite>")
    lines.append("</testsuites>")
    return guarded("\n".join(lines) + "\n")


def _case(finding: Finding, path: str) -> list[str]:
    where = f"{printable(path)}:{finding.at.line}:{finding.at.column}"
    attributes = f"name={quoteattr(where)} classname={quoteattr(f'reviewlint.{finding.family}.{finding.rule}')}"
    summary = printable(" ".join(finding.evidence.split()))
    return [
        f'    <testcase {attributes} file={quoteattr(printable(path))} line="{finding.at.line}">',
        f"      <failure type={quoteattr(str(finding.severity))} message={quoteattr(summary)}>",
        f"{_text(finding)}</failure>",
        "    </testcase>",
    ]


def _text(finding: Finding) -> str:
    return escape("\n".join(f"| {line}".rstrip() for line in message(finding).split("\n")))
