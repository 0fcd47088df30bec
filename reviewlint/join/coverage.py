"""Which endpoints tests reach: requested by path or name, or imported by the test that calls the handler itself."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from ..facts.code import Definition, Function
from ..facts.file import Side
from ..facts.imports import Import
from ..facts.location import Location
from ..facts.tests import TestCase
from ..facts.values import constant_text, rendered
from ..project import Project
from .endpoints import Endpoint, endpoints
from .functions import calling, classes, functions
from .modules import modules
from .paths import REST, Requested, Segments
from .places import aliases, located
from .requests import Asked, requests, test_files
from .services import services

ANY = "*"
UNSEEN = 0.5
"""Where so much of what tests ask for is only known at run time, nothing can be said of what they leave out."""

ENOUGH = 10
"""Requests from which on it says something that nothing is known to answer most of them."""

_DESCRIBED = frozenset(
    {"dredd_hooks", "schemathesis", "connexion", "swagger-tools", "swagger-express-mw", "openapi-backend"}
)
"""Packages that ask for or answer all that a description of the API says: the code itself names no path."""
_COLLECTION = re.compile(
    r"(?:^|/)(?:(?:[\w-]+[-_])?tests?|__tests__|spec|e2e|integration|newman)/(?:.*/)?[^/]+\.postman_collection\.json$"
)
"""Requests with what they expect, which Postman's `newman` makes; one elsewhere may be there to read."""
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
"""Methods by which something is asked to change."""
_SENDS = re.compile(r"(?:^|[./])(?:axios|ky|got|ofetch|superagent)(?:\.default)?\.(?:post|put|patch|delete)$")
"""Calls of clients for HTTP that change something."""
_TABLE = "urlpatterns"
"""What Django calls the table of a module's routes: a test that takes it walks all of them."""
_BY_EXPORT = frozenset({"next", "sveltekit"})
"""Frameworks that find what answers by the name under which a file exports it, wrapped in whatever it is."""
_WHOLE_FILE = "default"
_NAME = re.compile(r"[a-z][\w-]*(?::[\w-]+)+")
"""The name of a route below a namespace, as Django's `reverse` takes it: `orders:detail`."""


def tested(project: Project) -> frozenset[Endpoint]:
    """The view: every endpoint that some test asks for, or that ran with the tests."""
    ran = {(path, fact.name) for path, fact in _entered(project)}
    every = project.view(endpoints) if ran else ()
    entered = {one for one in every if (one.handler_path, one.handler) in ran}
    return project.view(asked_for) | entered


def ran_files(project: Project) -> frozenset[str]:
    """The view: the files of which a coverage report says that a function was called."""
    return frozenset(path for path, _ in _entered(project))


def _entered(project: Project) -> Iterator[tuple[str, Function]]:
    for path, ran in project.coverage.items():
        for fact in project.facts_of(path, Function):
            if ran.entered(fact.at):
                yield path, fact


def asked_for(project: Project) -> frozenset[Endpoint]:
    """The view: every endpoint that some test requests, or whose handler some test imports or calls."""
    return tested_by(project, project.view(test_files))


def tested_by(
    project: Project,
    tests: Collection[str],
    counts: Callable[[Location], bool] = lambda at: True,
    may_use: Callable[[str, Collection[str]], bool] = lambda path, names: True,
) -> frozenset[Endpoint]:
    """The endpoints that the test files at these paths request, or whose handler they import or call.

    What stands at a place that `counts` denies is left out, and so are names that a file imports and may not use.
    """
    every = project.view(endpoints)
    found = set(_requested(project, every, tests, counts))
    walked = {edge.target for path in tests for edge in project.view(modules).imports(path) if _takes_table(edge.fact)}
    found |= {endpoint for endpoint in every if endpoint.at.path in walked}
    handlers = {endpoint.handler.rpartition(".")[2] for endpoint in every}
    owners = {endpoint.handler.rpartition(".")[0].rpartition(".")[2] for endpoint in every}
    places: dict[tuple[str, str], set[str]] = defaultdict(set)
    for place, path in _imported(project, tests, aliases(project, handlers | owners), counts, may_use):
        if place[0] not in tests:
            places[place].add(path)
    methods: dict[tuple[str, str], set[str]] = defaultdict(set)
    for endpoint in every:
        owner, _, method = endpoint.handler.rpartition(".")
        methods[endpoint.handler_path, owner].add(method)
    called = _called_in(project, {path for several in places.values() for path in several}, counts)
    by_export = {one.at.path for one in every if one.framework in _BY_EXPORT}
    exports = _taken_by_export(project, tests, by_export, counts, may_use)
    found |= {one for one in every if not exports[one.at.path].isdisjoint({one.method, _WHOLE_FILE})}
    for endpoint in every:
        owner, _, method = endpoint.handler.rpartition(".")
        whole = (endpoint.handler_path, owner)
        if (endpoint.handler_path, endpoint.handler) in places:
            found.add(endpoint)
        elif whole in places and whole in project.view(classes):
            # Of a class, what its tests call by name; where they call none of it so, nobody knows.
            asked = methods[whole] & {name for path in places[whole] for name in called[path]}
            if method in asked or not asked:
                found.add(endpoint)
    return frozenset(found)


