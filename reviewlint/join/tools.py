"""Programs that talk to whoever calls them in a terminal, and what they load."""

import re
from collections.abc import Callable, Iterable, Iterator

from ..facts.code import Function
from ..facts.file import Side
from ..facts.http import Route, Router
from ..facts.imports import Import
from ..project import Project
from .modules import Edge, importers, modules

_TOOL = re.compile(
    r"(?:^|/)(?:cli|bin|(?:[.\w-]+-)?scripts?|commands|management|tools?|seeds?|evals?|examples?|migrations?|alembic)/"
    r"|(?:^|/)(?:cli|manage|setup|conftest|seed\w*|\w*_cli)\.\w+$"
)
"""Where such programs stand."""
_TERMINAL = frozenset(
    {
        "click",
        "typer",
        "argparse",
        "optparse",
        "getopt",
        "rich",
        "fire",
        "invoke",
        "commander",
        "yargs",
        "chalk",
        "inquirer",
        "ora",
        "cac",
    }
)
"""Packages of such programs."""
_SCRIPTS = re.compile(
    r"(?:^|/)(?:bin|cli|hack|bench(?:mark)?s?|(?:[.\w-]+-)?scripts?|management/commands|tools?|seed(?:er)?s?|migrations?|alembic"
    r"|versions)/|(?:^|[/._-])seed(?:er)?s?\.\w+$"
)
"""Where scripts stand beside a service; elsewhere one may be all that there is of it."""
_STAYS = re.compile(
    r"(?:^|[._/-])(?:www|server|serve|start|worker|daemon|consumer|listener|scheduler|cron|queue|bot|app|main|index)s?\.\w+$"
)
"""How programs are called that stay and do the work of the service; `bin/www` loads all of it."""
_STAY = frozenset({"listen", "serve", "createServer", "run_forever", "start_server"})
"""Calls by which a program stays."""


def tools(project: Project) -> frozenset[str]:
    """The view: the files of such programs, by their place or by what they import."""
    importing = {
        fact.at.path for fact in project.facts(Import) if fact.module.partition(".")[0].partition("/")[0] in _TERMINAL
    }
    placed = {path for path, file in project.files.items() if file.side is Side.SERVER and _TOOL.search(path)}
    return frozenset(importing | placed)


def loaded_by_tools(project: Project) -> frozenset[str]:
    """The view: the files that somebody's call of a program loads: tools, scripts, and what they import."""
    begun = project.view(tools) | {path for path, file in project.files.items() if file.side is Side.SCRIPT}
    return frozenset(_spread(begun, lambda path: (one.target for one in _loads(project, path))))


def only_by_tools(project: Project) -> frozenset[str]:
    """The view: the files that nothing but scripts and migrations loads, themselves and by what they load.

    What tests load besides does not count. A script that serves, or loads what does, is how the service is started, and
    so may be one that stands in no folder of scripts.
    """
    sides = {path: file.side for path, file in project.files.items()}
    known = project.view(importers)
    begun = {path for path, side in sides.items() if side in (Side.SCRIPT, Side.MIGRATION) and is_aside(path)}
    loaded = _spread(begun, lambda path: (one.target for one in _loads(project, path)))
    starts = begun - _spread((path for path in loaded if stays(project, path)), lambda path: known.get(path, ()))
    found = _spread(starts, lambda path: (one.target for one in _loads(project, path)))
    others = {
        path for path in found if any(one not in found and sides[one] is not Side.TEST for one in known.get(path, ()))
    }
    return frozenset(found - _spread(others, lambda path: (one.target for one in _loads(project, path))))


def is_aside(path: str) -> bool:
    """Whether a script is beside what its service does: it stands with others, and is not called after what stays."""
    return _SCRIPTS.search(path) is not None and not stays_by_name(path)


def stays_by_name(path: str) -> bool:
    """Whether a file is called after a program that stays and does the work of its service."""
    return _STAYS.search(path) is not None


def _loads(project: Project, path: str) -> Iterator[Edge]:
    return (edge for edge in project.view(modules).imports(path) if not edge.fact.type_only)


def _spread(begun: Iterable[str], further: Callable[[str], Iterable[str]]) -> set[str]:
    """What can be come to from anything of `begun`, itself included."""
    found = set(begun)
    waiting = list(found)
    while waiting:
        for path in further(waiting.pop()):
            if path not in found:
                found.add(path)
                waiting.append(path)
    return found


def stays(project: Project, path: str) -> bool:
    """Whether a file answers requests, or begins to in a function."""
    if any(project.facts_of(path, kind) for kind in (Route, Router)) or project.calls_made(path, _STAY):
        return True
    return any(call.rpartition(".")[2] in _STAY for one in project.facts_of(path, Function) for call in one.calls)
