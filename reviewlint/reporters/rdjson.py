"""reviewdog's diagnostic format, for review comments on other forges."""

from collections.abc import Callable
from typing import Any

from ..console import Look
from ..finding import Finding, Location, Severity
from ..report import Report
from ._message import message
from ._places import from_checkout
from .json import dumped

SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.NOTE: "INFO"}


def render(report: Report, look: Look) -> str:
    """A JSON object with a diagnostic for each finding that counts, by place."""
    place = from_checkout(report)
    return dumped(
        {
            "source": {"name": "reviewlint"},
            "diagnostics": [
                _diagnostic(finding, place, report)
                for finding in sorted(report.shown, key=lambda finding: (finding.at, finding.rule))
            ],
        }
    )


def _diagnostic(finding: Finding, place: Callable[[str], str], report: Report) -> dict[str, Any]:
    diagnostic: dict[str, Any] = {
        "message": message(finding),
        "location": {"path": place(finding.at.path), "range": _range(finding.at, report)},
        "severity": SEVERITIES[finding.severity or Severity.NOTE],
        "code": {"value": finding.rule},
    }
    if finding.related:
        diagnostic["related_locations"] = [
            {
                "message": related.note,
                "location": {"path": place(related.at.path), "range": _range(related.at, report)},
            }
            for related in finding.related
        ]
    if finding.fix is not None and all(edit.at.path == finding.at.path for edit in finding.fix.edits):
        diagnostic["suggestions"] = [
            {"range": _range(edit.at, report), "text": edit.text} for edit in finding.fix.edits
        ]
    return diagnostic


def _range(at: Location, report: Report) -> dict[str, dict[str, int]]:
    """The range as reviewdog counts columns: in bytes of UTF-8, from 1."""
    lines = report.lines(at.path)

    def byte_column(line: int, column: int) -> int:
        text = lines[line - 1] if line <= len(lines) else ""
        return len(text[: column - 1].encode("utf-8", "surrogatepass")) + 1 if text else column

    return {
        "start": {"line": at.line, "column": byte_column(at.line, at.column)},
        "end": {"line": at.end_line, "column": byte_column(at.end_line, at.end_column)},
    }
