"""One review from top to bottom: join the facts, run the rules, label the findings."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

from . import catalogue, plugins
from .aside import aside
from .asking import asked, asking, findings, struck_by
from .baseline import PATH, Entry, accept
from .cache import Cache
from .config import Config
from .facts.change import Change
from .facts.file import Side
from .facts.flows import DataFlowUnavailable, Flow, Match, Search
from .facts.location import Location
from .facts.tests import Ran
from .fault import Fault
from .finding import Finding, State
from .known import Known, Waiting, recall, remember
from .labels import label
from .own import Own
from .plan import Run, plan
from .project import AskCalls, Project, View
from .rule import Rule
from .scope import Before, digests_before, narrowed
from .shelf import Shelf
from .source import Skipped, Source
from .timing import spending
from .wording import counted

DataFlow = Callable[[str, Collection[str]], Iterable[Flow]]
"""Judges data flow: (semgrep check, paths) → flows. Raises `DataFlowUnavailable` where it cannot."""

LookFor = Callable[[Collection[Search]], tuple[Iterable[Match], Mapping[str, str]]]
"""Runs the project's own rules: searches → matches, and why by rule for those that semgrep does not understand.

Raises `DataFlowUnavailable` where it cannot.
"""


@dataclass(frozen=True, slots=True)
class Review:
    """A review's whole result. `findings` hold every label, `held_back` those that are only shown with `strict`.

    Every file that was discovered is in one of `sources` (reviewed), `skipped` and `ignored` (by the configuration).
    `undecided` names the rules that could not judge data flow, with the reason once in `data_flow_problem`. `change` is
    what was under review where that is not the whole project. `project` is what the rules saw, for further questions.
    `spent` says where the time went, where somebody asked (see `timing`).
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
    held_back: tuple[Finding, ...] = ()
    spent: Mapping[tuple[str, str], float] = field(default_factory=dict)

    @property
    def unfinished(self) -> frozenset[str]:
        """The rules that broke: what they did not find means nothing."""
        return frozenset(rule for fault in self.faults for rule in fault.rules)

    @property
    def shown(self) -> tuple[Finding, ...]:
        """The findings that count."""
        return tuple(finding for finding in self.findings if finding.state is State.SHOWN)

    def counts(self) -> dict[State, int]:
        """How many findings carry each label."""
        counted = Counter(finding.state for finding in self.findings)
        return {state: counted[state] for state in State}


