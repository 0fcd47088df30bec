"""Which of the project's functions tell of their own failures: they catch everything, log it, and throw nothing."""

from collections import defaultdict
from collections.abc import Sequence

from ..facts.code import Catch, Function
from ..project import SERVER_SIDES, Project
from .converts import converts
from .functions import functions
from .places import called
from .ways import ways

HANDED_ON = 3
"""As many functions may do no more than call each other until one tells."""
_BROAD = frozenset({"Exception", "BaseException"})


def tells_itself(project: Project, path: str, function: str, callees: Sequence[str]) -> bool:
    """Whether each callee of a function of the file at `path` logs its failures and keeps them.

    Calls that only turn one value into another are no such thing.
    """
    caller = project.view(functions).get((path, function))
    asked = [callee for callee in callees if not converts(callee)]
    return bool(asked) and all(_tells(project, path, caller, one, HANDED_ON) for one in asked)


def _tells(project: Project, path: str, caller: Function | None, callee: str, left: int) -> bool:
    """Whether what is called tells of its failures, itself or in all that it calls in its turn."""
    place = project.view(ways).to(path, callee)
    if place is None and caller is not None:
        last = callee.rpartition(".")[2]
        same = (one for one in caller.calls if one.rpartition(".")[2] == last)  # as its summary spells it
        place = next(filter(None, (called(project, caller, one) for one in (callee, *same))), None)
    if place is None:
        return False
    if place in project.view(_telling):
        return True
    found = project.view(functions).get(place)
    inner = [one for one in found.calls if not converts(one)] if found is not None else []
    return bool(left and inner) and all(_tells(project, place[0], found, one, left - 1) for one in inner)


def _telling(project: Project) -> frozenset[tuple[str, str]]:
    """The view: the functions, by file and name, in which a clause takes and logs whatever fails that they wait for.

    None of their clauses throws: what one does comes out, whatever the others do.
    """
    found: dict[tuple[str, str], list[Catch]] = defaultdict(list)
    for clause in project.facts(Catch, *SERVER_SIDES):
        found[clause.at.path, clause.function].append(clause)
    return frozenset(place for place, own in found.items() if any(map(_logs, own)) and not any(map(_throws, own)))


def _logs(clause: Catch) -> bool:
    """Whether a clause is for everything that what it waits for may throw, and logs it."""
    broad = not clause.exceptions or not _BROAD.isdisjoint(clause.exceptions)
    return broad and "logs" in clause.does and not clause.nested and clause.waited and clause.waits != ()


def _throws(clause: Catch) -> bool:
    return "raises" in clause.does
