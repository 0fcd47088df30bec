"""A review in a voice, ready to be written down: remarks made, findings in order, the verdict given, secrets gone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from .finding import Finding, State
from .redact import redacted
from .review import Review
from .verdict import Verdict, verdict
from .voices import Voice

_APART = "\n" * 128 + "\0\n"
"""Between texts that are looked at together: further than the search for secrets looks back, and no white space."""


@dataclass(frozen=True)
class Report:
    """What reporters write. `findings` hold every label, by place; `shown` those that count, in the voice's order.

    `closing` is what the voice says with the verdict. `lines` gives the lines of a file by path, without secrets.
    `root` is where the paths start.
    """

    review: Review
    voice: Voice
    findings: tuple[Finding, ...]
    shown: tuple[Finding, ...]
    verdict: Verdict
    closing: str
    lines: Callable[[str], Sequence[str]]
    root: Path


def report(review: Review, voice: Voice, lines: Callable[[str], Sequence[str]], root: Path) -> Report:
    """The review as `voice` tells it."""
    rules = {rule.name: rule for rule in review.rules}
    findings = tuple(
        _without_secrets(finding, voice.remark(finding, rules.get(finding.rule))) for finding in review.findings
    )

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
    return Report(review, voice, findings, shown, reached, closing, clean_lines, root)


def _without_secrets(finding: Finding, remark: str) -> Finding:
    """The finding with its remark, without the text of any secret; a fix that would have to hold one is left out."""
    fix = finding.fix
    edits = [] if fix is None else [edit.text for edit in fix.edits]
    notes = [related.note for related in finding.related]
    if _is_clean([finding.evidence, remark, finding.remedy, *notes, *edits]):
        return replace(finding, remark=remark)
    if any(redacted(text) != text for text in edits):
        fix = None
    return replace(
        finding,
        evidence=redacted(finding.evidence),
        remark=redacted(remark),
        remedy=redacted(finding.remedy),
        related=tuple(
            related if (note := redacted(related.note)) == related.note else replace(related, note=note)
            for related in finding.related
        ),
        fix=fix,
    )


def _is_clean(texts: Sequence[str]) -> bool:
    """Whether no text holds a secret; most do not, which one look at all of them together tells."""
    together = _APART.join(texts)
    return redacted(together) == together
