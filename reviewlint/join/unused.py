"""Which functions of a change nobody is seen to use."""

import re

from ..facts.code import Behaviour, Declared
from ..project import Project
from .behaviours import Changed
from .expecting import answers_route
from .functions import calling_named
from .modules import importers, modules
from .places import located


def is_new_and_unused(project: Project, changed: Changed) -> bool:
    """Whether a private function of a module is new, and nothing of the change uses it."""
    name = changed.function.name
    if not changed.added or not name.startswith("_") or "." in name or "(decorator" in changed.function.code:
        return False
    lines = project.change.files.values() if project.change is not None else ()
    return sum(line.count(name) for file in lines for line in file.added) < 2


def is_called_by_nobody(project: Project, changed: Changed) -> bool:
    """Whether a function was there before, and who imports its file takes others of it: nobody calls or mentions this.

    A method may be called on anything, and what is decorated by whoever decorates it.
    """
    path, name = changed.place
    if changed.added or changed.declared or re.search(r"[.@]", name) or "(decorator" in changed.function.code:
        return False
    if answers_route(project, changed) or path not in project.view(importers):
        return False
    beside: tuple[Behaviour | Declared, ...] = (
        *project.facts_of(path, Behaviour),
        *project.facts_of(path, Declared),
    )
    spoken_of = re.compile(rf"(?<!\. )(?<![\w$]){re.escape(name)}(?!\w)")
    if any(spoken_of.search(fact.code) for fact in beside if fact.name != name):
        return False
    calls = (
        (callee, fact) for callee, fact in calling_named(project, name) if (fact.at.path, fact.name) != (path, name)
    )
    return not _is_taken(project, path, name) and all(
        located(project, fact.at.path, callee) != (path, name) for callee, fact in calls
    )


def _is_taken(project: Project, path: str, name: str) -> bool:
    """Whether a file imports a function by its name, or all that is in its file."""
    known = project.view(modules)
    edges = (edge for other in project.view(importers)[path] for edge in known.imports(other) if edge.target == path)
    return any(
        edge.fact.reexport or taken == name or local in ("*", "") for edge in edges for taken, local in edge.fact.names
    )
