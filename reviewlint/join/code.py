"""The project's functions, classes, responses and handlers of errors by where they are defined."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from ..facts.code import Definition
from ..facts.http import ErrorHandler, Mount, Response, Router
from ..facts.values import Value
from ..project import Project
from .functions import classes, functions
from .places import called, located
from .routes import routes
from .services import Services, services


class Place(NamedTuple):
    """A name where it is defined: the file, and the name qualified inside it."""

    path: str
    name: str


class Code:
    """The project's functions, classes and responses by where they are defined."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.services = project.view(services)
        self.functions = project.view(functions)
        self.classes = project.view(classes)
        self._lineages: dict[tuple[str, str], tuple[tuple[Place | None, str], ...]] = {}
        self.definitions = {Place(fact.at.path, fact.name): fact.value for fact in project.facts(Definition)}
        self.responses: dict[Place, list[Response]] = defaultdict(list)
        self.answering = {Place(route.at.path, route.handler) for route in project.view(routes) if route.handler}
        for response in project.facts(Response):
            self.responses[Place(response.at.path, response.function)].append(response)
        self.handlers: dict[str, list[ErrorHandler]] = defaultdict(list)
        self.own_handlers: dict[str, list[ErrorHandler]] = defaultdict(list)
        self.frameworks: dict[str, set[str]] = defaultdict(set)
        for route in project.view(routes):
            self.frameworks[self.services.of(route.at.path)].add(family(route.framework))
        aside = _aside(project, self.services)
        for handler in project.facts(ErrorHandler):
            if handler.at.path in aside:
                self.own_handlers[handler.at.path].append(handler)
            else:
                self.handlers[self.services.of(handler.at.path)].append(handler)

    def place(self, path: str, name: str) -> Place | None:
        """Where the dotted `name`, as the file at `path` spells it, is defined in this project."""
        if "#" in name and (named := Place(*name.split("#", 1))) in self.classes:
            return named
        found = located(self.project, path, name)
        return None if found is None else Place(*found)

    def helper(self, fact: Response) -> Place | None:
        """Where the helper of a response is defined."""
        function = self.functions.get(Place(fact.at.path, fact.function))
        found = None if function is None else called(self.project, function, fact.helper)
        place = self.place(fact.at.path, fact.helper) if found is None else Place(*found)
        return place or self._inherited_method(fact.at.path, fact.helper)

    def _inherited_method(self, path: str, name: str) -> Place | None:
        """Where a method that a class of the file has from one of its bases is defined."""
        owner, _, method = name.rpartition(".")
        for place, _ in self.lineage(path, owner) if Place(path, owner) in self.classes else ():
            if place is not None and (found := Place(place.path, f"{place.name}.{method}")) in self.functions:
                return found
        return None

    def lineage(self, path: str, name: str) -> tuple[tuple[Place | None, str], ...]:
        """The class called `name` and its bases, nearest first, each with its place (None outside the project)."""
        if (path, name) not in self._lineages:
            self._lineages[path, name] = tuple(self._lineage(path, name))
        return self._lineages[path, name]

    def _lineage(self, path: str, name: str) -> Iterator[tuple[Place | None, str]]:
        waiting, seen = [(path, name)], set()
        while waiting:
            path, name = waiting.pop(0)
            place = self.place(path, name)
            if (place or name) in seen:
                continue
            seen.add(place or name)
            yield place, name
            if place is not None and place in self.classes:
                waiting += [(place.path, base) for base in self.classes[place].bases]

    def constructor(self, place: Place) -> Place | None:
        """The constructor of a class of the project: its own, or that of the nearest of its bases that has one."""
        for owner, _ in self.lineage(place.path, place.name):
            for method in ("__init__", "constructor"):
                if owner is not None and (found := Place(owner.path, f"{owner.name}.{method}")) in self.functions:
                    return found
        return None

    def attribute(self, path: str, owner: str, name: str) -> Value | None:
        """The constant attribute `name` of a class or of the nearest of its bases that has it."""
        for place, _ in self.lineage(path, owner):
            if place is not None:
                value = self.definitions.get(Place(place.path, f"{place.name}.{name}"))
                if value is not None:
                    return value
        return None


def _aside(project: Project, services: Services) -> frozenset[str]:
    """The files with an application of their own beside the one that a service's routers are mounted on."""
    applications = {(fact.at.path, fact.name) for fact in project.facts(Router) if fact.application}
    own = {fact.name for fact in project.facts(Router) if fact.framework == "starlette"}  # lists, no parts of their own
    mounting = {(fact.at.path, fact.parent) for fact in project.facts(Mount) if fact.child not in own} & applications
    main = {path for path, _ in mounting}
    served = {services.of(path) for path in main}
    return frozenset(path for path, _ in applications if path not in main and services.of(path) in served)


def apart(project: Project) -> frozenset[str]:
    """The view: the files of such applications that answer what is raised in them by handlers of their own."""
    aside = _aside(project, project.view(services))
    return frozenset(fact.at.path for fact in project.facts(ErrorHandler) if fact.at.path in aside)


def family(framework: str) -> str:
    """The framework whose handlers of errors take what another raises: FastAPI's what Starlette's routes do."""
    return {"starlette": "fastapi", "drf": "django"}.get(framework, framework)
