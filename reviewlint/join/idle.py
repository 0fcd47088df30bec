"""What is written to answer and answers nobody: tasks, files that only tests load, unmounted routers, lone methods."""

import re
from collections import defaultdict

from ..facts.code import Function
from ..facts.file import Side
from ..facts.http import Mount, Route, Router
from ..facts.imports import Import
from ..project import SERVER_SIDES, Project
from .beside import beside
from .endpoints import VERBS, answering, endpoints, reached, serving
from .functions import calling_named, functions
from .modules import modules
from .places import located
from .running import runs
from .services import services
from .within_reach import within_reach

_LOADS = ("import_module", "__import__", "import_string", "find_modules", "walk_packages", "iter_modules")
"""Calls by which Python loads modules that no import names."""
_BY_NAME = frozenset({"django", "drf"})
"""Frameworks that load modules by their names in settings."""
_MOUNTED = frozenset({"fastapi", "flask"})
"""Frameworks whose routers are imported by what mounts them."""
_ACTIONS = frozenset({"list", "create", "retrieve", "update", "partial_update", "destroy"})
"""The methods of a viewset that routers of REST framework have routes for by their names."""
_ACTION = re.compile(r"(?:^|\.)decorators\.action$|^action$")


def is_idle(project: Project, path: str, function: str) -> bool:
    """Whether nobody gets what a function answers: a queue runs it, no file loads its own, or its class is not asked
    for it.
    """
    place = path, function
    if place in project.view(_queued) and (place in project.view(beside) or not within_reach(project, *place)):
        return True
    if _wraps_what_nobody_calls(project, path, function):
        return True
    if not path.endswith(".py"):
        return False
    if path in project.view(_grouping) and path in project.view(_unloaded):
        return True
    return not runs(project, path, function) and (
        path in project.view(_unloaded) or _is_left_out(project, path, function)
    )


def _wraps_what_nobody_calls(project: Project, path: str, function: str) -> bool:
    """Whether a decorator of the project's own answers, and nobody calls what it wraps, nor does a framework."""
    outer = function.partition(".")[0]
    if outer == function or (path, outer) not in project.view(functions):
        return False
    wrapped = [
        one
        for decorator, one in project.view(_decorated).get(outer, ())
        if located(project, one.at.path, decorator) == (path, outer)
    ]
    return bool(wrapped) and all(len(one.decorators) == 1 and _is_lone(project, one) for one in wrapped)


def _is_lone(project: Project, fact: Function) -> bool:
    """Whether nothing is called by a function's name but in tests and in itself, and nobody takes it by that name."""
    place, last = (fact.at.path, fact.name), fact.name.rpartition(".")[2]
    if runs(project, *place) or last in project.view(_taken):
        return False
    return not any(
        (one.at.path, one.name) != place and project.side(one.at.path) is not Side.TEST
        for _, one in calling_named(project, last)
    )


def _decorated(project: Project) -> dict[str, list[tuple[str, Function]]]:
    """The view: what decorators are on, by their last names."""
    found: dict[str, list[tuple[str, Function]]] = defaultdict(list)
    for one in project.facts(Function):
        for decorator in one.decorators:
            found[decorator.rpartition(".")[2]].append((decorator, one))
    return found


def _taken(project: Project) -> frozenset[str]:
    """The view: the names that imports take out of other files, but for tests and files that only pass them on."""
    return frozenset(
        name
        for fact in project.facts(Import)
        if project.side(fact.at.path) is not Side.TEST and not fact.at.path.endswith("/__init__.py")
        for name, _ in fact.names
    )


def _queued(project: Project) -> frozenset[tuple[str, str]]:
    """The view: the tasks of queues, which no request waits for, and what they call, but for what handlers run."""
    tasks = (place for place, handed in project.view(beside).items() if not handed)
    return frozenset(one for place in tasks for one in reached(project, *place)) - project.view(answering)


def _unloaded(project: Project) -> frozenset[str]:
    """The view: files of Python without routes that at most tests and packages nobody else imports load.

    Those with a router that groups routes are among them where one beside it is loaded: nobody mounts this one. Only of
    services that are known to answer requests and to load nothing by names; what is called as something that nobody can
    find may be it.
    """
    names = project.view(services)
    known = {names.of(one.at.path) for one in project.view(endpoints) if one.framework in _BY_NAME}
    seen = {fact.at.path for kind in (Route, Router, Mount) for fact in project.facts(kind)}
    seen |= {one.handler_path for one in project.view(endpoints)}
    grouping = project.view(_grouping)
    seen -= grouping
    loaded, passed, lost = set(seen), dict[str, set[str]](), set[str]()
    for path in project.files:
        if project.side(path) is Side.TEST or not path.endswith(".py"):
            continue
        edges = project.view(modules).imports(path)
        found = {edge.fact for edge in edges}
        for fact in project.facts_of(path, Import):
            if fact not in found:
                lost.update((fact.module.rpartition(".")[2], *(name for name, _ in fact.names)))
        targets = {edge.target for edge in edges if edge.target != path}
        if path.endswith("/__init__.py") and path not in seen and not project.facts_of(path, Function):
            passed[path] = targets
        else:
            loaded |= targets
    waiting = [path for path in passed if path in loaded]
    while waiting:
        more = passed.pop(waiting.pop(), set()) - loaded
        loaded |= more
        waiting.extend(more & passed.keys())
    loading = {one.at.path for last in _LOADS for _, one in calling_named(project, last)}
    known |= {names.of(path) for path in loading & loaded}
    folders = {path.rpartition("/")[0] for path in grouping & loaded}
    return frozenset(
        path
        for path in project.files
        if path not in loaded
        and (path not in grouping or path.rpartition("/")[0] in folders)
        and path.rpartition("/")[2].removesuffix(".py") not in lost
        and project.side(path) in SERVER_SIDES
        and names.of(path) in project.view(serving) - known
    )


def _grouping(project: Project) -> frozenset[str]:
    """The view: the files of Python whose routers only group routes: they answer nobody until they are mounted."""
    routers = [one for one in project.facts(Router) if one.framework in _MOUNTED]
    grouping = frozenset(one.at.path for one in routers if one.at.path.endswith(".py"))
    others = (one for one in project.facts(Router) if one.application or one.framework not in _MOUNTED)
    return grouping - {one.at.path for one in others}


def _is_left_out(project: Project, path: str, function: str) -> bool:
    """Whether a method takes a request as the actions beside it do, and is neither marked as one nor called.

    What goes on to the method of its name above is called from there.
    """
    of, _, name = function.rpartition(".")
    known = project.view(functions)
    fact = known.get((path, function))
    if not of or fact is None or "request" not in fact.parameters or fact.decorators or name in (*VERBS, *_ACTIONS):
        return False
    if any(one.endswith(f").{name}") for one in fact.calls) or any(calling_named(project, name)):
        return False
    beside = (one for one in project.facts_of(path, Function) if one.name.rpartition(".")[0] == of)
    return any(_ACTION.search(mark) for one in beside for mark in one.decorators)
