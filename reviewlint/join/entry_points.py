"""What a Python package names in its metadata for others to load by name: its plugins.

Packaging guide, "Creating and discovering plugins": `entry-points` of `pyproject.toml`, Poetry's `plugins`, and
`entry_points` of a `setup.py`. Commands are left out: a terminal calls them.
"""

import re
from collections.abc import Iterator

from ..facts.clients import Setting
from ..facts.values import Constant, Items, Record, Value
from ..project import Project
from .functions import calling
from .places import located

_TABLES = (("project", "entry-points"), ("tool", "poetry", "plugins"))
_COMMANDS = frozenset({"console_scripts", "gui_scripts"})
_ENTRY = re.compile(r"(?:[^=\n]*=)?\s*([A-Za-z_][\w.]*):([A-Za-z_]\w*)[\w.]*\s*(?:\[[^\]\n]*\])?\s*")
"""`name = package.module:Object [extra]`; a table of TOML keeps the name apart."""
_LOADS = re.compile(r"(?:^|\.)(?:iter_entry_points|entry_points|load_entry_point)$|(?:^|\.)stevedore\.")
"""What finds them at run time."""


def entry_points(project: Project) -> frozenset[tuple[str, str]]:
    """The view: the objects that packages of the project name so, by file and name there."""
    found = (located(project, path, f"{module}.{name}") for path, module, name in _entries(project))
    return frozenset(filter(None, found))


def loading_entry_points(project: Project) -> frozenset[str]:
    """The view: the files with a function that loads what packages name."""
    return frozenset(fact.at.path for fact in calling(project, _LOADS.search))


def _entries(project: Project) -> Iterator[tuple[str, str, str]]:
    """Each entry as a Python file beside the metadata would import it: that file, the module and the object."""
    for setting in project.facts(Setting):
        if any(setting.keys[: len(table)] == table for table in _TABLES):
            folder = setting.at.path.rpartition("/")[0]
            yield from _read(f"{folder}/setup.py".removeprefix("/"), setting.value)
    for path in project.files:
        if path.rpartition("/")[2] == "setup.py":
            for made in project.calls_made(path, {"setup"}):
                for value in _texts(dict(made.keywords).get("entry_points")):
                    yield from _read(path, value)


def _read(path: str, text: str) -> Iterator[tuple[str, str, str]]:
    yield from ((path, entry[1], entry[2]) for entry in map(_ENTRY.fullmatch, text.splitlines()) if entry)


def _texts(value: Value | None) -> Iterator[str]:
    """The texts in the groups of a table, without those of commands."""
    match value:
        case Record(entries=entries):
            for group, inner in entries:
                if group not in _COMMANDS:
                    yield from _texts(inner)
        case Items(items=several):
            for inner in several:
                yield from _texts(inner)
        case Constant(value=str(text)):
            yield text
        case _:
            pass
