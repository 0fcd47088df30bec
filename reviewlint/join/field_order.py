"""Where loggers of TypeScript take fields: before the message, as pino does, or after it.

Of Nest's own `Logger` its backend decides: over `nestjs-pino` what follows the message is an argument for its format,
and dropped where the message has no place for it (pino, "API"). A logger of the project's own takes fields as its lines
give them.
"""

from collections import Counter
from collections.abc import Mapping

from ..facts.logs import LogCall
from ..project import SERVER_SIDES, Project
from .modules import modules
from .services import services

_FIRST = frozenset({"pino", "bunyan", "roarr"})
_OF_OTHERS = frozenset({"logger", "nest"})
"""What hands its lines on to a library that the line does not name."""


def takes_fields_first(project: Project, log: LogCall, library: str) -> bool | None:
    """Whether fields stand before the message in a line of `library`; None where nothing of the project says so."""
    if library not in _OF_OTHERS:
        return library in _FIRST
    if library == "nest" and is_over_pino(project, log.at.path):
        return True
    seen = project.view(_seen).get((project.view(services).of(log.at.path), library), Counter())
    return None if len(seen) != 1 else next(iter(seen))


def is_over_pino(project: Project, path: str) -> bool:
    """Whether the package of a file asks for `nestjs-pino`, which then writes what Nest's `Logger` is given."""
    return "nestjs-pino" in (project.view(modules).dependencies(path) or ())


def _seen(project: Project) -> Mapping[tuple[str, str], Counter[bool]]:
    """The view: by service and library how many lines have their fields first."""
    found: dict[tuple[str, str], Counter[bool]] = {}
    for log in project.facts(LogCall, *SERVER_SIDES):
        objects = [number for number, one in enumerate(log.given) if one.startswith("{")]
        if log.library in _OF_OTHERS and len(log.given) > 1 and len(objects) == 1:
            order = found.setdefault((project.view(services).of(log.at.path), log.library), Counter())
            order[objects[0] == 0] += 1
    return found
