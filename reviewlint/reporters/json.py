"""The review for machines: every finding with its label, as `docs/json.md` describes it."""

import json
from typing import Any

from .. import __version__
from ..console import Look
from ..finding import Finding, Location, Severity, State, Subject
from ..report import Report
from ..timing import by_kind

SCHEMA_VERSION = 1
DEEPEST = 6
"""So many spaces before an object, its entries stand on one line; SARIF's results lie below one run."""


def render(report: Report, look: Look) -> str:
    """One JSON object."""
    return dumped(document(report))


def document(report: Report) -> dict[str, Any]:
    """The review as JSON data."""
    data = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "reviewlint", "version": __version__},
        "summary": _summary(report),
        "findings": [_finding(finding) for finding in report.findings],
        "skipped": [
            {"path": each.path, "reason": each.reason, "expected": each.expected} for each in report.review.skipped
        ],
    }
    if report.review.spent:
        kinds = by_kind(report.review.spent).items()
        data["timing"] = {kind: {name: round(took, 4) for name, took in names.items()} for kind, names in kinds}
    return data


def dumped(data: Any) -> str:
    r"""JSON text in which nothing is left that a terminal or a log reader obeys: only ASCII, and no `##[`.

    What is listed, such as findings, stands a line each: Python's encoder is ten times as slow where it has to indent.
    """
    return _laid_out(data, "").replace("\x7f", "\\u007f").replace("##", "#\\u0023") + "\n"


def _laid_out(data: Any, indent: str) -> str:
    """JSON with the entries of objects and the items of lists on lines of their own, down to `DEEPEST`."""
    inner = indent + "  "
    if isinstance(data, dict) and data and len(indent) <= DEEPEST:
        entries = (f"{inner}{json.dumps(key)}: {_laid_out(value, inner)}" for key, value in data.items())
        return "{\n" + ",\n".join(entries) + f"\n{indent}}}"
    if isinstance(data, list) and data:
        if isinstance(data[0], dict) and len(data) == 1 and len(indent) <= DEEPEST:
            return f"[\n{inner}{_laid_out(data[0], inner)}\n{indent}]"
        return "[\n" + ",\n".join(inner + json.dumps(item) for item in data) + f"\n{indent}]"
    return json.dumps(data)


def _summary(report: Report) -> dict[str, Any]:
    review = report.review
    return {
        "files": len(review.sources),
        "skipped": len(review.skipped),
        "severities": {
            str(severity): sum(finding.severity is severity for finding in report.shown)
            for severity in reversed(Severity)
        },
        "states": {str(state): count for state, count in review.counts().items()},
        "verdict": {
            "decision": str(report.verdict.decision),
            "blocking": report.verdict.blocking,
            "deciding": [finding.fingerprint for finding in report.verdict.deciding],
        },
        "undecided": {"rules": list(review.undecided), "problem": review.data_flow_problem},
        "faults": [{"where": fault.where, "message": fault.message} for fault in review.faults],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    data: dict[str, Any] = {
        "rule": finding.rule,
        "family": finding.family,
        "severity": str(finding.severity),
        "confidence": str(finding.confidence),
        "state": str(finding.state),
        **_place(finding.at),
        "evidence": finding.evidence,
        "remark": finding.remark,
        "remedy": finding.remedy,
        "subject": _subject(finding.subject),
        "related": [{**_place(related.at), "note": related.note} for related in finding.related],
        "fingerprint": finding.fingerprint,
    }
    if finding.strict:
        data["strict"] = True
    if finding.state is not State.SHOWN:
        data["state_reason"] = finding.reason
    if finding.fix is not None:
        edits = [{**_place(edit.at), "text": edit.text} for edit in finding.fix.edits]
        data["fix"] = {"safe": finding.fix.safe, "edits": edits}
    return data


def _place(at: Location) -> dict[str, Any]:
    return {
        "path": at.path,
        "line": at.line,
        "column": at.column,
        "end_line": at.end_line,
        "end_column": at.end_column,
    }


def _subject(subject: Subject | None) -> dict[str, str] | None:
    if subject is None:
        return None
    names = ("kind", "schema", "name", "table", "policy", "column", "role", "signature")
    return {name: value for name in names if (value := getattr(subject, name))}
