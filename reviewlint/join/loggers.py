"""What a log line is written with: the library behind a logger of another file, or a method of the project's own."""

from collections import defaultdict

from ..facts.code import Definition, Function
from ..facts.imports import Import
from ..facts.logs import LogCall
from ..facts.values import Call
from ..project import Project
from .functions import functions
from .places import called, located, method_of
from .services import services

LIBRARIES = frozenset({"logging", "structlog", "loguru", "pino", "bunyan", "winston"})


class Libraries:
    """The logging library of a line: its own, or that of the module which its logger is imported from."""

    def __init__(self, project: Project) -> None:
        """Know which file and which service imports which."""
        self._project = project
        self._imported: dict[str, set[str]] = defaultdict(set)
        self._of_service: dict[str, set[str]] = defaultdict(set)
        for one in project.facts(Import):
            if one.module in LIBRARIES:
                self._imported[one.at.path].add(one.module)
                self._of_service[project.view(services).of(one.at.path)].add(one.module)

    def of(self, log: LogCall) -> str:
        """Its name; `logger` where it might be one that takes values in another way than the standard library's."""
        if log.library != "logger":
            return log.library
        path = log.at.path
        place = located(self._project, path, log.call.rpartition(".")[0])
        known = self._imported.get(place[0], set()) if place is not None else set()
        known = known or self._of_service.get(self._project.view(services).of(path), set())
        if path.endswith(".py"):  # who wraps another library has the standard one's lines, too
            known = (known & {"loguru", "structlog"}) or known or {"logging"}
        return next(iter(known)) if len(known) == 1 else log.library


def own_method(project: Project, log: LogCall) -> Function | None:
    """The function of the project that a line calls, None where a library is called."""
    path, (receiver, _, method) = log.at.path, log.call.rpartition(".")
    known = project.view(functions)
    caller = known.get((path, log.function))
    place = called(project, caller, log.call) if caller is not None else located(project, path, log.call)
    if place is None and (made := located(project, path, receiver)) is not None:
        values = (one.value for one in project.facts_of(made[0], Definition) if one.name == made[1])
        kinds = [value.callee for value in values if isinstance(value, Call)]
        place = method_of(project, made[0], kinds[0], method) if len(kinds) == 1 else None
    return known.get(place) if place is not None else None
