"""Asking the rules what they find, in one process or in two."""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial

from .apart import apart
from .facts.sql import Statement
from .fault import Fault, in_words
from .finding import Finding
from .plan import Run
from .project import Project
from .rule import Rule
from .timing import spending

_APART = frozenset({"testing", "secrets", "supabase", "rls", "migrations"})
"""The families whose rules a second process asks: half of the work, with most of the joins that only they need."""

_SHARED = range(1_000_000, 64_000_000)
"""Bytes of packed facts that are asked by two: fewer are done in a moment, more would stand in memory twice."""


_OF_DATABASES = frozenset({"rls", "migrations"})
"""The families whose rules all ask for the databases that migrations leave behind."""


@contextmanager
def asking(runs: Collection[Run], project: Project, processes: int) -> Iterator[Callable[[list[Fault]], list[Finding]]]:
    """Begin to ask some of the rules in another process, where that pays; gives what asks the rest and has it all."""

    def told(runs: Iterable[Run]) -> tuple[list[Finding], list[Fault], set[str]]:
        faults: list[Fault] = []
        return [found for run in runs for found in findings(run, project, faults)], faults, project.looked_into

    shared = processes > 1 and project.shelf.size in _SHARED
    first, here, there = _shares(runs, project) if shared else ([], list(runs), [])
    begun = told(first)
    with apart(partial(told, there)) if there else nullcontext(partial(told, ())) as wait:

        def answer(faults: list[Fault]) -> list[Finding]:
            parts = (begun, told(here), wait())
            for _, _, looked_into in parts:
                project.looked_into |= looked_into
            faults += sorted((fault for _, struck, _ in parts for fault in struck), key=lambda fault: fault.rules)
            return [finding for found, _, _ in parts for finding in found]

        yield answer


def _shares(runs: Collection[Run], project: Project) -> tuple[list[Run], list[Run], list[Run]]:
    """The rules to ask before there are two processes, those to ask in this one, and those to ask in the other.

    Where nearly all of the project is SQL, replaying it takes longest, and nearly all other work is done by rules that
    ask for what comes of it: so one of them is asked first, and they are dealt out over both.
    """
    of_databases = [run for run in runs if run.rule.family in _OF_DATABASES]
    if of_databases and 2 * project.shelf.size_of(Statement) > project.shelf.size:
        there = of_databases[1::2]
        return of_databases[:1], [run for run in runs if run not in (of_databases[0], *there)], there
    there = [run for run in runs if run.rule.family in _APART]
    return [], [run for run in runs if run not in there], there


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