def _taken_by_export(
    project: Project,
    tests: Collection[str],
    files: Collection[str],
    counts: Callable[[Location], bool],
    may_use: Callable[[str, Collection[str]], bool],
) -> Mapping[str, set[str]]:
    """The names that test files at these paths import from each of `files`, or call of one that they import whole."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in tests if files else ():
        for edge in project.view(modules).imports(path):
            if edge.target in files and not edge.fact.type_only:
                names = {name for name, local in edge.fact.names if may_use(path, {name, local})}
                found[edge.target] |= names | (_called_in(project, {path}, counts)[path] if "*" in names else set())
    return found


def _called_in(project: Project, paths: Collection[str], counts: Callable[[Location], bool]) -> Mapping[str, set[str]]:
    """The last names of what the test files at these paths call, where it counts."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        for function in project.facts_of(path, Function):
            if counts(function.at):
                found[path].update(callee.rpartition(".")[2] for callee in function.calls)
    return found


def _takes_table(fact: Import) -> bool:
    return any(name == _TABLE for name, _ in fact.names)


def _requested(
    project: Project, every: Sequence[Endpoint], tests: Collection[str], counts: Callable[[Location], bool]
) -> Iterable[Endpoint]:
    by_name = _by_name(project, every)
    for fact in project.facts(Definition):
        said = constant_text(fact.value) or ""
        if fact.at.path in tests and _NAME.fullmatch(said):
            yield from _called(said, by_name)  # which a class that all tests share looks up
    for request in project.view(requests):
        if request.at.path not in tests or not counts(request.at):
            continue
        if request.name:
            yield from _answering(request.method, list(_called(request.name, by_name)))
        yield from met(project, request)


def _answering(method: str, named: Sequence[Endpoint]) -> Sequence[Endpoint]:
    """Those of one name that answer a method; all of them where none is seen to."""
    return [one for one in named if _answers(one, method)] or named


def _answers(endpoint: Endpoint, method: str) -> bool:
    """Whether a request by a method runs the handler, which for REST framework's `PATCH` is that of `PUT`, too.

    Its `partial_update` calls `update` (Django REST framework, "Generic views": `UpdateModelMixin`).
    """
    partly = method == "PATCH" and endpoint.framework == "drf" and endpoint.handler.endswith(".update")
    return ANY in (method, endpoint.method) or endpoint.method == method or partly


def all_met(project: Project, tests: Collection[str], counts: Callable[[Location], bool]) -> bool:
    """Whether the test files at these paths request anything where `counts` says so, and all of it leads to a route."""
    led = [leads for one, leads in project.view(followed) if one.at.path in tests and counts(one.at)]
    return bool(led) and all(led)


def followed(project: Project) -> tuple[tuple[Asked, bool], ...]:
    """The view: every request of tests, and whether it names its route, or a path that is one's."""
    return tuple((one, bool(one.name) or bool(met(project, one))) for one in project.view(requests))


def met(project: Project, request: Asked) -> list[Endpoint]:
    """The endpoints that the paths of a request fit.

    Where they share no word of it, those as well that the files which its test imports declare so: what is tested by
    itself is mounted nowhere.
    """
    index, asked = project.view(_Index), [Requested(path) for path in request.paths]
    found = [endpoint for path in asked for endpoint in index.met(request.method, path, request.at.path)]
    words = {part for path in asked for part in path.segments}
    if asked and all(words.isdisjoint(endpoint.segments or ()) for endpoint in found):
        taken = {edge.target for edge in project.view(modules).imports(request.at.path)}
        near = [endpoint for target in sorted(taken) for endpoint in index.by_file.get(target, ())]
        found += [
            one
            for one in near
            for path in asked
            if request.method in (ANY, one.method) and path.fits(one.declared or ()) and one not in found
        ]
    return found


