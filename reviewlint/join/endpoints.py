"""Endpoints: routes with their whole path, guards and handler, joined over the routers and mounts of all files."""

import re
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from posixpath import dirname, join, normpath

from ..facts.code import Class
from ..facts.http import DependencyAlias, HandlerMethods, Mount, Route, Router
from ..facts.location import Location
from ..facts.values import Reference, constant_text
from ..project import Project
from .functions import functions
from .paths import Segments, pieces, segment, spelled
from .places import called, located
from .resolve import resolve
from .responses import Answer, responses
from .routes import routes
from .services import services

MAX_DEPTH = 8
"""How deep routers may be mounted in one another; deeper is a cycle."""

FOLDER = "/**"
"""How the name of a mounted folder ends."""

VERBS = ("get", "post", "put", "patch", "delete", "head")
"""The methods by which a class answers requests: Django's and Starlette's views, and REST framework's."""

_INSTEAD = frozenset({"flask"})
"""Frameworks where the prefix that a router is mounted with stands instead of its own (`BlueprintSetupState`)."""
_OWN_PREFIX = re.compile(r"\{[\w.]+\.url_prefix\}")
"""The prefix of whichever blueprint is mounted: `register_blueprint(bp, url_prefix=f"/api{bp.url_prefix}")`."""
_DJANGO = frozenset({"django", "drf"})
_PLAIN = ("django.views.decorators.", "rest_framework.decorators.api_view")
_SETTING = re.compile(r"\{([A-Za-z_.][\w.]*\.\w+)\}")
_COMPUTED = re.compile(r"\{\w*[.(][^{}]*\}")
"""A segment of a prefix that is code: no framework spells a parameter with a dot or a call."""

_EXAMPLE = re.compile(r"(?:^|/)(?:examples?|demos?|samples?|docs|notebooks?|tests?)/")

DECORATED = 8
"""How many lines may stand between a decorator that declares a route and the function: those of other decorators."""

MAX_CALLS = 3
"""How many calls away from its handler a response still counts as the endpoint's own."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method and path that the project answers.

    `segments` are its whole path in one spelling (see `join.paths`), `declared` what the route alone says of it; both
    None where the path is not constant. `handler_path` and `handler` say where the function that answers is defined;
    `handler_path` is `""` where that is not known. `guards` hold for the request in order: router, mount, route.
    `written` are the segments with their parameters' names.
    """

    route: Route
    segments: Segments | None
    declared: Segments | None
    handler_path: str
    handler: str
    guards: tuple[str, ...]
    written: tuple[str, ...] = ()

    @property
    def at(self) -> Location:
        """Where the route is declared."""
        return self.route.at

    @property
    def place(self) -> tuple[str, str]:
        """Where the function that answers stands: its file, that of the route where nobody knows, and its name."""
        return self.handler_path or self.at.path, self.handler

    @property
    def method(self) -> str:
        """The method in upper case, `*` for any."""
        return self.route.method

    @property
    def framework(self) -> str:
        """The framework that answers."""
        return self.route.framework

    @property
    def path(self) -> str | None:
        """The whole path as the code writes it, `{}` for what only runs know; None where it is not constant."""
        return None if self.segments is None else spelled(self.written)


@dataclass(frozen=True, slots=True)
class _Prefix:
    parts: tuple[str, ...]
    guards: tuple[str, ...]