def review(
    files: Shelf,
    sources: Collection[Source],
    skipped: Collection[Skipped],
    config: Config,
    *,
    lines: Callable[[str], list[str]],
    data_flow: DataFlow,
    look_for: LookFor = lambda searches: ((), {}),
    config_of: Callable[[str], Config] | None = None,
    wanted: Collection[str] | None = None,
    change: Change | None = None,
    before: Before | None = None,
    coverage: Mapping[str, Ran] | None = None,
    faults: Collection[Fault] = (),
    baseline: Collection[Entry] = (),
    memory: Cache | None = None,
    calls_made: AskCalls = lambda path, names: (),
    shows_the_same: Callable[[str, bytes], bool] = lambda path, digest: False,
    begun: Mapping[View, View] | None = None,
    processes: int = 1,
    code: bool = True,
) -> Review:
    """Review what was read.

    `lines` gives the lines of a file by path (for fingerprints). `data_flow` and `look_for` ask semgrep. `config_of`
    gives the configuration of a path where it differs from `config`. `wanted` are the files whose findings somebody
    asked for, None for all. `change` is what is under review where that is not the whole project, and `before` what its
    files were before it. `faults` are those that happened while reading. `baseline` are the entries for what is known.
    `coverage` says what ran with the tests, by the files' paths. `memory` is where to look up, and to keep, what the
    rules find; only where the facts, what is on the disk, and the plan are all that they judge by. `calls_made` looks
    into a file once more, `shows_the_same` tells whether that finds what it found when a file had another digest, and
    `begun` are views that are under way, see `Project`. With more than one of `processes`,
    rules are shared out over two where that pays. Where there is no `code`, rules of code have nothing to say.
    """
    config_of = config_of or (lambda path: config)
    before = before or Before()
    alone = wanted if change is None else None  # what a change did is told from what all rules say
    gone = () if change is None else change.gone
    paths = [*(source.path for source in sources), *sorted(gone)]
    house = [one.own for one in {config_of(path).source: config_of(path) for path in paths}.values()] or [config.own]
    struck = [*faults, *_defects(config), *(fault for own in house for fault in own.faults), *plugins.defects()]
    runs = plan(paths, config, config_of)
    rules = tuple({run.rule.name: run.rule for run in runs}.values())
    see = partial(
        Project,
        files,
        sources=sources,
        known_rules=_known(house),
        coverage=coverage,
        calls_made=calls_made,
        sides=_sides,
        begun=begun,
    )
    project = reviewed = see(change=change, originals=before.files, calls_before=before.calls_made, wanted=alone)
    as_before = digests_before(reviewed, before)
    if as_before:  # then rules find what they found
        project, change = see(), None
    during = [run for run in runs if not run.rule.meta.after_review]
    memory = None if struck or any(rule.is_own for rule in rules) else memory
    ask = partial(asked, processes=processes)
    found = None
    if memory is not None:
        found = recall(
            memory,
            during,
            sources,
            change,
            data_flow,
            as_before=as_before,
            shows_the_same=shows_the_same,
            wanted=alone,
        )
    if found is None:
        speaking = [run for run in during if code or not run.rule.is_of_code]
        speaking = [run for run in speaking if may_find(project, run.rule)]
        with asking([run for run in speaking if not run.rule.meta.data_flow], project, processes) as answer:
            judging = _begin_to_judge(dict.fromkeys(run.rule for run in speaking), project, data_flow, struck)
            every = answer(struck)
        project.flows, waiting, problem = _judged(judging, struck)
        project.matches = _matches([rule for rule in rules if rule.is_own], project, look_for, struck)
        every += [one for run in speaking if run.rule.meta.data_flow for one in findings(run, project, struck)]
        texts = frozenset(path for each in judging for path in each.paths)
        looked = frozenset(path for path, _ in project.looks)
        found = Known(tuple(every), texts, looked, waiting, problem)
        if memory is not None and not struck:
            remember(memory, during, sources, change, found, as_before=as_before, wanted=alone)
    undecided = tuple(name for name, _, _ in found.waiting if may_find(project, catalogue.load(name)))
    incomplete = {*undecided, *(rule for fault in struck for rule in fault.rules)}
    complete = [run for run in during if run.rule.name not in incomplete]
    heard = [one for one in found.findings if project.is_wanted(one.at.path)]
    labelled, outcome = label(heard, project, complete, lines, config_of=config_of)
    labelled = narrowed(labelled, reviewed, during, before, ask)
    there = {source.path for source in sources}
    labelled, left = accept(labelled, baseline, there)
    judged = (entry for entry in left if entry.path not in there or project.is_wanted(entry.path))
    project.outcome = replace(outcome, stale=_stale(judged, complete, there))
    after = [run for run in runs if run.rule.meta.after_review]
    late = [finding for run in after for finding in findings(run, project, struck)]
    last, _ = label(late, project, (), lines, config_of=config_of)
    labelled += narrowed(last, reviewed, after, before, ask)
    labelled = [one for one in labelled if wanted is None or one.at.path in wanted]
    labelled.sort(key=lambda finding: (finding.at, finding.rule, finding.evidence))
    held_back = [one for one in labelled if one.strict and not _is_strict(config_of(one.at.path), one.rule)]
    back = set(map(id, held_back))
    return Review(
        tuple(one for one in labelled if id(one) not in back),
        tuple(sources),
        tuple(skipped),
        rules,
        tuple(struck),
        undecided,
        found.problem,
        change=reviewed.change,
        project=project,
        held_back=tuple(held_back),
    )