def _by_name(project: Project, every: Sequence[Endpoint]) -> dict[str, list[Endpoint]]:
    """Endpoints by the names that tests look them up by, without namespaces.

    Flask puts a blueprint's name before an endpoint's (Flask, "Blueprints": `url_for("admin.index")`); Flask-RESTful's
    resources are asked for by their class.
    REST framework calls the actions of a view set after the set: as its router was told, or after the model, which is
    what view sets are called after (Django REST framework, "Routers": `basename`). So it does with those that a set has
    from another class.
    """
    sets: dict[tuple[str, str], set[str]] = defaultdict(set)
    for endpoint in every:
        if endpoint.framework == "drf" and endpoint.route.name.endswith("-list"):
            told = endpoint.route.name.removesuffix("-list")
            model = endpoint.handler.rpartition(".")[2].removesuffix("ViewSet").lower()
            sets[endpoint.handler_path, endpoint.handler] |= {told, model} - {""}
    known = project.view(classes)
    waiting = list(sets)
    while waiting:
        place = waiting.pop()
        for base in known[place].bases if place in known else ():
            above = located(project, place[0], base)
            if above is not None and not sets[place] <= sets[above]:
                sets[above] |= sets[place]
                waiting.append(above)
    found: dict[str, list[Endpoint]] = defaultdict(list)
    for endpoint in every:
        name = endpoint.route.name.rpartition(":")[2]
        if endpoint.framework == "flask":
            found[f".{name}"].append(endpoint)
            found[endpoint.handler.rpartition(".")[0].rpartition(".")[2] or endpoint.handler].append(endpoint)
        if name.startswith("-"):
            found[name].append(endpoint)
            for told in sorted(sets.get((endpoint.handler_path, endpoint.handler.rpartition(".")[0]), ())):
                found[told + name].append(endpoint)
        elif name:
            found[name].append(endpoint)
            for told in sorted(sets.get((endpoint.handler_path, endpoint.handler), ())):
                if endpoint.framework == "drf" and not name.startswith(f"{told}-"):
                    found[f"{told}-{name.rpartition('-')[2]}"].append(endpoint)
    return found


def _called(name: str, by_name: Mapping[str, Sequence[Endpoint]]) -> Iterator[Endpoint]:
    """The endpoints of a name; one with a namespace is Django's, or written so where the route is.

    Where nothing is called so, those with its last part: of a blueprint or a set that is made where nobody can see.
    """
    last = name.rpartition(":")[2]
    ends = (last, *(last[place:] for place, letter in enumerate(last) if place and letter in ".-"))
    for endpoint in next(filter(None, (by_name.get(end) for end in ends)), ()):
        if ":" not in name or endpoint.route.framework in ("django", "drf") or endpoint.route.name == name:
            yield endpoint


def unseen(project: Project) -> dict[str, float]:
    """The view: by test file, the share of its requests that change something of which nobody can see where they go.

    So are all that it lets functions of a client make, which another package of the repository holds.
    """
    asked: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for path in through_clients(project):
        asked[path] += 1
        unknown[path] += 1
    for request in project.view(requests):
        if request.method in CHANGING:
            asked[request.at.path] += 1
            unknown[request.at.path] += not request.name and not request.paths
    return {path: unknown[path] / count for path, count in asked.items()}


def is_unseen(project: Project, service: str) -> bool:
    """Whether so much of what a service's tests ask for is only known at run time that nobody can say what is left."""
    within, shares = project.view(services).within, project.view(unseen)
    asked = [shares[path] for path in project.view(test_files) if path in shares and within(path, service)]
    return sum(asked) > UNSEEN * len(asked) or is_described(project, service)


def asks_unknown(project: Project, service: str) -> bool:
    """Whether most of what a service's tests ask for is answered by nothing that the code declares in a known way."""
    within, shares = project.view(services).within, project.view(_unanswered)
    own = [shares[path] for path in project.view(test_files) if path in shares and within(path, service)]
    asked = sum(count for count, _ in own)
    return asked >= ENOUGH and 2 * sum(missed for _, missed in own) > asked


def asks_nobody(project: Project, service: str) -> bool:
    """Whether a service's tests ask for paths and nothing is known to answer any."""
    within, shares = project.view(services).within, project.view(_unanswered)
    own = [shares[path] for path in project.view(test_files) if path in shares and within(path, service)]
    return bool(own) and all(asked == missed for asked, missed in own)


def _unanswered(project: Project) -> dict[str, tuple[int, int]]:
    """The view: by test file, how often it asks for a path of its own service, and how often nothing is known there."""
    found: dict[str, tuple[int, int]] = {}
    for request, leads in project.view(followed):
        # What a browser is led to has no method: it may be a page.
        if request.method != ANY and request.paths and all(rendered(one).startswith("/") for one in request.paths):
            asked, missed = found.get(request.at.path, (0, 0))
            found[request.at.path] = asked + 1, missed + (not leads)
    return found


def is_described(project: Project, service: str) -> bool:
    """Whether a description of the API, and no code, says what a service answers or what its tests ask for."""
    within = project.view(services).within
    return any(within(path, service) for path in project.view(_described))


