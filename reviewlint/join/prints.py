"""What servers write to the terminal, by what runs the line: a request, something beside it, or nobody knows."""

import re
from collections import Counter
from enum import Enum

from ..facts.code import Function
from ..facts.file import Side
from ..facts.imports import Export
from ..facts.logs import LogCall
from ..project import Project
from .functions import functions
from .modules import modules
from .running import running, runs
from .services import services
from .tools import loaded_by_tools, stays, stays_by_name, tools

PRINTS = frozenset({"print", "console"})
"""The libraries of what is written to the terminal, as `LogCall` calls them."""

_LOG = re.compile(
    r"(?:^|/)(?:\w*[lL]ogger|\w*[lL]ogging|logs?|[lL]og-?(?:Manager|Writer|Store|manager|writer|store))(?:\.\w+)?(?:/|$)"
    r"|[-_.]log(?:ger)?\.\w+$"
)
"""Files that are the log."""
_WRITER = re.compile(
    r"(?:^|\.)(?:\w*Logger|\w*Log(?:Writer|Sink|Transport|Appender|Handler)|\w*Exporter|\w*ConsoleTransport)(?:\.|@|$)"
)
"""Classes that are the log, or that give away what others would collect."""
_LEVELS = frozenset({"level", "severity", "lvl", "levelname"})
_MESSAGES = frozenset({"message", "msg", "event", "text"})
"""What a record of a log has fields for."""
_OF_REQUEST = frozenset({"req", "request", "ctx", "next"})
"""Parameters of middleware, which runs for each request."""


_TASK = re.compile(r"(?:^|\.)(?:shared_)?task$")
"""What makes a task of a function."""


class Place(Enum):
    """Where a line stands, with a word for it.

    `REQUEST` where a request is answered; `BESIDE` where a failure is caught in a file of which something runs for
    requests, or is caught or told of in a function of a service that mostly uses its logger, in a file that no tool
    loads, but something else does, or which has a logger; `ELSEWHERE` in the same places where nothing failed, and in
    any other file where a failure is caught or there is a logger.
    """

    REQUEST = ""
    BESIDE = "aside"
    ELSEWHERE = "elsewhere"


def prints(project: Project) -> list[tuple[LogCall, Place]]:
    """The lines that servers write to the terminal and that could stand in a log, in order, each with its place."""
    names = project.view(services)
    logs = project.facts(LogCall, Side.SERVER)
    logging = {log.at.path for log in logs if log.library not in PRINTS}
    loading, loaded = _attached(project)
    middleware = {(path, name) for path, name in _middleware(project) if path in loaded or _may_be_given(project, path)}
    files = {path for path, _ in project.view(running) | middleware}
    by_hand = project.view(loaded_by_tools)
    lines = Counter((names.of(log.at.path), log.library in PRINTS) for log in logs if log.at.path not in by_hand)
    attended = {service for service, printed in lines if not printed and lines[service, False] > lines[service, True]}
    found = []
    for log in logs:
        if log.library not in PRINTS or log.at.path in project.view(tools) or _is_the_log(log):
            continue
        if _is_for_trying(project, log):
            continue
        if runs(project, log.at.path, log.function) or (log.at.path, log.function) in middleware:
            found.append((log, Place.REQUEST))
            continue
        is_attended = (
            names.of(log.at.path) in attended
            and log.at.path in (loading | loaded | logging) - by_hand
            and (name := _named(project, log))
            and (log.at.path in loaded | logging or _may_be_called(project, log.at.path, name))
        )
        fails = bool(log.function) and (log.in_catch or (is_attended and log.level in ("error", "critical")))
        if fails and (is_attended or log.at.path in files):
            found.append((log, Place.BESIDE))
        elif fails or is_attended or log.at.path in logging:
            found.append((log, Place.ELSEWHERE))
    return found


def _is_the_log(log: LogCall) -> bool:
    """Whether a line is how the service's own logger writes: by its file, its class, or the record that it writes."""
    names = {name for name, _ in log.fields}
    record = not (names.isdisjoint(_LEVELS) or (names.isdisjoint(_MESSAGES) and log.message is None))
    return record or _LOG.search(log.at.path) is not None or _WRITER.search(log.function) is not None


def _is_for_trying(project: Project, log: LogCall) -> bool:
    """Whether a line is all that a task does, as of the `debug_task` that Celery's documentation begins with."""
    function = project.view(functions).get((log.at.path, log.function))
    return function is not None and function.calls == ("print",) and any(map(_TASK.search, function.decorators))


def _middleware(project: Project) -> set[tuple[str, str]]:
    """The functions that are given a request; a wrapper in Python runs where somebody asks for it by what it is in."""
    facts = {(fact.at.path, fact.name): fact for fact in project.facts(Function, Side.SERVER)}
    asked = {name.rpartition(".")[2] for fact in facts.values() for name in (*fact.decorators, *fact.calls)}
    found = set()
    for (path, name), fact in facts.items():
        outer = name.rpartition(".")[0]
        wraps = (path, outer) in facts and all(one.endswith("wraps") for one in fact.decorators)
        unworn = wraps and path.endswith(".py") and outer.rpartition(".")[2] not in asked
        if not (unworn or _OF_REQUEST.isdisjoint(fact.parameters)):
            found.add((path, name))
    return found


def _attached(project: Project) -> tuple[set[str], set[str]]:
    """The files of the server that import others of it, and those that are imported."""
    loading, loaded = set(), set()
    for path, file in project.files.items():
        for edge in project.view(modules).imports(path) if file.side is Side.SERVER else ():
            if project.side(edge.target) is Side.SERVER:
                loading.add(path)
                loaded.add(edge.target)
    return loading, loaded


def _may_be_given(project: Project, path: str) -> bool:
    """Whether a file that nobody loads may be given requests: it exports something, answers, or is a server by name.

    A module of JavaScript that only runs itself is for who starts it. In Python any file gives its names away.
    """
    if path.endswith(".py") or stays_by_name(path):
        return True
    return bool(project.facts_of(path, Export)) or stays(project, path)


def _may_be_called(project: Project, path: str, name: str) -> bool:
    """Whether something may call a function of a file that nobody loads: in TypeScript a platform, by its export.

    In Python it is called in its own file, or by a framework that a decorator tells of it; what a file that is not
    called after a program that stays does as somebody runs it is for who watches.
    """
    if not path.endswith(".py"):
        return _may_be_given(project, path)
    function = project.view(functions).get((path, name))
    called = bool(project.calls_made(path, {name.rpartition(".")[2]}))
    return called and (stays_by_name(path) or (function is not None and bool(function.decorators)))


def _named(project: Project, log: LogCall) -> str:
    """The outermost function with a name that a line stands in, `""` where a module gives it away as it is loaded."""
    parts = log.function.split(".")
    names = (".".join(parts[:count]) for count in range(1, len(parts) + 1))
    return next((name for name in names if "@" not in name and (log.at.path, name) in project.view(functions)), "")
