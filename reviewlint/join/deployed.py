"""Which files run where a service does: what others of it load, what does something, the settings that it names.

Nobody imports settings that only a tool is given: a stand-in that a test's configuration names, what one's own machine
is set up with, the file of a command for migrations.
"""

import re
from collections.abc import Iterator

from ..facts.code import Function
from ..facts.file import Side
from ..facts.http import Router
from ..facts.values import constant_text
from ..project import Project
from .handlers import handlers
from .modules import modules
from .secrets import for_development, is_for_production
from .services import services
from .tools import tools

_NAMES_SETTINGS = re.compile(r"(?:^|/)(?:manage|[aw]sgi|celery\w*)\.py$")
"""Django's files that name the module with its settings (its manual, "Django settings")."""

_CONFIGURES = re.compile(r"(?:^|/)(?:medusa-config|keystone)\.[cm]?[jt]s$")
"""Files in which a framework looks for its settings by name (Medusa, Keystone)."""


def is_deployed(project: Project, path: str) -> bool:
    """Whether the file at `path` is seen to run with the service; all do where none loads another."""
    return (
        is_for_production(path)
        or _CONFIGURES.search(path) is not None
        or path in project.view(_loaded)
        or any(project.facts_of(path, Function))
        or project.view(services).of(path) not in project.view(_loading)
    )


def _loaded(project: Project) -> frozenset[str]:
    """The view: the files that are loaded where the service runs, or answer there."""
    found = {fact.at.path for fact in project.facts(Router)} | {one.path for one in project.view(handlers)}
    for path, target in _edges(project):
        found.add(target)
        if not path.endswith(".py"):  # where settings load others, whoever takes them
            found.add(path)
    return frozenset(found | set(_settings(project)))


def _loading(project: Project) -> frozenset[str]:
    """The view: the services of which one file loads another."""
    return frozenset(project.view(services).of(path) for path, _ in _edges(project))


def _edges(project: Project) -> Iterator[tuple[str, str]]:
    """Which file of what may run loads which other one."""
    aside = project.view(tools)
    for path in project.files:
        if project.side(path) in (Side.TEST, Side.SCRIPT) or path in aside or for_development(project, path):
            continue
        for edge in project.view(modules).imports(path):
            if edge.target != path and not edge.fact.type_only:
                yield path, edge.target


def _settings(project: Project) -> Iterator[str]:
    """The modules that Django is told to take its settings from."""
    for path in project.files:
        if _NAMES_SETTINGS.search(path):
            for call in project.calls_made(path, {"setdefault"}):
                named = constant_text(call.arguments[1]) if len(call.arguments) > 1 else None
                target = project.view(modules).resolve(named, path) if named else None
                if target is not None and not for_development(project, target):
                    yield target
