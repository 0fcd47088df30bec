"""Labels: shown, ignored, in the baseline, out of scope. A finding is labelled, never dropped."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from .config import Config
from .facts.file import IgnoreComment, Problem
from .finding import Finding, State
from .plan import Run
from .project import Outcome, Project


def label(
    findings: Iterable[Finding],
    project: Project,
    runs: Collection[Run],
    lines: Callable[[str], list[str]],
    *,
    config_of: Callable[[str], Config],
    scope: Collection[str] | None,
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
        finding = replace(finding, severity=config.severities.get(finding.rule, finding.severity))
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
        elif finding.severity is not None and finding.severity < config.min_severity:
            state, reason = State.IGNORED, f"below min-severity = {config.min_severity}"
        elif finding.confidence is not None and finding.confidence < config.min_confidence:
            state, reason = State.IGNORED, f"below min-confidence = {config.min_confidence}"
        elif scope is not None and finding.at.path not in scope:
            state, reason = State.OUT_OF_SCOPE, "not among the paths asked for"
        labelled.append(replace(finding, state=state, reason=reason))
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
    """The findings in order, each with a fingerprint that survives moved lines.

    It is made of the rule, the path, and the subject's names where there is one or else the text of the line without
    its white space, and an ordinal among those that agree in all of these.
    """
    seen: dict[tuple[str, ...], int] = defaultdict(int)
    marked = []
    for finding in sorted(findings, key=lambda finding: (finding.at, finding.rule, finding.evidence)):
        if finding.subject is not None:
            subject = finding.subject
            what = "\0".join(
                (
                    subject.kind,
                    subject.schema,
                    subject.table,
                    subject.name,
                    subject.policy,
                    subject.column,
                    subject.role,
                    subject.signature,
                )
            )
        else:
            text = lines(finding.at.path)
            what = "".join(text[finding.at.line - 1].split()) if finding.at.line <= len(text) else ""
        key = (finding.rule, finding.at.path, what)
        digest = hashlib.sha256("\0".join((*key, str(seen[key]))).encode("utf-8", "surrogatepass")).hexdigest()
        seen[key] += 1
        marked.append(replace(finding, fingerprint=digest[:16]))
    return marked
