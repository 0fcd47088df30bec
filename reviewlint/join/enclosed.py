"""Functions that are only called where a transaction of the project's own is open."""

import re

from ..facts.code import Function
from ..facts.data import Transaction
from ..facts.file import Side
from ..project import Project
from .functions import by_callee, callees

_OPENS = re.compile(r"(?:^|\.)(?:run|exec|execute|with|in|do)\w*(?:Transaction|UnitOfWork)$")
"""How projects call what runs a function in a transaction that the connection of a request is in, then."""
HOPS = 3
"""How many callers above a function are asked."""


def is_enclosed(project: Project, path: str, function: str, hops: int = HOPS) -> bool:
    """Whether a method is called, and nowhere outside of what a helper of the project runs in a transaction.

    Whoever is handed the transaction writes through it, and is no matter of this.
    """
    if not project.view(_opening):
        return False
    name = function.rpartition(".")[2]
    callers = _callers(project, name)
    return bool(callers) and all(_calls_inside(project, place, name, hops) for place in callers)


def _calls_inside(project: Project, place: tuple[str, str], name: str, hops: int) -> bool:
    path, caller = place
    blocks = [mark.at for mark in project.facts_of(path, Transaction) if mark.kind == "block"]
    calls = [call for call in project.calls_made(path, {name}) if call.function == caller]
    if calls and all(any(block.holds(call.at) for block in blocks) for call in calls):
        return True
    return hops > 0 and is_enclosed(project, path, caller, hops - 1)


def _opening(project: Project) -> bool:
    """The view: whether the project has such a helper."""
    return any(_OPENS.search(fact.name) for fact in project.facts(Function) if not fact.at.path.endswith(".py"))


def _callers(project: Project, name: str) -> set[tuple[str, str]]:
    """The functions outside of tests that call something of this last name."""
    calling = (fact for callee in project.view(callees).get(name, ()) for fact in project.view(by_callee)[callee])
    return {(fact.at.path, fact.name) for fact in calling if project.side(fact.at.path) is not Side.TEST}
