"""The verdict of a review: decided by rule and severity, never by mood."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .finding import Confidence, Finding, Severity
from .rule import Rule
from .wording import counted, listed

HIGH_SECURITY = 7.0
"""The `security-severity` from which GitHub calls an alert high."""


class Decision(StrEnum):
    """What a reviewer says in the end."""

    APPROVE = "approve"
    APPROVE_WITH_REMARKS = "approve-with-remarks"
    REQUEST_CHANGES = "request-changes"

    @property
    def words(self) -> str:
        """The decision as people say it."""
        return self.value.replace("-", " ")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision, the findings that decided it (at most three, of different rules where possible, the worst first),
    how many findings have the weight of those, and what would change it (one sentence, `""` for an approval).
    """

    decision: Decision
    deciding: tuple[Finding, ...] = ()
    blocking: int = 0
    change: str = ""


def blocks(finding: Finding, rule: Rule | None) -> bool:
    """Whether a finding alone is reason to request changes.

    Every error is, and a warning about a high security risk whose evidence is strong.
    """
    if finding.severity is Severity.ERROR:
        return True
    security = float(rule.meta.security) if rule is not None and rule.meta.security else 0.0
    return finding.severity is Severity.WARNING and finding.confidence is Confidence.HIGH and security >= HIGH_SECURITY


def verdict(shown: Sequence[Finding], rules: Mapping[str, Rule]) -> Verdict:
    """The verdict on the findings that count, given the worst first."""
    blocking = [finding for finding in shown if blocks(finding, rules.get(finding.rule))]
    if blocking:
        rest = len(shown) - len(blocking)
        then = Decision.APPROVE_WITH_REMARKS if rest else Decision.APPROVE
        change = f"{_imperative(blocking)}, and it becomes `{then.words}`."
        return Verdict(Decision.REQUEST_CHANGES, _foremost(blocking), len(blocking), change)
    if shown:
        change = f"{_imperative(shown)}, and it becomes `{Decision.APPROVE.words}`."
        return Verdict(Decision.APPROVE_WITH_REMARKS, _foremost(shown), 0, change)
    return Verdict(Decision.APPROVE)


def _foremost(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Up to three findings, each of another rule as long as there are any."""
    first_of_rule = {finding.rule: finding for finding in reversed(findings)}
    others = [finding for finding in findings if first_of_rule[finding.rule] is not finding]
    foremost = [finding for finding in findings if first_of_rule[finding.rule] is finding]
    return tuple((foremost + others)[:3])


def _imperative(findings: Collection[Finding]) -> str:
    """`Mend the 3 errors of interpolated-query (2) and rls-disabled`."""
    by_severity = Counter(finding.severity for finding in findings if finding.severity is not None)
    severities = listed(
        [
            counted(by_severity[each], str(each)) if len(findings) > 1 else str(each)
            for each in sorted(by_severity, reverse=True)
        ]
    )
    by_rule = Counter(finding.rule for finding in findings)
    if len(by_rule) > 4:
        return f"Mend the {severities} of {counted(len(by_rule), 'rule')}"
    rules = listed([f"`{rule}` ({count})" if count > 1 else f"`{rule}`" for rule, count in by_rule.items()])
    return f"Mend the {severities} of {rules}"