class _Routers:
    """Under which prefixes each router of the project is reached."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.routers = {(fact.at.path, fact.name): fact for fact in project.facts(Router)}
        self.service = project.view(services).of
        self.applied = {
            (router.framework, self.service(path)): self.pieces(router.prefix, router.at)
            for (path, _), router in self.routers.items()
            if router.application and router.framework == "nest" and router.prefix
        }
        self.versions = {
            (router.framework, self.service(path)): router.version
            for (path, _), router in self.routers.items()
            if router.application and router.version is not None
        }
        self.mounts: dict[tuple[str, str], list[Mount]] = defaultdict(list)
        for mount in project.facts(Mount):
            for child in self.named(mount.at.path, mount.child):
                self.mounts[child].append(mount)
        for mount in project.facts(Mount):
            if mount.child.endswith(FOLDER):
                self._load(mount)

    def _load(self, mount: Mount) -> None:
        """Put every router of a folder that its own file leaves alone on the mounting one, under its file's folder."""
        folder = normpath(join(dirname(mount.at.path), mount.child.removesuffix(FOLDER)))
        for path, name in self.routers:
            if path.startswith(f"{folder}/") and (path, name) not in self.mounts:
                inner = dirname(path).removeprefix(folder)
                self.mounts[path, name] = [replace(mount, prefix=f"{mount.prefix}{inner}")]

    def named(self, path: str, name: str) -> Iterator[tuple[str, str]]:
        """The routers that `name` is in the file at `path`: itself, or those that a factory of that name makes."""
        name = name.removesuffix("()")
        place = (path, name) if (path, name) in self.routers else located(self.project, path, name)
        if place is None:
            return
        if place in self.routers:
            yield place
        else:
            yield from (other for other in self.routers if other[0] == place[0] and other[1].startswith(f"{place[1]}."))

    def guards(self, path: str, names: tuple[str, ...]) -> tuple[str, ...]:
        """`names` without the routers among them: what is used under a path may be one, and is no guard then."""
        return tuple(name for name in names if next(self.named(path, name), None) is None)

    def pieces(self, prefix: str, at: Location) -> tuple[str, ...]:
        """A prefix in segments, the settings in it (`{settings.API_V1_STR}`) by their values where constant.

        One that is only known at run time may be empty: it is left out, as nobody's parameter.
        """

        def known(match: re.Match[str]) -> str:
            return constant_text(resolve(self.project, Reference(at, match[1]))) or match[0]

        return tuple(part for part in pieces(_SETTING.sub(known, prefix)) if not _COMPUTED.fullmatch(part))

    def prefixes(self, path: str, name: str, depth: int = MAX_DEPTH) -> list[_Prefix]:
        """Every prefix under which a router answers; one empty prefix where nothing is known of it."""
        found = []
        for place in self.named(path, name) if depth else ():
            router = self.routers[place]
            own = self.pieces(router.prefix, router.at)
            mounts = self.mounts.get(place, [])
            if not mounts:
                above = () if router.application else self.above(place[0], router)
                found.append(_Prefix((*above, *own), self.guards(place[0], router.guards)))
            for mount in mounts:
                for parent in self.prefixes(mount.at.path, mount.parent, depth - 1):
                    instead = mount.prefix and router.framework in _INSTEAD
                    given = router.prefix.join(_OWN_PREFIX.split(mount.prefix)) if instead else mount.prefix
                    parts = (*parent.parts, *self.pieces(given, mount.at), *(() if instead else own))
                    mounted = self.guards(mount.at.path, mount.guards)
                    guards = (*parent.guards, *mounted, *self.guards(place[0], router.guards))
                    found.append(_Prefix(parts, guards))
        return list(dict.fromkeys(found)) or [_Prefix((), ())]

    def above(self, path: str, router: Router) -> tuple[str, ...]:
        """What the application puts before all routers of its service, and the version of this one."""
        service = (router.framework, self.service(path))
        version = router.version if router.version is not None else self.versions.get(service)
        return (*self.applied.get(service, ()), *filter(None, [version]))


def endpoints(project: Project) -> tuple[Endpoint, ...]:
    """The view: every endpoint, by the place of its route; a router that is mounted twice gives two."""
    routers = _Routers(project)
    return tuple(
        endpoint
        for route in project.view(routes)
        for one in _by_method(project, route)
        for endpoint in _endpoints(project, routers, one)
    )


def _by_method(project: Project, route: Route) -> list[Route]:
    """A route for each method that the handler says it answers, or a class has a method for; else the route itself.

    What REST framework's routers are given answers by its actions, one of which may be called `delete`.
    """
    place = located(project, route.at.path, route.handler) if route.method == "*" and route.handler else None
    said = project.view(_methods).get(place, ()) if place is not None else ()
    if said:
        return [replace(route, method=method) for method in said]
    if place is None or route.framework == "drf":
        return [route]
    known = project.view(functions)
    own = [verb for verb in VERBS if (place[0], f"{place[1]}.{verb}") in known]
    return [replace(route, method=verb.upper(), handler=f"{route.handler}.{verb}") for verb in own] or [route]


def _standing_for(project: Project, route: Route) -> Iterator[str]:
    """The dependencies that the types of a handler's parameters stand for."""
    aliases = project.view(_aliases)
    for annotation in route.annotations if aliases else ():
        place = located(project, route.at.path, annotation)
        if place is not None:
            yield from aliases.get(place, ())


def _decorators(project: Project, path: str, view: str) -> Iterator[str]:
    """What stands around a view of Django: decorators but for those that say how it is asked, its class's mixins."""
    owner = view.rpartition(".")[0]
    function = project.view(functions).get((path, view))
    yield from (name for name in (function.decorators if function else ()) if not name.startswith(_PLAIN))
    for one in project.facts(Class) if owner else ():
        if (one.at.path, one.name) == (path, owner):
            yield from one.decorators
            yield from (base for base in one.bases if base.endswith("Mixin"))


