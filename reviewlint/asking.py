"""Asking the rules what they find, in one process or in two."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from functools import partial

from .apart import apart
from .facts.data import CallMade
from .facts.sql import Statement
from .fault import Fault, in_words
from .finding import Finding
from .plan import Run
from .project import Look, Project
from .rule import Rule
from .timing import spending

_SHARED = range(1_000_000, 64_000_000)
"""Bytes of packed facts that are asked by two: fewer are done in a moment, more would stand in memory twice."""

_TOGETHER = (("api", "logging"), ("testing",), ("secrets", "supabase"), ("rls", "migrations"))
"""The families whose rules ask for the same joins, those that take longest first. All others are a piece of work."""

OF_DATABASES = frozenset({"rls", "migrations"})
"""The families whose rules all ask for the databases that migrations leave behind."""

_OF_CODE = frozenset({"api", "logging", "queries", "testing"})
"""The families whose rules ask where code runs, what it calls, and what it answers."""

_DEALT = 16
"""Into how many pieces the rules of databases are dealt where they are nearly all of the work."""

_Told = tuple[dict[int, list[Finding]], list[Fault], dict[Look, tuple[CallMade, ...]]]
"""What was found by piece of work, what broke, and what looking into files showed."""


@contextmanager
def asking(runs: Collection[Run], project: Project, processes: int) -> Iterator[Callable[[list[Fault]], list[Finding]]]:
    """Begin to ask some of the rules in another process, where that pays; gives what asks the rest and has it all."""
    shared = processes > 1 and bool(runs) and project.shelf.size in _SHARED
    pieces = _pieces(runs, project) if shared else [[], list(runs)]

    def told(numbers: Iterable[int]) -> _Told:
        faults: list[Fault] = []
        found = {each: [one for run in pieces[each] for one in findings(run, project, faults)] for each in numbers}
        return found, faults, project.looks

    if shared and not project.is_narrow:  # where little is asked about, mostly nobody asks for it
        _prepare(pieces, project)
    begun = told([0])
    with _dealt(len(pieces)) as deck, apart(partial(told, deck)) if shared else nullcontext() as wait:

        def answer(faults: list[Fault]) -> list[Finding]:
            parts = [begun, told(deck), *([wait()] if wait is not None else [])]
            done = {number for found, _, _ in parts for number in found}
            parts.append(told(number for number in range(len(pieces)) if number not in done))  # what a copy took along
            found = {number: each for part, _, _ in parts for number, each in part.items()}
            for _, _, looks in parts:
                project.looks |= looks
            faults += sorted((fault for _, struck, _ in parts for fault in struck), key=lambda fault: fault.rules)
            return [finding for number in sorted(found) for finding in found[number]]

        yield answer


def _prepare(pieces: Sequence[Collection[Run]], project: Project) -> None:
    """Make what the rules of several pieces ask for before there are two processes, so that it is made once.

    Where a join breaks, the rules that ask for it tell.
    """
    families = [{run.rule.family for run in piece} for piece in pieces]
    if sum(not family.isdisjoint(_OF_CODE) for family in families) > 1:
        with suppress(Exception):  # the rules that ask for it tell
            from .join.endpoints import endpoints
            from .join.sides import sides

            project.view(endpoints)
            project.view(sides)


@contextmanager
def _dealt(count: int) -> Iterator[Iterator[int]]:
    """The numbers below `count` but for 0: of all processes that go through them, each number comes to one.

    They lie in a pipe, and whoever reads one has it. Which of two is done first is different for every project.
    """
    deck, dealer = os.pipe()
    os.write(dealer, bytes(range(1, count)))
    os.close(dealer)
    try:
        yield (card[0] for card in iter(partial(os.read, deck, 1), b""))
    finally:
        os.close(deck)


def _pieces(runs: Collection[Run], project: Project) -> list[list[Run]]:
    """The rules in pieces of work, one for those that ask for the same joins; the first is done before all others.

    Where nearly all of the project is SQL, replaying it takes longest, and nearly all other work is done by rules that
    ask for what comes of it: so one of them is asked first, and the others can be dealt out.
    """
    of_databases = [run for run in runs if run.rule.family in OF_DATABASES]
    if of_databases and 2 * project.shelf.size_of(Statement) > project.shelf.size:
        rest = [run for run in runs if run.rule.family not in OF_DATABASES]
        return [of_databases[:1], rest, *(of_databases[1 + each :: _DEALT] for each in range(_DEALT))]
    pieces = [[run for run in runs if run.rule.family in families] for families in _TOGETHER]
    known = {family for families in _TOGETHER for family in families}
    return [[], *pieces, [run for run in runs if run.rule.family not in known]]


def asked(runs: Collection[Run], project: Project, faults: list[Fault], processes: int) -> list[Finding]:
    """What these rules find in a project."""
    with asking(runs, project, processes) as answer:
        return answer(faults)


def findings(run: Run, project: Project, faults: list[Fault]) -> Iterator[Finding]:
    """The run's findings with what its rule's META says filled in; a rule that breaks costs nobody else anything."""
    rule = run.rule
    try:
        options = rule.options(**run.options) if rule.options else None
        name, family, severity, confidence = rule.name, rule.family, rule.severity, rule.confidence
        with spending("rule", name):
            for finding in rule.check(project, options):
                if run.covers(finding.at.path):
                    yield finding.but(
                        rule=name,
                        family=family,
                        severity=severity if finding.severity is None else finding.severity,
                        confidence=confidence if finding.confidence is None else finding.confidence,
                    )
    except Exception as error:
        faults.append(struck_by(rule, error))


def struck_by(rule: Rule, error: Exception) -> Fault:
    """The fault that a rule has when it raises an error."""
    return Fault(f"rule {rule.name}", in_words(error), rule.ours, (rule.name,))
