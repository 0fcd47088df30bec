"""What a review answers to a checklist: line by line passed, failed, not applicable, or not for the code to say."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum

from .. import catalogue
from ..config import Config
from ..finding import Finding, Severity, State
from ..project import Project
from ..report import Report
from ..voices import Voice
from ..wording import counted, listed
from .checklist import Checklist, Line, Section
from .subjects import SUBJECTS


class Standing(StrEnum):
    """How a line stands."""

    FAILED = "failed"
    PASSED = "passed"
    NEEDS_EVIDENCE = "needs-evidence"
    NOT_APPLICABLE = "not-applicable"
    NOT_JUDGED = "not-judged"


@dataclass(frozen=True, slots=True)
class Answer:
    """How a line stands. `findings` speak against it, the worst first; `accepted` counts those that are ignored or in
    the baseline. `note` says why the line was not judged or does not apply, or which of its rules did not run.
    """

    line: Line
    standing: Standing
    findings: tuple[Finding, ...] = ()
    accepted: int = 0
    note: str = ""

    def tally(self) -> str:
        """`2 errors and 1 note of `rls-disabled``, `""` where nothing was found."""
        by_severity = Counter(finding.severity for finding in self.findings if finding.severity is not None)
        counts = [counted(by_severity[each], str(each)) for each in reversed(Severity) if by_severity[each]]
        rules = dict.fromkeys(finding.rule for finding in self.findings)
        return f"{listed(counts)} of {listed([f'`{rule}`' for rule in rules])}" if counts else ""


def executing(config: Config, rules: Collection[str]) -> Config:
    """The configuration under which these rules run and no others: of either level, without those that it ignores."""
    others = tuple(name for name in catalogue.known(config.own.rules) if name not in rules)
    return replace(config, select=(), strict=True, ignore=(*config.ignore, *others))


def answered(
    checklist: Checklist, report: Report, project: Project, voice: Voice
) -> list[tuple[Section, list[Answer]]]:
    """Every line with its answer, in sections, those first that the voice speaks about first.

    `report` is of a review of all of `project` under `executing`.
    """

    def rank(section: Section) -> int:
        return min((voice.rank(family) for family in section.families), default=len(voice.priorities) + 1)

    here = {name for name, (_, found) in SUBJECTS.items() if found(project)}
    return [
        (section, [_answer(line, report, here) for line in section.lines])
        for section in sorted(checklist.sections, key=rank)
    ]


def _answer(line: Line, report: Report, here: Collection[str]) -> Answer:
    found = tuple(finding for finding in report.shown if finding.rule in line.rules)
    ran = {rule.name for rule in report.review.rules} - report.review.unfinished
    idle = [rule for rule in line.rules if rule not in ran]
    accepted = sum(
        finding.rule in line.rules and finding.state in (State.IGNORED, State.BASELINED) for finding in report.findings
    )
    if found:
        return Answer(line, Standing.FAILED, found, accepted)
    if line.about not in here:
        return Answer(line, Standing.NOT_APPLICABLE, note=f"no {SUBJECTS[line.about][0]} here")
    if not line.rules:
        return Answer(line, Standing.NEEDS_EVIDENCE)
    broken = [rule for rule in idle if rule in report.review.unfinished]
    if broken:
        return Answer(line, Standing.NOT_JUDGED, (), accepted, f"{_names(broken)} did not come to an end")
    off = f"{_names(idle)} turned off by the configuration" if idle else ""
    if len(idle) == len(line.rules):
        return Answer(line, Standing.NOT_JUDGED, (), accepted, off)
    return Answer(line, Standing.PASSED, (), accepted, off)


def _names(rules: Collection[str]) -> str:
    return listed([f"`{rule}`" for rule in rules])
