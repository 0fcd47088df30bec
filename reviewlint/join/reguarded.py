"""What stands before all the routes of a router or an application, and stands there no more, or only since a change.

No handler is any different, and each of them answers others than before. What only reads, allows or counts requests
(parsers, headers, logs) is no guard.
"""

import re
from collections.abc import Iterable, Iterator

from ..facts.code import Behaviour
from ..facts.http import Mount, Router
from ..facts.location import Location
from ..project import Project
from .behaviours import Changed
from .declarations import Redeclared
from .endpoints import endpoints
from .modules import modules
from .places import located

_NO_GUARD = re.compile(
    r"cors|helmet|json|urlencoded|cookie|compress|morgan|log|static|pars|trac|metric|sentry|timing|timeout|db|database"
    r"|locale|i18n|header|request_?id|multer|raw|text|favicon|session$|docs|swagger|graphql|override|flash|initiali[sz]e",
    re.IGNORECASE,
)
_WHERE = re.compile(r"@\d+")
"""The line of what has no name: it is another wherever something was added above."""

_Key = tuple[str, str, str]


def reguarded(project: Project) -> tuple[Redeclared, ...]:
    """The view: routers and mounts with other guards than at the base, and the handlers behind them."""
    return tuple(_changed(project))


def _changed(project: Project) -> Iterator[Redeclared]:
    change = project.change
    for path, file in change.files.items() if change is not None else ():
        was = project.originals.get(file.before)
        before = _guards(was.facts) if was is not None else {}
        now = _guards(project.everything_of(path)) if before else {}
        for key, (at, guards) in now.items():
            told = not key[1] and path.endswith(".py")  # as what the name of the router stands for
            if told or key not in before or before[key][1] == guards:
                continue
            name = key[1] or key[0]
            users = tuple(_behind(project, path, key))
            if users:
                codes = [" ".join(one) for one in (before[key][1], guards)]
                parts = [Behaviour(at, f"{name}.@guards", code) for code in codes]
                yield Redeclared(Changed(parts[1], _line(project, path, at), parts[0], declared=True), users)


def _guards(facts: Iterable[object]) -> dict[_Key, tuple[Location, tuple[str, ...]]]:
    """The guards of each router and mount, in the order of their names."""
    found: dict[_Key, tuple[Location, tuple[str, ...]]] = {}
    for one in facts:
        if isinstance(one, Router | Mount):
            key = (one.name, "", "") if isinstance(one, Router) else (one.parent, one.child, one.prefix)
            guards = {name for name in one.guards if not _NO_GUARD.search(name)}
            known = found[key][1] if key in found else ()
            found[key] = (one.at, tuple(sorted((*known, *(_WHERE.sub("", name) for name in guards)))))
    return found


def _line(project: Project, path: str, at: Location) -> int:
    """The first line of the change after what is guarded was made."""
    change = project.change
    lines = [start for start, _ in change.files[path].lines] if change is not None else []
    return min((line for line in lines if line >= at.line), default=at.line)


def _behind(project: Project, path: str, key: _Key) -> Iterator[tuple[str, str]]:
    """The handlers of the routes on a router, or on one that is mounted."""
    parent, child, _ = key
    place = located(project, path, child) if child else None
    targets = {edge.target for edge in project.view(modules).imports(path)}
    for endpoint in project.view(endpoints):
        on = endpoint.at.path
        if place is not None:
            behind = on == place[0]
        else:
            behind = (on == path and endpoint.route.router == parent) or (not child and on in targets)
        if behind and endpoint.handler_path:
            yield endpoint.handler_path, endpoint.handler
