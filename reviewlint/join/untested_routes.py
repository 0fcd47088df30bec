"""The routes that no test requests and whose handlers none imports or calls, by service, and how surely."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import dropwhile

from ..facts.http import Mount, Response, Route, Router
from ..facts.imports import Import
from ..facts.location import Location
from ..facts.tests import TestCase
from ..project import SERVER_SIDES, Project
from .bare_pages import is_bare_page
from .coverage import CHANGING, is_described, tested
from .doubts import Doubts
from .edited import edited
from .endpoints import Endpoint, endpoints
from .modules import imported, modules
from .paths import REST
from .requests import test_files
from .services import EDGE_FUNCTIONS, services
from .testing_programs import is_tested_by_programs

TRIVIAL = re.compile(
    r"^__|^_*(?:docs|redoc|openapi|swagger|schema|health\w*|healthz?|live|livez|ready|readyz|readiness|liveness|startupz?|ping|status|debug"
    r"|metrics|trpc|(?:build-?)?version|static|assets|public|media|favicon|robots|sitemap|well-known|manifest|llms)(?:[-_.].*)?$|\.(?:txt|xml|ico|png|svg|css|js|webmanifest)$",
    re.IGNORECASE,
)
_MOUNTED = re.compile(r"^__|^_*trpc$", re.IGNORECASE)
"""What is trivial although it may be posted to; an order's status, once it is set by a request, is not."""
_VERSION = re.compile(r"api|v\d+(?:\.\d+)*", re.IGNORECASE)
"""What paths of all of a service begin with."""
_OWN = ("self.", "this.")
"""How a handler begins that an object of the same file holds, wherever that has it from."""
_PACKAGE = re.compile(r"@?[a-z]")
"""How the names of packages begin; `@/` and `~` are a project's own folders."""
PUT_ON_ROUTERS = frozenset({"express", "fastify", "hono", "koa"})
"""Frameworks whose paths are whole only with the router's."""

IMPORTED = frozenset({"flask", "fastapi", "express", "hono", "koa"})
"""Frameworks of which a router has to be imported to be put on another."""


@dataclass(frozen=True, slots=True)
class UntestedRoute:
    """The endpoints that one line declares and no test reaches; `strict` where tests may in a way nobody can follow.

    `beside` where tests are seen to request others of its file, or, where the path of a file is that of its route, of
    its service, or most of all: what they leave out there is left out.
    """

    endpoints: Sequence[Endpoint]
    strict: bool
    beside: bool


@dataclass(frozen=True, slots=True)
class UntestedRoutes:
    """What the tests of a service leave out of its `total` routes.

    `lost` are those whose tests a change deletes, `new` those that it adds where others are tested, `known` the rest.
    `is_all` where no test requests any.
    """

    total: int
    has_tests: bool
    is_all: bool
    lost: Sequence[UntestedRoute]
    new: Sequence[UntestedRoute]
    known: Sequence[UntestedRoute]


def untested_routes(project: Project) -> Mapping[str, UntestedRoutes]:
    """The view: the services of which somebody can say what their tests leave out."""
    names = project.view(services)
    reached = project.view(tested)
    lost = _lost(project, reached)
    # A route of one line with others, or of the same function under another path, is another way to what is tested.
    answered: set[tuple[object, str]] = {(endpoint.at, endpoint.handler) for endpoint in reached}
    answered |= {endpoint.place for endpoint in reached if endpoint.handler_path or endpoint.handler.startswith(_OWN)}
    asked = {one.at.path if one.route.router else f"{names.of(one.at.path)} {one.framework}" for one in reached}
    added = set(_added(project))
    found: dict[str, UntestedRoutes] = {}
    for service, every in _by_service(project).items():
        if is_described(project, service):
            continue
        routes = _by_route(every)
        untested = [lacking for several in routes if (lacking := _unreached(several, answered))]
        tests = [path for path in project.view(test_files) if names.within(path, service)]
        is_all = (reached | lost).isdisjoint(every) and (len(routes) > 1 or not tests)
        doubts = Doubts(project, service) if untested else None
        # What a change adds only its own tests can know of.
        doubted = {
            one.place for several in untested for one in several if one.handler_path and doubts and doubts.of(one)
        }
        of_change = Doubts(project, service, project.view(edited).files) if added else doubts
        by_programs = is_tested_by_programs(project, service)
        is_most = 2 * len(untested) <= len(routes)
        sorted_: dict[str, list[UntestedRoute]] = {"lost": [], "new": [], "known": []}
        for several in untested:
            is_new = bool(tests) and any((one.at.path, one.method, one.route.path) in added for one in several)
            kind = "known" if lost.isdisjoint(several) else "lost"
            kind = "new" if is_new and not is_all else kind
            asking = of_change if kind == "new" else doubts
            strict = by_programs or (asking is not None and any(map(asking.of, several)))
            strict = strict or any(one.place in doubted for one in several)  # requested by another path of its own
            strict = strict or (kind == "known" and _may_be_unused(project, several[0]))
            beside = several[0].at.path in asked or is_most or f"{service} {several[0].framework}" in asked
            sorted_[kind].append(UntestedRoute(several, strict, beside))
        found[service] = UntestedRoutes(
            len(routes), bool(tests), is_all, sorted_["lost"], sorted_["new"], sorted_["known"]
        )
    return found


