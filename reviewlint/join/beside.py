"""Functions that run beside requests: tasks of a queue, and what is handed over to run during or after an answer."""

import re
from collections import defaultdict
from collections.abc import Mapping

from ..facts.values import Call, Reference, Value
from ..project import SERVER_SIDES, Project
from .functions import calling, functions
from .places import located

_TASK = re.compile(r"(?:^|\.)(?:shared_task|task|periodic_task|actor|cron|job)$")
"""Decorators of Celery, Dramatiq, RQ and their kin."""
_TAKES = frozenset(
    {"add_task", "BackgroundTask", "submit", "create_task", "ensure_future", "run_in_executor", "Thread"}
)
"""Calls of Starlette's, asyncio's and the executors' that are given a function to run."""


def beside(project: Project) -> Mapping[tuple[str, str], tuple[tuple[str, str], ...]]:
    """The view: such functions of Python by file and qualified name, with those that hand them over: none for tasks."""
    found: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}
    for place, function in project.view(functions).items():
        if place[0].endswith(".py") and any(map(_TASK.search, function.decorators)):
            found[place] = ()
    handing: dict[str, set[str]] = defaultdict(set)
    for function in calling(project, lambda callee: callee.rpartition(".")[2] in _TAKES):
        if function.at.path.endswith(".py") and project.side(function.at.path) in SERVER_SIDES:
            handing[function.at.path].add(function.name)
    for path, names in handing.items():
        for call in project.calls_made(path, _TAKES):
            given = (*call.arguments[:2], *(value for name, value in call.keywords if name in ("target", "func")))
            for name in filter(None, map(_named, given)) if call.function in names else ():
                run = located(project, path, name)
                if run is not None and run in project.view(functions):
                    found[run] = (*found.get(run, ()), (path, call.function))
    return found


def _named(value: Value) -> str:
    match value:
        case Reference(name=name) | Call(callee=name):
            return name
    return ""
