"""The summary of a review: one line of counts, and a line for everything that the review could not do."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from .finding import Severity, State
from .report import Report
from .wording import counted, listed

MOST_SKIPPED = 5
"""How many files that could not be reviewed are named one by one."""

MOST_STRUCK = 5
"""In how many places one error is told that broke the review of more."""

LABELS = {State.IGNORED: "ignored", State.BASELINED: "in the baseline", State.OUT_OF_SCOPE: "out of scope"}


def summary(report: Report) -> Iterator[str]:
    """The lines of the summary, the counts last."""
    yield from losses(report)
    change = report.review.change
    if change is not None:
        changed = len(change.files) + len(change.deleted)
        yield f"reviewed as a change since {change.base}: {counted(changed, 'file')}"
    yield counts(report)


def losses(report: Report) -> Iterator[str]:
    """A line for everything that the review could not do."""
    review = report.review
    lost = [each for each in review.skipped if not each.expected]
    for each in lost[:MOST_SKIPPED]:
        yield f"not reviewed: {each.path}: {each.reason}"
    if len(lost) > MOST_SKIPPED:
        yield f"not reviewed: {counted(len(lost) - MOST_SKIPPED, 'more file')}; `--output-format json` lists them all"
    if review.undecided:
        rules = listed([f"`{rule}`" for rule in review.undecided])
        yield f"data flow not judged by {rules}: {review.data_flow_problem}"
    struck: dict[str, list[str]] = {}
    for fault in review.faults:
        if fault.ours:
            struck.setdefault(fault.message, []).append(fault.where)
        else:
            yield f"{fault.where}: {fault.message}"
    for message, places in struck.items():
        more = len(places) - MOST_STRUCK
        where = listed([*places[:MOST_STRUCK], *([f"{more:,} more"] if more > 0 else [])])
        yield (
            f"internal error in {where}: {message}. Everything else was reviewed. Please report this with "
            "the code that caused it"
        )


def by_rule(report: Report) -> Iterator[str]:
    """A line for each rule with findings: how many are shown, and how many carry another label."""
    tally: dict[str, Counter[State]] = defaultdict(Counter)
    for finding in report.findings:
        tally[finding.rule][finding.state] += 1
    widest = max(map(len, tally), default=0)
    for rule, states in sorted(tally.items(), key=lambda item: (-item[1][State.SHOWN], item[0])):
        labelled = [f"{states[state]:,} {words}" for state, words in LABELS.items() if states[state]]
        rest = f"  ({', '.join(labelled)})" if labelled else ""
        yield f"{rule:{widest}}  {states[State.SHOWN]:6,}{rest}"


def counts(report: Report) -> str:
    """How many files were reviewed and what was found, in one line."""
    review = report.review
    if not review.sources:
        return "no files to review"
    parts = [f"{counted(len(review.sources), 'file')} reviewed"]
    left_out = len(review.skipped)
    if left_out:
        parts[0] += f" ({left_out:,} skipped)"
    severities = {severity: sum(each.severity is severity for each in report.shown) for severity in Severity}
    found = [counted(severities[each], str(each)) for each in reversed(Severity) if severities[each]]
    parts.append(", ".join(found) or f"no findings, {report.verdict.decision.words}")
    labels = review.counts()
    labelled = [f"{labels[state]:,} {words}" for state, words in LABELS.items() if labels[state]]
    text = ": ".join(parts)
    return f"{text} ({', '.join(labelled)})" if labelled else text
