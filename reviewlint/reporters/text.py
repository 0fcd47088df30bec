"""The review as a person reads it: evidence, the source with marks, the remark, the remedy, and the verdict."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import compress
from pathlib import Path

from ..apart import apart
from ..console import Look
from ..finding import Confidence, Finding, Location, Related, Severity
from ..printable import guarded, printable, printable_lines
from ..report import Report
from ..verdict import Decision
from ._excerpt import Mark, Row, excerpt
from ._filled import filled
from ._places import as_uri

COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}
MOST_PLACES = 6
"""How many related places of other files are shown one by one."""
MANY = 200
"""From how many findings on two processes write faster than one: from about 50 ms of work."""
_INDENT = "  "


def render(report: Report, look: Look) -> str:
    """The findings that count, the worst first, and the verdict; nothing at all where there are none."""
    if not report.shown:
        return ""
    blocks = [*_blocks(report, look), guarded("\n".join(_verdict(report, look)))]
    return "\n\n".join(blocks) + "\n"


def _blocks(report: Report, look: Look) -> list[str]:
    """The findings as they are written, half of very many by another process: each has the lines of its own files.

    Files have as many findings as they please, so it is these that are halved.
    """

    def written(findings: Iterable[Finding]) -> list[str]:
        return [guarded("\n".join(_finding(finding, report, look))) for finding in findings]

    if report.processes == 1 or len(report.shown) < MANY:
        return written(report.shown)
    middle = sorted(finding.at.path for finding in report.shown)[len(report.shown) // 2]
    theirs = [finding.at.path >= middle for finding in report.shown]
    with apart(partial(written, compress(report.shown, theirs))) as wait:
        ours = iter(written(finding for finding in report.shown if finding.at.path < middle))
        others = iter(wait())
    return [next(others if away else ours) for away in theirs]


def _finding(finding: Finding, report: Report, look: Look) -> Iterator[str]:
    severity = finding.severity or Severity.NOTE
    sure = "" if finding.confidence is Confidence.HIGH else f" ({finding.confidence} confidence)"
    yield f"{_place(finding.at, report.root, look)}: {look.paint(str(severity), COLOURS[severity], 'bold')}{sure}: " + (
        look.paint(finding.rule, "bold")
    )
    yield from _wrapped(finding.evidence, look)
    rows = list(source(finding, report, look))
    if rows:
        yield ""
        yield from rows
    if finding.remark:
        yield ""
        yield from _wrapped(finding.remark, look)
    if finding.remedy:
        yield ""
        yield "  " + look.paint("Better:", "green")
        for line in printable_lines(finding.remedy.strip("\n")):
            for part in _fitting(line, look.width - 8):
                yield f"      {look.paint('|', 'dim')} {part}".rstrip()


def source(finding: Finding, report: Report, look: Look) -> Iterator[str]:
    """The lines of source that a finding speaks of, marked: its own, and the related ones here and in other files."""
    here = [related for related in finding.related if related.at.path == finding.at.path]
    marks = [Mark(finding.at, primary=True), *(Mark(related.at, related.note) for related in here)]
    for row in excerpt(report.lines(finding.at.path), marks, look.width - 8):
        yield _row(row, look).rstrip()
    yield from _elsewhere([each for each in finding.related if each.at.path != finding.at.path], report, look)


def _row(row: Row, look: Look) -> str:
    bar = look.paint("|", "dim")
    if row.number:
        return f"{look.paint(f'{row.number:5}', 'dim')} {bar} {row.text}"
    if not (row.mark or row.note):
        return look.paint("  ...", "dim")
    colour = "red" if row.primary else "cyan"
    return f"      {bar} {row.text}{look.paint(' '.join(filter(None, (row.mark, row.note))), colour)}"


def _elsewhere(places: Sequence[Related], report: Report, look: Look) -> Iterator[str]:
    for related in places[:MOST_PLACES]:
        yield ""
        yield f"  {_place(related.at, report.root, look)}: {printable(related.note)}"
        rows = excerpt(report.lines(related.at.path), [Mark(related.at)], look.width - 8)
        yield from (_row(row, look).rstrip() for row in rows)
    if len(places) > MOST_PLACES:
        yield f"  ... and {len(places) - MOST_PLACES} more places"


def _verdict(report: Report, look: Look) -> Iterator[str]:
    verdict = report.verdict
    colour = {Decision.REQUEST_CHANGES: "red", Decision.APPROVE_WITH_REMARKS: "yellow", Decision.APPROVE: "green"}
    yield f"{look.paint('Verdict:', 'bold')} {look.paint(verdict.decision.words, colour[verdict.decision], 'bold')}"
    yield from _wrapped(report.closing, look)
    if verdict.deciding:
        yield ""
        yield "  Decided by"
        for finding in verdict.deciding:
            yield f"    {_place(finding.at, report.root, look)}: {finding.rule}"
    if verdict.change:
        yield ""
        yield from _wrapped(verdict.change, look)


def _fitting(line: str, width: int) -> list[str]:
    """A line of a remedy, broken at spaces where it is too long."""
    if len(line) <= width:
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(
        line.strip(),
        width,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _wrapped(text: str, look: Look) -> list[str]:
    width = min(look.width, 100) - len(_INDENT)
    return [_INDENT + line for paragraph in text.split("\n") for line in filled(printable(paragraph), width)]


def _place(at: Location, root: Path, look: Look) -> str:
    text = f"{printable(at.path)}:{at.line}:{at.column}"
    if not look.links:
        return look.paint(text, "bold")
    return look.link(look.paint(text, "bold"), f"file://{as_uri((root / at.path).as_posix())}#{at.line}")
