"""A review in a voice, ready to be written down: remarks made, findings in order, the verdict given, secrets gone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from .finding import Finding, State
from .redact import may_hold_secret, redacted
from .review import Review
from .verdict import Verdict, verdict
from .voices import Voice

_APART = "\n\0\n"
"""Between texts that are looked at together: no name, value, quote or white space reaches over it."""


@dataclass(frozen=True)
class Report:
    """What reporters write. `findings` hold every label, by place; `shown` those that count, in the voice's order.

    `closing` is what the voice says with the verdict. `lines` gives the lines of a file by path, without secrets.
    `root` is where the paths start. `processes` is how many may write.
    """

    review: Review
    voice: Voice
    findings: tuple[Finding, ...]
    shown: tuple[Finding, ...]
    verdict: Verdict
    closing: str
    lines: Callable[[str], Sequence[str]]
    root: Path
    processes: int = 1


def report(
    review: Review, voice: Voice, lines: Callable[[str], Sequence[str]], root: Path, processes: int = 1
) -> Report:
    """The review as `voice` tells it."""
    rules = {rule.name: rule for rule in review.rules}
    findings = tuple(_without_secrets(each, voice.remark(each, rules.get(each.rule))) for each in review.findings)

    def urgency(finding: Finding) -> tuple[object, ...]:
        security = rules[finding.rule].meta.security if finding.rule in rules else ""
        return (
            -(finding.severity or 0),
            voice.rank(finding.family),
            -float(security or 0),
            -(finding.confidence or 0),
            finding.rule,
            finding.at,
        )

    shown = tuple(sorted((each for each in findings if each.state is State.SHOWN), key=urgency))

    @cache
    def clean_lines(path: str) -> Sequence[str]:
        text = lines(path)
        clean = redacted("\n".join(text), keep_width=True).split("\n")
        return clean if len(clean) == len(text) else [redacted(line, keep_width=True) for line in text]

    reached = verdict(shown, rules)
    closing = voice.closing(reached, shown, len(review.sources))
    return Report(review, voice, findings, shown, reached, closing, clean_lines, root, processes)


def _without_secrets(finding: Finding, remark: str) -> Finding:
    """The finding with its remark, without the text of any secret; a fix that would have to hold one is left out."""
    fix = finding.fix
    edits = [] if fix is None else [edit.text for edit in fix.edits]
    notes = [related.note for related in finding.related]
    if not may_hold_secret(_APART.join([finding.evidence, remark, finding.remedy, *notes, *edits])):
        return finding.but(remark=remark)
    return finding.but(
        evidence=redacted(finding.evidence),
        remark=redacted(remark),
        remedy=redacted(finding.remedy),
        related=tuple(
            related if (note := redacted(related.note)) == related.note else replace(related, note=note)
            for related in finding.related
        ),
        fix=fix if all(redacted(text) == text for text in edits) else None,
    )
