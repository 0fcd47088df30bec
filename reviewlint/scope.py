"""Which findings are about a change: those on its lines, and those that were not there before it.

A dropped policy, an import that makes a secret reachable, a deleted test: what they break stands elsewhere. So the
rules that found anything outside of the lines of the change are asked about the base, too. Only the facts of the
change's files are others there; those of all other files are the same.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from .facts.change import Change
from .facts.file import FileFacts
from .finding import Finding, State
from .labels import with_fingerprints
from .plan import Run
from .project import Project
from .rule import Rule

OUTSIDE = "not part of the change"
"""Why a finding is out of scope."""

_SUMMARY = "service"
"""The kind of subject by which a rule says once what it would have to say at many places."""

_Known = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Before:
    """The files of the change as they were at the base: what they said, and the lines of any file there by path."""

    files: Collection[FileFacts] = ()
    lines: Callable[[str], list[str]] = lambda path: []


NOTHING = Before()
"""What there is to say about the base where no change is under review."""


def narrowed(
    labelled: Iterable[Finding],
    project: Project,
    runs: Iterable[Run],
    before: Before,
    find: Callable[[Run, Project], Iterable[Finding]],
) -> list[Finding]:
    """The findings, with those that are not about the change under review labelled out of scope.

    `find` runs a rule over a project.
    """
    change = project.change
    if change is None:
        return list(labelled)
    of = {run.rule.name: run.rule for run in runs}
    outside: list[Finding] = []
    result: list[Finding] = []
    for finding in labelled:
        if finding.state is not State.SHOWN or change.touches(finding.at) or of[finding.rule].meta.about_change:
            result.append(finding)
        else:
            outside.append(finding)
    judged = {name for name in {finding.rule for finding in outside} if _can_look_back(of[name])}
    asked = [run for run in runs if run.rule.name in judged] if _differs(project, change, before) else []
    if not asked:
        return [*result, *map(_out, outside)]
    base = _base(project, change, before)
    found = with_fingerprints((finding for run in asked for finding in find(run, base)), before.lines)
    known = Counter(_key(finding, change.names) for finding in found)
    summed_up = {finding.rule for finding in found if finding.subject and finding.subject.kind == _SUMMARY}
    for finding in outside:
        key = _key(finding, {})
        known[key] -= 1
        caused = known[key] < 0 and finding.rule in judged and finding.rule not in summed_up
        result.append(finding if caused else _out(finding))
    return result


def _can_look_back(rule: Rule) -> bool:
    """Whether a rule can tell of the base; what semgrep finds and how the review went is known of the present."""
    return not (rule.meta.data_flow or rule.meta.after_review or rule.is_own)


def _out(finding: Finding) -> Finding:
    return replace(finding, state=State.OUT_OF_SCOPE, reason=OUTSIDE)


def _key(finding: Finding, names: dict[str, str]) -> _Known:
    """What a finding is known by: an object by its name wherever it stands, code by its text in its file."""
    path = "" if finding.subject is not None else names.get(finding.at.path, finding.at.path)
    return finding.rule, finding.identity, path


def _base(project: Project, change: Change, before: Before) -> Project:
    """The project as it was at the base."""
    return project.less(change.files, before.files)


def _differs(project: Project, change: Change, before: Before) -> bool:
    """Whether the files of the change say anything else than at the base."""
    names = change.names
    was = {names.get(file.path, file.path): file.facts for file in before.files}
    return was != {path: project.everything_of(path) for path in change.files if path in project.files}