def may_find(project: Project, rule: Rule) -> bool:
    """Whether a rule may find something in the files whose findings are wanted."""
    return project.may_find(rule.meta.found_at, serving=rule.meta.serving)


def _is_strict(config: Config, rule: str) -> bool:
    """Whether the rule says all that it finds: with `strict`, or selected by its own name, as for strict rules."""
    return config.strict or rule in config.select


def _sides(project: Project) -> Mapping[str, Side]:
    from .join.sides import sides  # a review that has nothing new to find out never asks

    return project.view(sides)


def _known(house: Iterable[Own]) -> dict[str, str]:
    """The names of all rules with their families, those of the project's own included."""
    return {name: family for own in (Own(), *house) for name, family in catalogue.known(own.rules).items()}


def _matches(own: Collection[Rule], project: Project, look_for: LookFor, faults: list[Fault]) -> tuple[Match, ...]:
    """What the project's own rules find; what keeps them from it is a fault, since nothing else judges for them."""
    if not own:
        return ()
    try:
        matches, broken = look_for([rule.search(project) for rule in own])
    except DataFlowUnavailable as unavailable:
        names = tuple(rule.name for rule in own)
        which = f"{counted(len(own), 'rule')} of the project's own"
        faults.append(Fault(which, f"did not run: {unavailable}", ours=False, rules=names))
        return ()
    for rule in own:
        if rule.name in broken:
            where = f"{rule.module.PATH}:{rule.module.LINE}"
            faults.append(Fault(where, f"rule `{rule.name}`: {broken[rule.name]}", ours=False, rules=(rule.name,)))
    return tuple(matches)


def _defects(config: Config) -> Iterator[Fault]:
    """The rules that are wanted and cannot be loaded."""
    for name in catalogue.wanted(config.select, config.ignore):
        if catalogue.defect(name):
            yield Fault(f"rule {name}", catalogue.defect(name), catalogue.is_ours(name), (name,))


def _stale(
    left: Iterable[Entry], complete: Collection[Run], paths: Collection[str]
) -> tuple[tuple[Location, str, str, int], ...]:
    """The entries of the baseline that are known to accept nothing: their rule came to its end, or the file is gone."""
    return tuple(
        (Location(PATH, entry.line, 1, entry.line, 2), entry.rule, entry.path, entry.count)
        for entry in sorted(left, key=lambda entry: entry.line)
        if any(run.rule.name == entry.rule and (entry.path not in paths or run.covers(entry.path)) for run in complete)
    )


class _Judging(NamedTuple):
    """A rule that asks for data flow, over which files, and what waits for it."""

    rule: Rule
    paths: Collection[str]
    wait: Callable[[], Iterable[Flow]]


def _begin_to_judge(
    rules: Iterable[Rule], project: Project, data_flow: DataFlow, faults: list[Fault]
) -> list[_Judging]:
    """The rules that ask for data flow: the engine works beside the other rules."""
    judging = []
    for rule in rules:
        if not rule.meta.data_flow or rule.is_own:
            continue
        try:
            with spending("rule", rule.name):
                paths = sorted(set(rule.suspects(project)))
        except Exception as error:
            faults.append(struck_by(rule, error))
            continue
        if paths:
            judging.append(_Judging(rule, paths, aside(partial(data_flow, rule.meta.data_flow, paths))))
    return judging


def _judged(
    judging: Iterable[_Judging], faults: list[Fault]
) -> tuple[tuple[Flow, ...] | None, tuple[Waiting, ...], str]:
    """The flows for every rule that asks, those that wait for them (see `Known`), and why."""
    flows: list[Flow] = []
    waiting: list[Waiting] = []
    problem = ""
    for rule, paths, wait in judging:
        try:
            flows += wait()
        except DataFlowUnavailable as unavailable:
            waiting.append((rule.name, rule.meta.data_flow, tuple(paths)))
            problem = problem or str(unavailable)
        except Exception as error:
            faults.append(struck_by(rule, error))
    return (None if problem else tuple(flows)), tuple(waiting), problem
