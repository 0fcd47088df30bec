"""What runs for a request: handlers of all kinds and what they call, tasks, receivers of signals, error handlers."""

from ..facts.http import ErrorHandler
from ..project import SERVER_SIDES, Project
from .beside import beside
from .endpoints import answering, reached
from .functions import functions
from .handlers import handlers
from .places import located

_RECEIVES = frozenset({"django.dispatch.receiver", "django.dispatch.dispatcher.receiver"})
"""Django's decorator of what runs as a row is saved, whoever saves it (its manual, "Signals")."""


def running(project: Project) -> frozenset[tuple[str, str]]:
    """The view: the functions that run when a request is answered, or beside one, by file and qualified name."""
    known = project.view(answering) | project.view(beside).keys()
    begun = {(handler.path, handler.function) for handler in project.view(handlers)}
    begun |= {place for place, one in project.view(functions).items() if not _RECEIVES.isdisjoint(one.decorators)}
    for one in project.facts(ErrorHandler, *SERVER_SIDES):
        place = located(project, one.at.path, one.handler) if one.handler else None
        begun |= {place} if place is not None else set()
    return known | {place for path, name in begun - known for place in reached(project, path, name)}


def runs(project: Project, path: str, function: str) -> bool:
    """Whether a function of the file at `path`, or one around it, runs for requests."""
    parts = function.split(".")
    places = {(path, ".".join(parts[:count])) for count in range(1, len(parts) + 1)}
    return not places.isdisjoint(project.view(running))
