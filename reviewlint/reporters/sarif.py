"""SARIF 2.1.0, as GitHub code scanning reads it."""

from collections.abc import Callable
from functools import cache
from typing import Any

from .. import __version__, catalogue
from ..console import Look
from ..finding import Finding, Location
from ..report import Report
from ..rule import Rule
from ._message import message
from ._places import as_uri, from_checkout
from .json import dumped

HOME = "https://github.com/reviewlint/reviewlint"

MOST_RESULTS = 25_000
"""GitHub takes no more from one run."""

PROBLEM = {"error": "error", "warning": "warning", "note": "recommendation"}


def render(report: Report, look: Look) -> str:
    """One SARIF log with one run, which describes every rule that there is.

    Only findings that count are results: GitHub does not look at `suppressions`.
    """
    place = from_checkout(report)
    described = _rules(report)
    rules = {rule.name: index for index, rule in enumerate(described)}
    results = [_result(finding, rules, place) for finding in report.shown[:MOST_RESULTS]]
    return dumped(
        {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {
                        "driver": {
                            "name": "reviewlint",
                            "semanticVersion": __version__,
                            "informationUri": HOME,
                            "rules": [_rule(rule) for rule in described],
                        }
                    },
                    "invocations": [_invocation(report)],
                    "columnKind": "unicodeCodePoints",
                    "results": results,
                }
            ],
        }
    )


def _rules(report: Report) -> list[Rule]:
    """The rules of the catalogue and those that ran, by name; without those that cannot be loaded."""
    known = {name: catalogue.load(name) for name in catalogue.names() if not catalogue.defect(name)}
    ran = {rule.name: rule for rule in report.review.rules}
    return [rule for _, rule in sorted({**known, **ran}.items())]


@cache
def _rule(rule: Rule) -> dict[str, Any]:
    from ..explain import rule_page

    page = rule_page(rule)
    properties: dict[str, Any] = {"tags": [rule.family], "precision": str(rule.confidence)}
    if rule.meta.security:
        properties["security-severity"] = rule.meta.security
        properties["tags"].append("security")
    else:
        properties["problem.severity"] = PROBLEM[rule.meta.severity]
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why or rule.summary},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"enabled": rule.meta.level == "rec", "level": rule.meta.severity},
        "properties": properties,
    }


def _result(finding: Finding, rules: dict[str, int], place: Callable[[str], str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": str(finding.severity),
        "message": {"text": message(finding)},
        "locations": [_location(finding.at, place)],
        "partialFingerprints": {"primaryLocationLineHash": finding.fingerprint},
        "properties": {
            "confidence": str(finding.confidence),
            "evidence": finding.evidence,
            "remark": finding.remark,
            "remedy": finding.remedy,
        },
    }
    if finding.rule in rules:
        result["ruleIndex"] = rules[finding.rule]
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": related.note or "related"}, **_location(related.at, place)}
            for number, related in enumerate(finding.related, 1)
        ]
    return result


def _location(at: Location, place: Callable[[str], str]) -> dict[str, Any]:
    uri = as_uri(place(at.path))
    region = {
        "startLine": at.line,
        "startColumn": at.column,
        "endLine": at.end_line,
        "endColumn": at.end_column,
    }
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}


def _invocation(report: Report) -> dict[str, Any]:
    review = report.review
    lost = [f"not reviewed: {each.path}: {each.reason}" for each in review.skipped if not each.expected]
    if review.undecided:
        lost.append(f"data flow not judged by {', '.join(review.undecided)}: {review.data_flow_problem}")
    notes = [{"level": "warning", "message": {"text": text}} for text in lost]
    notes += [{"level": "error", "message": {"text": f"{each.where}: {each.message}"}} for each in review.faults]
    return {"executionSuccessful": not review.faults, "toolExecutionNotifications": notes}