def _aliases(project: Project) -> dict[tuple[str, str], tuple[str, ...]]:
    return {(fact.at.path, fact.name): fact.guards for fact in project.facts(DependencyAlias)}


def _methods(project: Project) -> dict[tuple[str, str], tuple[str, ...]]:
    return {(fact.at.path, fact.function): fact.methods for fact in project.facts(HandlerMethods)}


def _endpoints(project: Project, routers: _Routers, route: Route) -> Iterator[Endpoint]:
    declared = None if route.path is None else pieces(route.path)
    if declared and _COMPUTED.fullmatch(declared[0]):  # a prefix that is only known at run time
        declared = declared[1:]
    handler = located(project, route.at.path, route.handler) if route.handler else None
    path, name = handler or ("", route.handler)
    spelled_in = route.router_path or route.at.path
    for prefix in routers.prefixes(spelled_in, route.router) if route.router else [_Prefix((), ())]:
        own = (*routers.guards(route.at.path, route.guards), *_standing_for(project, route))
        guards = (*prefix.guards, *own, *(_decorators(project, path, name) if route.framework in _DJANGO else ()))
        if declared is None:
            yield Endpoint(route, None, None, path, name, guards)
        else:
            written = (*prefix.parts, *declared)
            yield Endpoint(
                route, tuple(map(segment, written)), tuple(map(segment, declared)), path, name, guards, written
            )


def reached(project: Project, path: str, function: str, calls: int = MAX_CALLS) -> Iterator[tuple[str, str]]:
    """The functions of the project that run when `function` does: itself first, then what it calls, nearest first."""
    next_to = project.view(_next_to)
    waiting, seen = deque([((path, function), calls)]), {(path, function)}
    while waiting:
        place, left = waiting.popleft()
        yield place
        if left and place not in next_to:
            next_to[place] = tuple(_called_by(project, place))
        for other in next_to[place] if left else ():
            if other not in seen:
                seen.add(other)
                waiting.append((other, left - 1))


def _next_to(project: Project) -> dict[tuple[str, str], tuple[tuple[str, str], ...]]:
    """The view: what each function of the project calls in it, as far as somebody asked."""
    return {}


def _called_by(project: Project, place: tuple[str, str]) -> Iterator[tuple[str, str]]:
    known = project.view(functions)
    fact = known.get(place)
    for callee in fact.calls if fact is not None else ():
        other = called(project, fact, callee) if fact is not None else None
        if other is not None and other in known:
            yield other


def answers(project: Project, endpoint: Endpoint) -> Iterator[Answer]:
    """The responses that an endpoint can give: its handler's own, and those that what it calls sends or raises."""
    given = project.view(_given)
    places = reached(project, endpoint.handler_path, endpoint.handler) if endpoint.handler_path else ()
    found = [answer for place in places for answer in given.get(place, ())]
    borrowed = {answer.origin for answer in found if answer.origin != answer.at}
    return (answer for answer in found if answer.at not in borrowed)


def stands_apart(project: Project, endpoint: Endpoint) -> bool:
    """Whether the handler is defined away from its route: in another file, above a list of URLs, as a view's class."""
    function = project.view(functions).get((endpoint.handler_path, endpoint.handler))
    if function is None or function.at.path != endpoint.at.path:
        return function is not None
    inside = endpoint.at.holds(function.at) or function.at.holds(endpoint.at)
    of_class = endpoint.framework == "flask" and "." in endpoint.handler  # its route is that of all its methods
    return not inside and (of_class or not 0 <= function.at.line - endpoint.at.end_line <= DECORATED)


def handling(project: Project) -> frozenset[tuple[str, str]]:
    """The view: the functions that are handlers of endpoints."""
    return frozenset((endpoint.handler_path, endpoint.handler) for endpoint in project.view(endpoints))


def answering(project: Project) -> frozenset[tuple[str, str]]:
    """The view: the functions that run when requests are answered."""
    handled = project.view(handling)
    return frozenset(place for path, name in handled if path for place in reached(project, path, name))


def serving(project: Project) -> frozenset[str]:
    """The view: the services that answer requests; a library does not because of an example that comes with it."""
    names = project.view(services)
    places = (endpoint.at.path for endpoint in project.view(endpoints))
    return frozenset(names.of(path) for path in places if not _EXAMPLE.search(path))


def _given(project: Project) -> dict[tuple[str, str], list[Answer]]:
    found: dict[tuple[str, str], list[Answer]] = defaultdict(list)
    for answer in project.view(responses):
        found[(answer.at.path, answer.response.function)].append(answer)
    return found
