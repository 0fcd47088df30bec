"""Programs that talk to whoever calls them in a terminal, and what they load."""

import re

from ..facts.file import Side
from ..facts.imports import Import
from ..project import Project
from .modules import modules

_TOOL = re.compile(
    r"(?:^|/)(?:cli|bin|(?:[.\w-]+-)?scripts?|commands|management|tools?|seeds?|evals?|examples?|migrations?|alembic)/"
    r"|(?:^|/)(?:cli|manage|setup|conftest|seed\w*|\w*_cli)\.\w+$"
)
"""Where such programs stand."""
_TERMINAL = frozenset(
    {"click", "typer", "argparse", "rich", "fire", "invoke", "commander", "yargs", "chalk", "inquirer", "ora", "cac"}
)
"""Packages of such programs."""


def tools(project: Project) -> frozenset[str]:
    """The view: the files of such programs, by their place or by what they import."""
    importing = {
        fact.at.path for fact in project.facts(Import) if fact.module.partition(".")[0].partition("/")[0] in _TERMINAL
    }
    placed = {path for path, file in project.files.items() if file.side is Side.SERVER and _TOOL.search(path)}
    return frozenset(importing | placed)


def loaded_by_tools(project: Project) -> frozenset[str]:
    """The view: the files that somebody's call of a program loads: tools, scripts, and what they import."""
    waiting = [*project.view(tools), *(path for path, file in project.files.items() if file.side is Side.SCRIPT)]
    found = set(waiting)
    while waiting:
        for edge in project.view(modules).imports(waiting.pop()):
            if edge.target not in found and not edge.fact.type_only:
                found.add(edge.target)
                waiting.append(edge.target)
    return frozenset(found)
