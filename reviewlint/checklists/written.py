"""A checklist with its answers, written down: for a terminal, as Markdown, and for machines."""

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .. import __version__
from ..console import Look
from ..finding import Finding, Severity
from ..printable import guarded, printable
from ..reporters.json import dumped
from ..reporters.markdown import code, inline
from ..voices import Voice
from .answers import Answer, Standing
from .checklist import Checklist, Section

SCHEMA_VERSION = 1

_WORDS = {
    Standing.FAILED: "failed",
    Standing.PASSED: "passed",
    Standing.NEEDS_EVIDENCE: "outside",
    Standing.NOT_APPLICABLE: "n/a",
    Standing.NOT_JUDGED: "unjudged",
}
_IN_FULL = {
    Standing.FAILED: "failed",
    Standing.PASSED: "passed",
    Standing.NEEDS_EVIDENCE: "evidence needed from outside the code",
    Standing.NOT_APPLICABLE: "not applicable here",
    Standing.NOT_JUDGED: "not judged",
}
_COLOURS = {
    Standing.FAILED: ("red", "bold"),
    Standing.PASSED: ("green",),
    Standing.NEEDS_EVIDENCE: ("yellow",),
    Standing.NOT_APPLICABLE: ("dim",),
    Standing.NOT_JUDGED: ("yellow", "bold"),
}
_INDENT = " " * 12


@dataclass(frozen=True, slots=True)
class Sheet:
    """A checklist, the voice that goes through it, and the answers."""

    checklist: Checklist
    voice: Voice
    sections: Sequence[tuple[Section, Sequence[Answer]]]

    def counts(self) -> dict[Standing, int]:
        """How many lines stand how."""
        counted = Counter(answer.standing for _, answers in self.sections for answer in answers)
        return {standing: counted[standing] for standing in Standing}

    @property
    def title(self) -> str:
        """Whose checklist this is."""
        whose = self.voice.name
        return (
            f"The {whose} checklist"
            if whose == self.checklist.name
            else f"The {self.checklist.name} checklist, {whose}"
        )


def summary(sheet: Sheet) -> str:
    """`12 failed, 40 passed, …`, of those that there are."""
    return ", ".join(f"{count} {_IN_FULL[standing]}" for standing, count in sheet.counts().items() if count)


def as_text(sheet: Sheet, look: Look) -> str:
    """For a terminal."""
    blocks = [
        "\n".join(
            [look.paint(printable(section.title), "bold"), *(line for each in answers for line in _text(each, look))]
        )
        for section, answers in sheet.sections
    ]
    blocks.append(f"{look.paint(printable(sheet.title) + ':', 'bold')} {summary(sheet)}")
    return guarded("\n\n".join(blocks) + "\n")


def _text(answer: Answer, look: Look) -> Iterator[str]:
    word = _WORDS[answer.standing]
    first, *rest = _wrapped(answer.line.says, look) or [""]
    yield f"  {look.paint(word, *_COLOURS[answer.standing])}{' ' * (10 - len(word))}{first}"
    yield from (f"{_INDENT}{line}" for line in rest)
    for text in _remarks(answer):
        yield from (_INDENT + look.paint(line, "dim") for line in _wrapped(text, look))


def _remarks(answer: Answer) -> Iterator[str]:
    """What there is to say beside how a line stands."""
    if answer.findings:
        yield f"{answer.tally()}; the worst: {_place(answer.findings[0])}"
    if answer.accepted:
        yield (
            f"{answer.accepted:,} more ignored or in the baseline"
            if answer.findings
            else (f"{answer.accepted:,} ignored or in the baseline")
        )
    if answer.note:
        yield answer.note
    if answer.standing is Standing.NEEDS_EVIDENCE:
        yield f"needs {answer.line.needs}"
    elif answer.line.needs and answer.standing is not Standing.NOT_APPLICABLE:
        yield f"beyond the code: {answer.line.needs}"


def _place(finding: Finding) -> str:
    return f"{finding.at.path}:{finding.at.line}:{finding.at.column}"


def _wrapped(text: str, look: Look) -> list[str]:
    width = min(look.width, 100) - len(_INDENT)
    return textwrap.wrap(printable(text), width, break_long_words=False, break_on_hyphens=False)


def as_markdown(sheet: Sheet) -> str:
    """For a comment or a step summary."""
    parts = [f"# {inline(sheet.title)}", f"{summary(sheet).capitalize()}."]
    for section, answers in sheet.sections:
        parts += [f"## {inline(section.title)}", "\n".join(map(_item, answers))]
    return guarded("\n\n".join(parts) + "\n")


def _item(answer: Answer) -> str:
    box = "x" if answer.standing is Standing.PASSED else " "
    text = f"- [{box}] **{_IN_FULL[answer.standing]}**: {inline(answer.line.says)}"
    if answer.findings:
        worst = answer.findings[0]
        text += f"  \n  {inline(answer.tally())}; the worst: {code(_place(worst))}: {inline(worst.evidence)}"
        rest = list(_remarks(answer))[1:]
    else:
        rest = list(_remarks(answer))
    return "  \n  ".join([text, *map(inline, rest)])


def as_json(sheet: Sheet) -> str:
    """For machines; `docs/checklist.md` describes it."""
    return dumped(
        {
            "schema_version": SCHEMA_VERSION,
            "tool": {"name": "reviewlint", "version": __version__},
            "voice": sheet.voice.name,
            "checklist": sheet.checklist.name,
            "summary": {str(standing): count for standing, count in sheet.counts().items()},
            "sections": [
                {
                    "title": section.title,
                    "families": list(section.families),
                    "lines": [_data(answer) for answer in answers],
                }
                for section, answers in sheet.sections
            ],
        }
    )


def _data(answer: Answer) -> dict[str, Any]:
    worst = answer.findings[0] if answer.findings else None
    return {
        "id": answer.line.id,
        "says": answer.line.says,
        "standing": str(answer.standing),
        "rules": list(answer.line.rules),
        "needs": answer.line.needs,
        "note": answer.note,
        "severities": {
            str(severity): sum(finding.severity is severity for finding in answer.findings)
            for severity in reversed(Severity)
        },
        "accepted": answer.accepted,
        "worst": worst
        and {
            "rule": worst.rule,
            "path": worst.at.path,
            "line": worst.at.line,
            "column": worst.at.column,
            "evidence": worst.evidence,
            "fingerprint": worst.fingerprint,
        },
    }
