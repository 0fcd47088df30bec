"""Of which functions of a change a test is expected: by where they stand, what tests reach there, and what they do."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping

from ..facts.file import Side
from ..facts.http import ErrorHandler, Route
from ..project import SERVER_SIDES, Project
from .behaviours import Changed
from .coverage import tested
from .deciding import is_aid, may_decide
from .deeds import deeds, is_decided, is_told
from .endpoints import endpoints
from .exercised import reach
from .modules import imported
from .places import located
from .requests import test_files
from .services import services

_WIRES = re.compile(
    r"(?:^|\.)(?:constructor|__init__|__repr__|__str__|toString|toJSON|(?:create|build|make|set_?up|init|register|configure)(?=[A-Z_]).*)$"
)
"""What puts parts together or shows them: it counts where it chooses between ways that it did not have before."""
_BEGINS = re.compile(
    r"(?:^|\.)(?:on(?:Module(?:Init|Destroy)|Application(?:Bootstrap|Shutdown))|beforeApplicationShutdown)$"
)
"""What Nest calls as it starts and stops ("Lifecycle Events"): it connects, and counts where it has a condition."""
_CONFIGURES = re.compile(r"(?:^|/)[\w-]*(?:config|settings|env|environment)(?:[._-](?:service|module|loader))?\.\w+$")
"""Modules that read what an operator sets."""
_WATCHES = re.compile(
    r"(?:^|/)(?:monitoring|observability|telemetry|tracing|logging)/"
    r"|(?:^|[/_-])(?:logg(?:er|ing)|request[_-]?log|log[_-]request|telemetry|tracing|otel|sentry|instrumentation)(?:[._-][\w.-]*)?\.\w+$"
    r"|(?:^|/)metrics\.\w+$"
)
"""Modules by which those who run a program see what it does."""
_ACTS = re.compile(r"(?:call|do|set|raise|key) ")
"""What a handler does besides answering always the same."""
_SHOWS = re.compile(r"\b(?:\w*[Tt]emplate\w*|render) ?\)|\bcall render\w* |Template\w*Response")
"""What answers with a page."""
FEW = 2
"""One file in so many, tested, is enough for tests to be expected of those beside it."""
ROUTES = 5
"""One route in so many, tested, is enough for tests to be expected of the others of a service."""


def is_expected(project: Project, changed: Changed, found: Collection[str]) -> bool:
    """Whether a test can be asked for a function, by the deeds that were `found` to be different."""
    path, name = changed.place
    if not any(map(is_told, found)):
        return False
    decides = any(map(is_decided, found))
    if answers_route(project, changed):
        thin = changed.added and (_SHOWS.search(changed.function.code) or not any(map(_ACTS.match, found)))
        seen, every = project.view(_answered).get(project.view(services).of(path), (0, 0))
        return (decides or not thin) and (every <= ROUTES * seen or (path, name) in project.view(reach).places)
    known = not changed.added and not is_aid(path) and (path, name) in project.view(reach).places
    if (path, name) in project.view(error_handlers):
        return not changed.added and path in project.view(reach).files
    asked = known or path in project.view(_named) or (may_decide(path) and _is_tested_around(project, path))
    if not asked or "@" in name:
        return False
    if _BEGINS.search(name):
        return any(deed.startswith("if ") for deed in found)
    if changed.added or _WIRES.search(name):
        return decides
    return known or decides or any(map(is_decided, deeds(changed.function.code)))


def may_be_asked(project: Project, path: str) -> bool:
    """Whether a file is the program's, and neither a test nor only for browsers.

    A script and a part of a library are asked where tests run them.
    """
    if path in project.view(test_files) or _CONFIGURES.search(path) or _WATCHES.search(path):
        return False
    side = project.side(path)
    if side in (Side.SCRIPT, Side.OTHER) and path in project.view(reach).files:
        return True
    if side is Side.OTHER:
        return _is_added(project, path) and _belongs_to_server(project, path)
    return side in SERVER_SIDES


def _is_added(project: Project, path: str) -> bool:
    change = project.change
    return change is not None and path in change.files and not change.files[path].before


def _belongs_to_server(project: Project, path: str) -> bool:
    """Whether a module that nothing loads yet stands among such as run on the server, and on no other side."""
    folder = path.rpartition("/")[0]
    sides = {project.side(other) for other in project.files if other.rpartition("/")[0] == folder} - {Side.OTHER}
    return bool(sides) and sides <= SERVER_SIDES and path not in project.view(imported)


def _is_tested_around(project: Project, path: str) -> bool:
    """Whether tests reach the file or some beside it: where few go of many, nobody expects the next one.

    So it is with those that are called alike in other folders: `flows.py`, `*.listener.ts`.
    """
    if path in project.view(_named):
        return True
    folder, _, name = path.rpartition("/")
    seen, every = project.view(_expecting).get(folder, (0, 0))
    alike, kin = project.view(_expecting_alike).get(_kind(name), (0, 0))
    return seen > 0 and every <= FEW * seen and (kin < FEW or kin <= FEW * alike)


def answers_route(project: Project, changed: Changed) -> bool:
    """Whether a function is a handler, or one in or around it."""
    path, name = changed.place
    routes = project.view(_handlers).get(path, set())
    return not {name, name.rpartition(".")[0]}.isdisjoint(routes) or any(one.startswith(f"{name}.") for one in routes)


def _handlers(project: Project) -> Mapping[str, set[str]]:
    """The view: the handlers of routes by the file that they stand in, wherever the routes are put together."""
    found: dict[str, set[str]] = defaultdict(set)
    for route in project.facts(Route):
        found[route.at.path].add(route.handler)
    for endpoint in project.view(endpoints):
        found[endpoint.handler_path].add(endpoint.handler)
    return {path: names - {""} for path, names in found.items()}


def error_handlers(project: Project) -> frozenset[tuple[str, str]]:
    """The view: the functions that answer for errors, where they are defined."""
    every = ((fact.at.path, fact.handler) for fact in project.facts(ErrorHandler) if fact.handler)
    return frozenset(located(project, path, name) or (path, name) for path, name in every)


def _answered(project: Project) -> Mapping[str, tuple[int, int]]:
    """The view: by service, how many of its endpoints tests request, and how many there are."""
    names, requested = project.view(services), project.view(tested)
    found: dict[str, tuple[int, int]] = {}
    for one in project.view(endpoints):
        service = names.of(one.at.path)
        seen, every = found.get(service, (0, 0))
        found[service] = (seen + (one in requested), every + 1)
    return found


def _named(project: Project) -> frozenset[str]:
    """The view: the files of which tests import or call something by themselves."""
    return frozenset(path for path, _ in project.view(reach).own)


def _expecting(project: Project) -> Mapping[str, tuple[int, int]]:
    """The view: of the files of each folder, how many tests reach with a function, and of how many that may decide."""
    return _counted(project, lambda path: path.rpartition("/")[0])


def _expecting_alike(project: Project) -> Mapping[str, tuple[int, int]]:
    """The view: the same of the files that are called alike."""
    return _counted(project, lambda path: _kind(path.rpartition("/")[2]))


def _counted(project: Project, group: Callable[[str], str]) -> Mapping[str, tuple[int, int]]:
    seen = {path for path, _ in project.view(reach).places}
    found: dict[str, tuple[int, int]] = {}
    for path in project.files.keys() - project.view(test_files):
        if path in seen or (may_decide(path) and not is_aid(path)):
            reached, every = found.get(group(path), (0, 0))
            found[group(path)] = (reached + (path in seen), every + 1)
    return found


def _kind(name: str) -> str:
    """What files that do the same kind of thing are called: `.listener.ts` for `orders.listener.ts`, else the name."""
    kind = name.partition(".")[2]
    return f".{kind}" if "." in kind else name