def _may_be_unused(project: Project, endpoint: Endpoint) -> bool:
    """Whether a route is put on a router of a file that no other imports, so that perhaps nothing answers it.

    So it is where others are seen to be put on an application; where none is, the project only begins.
    """
    path = endpoint.at.path
    own = project.facts_of(path, Router)
    if path in project.view(imported) or project.facts_of(path, Mount) or any(fact.application for fact in own):
        return False
    mounts = list(project.facts(Mount))
    is_taken = not mounts or any(fact.child.endswith("*") for fact in mounts)  # whatever lies in a folder
    return not is_taken and endpoint.framework in IMPORTED and any(fact.name == endpoint.route.router for fact in own)


def _added(project: Project) -> Iterator[tuple[str, str, str | None]]:
    """File, method and path of the routes that a change adds; one that stood in another file was there before."""
    change = project.change
    if change is None:
        return
    before = {
        (fact.method, fact.path)
        for file in project.originals.values()
        for fact in file.facts
        if isinstance(fact, Route)
    }
    for path in change.files:
        for fact in project.facts_of(path, Route):
            if change.touches(fact.at) and (fact.method, fact.path) not in before:
                yield path, fact.method, fact.path


def _by_service(project: Project) -> Mapping[str, list[Endpoint]]:
    """The endpoints of which tests are expected."""
    names = project.view(services)
    folders = frozenset(part for path in project.files for part in path.split("/")[:-1])
    found: dict[str, list[Endpoint]] = defaultdict(list)
    written_out = {(one.handler_path, one.handler.rpartition(".")[0]) for one in project.view(endpoints)}
    for endpoint in project.view(endpoints):
        edge_function = f"{EDGE_FUNCTIONS}/" in endpoint.at.path
        if edge_function or _trivial(project, endpoint) or _is_foreign(endpoint, folders):
            continue
        if endpoint.method == "GET" and _is_made_by_package(project, endpoint):
            continue  # a page about the API, files, figures
        if is_bare_page(project, endpoint):
            continue
        if endpoint.framework == "drf" and endpoint.method == "*" and endpoint.place in written_out:
            continue  # a view set, of which each action is an endpoint
        if project.side(endpoint.at.path) in SERVER_SIDES:
            found[names.of(endpoint.at.path)].append(endpoint)
    return found


def _lost(project: Project, reached: Collection[Endpoint]) -> frozenset[Endpoint]:
    """The endpoints that tests reached before the change deleted these tests."""
    change = project.change
    gone = [file for path in (change.deleted if change else ()) if (file := project.originals.get(path)) is not None]
    if not any(isinstance(fact, TestCase) for file in gone for fact in file.facts):
        return frozenset()
    return project.less((), gone).view(tested) - frozenset(reached)


def _trivial(project: Project, endpoint: Endpoint) -> bool:
    if endpoint.segments is None or endpoint.method in ("OPTIONS", "HEAD", "WEBSOCKET"):
        return True
    if endpoint.segments[-1:] == (REST,) and not (endpoint.route.router == "" and _is_own(project, endpoint)):
        return True  # files, or a library that answers all that is below: `/api/auth/[...nextauth]`
    if not endpoint.route.router and endpoint.framework in PUT_ON_ROUTERS:
        return True  # a base class puts it on a router of its own, under what path nobody knows
    constant = [part.lstrip(".") for part in endpoint.segments if "{" not in part]
    own = [*dropwhile(_VERSION.fullmatch, constant)]
    trivial = _MOUNTED if endpoint.method in CHANGING else TRIVIAL
    return not endpoint.segments or any(map(trivial.match, (*constant[:1], *own[:1], *constant[-1:])))


def _is_own(project: Project, endpoint: Endpoint) -> bool:
    """Whether a function of the project answers, and says what."""
    place = endpoint.place
    return any((fact.at.path, fact.function) == place for fact in project.facts_of(place[0], Response))


def _is_foreign(endpoint: Endpoint, folders: frozenset[str]) -> bool:
    """Whether Django's URLs name a view of a package that is none of the project's `folders`."""
    package, found, _ = endpoint.handler.partition(".")
    return endpoint.route.framework == "django" and not endpoint.handler_path and bool(found) and package not in folders


def _is_made_by_package(project: Project, endpoint: Endpoint) -> bool:
    """Whether a call of a package gives what answers a route of TypeScript: `app.get("/reference", Scalar(…))`."""
    if endpoint.handler_path or endpoint.framework not in PUT_ON_ROUTERS:
        return False
    path = endpoint.at.path
    own = {edge.fact for edge in project.view(modules).imports(path)}
    foreign = (
        fact.module for fact in project.facts_of(path, Import) if fact not in own and _PACKAGE.match(fact.module)
    )
    return any(endpoint.handler.startswith(f"{module}.") for module in foreign)


def _by_route(every: Sequence[Endpoint]) -> list[list[Endpoint]]:
    """Endpoints that stand at one place, and so are one line of code: several mounts, several methods."""
    found: dict[Location, list[Endpoint]] = defaultdict(list)
    for endpoint in every:
        found[endpoint.at].append(endpoint)
    return list(found.values())


def _unreached(several: Sequence[Endpoint], answered: Collection[tuple[object, str]]) -> list[Endpoint]:
    """Those that are answered by none of the handlers that tests reach, under whatever path."""
    return [one for one in several if (one.at, one.handler) not in answered and one.place not in answered]