def _described(project: Project) -> frozenset[str]:
    """The view: the files that leave it to a description of the API what is asked for or answered, or are one."""
    importing = {fact.at.path for fact in project.facts(Import) if fact.module.partition(".")[0] in _DESCRIBED}
    return frozenset(importing.union(filter(_COLLECTION.search, project.files)))


def through_clients(project: Project) -> Iterator[str]:
    """The test file of each function of another package that a test imports and that makes requests."""
    sending = {(fact.at.path, fact.name) for fact in calling(project, _SENDS.search)}
    names = aliases(project, {name.rpartition(".")[2] for _, name in sending})
    known, service = project.view(functions), project.view(services)
    for fact in project.facts(Import) if sending else ():
        if fact.at.path in project.view(test_files):
            for name, _ in fact.names:
                place = located(project, fact.at.path, f"{fact.module}.{name}") if name in names else None
                if place in sending and not service.within(place[0], service.of(fact.at.path)):
                    yield from (fact.at.path for callee in known[place].calls if _SENDS.search(callee))


class _Index:
    """Endpoints by a constant segment of their path, so that a request is only held against those that it can meet.

    Those that a file of tests declares only its own requests meet.
    """

    def __init__(self, project: Project) -> None:
        every = [endpoint for endpoint in project.view(endpoints) if endpoint.segments is not None]
        self.every = every
        self.services = project.view(services)
        self.fitting: dict[int | str, set[int]] = defaultdict(set)
        for number, one in enumerate(every):
            segments = one.segments or ()
            keys = (REST,) if segments[-1:] == (REST,) else (len(segments),)
            for key in (*keys, *segments, *(one.declared or ())):
                self.fitting[key].add(number)
        self.by_file: dict[str, list[Endpoint]] = defaultdict(list)
        for one in every:
            self.by_file[one.at.path].append(one)
        cases = {case.at.path for case in project.facts(TestCase)}
        self.apart = {path for path in self.by_file if path in cases and project.files[path].side is Side.TEST}
        self.known: dict[tuple[str, Segments, str, str], list[Endpoint]] = {}
        self.by_segment: dict[str, list[Endpoint]] = defaultdict(list)
        for endpoint in every:
            self.by_segment[_last_constant(endpoint.declared or ()) or _last_constant(endpoint.segments or ())].append(
                endpoint
            )

    def met(self, method: str, asked: Requested, test: str) -> list[Endpoint]:
        """The endpoints that the request of a test fits best: those of its own service before those of all others."""
        key = (method, asked.segments, self.services.of(test), test if test in self.apart else "")
        if key not in self.known:
            others = self.apart - {test}
            candidates = [
                one
                for segment in {*asked.segments, ""}
                for one in self.by_segment.get(segment, ())
                if one.at.path not in others
            ]
            own = [one for one in candidates if self.services.within(one.at.path, key[2])]
            remote = (one for one in self._others(asked) if one.at.path not in others)
            several: tuple[Iterable[Endpoint], ...] = (own, candidates, remote)
            self.known[key] = next(filter(None, (_best(method, asked, some) for some in several)), [])
        return self.known[key]

    def _others(self, asked: Requested) -> Iterator[Endpoint]:
        """The endpoints that a request could fit: those as long as it, or that share a segment with it."""
        keys: set[int | str] = {len(asked.segments), REST, *asked.segments}
        found = set[int]().union(*(self.fitting.get(key, ()) for key in keys))
        return (self.every[number] for number in sorted(found))


def _best(method: str, asked: Requested, candidates: Iterable[Endpoint]) -> list[Endpoint]:
    fits: dict[tuple[int, int], list[Endpoint]] = defaultdict(list)
    for endpoint in candidates:
        if _answers(endpoint, method):
            fit = asked.closeness(endpoint.segments or (), endpoint.declared or ())
            if fit is not None:
                fits[fit].append(endpoint)
    return fits[max(fits)] if fits else []


def _last_constant(parts: Segments) -> str:
    return next((part for part in reversed(parts) if "{" not in part), "")


def _imported(
    project: Project,
    tests: Collection[str],
    names: Collection[str],
    counts: Callable[[Location], bool],
    may_use: Callable[[str, Collection[str]], bool],
) -> Iterator[tuple[tuple[str, str], str]]:
    """What test files import or call under one of these last names, by where it is defined, and which of them does."""
    for fact in project.facts(Import):
        if fact.at.path in tests:
            for name, local in fact.names:
                place = located(project, fact.at.path, f"{fact.module}.{name}") if name in names else None
                if place is not None and may_use(fact.at.path, {name, local}):
                    yield place, fact.at.path
    for function in project.facts(Function):
        if function.at.path in tests and counts(function.at):
            for callee in function.calls:
                place = located(project, function.at.path, callee) if callee.rpartition(".")[2] in names else None
                if place is not None:
                    yield place, function.at.path
