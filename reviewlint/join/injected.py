"""What Nest gives whoever asks for something else: the classes that modules put in the place of others."""

import re
from collections.abc import Iterator

from ..facts.values import Items, Record, Reference
from ..project import Project
from .functions import classes
from .modules import modules
from .places import located
from .requests import requests, test_files

Place = tuple[str, str]
_INTERFACE = re.compile(r"I(?=[A-Z][a-z])")
MODULE = ".module.ts"
"""How files end that list what others are given (NestJS, "Modules")."""


def injected(project: Project) -> frozenset[Place]:
    """The view: the classes, by file and name, that stand in for what others ask for by an interface's name or a token.

    A module takes both, `{ provide: Orders, useClass: StoredOrders }` (NestJS, "Custom providers"), and tests that
    request something load it.
    """
    if not project.view(requests):
        return frozenset()
    return frozenset(
        place for path in _loaded(project) for place in (*_standing_in(project, path), *_put(project, path))
    )


def _loaded(project: Project) -> set[str]:
    """The modules of Nest that tests load, and all that these do."""
    found: set[str] = set()
    waiting = list(project.view(test_files))
    while waiting:
        for edge in project.view(modules).imports(waiting.pop()):
            if edge.target.endswith(MODULE) and edge.target not in found:
                found.add(edge.target)
                waiting.append(edge.target)
    return found


def _standing_in(project: Project, path: str) -> Iterator[Place]:
    """The classes that the module at `path` takes with what they are called after: `IOrders` and `StoredOrders`."""
    taken = [(edge.fact.module, name) for edge in project.view(modules).imports(path) for name, _ in edge.fact.names]
    tokens = {_INTERFACE.sub("", name) for _, name in taken if _INTERFACE.match(name)}
    tokens |= {name for _, name in taken if any(other != name and other.endswith(name) for _, other in taken)}
    for module, name in taken:
        if any(name.endswith(token) for token in tokens):
            place = located(project, path, f"{module}.{name}")
            if place in project.view(classes):
                yield place


def _put(project: Project, path: str) -> Iterator[Place]:
    """The classes that the module at `path` gives for a token, whatever they are called: `useClass: StoredOrders`."""
    for made in project.calls_made(path, {"Module"}):
        providers = (
            made.arguments[0].get("providers") if made.arguments and isinstance(made.arguments[0], Record) else None
        )
        for one in providers.items if isinstance(providers, Items) else ():
            given = one.get("useClass") if isinstance(one, Record) else None
            place = located(project, path, given.name) if isinstance(given, Reference) else None
            if place is not None and place in project.view(classes):
                yield place
