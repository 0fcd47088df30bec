"""Which fields of requests are texts by the time that a handler takes them: a validator made them so, or insists."""

from collections import deque
from collections.abc import Iterator

from ..facts.code import Definition
from ..facts.imports import Import
from ..facts.location import Location
from ..facts.values import constant_text
from ..project import SERVER_SIDES, Project
from .endpoints import Endpoint, endpoints
from .functions import calling_named
from .places import located

_LIBRARY = "express-validator"
_FIELDS = frozenset({"body", "check", "query", "param"})
"""What a chain of express-validator begins with (its manual, "ValidationChain API")."""
_TEXTS = frozenset(
    """trim ltrim rtrim escape unescape stripLow normalizeEmail whitelist blacklist toString toLowerCase
    toUpperCase toInt toFloat toBoolean toDate isString isEmail isUUID isULID isMongoId isInt isNumeric
    isDecimal isAlpha isAlphanumeric isHexadecimal isHash isJWT isBase64 isMobilePhone isStrongPassword
    isSlug matches""".split()
)
"""Sanitizers that write a text or a number back, and validators to which an object is `[object Object]`."""
_HOPS = 3


def is_made_text(project: Project, path: str, function: str, field: str) -> bool:
    """Whether `field` is a text in each request for which a function of the file at `path` is known to run."""
    routes = list(_leading_to(project, path, function))
    return bool(routes) and all(_is_text_at(project, one, field) for one in routes)


def _is_text_at(project: Project, endpoint: Endpoint, field: str) -> bool:
    """Whether a path has the field in it, which makes it a text, or a validator in front of it does."""
    if field in {part.strip("{}<>:") for part in endpoint.written}:
        return True
    guards = (located(project, endpoint.at.path, guard) for guard in endpoint.guards)
    for path, name in filter(None, guards):
        chains = project.view(_Chains).of(path)
        places = [one.at for one in project.facts_of(path, Definition) if one.name == name]
        if any(known == field and place.holds(at) for known, at in chains for place in places):
            return True
    return any(known == field and endpoint.at.holds(at) for known, at in project.view(_Chains).of(endpoint.at.path))


class _Chains:
    """The view: the fields of which validators make texts, and where, by file."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[str, list[tuple[str, Location]]] = {}

    def of(self, path: str) -> list[tuple[str, Location]]:
        """Those of one file."""
        if path not in self._known:
            uses = any(one.module.startswith(_LIBRARY) for one in self._project.facts_of(path, Import))
            calls = self._project.calls_made(path, _FIELDS | _TEXTS) if uses else ()
            chained = {(one.at.line, one.at.column) for one in calls if one.callee.rpartition(".")[2] in _TEXTS}
            self._known[path] = [
                (field, one.at)
                for one in calls
                if one.callee.rpartition(".")[2] in _FIELDS and (one.at.line, one.at.column) in chained
                if one.arguments and (field := constant_text(one.arguments[0])) is not None
            ]
        return self._known[path]


def _leading_to(project: Project, path: str, function: str) -> Iterator[Endpoint]:
    """The endpoints that a function answers, or that call it, by what is called in the code."""
    known = project.view(_by_handler)
    waiting, seen = deque([((path, function), _HOPS)]), {(path, function)}
    while waiting:
        place, left = waiting.popleft()
        yield from known.get(place, ())
        for _, caller in calling_named(project, place[1].rpartition(".")[2]) if left else ():
            above = (caller.at.path, caller.name)
            if above not in seen and project.side(caller.at.path) in SERVER_SIDES:
                seen.add(above)
                waiting.append((above, left - 1))


def _by_handler(project: Project) -> dict[tuple[str, str], list[Endpoint]]:
    """The view: the endpoints by the place of what answers them."""
    found: dict[tuple[str, str], list[Endpoint]] = {}
    for endpoint in project.view(endpoints):
        found.setdefault(endpoint.place, []).append(endpoint)
    return found
