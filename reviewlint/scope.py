"""Which findings are about a change: those on its lines, and those that were not there before it.

A dropped policy, an import that makes a secret reachable, a deleted test: what they break stands elsewhere. So the
rules that found anything outside of the lines of the change are asked about the base, too. Only the facts of the
change's files are others there; those of all other files are the same.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace

from .cache import digest
from .facts.change import Change, ChangedFile
from .facts.file import FileFacts, Side
from .fault import Fault
from .finding import Finding, State
from .labels import with_fingerprints
from .memory import Tally, tallied
from .plan import Run
from .project import AskCalls, Project
from .rule import Rule
from .source import Source

OUTSIDE = "not part of the change"
"""Why a finding is out of scope."""

UNCONCERNED = "in another language than the change"
"""Why a file is not read."""

_OF_TYPESCRIPT = re.compile(r"\s*(?://|/?\*|$)")
_COMMENT = {
    "python": re.compile(r"\s*(?:#|$)"),
    "sql": re.compile(r"\s*(?:--|$)"),
    "typescript": _OF_TYPESCRIPT,
    "tsx": _OF_TYPESCRIPT,
}
"""Lines that may be nothing but comments, by language; what the files say tells whether they are."""

Find = Callable[[Collection[Run], Project, list[Fault]], Iterable[Finding]]
"""Runs rules over a project, and adds to the faults where they break."""


@dataclass(frozen=True, slots=True)
class Before:
    """The files of the change as they were at the base: what they said, and the lines of any file there by path.

    `calls_made` looks into them once more, see `Project`. `known` is what rules found at the base, by rule, as far as
    that is remembered; what they are asked anew is added.
    """

    files: Collection[FileFacts] = ()
    lines: Callable[[str], list[str]] = lambda path: []
    calls_made: AskCalls = lambda path, names: ()
    known: dict[str, Tally] = field(default_factory=dict)


def in_another_language(sources: Iterable[Source], changed: Iterable[Source]) -> frozenset[str]:
    """The paths of files about which a change of the `changed` files says nothing: code in a language that did not.

    What is written in Python and what is in TypeScript meet in the database, in settings, and in tests, which may
    request what either answers.
    """
    languages = {"typescript" if one.language == "tsx" else one.language for one in changed}
    if languages not in ({"python"}, {"typescript"}):
        return frozenset()
    others = ("typescript", "tsx") if languages == {"python"} else ("python",)
    of_both = (Side.TEST, Side.MIGRATION)
    return frozenset(one.path for one in sources if one.language in others and one.side not in of_both)


def unread(sources: Iterable[Source], changed: Iterable[Source]) -> frozenset[str]:
    """Those of which nothing has to be known: Python, and components; tests in TypeScript may go through the others."""
    others = in_another_language(sources, changed)
    return frozenset(path for path in others if path.endswith((".tsx", ".jsx", ".py", ".pyi")))


def digests_before(project: Project, before: Before) -> dict[str, bytes]:
    """The digests that the files of a change had before it, where it wrote comments and they say what they said.

    As any other review has them, which does not read them closely. Empty for every other change.
    """
    change = project.change
    if change is None or change.gone or not all(_is_comment(project, path, one) for path, one in change.files.items()):
        return {}
    if not change.files or change.files.keys() != change.originals.keys() or _differs(project, change, before):
        return {}
    plain = ((project.sources[path], data) for path, data in change.originals.items())
    return {source.path: digest(replace(source, closely=False), data) for source, data in plain}


def _is_comment(project: Project, path: str, file: ChangedFile) -> bool:
    """Whether lines of a file that are nothing but comments, or empty, are all that is different."""
    comment = _COMMENT.get(project.sources[path].language) if path in project.sources else None
    lines = (*file.removed, *file.added)
    return comment is not None and file.before == path and all(comment.match(line) for line in lines)


def narrowed(
    labelled: Iterable[Finding],
    project: Project,
    runs: Iterable[Run],
    before: Before,
    find: Find,
) -> list[Finding]:
    """The findings, with those that are not about the change under review labelled out of scope."""
    change = project.change
    if change is None:
        return list(labelled)
    of = {run.rule.name: run.rule for run in runs}
    outside: list[Finding] = []
    result: list[Finding] = []
    for finding in labelled:
        if finding.state is not State.SHOWN or _is_on(change, finding, of[finding.rule]):
            result.append(finding)
        else:
            outside.append(finding)
    asked = {finding.rule for finding in outside if can_look_back(of[finding.rule])}
    if not asked or not _differs(project, change, before):
        return [*result, *map(_out, outside)]
    missing = [run for run in runs if run.rule.name in asked - before.known.keys()]
    before.known.update(_told(missing, project.less(change.files, before.files), before, find))
    left = {name: Counter(_moved(before.known[name], change)) for name in asked & before.known.keys()}
    for finding in outside:
        caused = False
        if finding.rule in left and not before.known[finding.rule].summed_up:
            key = (finding.identity, "" if finding.subject is not None else finding.at.path)
            left[finding.rule][key] -= 1
            caused = left[finding.rule][key] < 0
        result.append(finding if caused else _out(finding))
    return result


def _is_on(change: Change, finding: Finding, rule: Rule) -> bool:
    """Whether a finding stands on lines of the change, or one of its steps does where that is all that can be told."""
    if rule.meta.by_cause:
        return False
    steps = () if can_look_back(rule) else finding.related
    return rule.meta.about_change or any(change.touches(at) for at in (finding.at, *(step.at for step in steps)))


def _told(runs: Collection[Run], base: Project, before: Before, find: Find) -> dict[str, Tally]:
    """What rules say of the base. Nothing is known of a rule that breaks there."""
    found: dict[str, list[Finding]] = {run.rule.name: [] for run in runs}
    faults: list[Fault] = []
    for finding in find(runs, base, faults):
        found[finding.rule].append(finding)
    broken = {rule for fault in faults for rule in fault.rules}
    return {
        rule: tallied(with_fingerprints(findings, before.lines))
        for rule, findings in found.items()
        if rule not in broken
    }


def _moved(tally: Tally, change: Change) -> dict[tuple[str, str], int]:
    """The counts by what the files are called now."""
    names = change.names
    return {(identity, names.get(path, path)): count for (identity, path), count in tally.counts.items()}


def can_look_back(rule: Rule) -> bool:
    """Whether a rule can tell of the base; what semgrep finds and how the review went is known of the present."""
    return not (rule.meta.data_flow or rule.meta.after_review or rule.is_own)


def _out(finding: Finding) -> Finding:
    return replace(finding, state=State.OUT_OF_SCOPE, reason=OUTSIDE)


def _differs(project: Project, change: Change, before: Before) -> bool:
    """Whether the files of the change say anything else than at the base."""
    names = change.names
    was = {names.get(file.path, file.path): file.facts for file in before.files}
    return was != {file.path: file.facts for file in project.shelf.only(change.files)}
