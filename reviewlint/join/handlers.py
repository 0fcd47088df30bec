"""Functions that answer requests: those of routes, and those that a framework calls by their name and place.

Remix and React Router, "Route Module" (`loader`, `action`); SvelteKit, "Loading data" and "Form actions"; Astro,
"Endpoints"; Nitro (Nuxt), "File-based routing"; Next.js, "Server Actions".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..facts.code import Function
from ..facts.file import Directive
from ..facts.imports import Export
from ..facts.location import Location
from ..project import Project
from .endpoints import endpoints
from .functions import functions
from .modules import modules

_METHODS = "GET POST PUT PATCH DELETE ALL".split()
_CONVENTIONS: tuple[tuple[re.Pattern[str], frozenset[str], frozenset[str]], ...] = (
    (
        re.compile(r"(?:^|/)app/(?:root|routes/.+|.+/route)\.[jt]sx?$"),
        frozenset(
            {"@remix-run/node", "@remix-run/react", "@react-router/node", "react-router", "@remix-run/cloudflare"}
        ),
        frozenset({"loader", "action"}),
    ),
    (
        re.compile(r"(?:^|/)\+(?:page|layout)\.server\.[jt]s$"),
        frozenset({"@sveltejs/kit"}),
        frozenset({"load", "actions"}),
    ),
    (re.compile(r"(?:^|/)src/pages/.+\.[jt]s$"), frozenset({"astro"}), frozenset(_METHODS)),
    (
        re.compile(r"(?:^|/)server/(?:api|routes)/.+\.[jt]s$"),
        frozenset({"nuxt", "nitropack", "nitro"}),
        frozenset({"default", "handler"}),
    ),
)
"""Where a framework looks, the packages that say it is that framework, and the names that it calls."""


@dataclass(frozen=True, slots=True)
class Handler:
    """A function that answers requests: where it is declared, where it is defined, what it is called in words.

    `route` is its path where one is known; `guards` are the dotted names of what stands in front of it.
    """

    at: Location
    path: str
    function: str
    name: str
    route: str = ""
    guards: tuple[str, ...] = ()


def handlers(project: Project) -> tuple[Handler, ...]:
    """Every handler whose definition is in the project; call it through `project.view(handlers)`."""
    return (*_of_routes(project), *_by_convention(project), *_server_actions(project))


def _of_routes(project: Project) -> Iterator[Handler]:
    for endpoint in project.view(endpoints):
        if endpoint.handler_path:
            path = endpoint.path or ""
            name = f"{endpoint.method} {path}" if path and endpoint.method != "*" else path or endpoint.handler
            yield Handler(endpoint.at, endpoint.handler_path, endpoint.handler, name, path, endpoint.guards)


def _by_convention(project: Project) -> Iterator[Handler]:
    asked = project.view(modules).dependencies
    for function in project.facts(Function):
        path = function.at.path
        for place, packages, names in _CONVENTIONS:
            if (
                function.name.split(".")[0] in names
                and place.search(path)
                and not packages.isdisjoint(asked(path) or ())
            ):
                yield Handler(function.at, path, function.name, f"{function.name} of {path}", path)


def _server_actions(project: Project) -> Iterator[Handler]:
    directives = [one for one in project.facts(Directive) if one.text == "use server"]
    whole = {one.at.path for one in directives if not one.function}
    places = [(one.at.path, one.local) for one in project.facts(Export) if one.at.path in whole]
    places += [(one.at.path, one.function) for one in directives if one.function]
    for place in places:
        function = project.view(functions).get(place)
        if function is not None:
            yield Handler(function.at, place[0], function.name, f"server action {function.name}", function.name)
