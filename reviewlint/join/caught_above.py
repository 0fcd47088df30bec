"""What is raised and goes out to nobody as it is: whoever calls its function catches it, and answers otherwise."""

from collections.abc import Iterator

from ..facts.code import Catch, Definition, Function
from ..facts.http import Response
from ..facts.values import Items, Reference
from ..project import SERVER_SIDES, Project
from .clauses import clauses, handed_on
from .code import Code
from .functions import calling_named
from .handlers import handlers
from .places import located
from .responses import CATCH_ALL, Answer

HOPS = 4
"""As far as from what raises to who catches it."""

_Place = tuple[str, str]


def is_caught_above(project: Project, answer: Answer) -> bool:
    """Whether what is raised is caught wherever its function is called, by clauses that make nothing of it.

    Somebody has to be seen to call it, and no framework may: what that gets goes out.
    """
    fact = answer.response
    if not fact.raised or not fact.exception:
        return False
    lineage = project.view(Code).lineage(fact.at.path, fact.exception)
    names = frozenset(name.rpartition(".")[2].rpartition("#")[2] for _, name in lineage)
    return _is_caught(project, (fact.at.path, fact.function), names, HOPS, set())


def _is_caught(project: Project, place: _Place, names: frozenset[str], hops: int, seen: set[_Place]) -> bool:
    if place in project.view(_answering):
        return False
    last = place[1].rpartition(".")[2]
    above = [one for _, one in calling_named(project, last) if project.side(one.at.path) in SERVER_SIDES]
    seen.add(place)
    return bool(above) and all(
        _catches(project, one, last, names)
        or (hops > 0 and (one.at.path, one.name) not in seen and _is_caught(project, _at(one), names, hops - 1, seen))
        for one in above
    )


def _at(function: Function) -> _Place:
    return function.at.path, function.name


def _answering(project: Project) -> frozenset[_Place]:
    """The view: what frameworks call: handlers, and what stands in front of them."""
    known = project.view(handlers)
    guards = (located(project, one.at.path, guard) for one in known for guard in one.guards)
    return frozenset((one.path, one.function) for one in known) | frozenset(filter(None, guards))


def _catches(project: Project, caller: Function, last: str, names: frozenset[str]) -> bool:
    """Whether a function calls something in a `try` whose clause keeps such exceptions to itself.

    Where one clause is for them and another for everything, it is the first of these that gets them.
    """
    around = [
        (one, caught)
        for one in project.view(clauses).of(caller.at.path)
        if one.function == caller.name and any(callee.rpartition(".")[2] == last for callee in one.attempts)
        if (caught := names.intersection(_caught(project, one)))
    ]
    meant = [one for one, caught in around if not caught <= CATCH_ALL] or [one for one, _ in around]
    return bool(meant) and all(_keeps(project, one) for one in meant)


def _caught(project: Project, clause: Catch) -> Iterator[str]:
    """The last names of what a clause is for, those in a tuple with a name among them; all of them of a bare one."""
    if not clause.exceptions and clause.at.path.endswith(".py"):
        yield from CATCH_ALL
    for name in clause.exceptions:
        yield name.rpartition(".")[2]
        for one in project.facts_of(clause.at.path, Definition):
            if one.name == name and isinstance(one.value, Items):
                yield from (each.name.rpartition(".")[2] for each in one.value.items if isinstance(each, Reference))


def _keeps(project: Project, clause: Catch) -> bool:
    """Whether a clause lets nothing of what it caught out, and answers with a number of its own if it answers."""
    inside = [one for one in project.facts_of(clause.at.path, Response) if clause.at.holds(one.at)]
    own = [one for one in inside if one.status is not None]
    if len(own) < len(inside) or handed_on(project, clause):
        return False
    return "raises" not in clause.does or any(one.raised for one in own)
