"""One review from top to bottom: join the facts, run the rules, label the findings."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from . import catalogue
from .baseline import PATH, Entry, accept
from .config import Config
from .facts.change import Change
from .facts.file import FileFacts
from .facts.flows import DataFlowUnavailable, Flow
from .facts.location import Location
from .facts.tests import Ran
from .fault import Fault
from .finding import Finding, State
from .labels import Scope, label
from .plan import Run, plan
from .project import Project
from .rule import Rule
from .scope import NOTHING, Before, narrowed
from .source import Skipped, Source

_RULE = "rule "
"""What a fault's place begins with when it struck in a rule."""

DataFlow = Callable[[str, Collection[str]], Iterable[Flow]]
"""Judges data flow: (semgrep check, paths) → flows. Raises `DataFlowUnavailable` where it cannot."""


@dataclass(frozen=True, slots=True)
class Review:
    """A review's whole result. `findings` hold every label.

    Every file that was discovered is in one of `sources` (reviewed), `skipped` and `ignored` (by the configuration).
    `undecided` names the rules that could not judge data flow, with the reason once in `data_flow_problem`. `change` is
    what was under review where that is not the whole project. `project` is what the rules saw, for further questions.
    """

    findings: tuple[Finding, ...]
    sources: tuple[Source, ...]
    skipped: tuple[Skipped, ...]
    rules: tuple[Rule, ...]
    faults: tuple[Fault, ...] = ()
    undecided: tuple[str, ...] = ()
    data_flow_problem: str = ""
    ignored: tuple[str, ...] = ()
    change: Change | None = None
    project: Project | None = None

    @property
    def unfinished(self) -> frozenset[str]:
        """The rules that broke: what they did not find means nothing."""
        return frozenset(fault.where.removeprefix(_RULE) for fault in self.faults if fault.where.startswith(_RULE))

    @property
    def shown(self) -> tuple[Finding, ...]:
        """The findings that count."""
        return tuple(finding for finding in self.findings if finding.state is State.SHOWN)

    def counts(self) -> dict[State, int]:
        """How many findings carry each label."""
        counted = Counter(finding.state for finding in self.findings)
        return {state: counted[state] for state in State}


def review(
    files: Iterable[FileFacts],
    sources: Collection[Source],
    skipped: Collection[Skipped],
    config: Config,
    *,
    lines: Callable[[str], list[str]],
    data_flow: DataFlow,
    config_of: Callable[[str], Config] | None = None,
    scope: Scope = lambda finding: "",
    change: Change | None = None,
    before: Before = NOTHING,
    coverage: Mapping[str, Ran] | None = None,
    faults: Collection[Fault] = (),
    baseline: Collection[Entry] = (),
) -> Review:
    """Review what was read.

    `lines` gives the lines of a file by path (for fingerprints). `config_of` gives the configuration of a path where
    it differs from `config`. `scope` says which findings are reported. `change` is what is under review where that is
    not the whole project, and `before` what its files were before it. `faults` are those that happened while reading.
    `baseline` are the entries for what is known.
    `coverage` says what ran with the tests, by the files' paths.
    """
    struck = [*faults, *_defects(config)]
    config_of = config_of or (lambda path: config)
    gone = () if change is None else change.gone
    runs = plan([*(source.path for source in sources), *sorted(gone)], config, config_of)
    rules = tuple({run.rule.name: run.rule for run in runs}.values())
    project = Project(
        files,
        sources=sources,
        known_rules=catalogue.names(),
        change=change,
        originals=before.files,
        coverage=coverage,
    )
    flows, undecided, problem = _judge_data_flow(rules, project, data_flow, struck)
    project.flows = flows
    during = [run for run in runs if not run.rule.meta.after_review]
    found = [finding for run in during for finding in _findings(run, project, struck)]
    incomplete = {*undecided, *(fault.where.removeprefix(_RULE) for fault in struck)}
    complete = [run for run in during if run.rule.name not in incomplete]
    labelled, outcome = label(found, project, complete, lines, config_of=config_of, scope=scope)
    labelled = narrowed(labelled, project, during, before, lambda run, base: _findings(run, base, []))
    labelled, left = accept(labelled, baseline, {source.path for source in sources})
    project.outcome = replace(outcome, stale=_stale(left, complete, {source.path for source in sources}))
    after = [run for run in runs if run.rule.meta.after_review]
    late = [finding for run in after for finding in _findings(run, project, struck)]
    last, _ = label(late, project, (), lines, config_of=config_of, scope=scope)
    labelled += narrowed(last, project, after, before, lambda run, base: ())
    labelled.sort(key=lambda finding: (finding.at, finding.rule, finding.evidence))
    return Review(
        tuple(labelled),
        tuple(sources),
        tuple(skipped),
        rules,
        tuple(struck),
        undecided,
        problem,
        change=change,
        project=project,
    )


def _defects(config: Config) -> Iterator[Fault]:
    """The rules that are wanted and cannot be loaded."""
    for name in catalogue.wanted(config.select, config.ignore):
        if catalogue.defect(name):
            yield Fault(f"{_RULE}{name}", catalogue.defect(name))


def _findings(run: Run, project: Project, faults: list[Fault]) -> Iterator[Finding]:
    """The run's findings with what its rule's META says filled in; a rule that breaks costs nobody else anything."""
    rule = run.rule
    try:
        options = rule.options(**run.options) if rule.options else None
        for finding in rule.check(project, options):
            if run.covers(finding.at.path):
                yield replace(
                    finding,
                    rule=rule.name,
                    family=rule.family,
                    severity=rule.severity if finding.severity is None else finding.severity,
                    confidence=rule.confidence if finding.confidence is None else finding.confidence,
                )
    except Exception as error:
        faults.append(Fault(f"{_RULE}{rule.name}", f"{type(error).__name__}: {error}"))


def _stale(
    left: Iterable[Entry], complete: Collection[Run], paths: Collection[str]
) -> tuple[tuple[Location, str, str, int], ...]:
    """The entries of the baseline that are known to accept nothing: their rule came to its end, or the file is gone."""
    return tuple(
        (Location(PATH, entry.line, 1, entry.line, 2), entry.rule, entry.path, entry.count)
        for entry in sorted(left, key=lambda entry: entry.line)
        if any(run.rule.name == entry.rule and (entry.path not in paths or run.covers(entry.path)) for run in complete)
    )


def _judge_data_flow(
    rules: Iterable[Rule], project: Project, data_flow: DataFlow, faults: list[Fault]
) -> tuple[tuple[Flow, ...] | None, tuple[str, ...], str]:
    """The flows for every rule that asks, the rules left undecided, and why."""
    flows: list[Flow] = []
    undecided: list[str] = []
    problem = ""
    for rule in rules:
        if not rule.meta.data_flow:
            continue
        try:
            paths = sorted(set(rule.suspects(project)))
            if paths and not problem:
                flows += data_flow(rule.meta.data_flow, paths)
            elif paths:
                undecided.append(rule.name)
        except DataFlowUnavailable as unavailable:
            undecided.append(rule.name)
            problem = str(unavailable)
        except Exception as error:
            faults.append(Fault(f"{_RULE}{rule.name}", f"{type(error).__name__}: {error}"))
    return (None if problem else tuple(flows)), tuple(undecided), problem
