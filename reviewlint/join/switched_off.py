"""What a constant of its own file keeps from running, as the code stands: whoever wants it turns the switch first."""

from collections import defaultdict
from collections.abc import Mapping

from ..facts.code import Function, SwitchedOff
from ..facts.imports import Export
from ..facts.location import Location
from ..project import Project
from .handlers import handlers


def is_switched_off(project: Project, at: Location, function: str) -> bool:
    """Whether a place in a function is switched off: itself, or all that calls the function."""
    if any(one.holds(at) for one in project.view(_places).get(at.path, ())):
        return True
    return (at.path, function.partition(".")[0]) in project.view(_functions)


def _places(project: Project) -> Mapping[str, list[Location]]:
    """The view: the code of each file that is switched off."""
    found: dict[str, list[Location]] = defaultdict(list)
    for fact in project.facts(SwitchedOff):
        found[fact.at.path].append(fact.at)
    return found


def _functions(project: Project) -> frozenset[tuple[str, str]]:
    """The view: the functions that are only called from there, and by one another; of what a file keeps to itself."""
    answer = {(handler.path, handler.function) for handler in project.view(handlers)}
    found: set[tuple[str, str]] = set()
    for path, places in project.view(_places).items():
        exported = {one.local for one in project.facts_of(path, Export)}
        own = {one.name for one in project.facts_of(path, Function) if one.name and "." not in one.name}
        waiting = {name for name in own - exported if (path, name) not in answer}
        calls: dict[str, list[tuple[Location, str]]] = defaultdict(list)
        for made in project.calls_made(path, waiting) if waiting else ():
            calls[made.callee].append((made.at, made.function.partition(".")[0]))
        off: set[str] = set()
        while more := {
            name
            for name in waiting - off
            if calls[name] and all(by in off or any(place.holds(at) for place in places) for at, by in calls[name])
        }:
            off |= more
        found |= {(path, name) for name in off}
    return frozenset(found)
