"""Labels: shown, ignored, in the baseline, out of scope. A finding is labelled, never dropped."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import fields
from operator import attrgetter

from .config import Config
from .facts.file import IgnoreComment, Problem
from .finding import Finding, State, Subject
from .plan import Run
from .project import Outcome, Project

_LAYOUT = re.compile(r",(?=[)\]}])|;(?=}|$)")
"""Trailing commas and semicolons, which formatters add and take away; white space is gone before."""
_NAMES = attrgetter(*(field.name for field in fields(Subject)))
"""What a subject is called, in every respect."""


def label(
    findings: Iterable[Finding],
    project: Project,
    runs: Collection[Run],
    lines: Callable[[str], list[str]],
    *,
    config_of: Callable[[str], Config],
) -> tuple[list[Finding], Outcome]:
    """The findings with fingerprint, state and reason; and which ignore comments were of no use.

    `runs` are those that came to their end: only an ignore for a rule that ran on its file, all of which could be read,
    can be called unused.
    Findings below a path's severity or confidence threshold are labelled ignored, with the setting as the reason.
    """
    comments: dict[str, list[IgnoreComment]] = defaultdict(list)
    for comment in project.facts(IgnoreComment):
        comments[comment.at.path].append(comment)
    used: set[tuple[IgnoreComment, str]] = set()
    labelled = []
    for finding in with_fingerprints(findings, lines):
        config = config_of(finding.at.path)
        severities = {**config.severities, **config.ratchet} if project.change is not None else config.severities
        severity = severities.get(finding.rule, finding.severity)
        matching = [
            (comment, name)
            for comment in comments[finding.at.path]
            for name in comment.rules
            if name in (finding.rule, finding.family) and comment.first_line <= finding.at.line <= comment.last_line
        ]
        used.update(matching)
        state, reason = State.SHOWN, ""
        if matching:
            comment = matching[0][0]
            state, reason = (
                State.IGNORED,
                comment.reason or f"ignored by the comment on line {comment.at.line}",
            )
        elif severity is not None and severity < config.min_severity:
            state, reason = State.IGNORED, f"below min-severity = {config.min_severity}"
        elif finding.confidence is not None and finding.confidence < config.min_confidence:
            state, reason = State.IGNORED, f"below min-confidence = {config.min_confidence}"
        labelled.append(finding.but(severity=severity, state=state, reason=reason))
    unused = tuple(
        (comment, name)
        for path in sorted(comments.keys() - {problem.at.path for problem in project.facts(Problem)})
        for comment in comments[path]
        for name in comment.rules
        if (comment, name) not in used
        and any(name in (run.rule.name, run.rule.family) and run.covers(path) for run in runs)
    )
    return labelled, Outcome(unused)


def with_fingerprints(findings: Iterable[Finding], lines: Callable[[str], list[str]]) -> list[Finding]:
    """The findings in order, each with an identity and a fingerprint, which survive moved lines and reformatted code.

    The identity is made of the rule and of the subject's names, or where there is no subject of the code at the place.
    The fingerprint is made of the same with the path; those that agree in all of these are numbered: `…`, `…:2`.
    """
    seen: dict[str, int] = defaultdict(int)
    marked = []
    for finding in sorted(findings, key=lambda finding: (finding.at, finding.rule, finding.evidence)):
        about = _about(finding, lines)
        digest = _digest(finding.rule, finding.at.path, about)
        seen[digest] += 1
        number = f":{seen[digest]}" if seen[digest] > 1 else ""
        marked.append(finding.but(identity=_digest(finding.rule, about), fingerprint=digest + number))
    return marked


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _about(finding: Finding, lines: Callable[[str], list[str]]) -> str:
    """The subject's names, or the code that the finding points at, without what a formatter changes."""
    if finding.subject is not None:
        return "\0".join(_NAMES(finding.subject))
    at = finding.at
    found = lines(at.path)[at.line - 1 : at.end_line]
    if not found:
        return ""
    found[-1] = found[-1][: at.end_column - 1]
    found[0] = found[0][at.column - 1 :]
    return _LAYOUT.sub("", "".join("".join(found).split())).replace("'", '"')
