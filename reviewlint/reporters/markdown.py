"""The review as a document: the verdict, what decided it, the checklist in short, and the findings by file.

For step summaries and comments.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ..console import Look
from ..finding import Confidence, Finding
from ..printable import guarded, printable, printable_lines
from ..report import Report
from ..summary import counts
from ..wording import counted
from .text import source

if TYPE_CHECKING:
    from ..checklists.answers import Answer

LARGEST = 1_000_000
"""Bytes. GitHub drops a step summary of more than 1 MiB as a whole."""

MOST_EVIDENCE = 600
"""Characters of a finding's evidence in the list of those that decided."""

_MARKED = re.compile(r"([\\*_\[\]|~])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;", "#": "&#35;", "://": "&#58;//"}
_ENTITY = re.compile("|".join(map(re.escape, _ENTITIES)))
_BLOCK_START = re.compile(r"^(\d*)([-+=.)])(?=\s|$|=|-)")


def render(report: Report, look: Look) -> str:
    """The document; whole sections are left out, and that is said, where it would grow too large."""
    parts = ["\n\n".join([*_head(report), *_checklist(report)]) + "\n"]
    size = len(parts[0].encode())
    files: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.shown:
        files[finding.at.path].append(finding)
    left: list[list[Finding]] = []
    for path, findings in files.items():
        section = "\n" + "\n\n".join(_section(path, findings, report)) + "\n"
        size += len(section.encode())
        if size > LARGEST:
            size -= len(section.encode())
            left.append(findings)
        else:
            parts.append(section)
    if left:
        parts.append(
            f"\nLeft out, because GitHub takes no longer summary: {counted(sum(map(len, left)), 'finding')} in "
            f"{counted(len(left), 'file')}.\n"
        )
    return guarded("".join(parts))


def _head(report: Report) -> Iterator[str]:
    verdict = report.verdict
    yield f"# Review: {verdict.decision.words}"
    if report.closing:
        yield f"> {inline(report.closing)}"
    if verdict.deciding:
        decided = [
            f"- {_place(finding)} {code(finding.rule)}: {inline(_cut(finding.evidence))}"
            for finding in verdict.deciding
        ]
        yield "\n".join(["Decided by", "", *decided])
    if verdict.change:
        yield inline(verdict.change)
    yield f"{inline(counts(report))}."


def _checklist(report: Report) -> Iterator[str]:
    """How many lines of the reviewer's checklist stand how, and those that failed."""
    from .. import checklists
    from ..checklists.answers import answered
    from ..checklists.written import Sheet, summary

    if report.review.project is None:
        return
    try:
        checklist = checklists.load(report.voice.checklist)
    except checklists.ChecklistError:  # the checklist is an extra here; `reviewlint checklist` says what is wrong
        return
    sheet = Sheet(checklist, report.voice, answered(checklist, report, report.review.project, report.voice))
    yield "## Checklist"
    yield f"{inline(sheet.title)}, as far as these rules answer it: {inline(summary(sheet))}."
    failed = [answer for _, answers in sheet.sections for answer in answers if answer.findings]
    if failed:
        yield "\n".join(map(_failed, failed))


def _failed(answer: "Answer") -> str:
    says = inline(answer.line.says.rstrip("."))
    return f"- {says}: {inline(answer.tally())}; the worst: {_place(answer.findings[0])}"


def _section(path: str, findings: Iterable[Finding], report: Report) -> Iterator[str]:
    yield f"## {code(path)}"
    for finding in findings:
        sure = "" if finding.confidence is Confidence.HIGH else f", {finding.confidence} confidence"
        yield f"### Line {finding.at.line}: {finding.rule} ({finding.severity}{sure})"
        yield inline(finding.evidence)
        rows = list(source(finding, report, Look(width=100)))
        if rows:
            yield fenced(rows)
        if finding.remark:
            yield inline(finding.remark)
        if finding.remedy:
            yield "Better:"
            yield fenced(printable_lines(finding.remedy.strip("\n")))


def _place(finding: Finding) -> str:
    return code(f"{finding.at.path}:{finding.at.line}")


def _cut(evidence: str) -> str:
    """The evidence as far as it has room among others; its own section has all of it."""
    return evidence if len(evidence) <= MOST_EVIDENCE else f"{evidence[:MOST_EVIDENCE]}..."


def inline(text: str) -> str:
    """Text of ours as one paragraph: code between backticks stays code, nothing else is markup."""
    pieces = printable(" ".join(text.split())).split("`")
    if len(pieces) % 2 == 0:  # a backtick without a partner
        pieces[-2:] = [f"{pieces[-2]}'{pieces[-1]}"]
    written = [code(piece) if number % 2 and piece else _escaped(piece) for number, piece in enumerate(pieces)]
    return _BLOCK_START.sub(r"\1\\\2", "".join(written))


def code(text: str) -> str:
    """A code span that holds `text`, whatever is in it."""
    text = printable(text)
    ticks = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    padding = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{padding}{text}{padding}{ticks}"


def fenced(lines: Sequence[str]) -> str:
    """A block of code that its content cannot end."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([fence, *lines, fence])


def _escaped(text: str) -> str:
    return _ENTITY.sub(lambda match: _ENTITIES[match[0]], _MARKED.sub(r"\\\1", text))
