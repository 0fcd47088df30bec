"""Dependencies of FastAPI's that fixtures put something else in the place of: nothing of them runs in the tests."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import reduce

from ..facts.code import Function
from ..facts.tests import Replacement, RequestedRoute, TestCase
from ..project import Project
from .edited import Edited, is_within
from .functions import functions
from .places import located

_Place = tuple[str, str]


def overridden(project: Project, edited: Edited) -> frozenset[_Place]:
    """What every edited test that requests anything has other functions for, by the fixtures that it is given.

    `app.dependency_overrides[current_user] = …` (FastAPI, "Testing dependencies with overrides").
    """
    replaced = project.view(_replaced)
    requesting = project.view(_requesting)
    found: list[frozenset[_Place]] = []
    for path in edited.files if replaced else ():
        for case in project.facts_of(path, TestCase):
            function = project.view(functions).get((path, case.name))
            if function is None or not edited.counts(case.at):
                continue
            given = {(path, case.name), *_given(project, function)}
            other = frozenset(one for place in given for one in replaced.get(place, ()))
            if other or (path, case.name) in requesting or _calls_any(case, path, requesting):
                found.append(other)
    return reduce(frozenset.intersection, found) if found else frozenset()


def _replaced(project: Project) -> Mapping[_Place, set[_Place]]:
    """The view: the dependencies that functions of tests put something else in the place of, by function."""
    found: dict[_Place, set[_Place]] = defaultdict(set)
    for fact in project.facts(Replacement):
        target = located(project, fact.at.path, fact.target) if fact.dependency else None
        around = [one for one in project.facts_of(fact.at.path, Function) if is_within(one.at, fact.at)]
        if target is not None and around:
            found[fact.at.path, around[-1].name].add(target)
    return found


def _requesting(project: Project) -> frozenset[_Place]:
    """The view: the functions that request something."""
    return frozenset((fact.at.path, fact.function) for fact in project.facts(RequestedRoute))


def _calls_any(case: TestCase, path: str, requesting: frozenset[_Place]) -> bool:
    return any((path, callee) in requesting for callee in case.calls)


def _given(project: Project, function: Function) -> Iterator[_Place]:
    """The functions that pytest gives to one, and to these, by the names of parameters ("conftest.py: sharing")."""
    known = project.view(functions)
    waiting, seen = [(function, function.at.path)], set[_Place]()
    while waiting:
        one, path = waiting.pop()
        for name in one.parameters:
            place = next((each for each in _homes(path, name) if each in known), None)
            if place is not None and place not in seen:
                seen.add(place)
                waiting.append((known[place], path))
    yield from seen


def _homes(path: str, name: str) -> Iterator[_Place]:
    """Where pytest looks for a fixture, the nearest first."""
    yield path, name
    folder = path.rpartition("/")[0]
    while folder:
        yield f"{folder}/conftest.py", name
        folder = folder.rpartition("/")[0]
    yield "conftest.py", name
