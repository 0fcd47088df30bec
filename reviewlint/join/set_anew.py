"""Settings that production never has, because what it is started with sets them anew.

`settings/production.py` begins with `from .base import *` and says `SECRET_KEY = os.environ["SECRET_KEY"]` (Django), or
`class ProductionConfig(Config)` does (Flask, "Configuration Handling: Development / Production").
"""

import re
from collections.abc import Iterator

from ..credentials.names import words
from ..facts.code import Class, Definition, Function
from ..facts.location import Location
from ..facts.values import Call, Choice, Environment, Record, Reference, Text, Unknown, Value, named
from ..project import Project
from .modules import importers, modules
from .secrets import is_for_production

_DEFAULTS = frozenset({"default", "defaults", "fallback", "fallbacks"})
_PRODUCTION = frozenset({"prod", "production", "live"})


def is_set_anew(project: Project, at: Location) -> bool:
    """Whether something is for production, and all that is sets the setting anew in whose value a place stands."""
    setting = next((one for one in project.facts_of(at.path, Definition) if one.value.at.holds(at)), None)
    if setting is None or is_for_production(at.path):
        return False
    owner, _, name = setting.name.rpartition(".")
    if owner:
        anew = [(at.path, f"{heir}.{name}") for heir in _heirs(project, at.path, owner)]
    else:
        anew = [(path, name) for path in _users(project, at.path)]
    return bool(anew) and all(_is_own(project, path, name) for path, name in anew)


def is_fallen_back_to(project: Project, at: Location) -> bool:
    """Whether a place stands in an object of which a function of its file takes parts where settings are not there.

    `DEFAULTS`, by `given.key ?? DEFAULTS.key`: what the service is started with comes before it.
    """
    setting = next(
        (
            one
            for one in project.facts_of(at.path, Definition)
            if isinstance(one.value, Record) and one.value.at.holds(at) and "." not in one.name
        ),
        None,
    )
    if setting is None or _DEFAULTS.isdisjoint(words(setting.name)):
        return False
    returned = [value for function in project.facts_of(at.path, Function) for value in function.returns]
    return any(_falls_back(value, setting) for value in returned)


def _falls_back(value: Value, setting: Definition) -> bool:
    """Whether a value, or a part of it, is one of the setting's where there is no other: `?? DEFAULTS.key`."""
    match value:
        case Unknown(source=source):
            return re.search(rf"(?:\?\?|\|\||\bor)\s+{re.escape(setting.name)}\b", source) is not None
        case Choice(options=several, test=""):
            return any(
                setting.value.at.holds(one.at) or named(one).startswith(f"{setting.name}.") for one in several[1:]
            )
        case Record(entries=entries):
            return any(_falls_back(one, setting) for _, one in entries)
        case Call(arguments=arguments):
            return any(_falls_back(one, setting) for one in arguments)
        case _:
            return False


def _heirs(project: Project, path: str, owner: str) -> Iterator[str]:
    """The classes for production that are made of another of their file."""
    for one in project.facts_of(path, Class):
        if owner in one.bases and not _PRODUCTION.isdisjoint(words(one.name)):
            yield one.name


def _users(project: Project, path: str) -> Iterator[str]:
    """The modules for production that take all that is in another."""
    for other in dict.fromkeys(project.view(importers).get(path, ())):
        edges = (edge for edge in project.view(modules).imports(other) if edge.target == path)
        if is_for_production(other) and any(("*", "*") in edge.fact.names for edge in edges):
            yield other


def _is_own(project: Project, path: str, name: str) -> bool:
    """Whether a file gives a name a value that is not made of the one that it had."""
    values = [one.value for one in project.facts_of(path, Definition) if one.name == name]
    return bool(values) and not any(_takes(value, name.rpartition(".")[2]) for value in values)


def _takes(value: Value, name: str) -> bool:
    """Whether a value may be what a name stands for."""
    match value:
        case Reference(name=other):
            return other.rpartition(".")[2] == name
        case Environment(default=default):
            return default is not None and _takes(default, name)
        case Choice(options=several) | Text(parts=several):
            return any(_takes(one, name) for one in several)
        case Call(arguments=arguments, keywords=keywords):
            return any(_takes(one, name) for one in (*arguments, *(one for _, one in keywords)))
        case _:
            return False
