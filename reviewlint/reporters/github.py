"""Annotations on the lines of a pull request: commands that the GitHub Actions runner reads from the log.

The runner keeps ten of each severity for a step, first come, first kept. So the worst come first, and the rest is
written to the log as plain lines.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator

from ..console import Look
from ..finding import Finding, Severity
from ..report import Report
from ..wording import counted, listed
from . import concise
from ._message import message
from ._places import from_checkout

BUDGET = 10
"""Annotations of one severity that a step may make."""

LONGEST = 4000
"""Messages are cut at 4,096 characters."""

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(report: Report, look: Look) -> str:
    """Annotations for the worst findings of each severity, then a line of log for each of the others.

    Of the same severity those on changed lines come first: only they are shown among the changes.
    """
    made: dict[Severity, int] = defaultdict(int)
    annotated: list[Finding] = []
    left: list[Finding] = []
    change = report.review.change

    def urgency(finding: Finding) -> tuple[object, ...]:
        elsewhere = change is not None and not change.touches(finding.at)
        return (-(finding.severity or 0), elsewhere, -(finding.confidence or 0), finding.at, finding.rule)

    for finding in sorted(report.shown, key=urgency):
        severity = finding.severity or Severity.NOTE
        made[severity] += 1
        (annotated if made[severity] <= BUDGET else left).append(finding)
    place = from_checkout(report)
    lines = [f"{_command(finding, place)}\n" for finding in annotated]
    return "".join([*lines, *_rest(left, look)])


def _command(finding: Finding, place: Callable[[str], str]) -> str:
    at = finding.at
    properties = {"file": place(at.path), "line": at.line, "endLine": at.end_line}
    if at.line == at.end_line:
        properties |= {"col": at.column, "endColumn": at.end_column}
    properties["title"] = f"reviewlint: {finding.rule}"
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{COMMANDS[finding.severity or Severity.NOTE]} {written}::{_data(message(finding, most=LONGEST))}"


def _rest(findings: list[Finding], look: Look) -> Iterator[str]:
    if not findings:
        return
    counts = [
        counted(number, f"more {severity}")
        for severity in reversed(Severity)
        if (number := sum(finding.severity is severity for finding in findings))
    ]
    yield f"{listed(counts)} without annotation, for which GitHub has no room:\n"
    yield concise.lines(findings, look)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    r"""A property's value; what could not be written in a log line anyway (`\x00`) is kept as an escape."""
    from ..printable import guarded, printable

    return _data(guarded(printable(text))).replace(":", "%3A").replace(",", "%2C")
