"""Where a dotted name is defined: the file and the name qualified inside it."""

from collections import defaultdict
from posixpath import commonpath

from ..facts.code import Class, Definition, Function
from ..facts.http import Router
from ..facts.imports import Import
from ..project import Project

MAX_HOPS = 5
"""How many re-exports are followed."""


class _Names:
    def __init__(self, project: Project) -> None:
        self.defined: dict[str, set[str]] = defaultdict(set)
        self.imported: dict[str, dict[str, str]] = defaultdict(dict)
        self.modules: dict[str, list[str]] = defaultdict(list)
        kinds: tuple[type[Class | Definition | Function | Router], ...] = (Class, Definition, Function, Router)
        for kind in kinds:
            for fact in project.facts(kind):
                self.defined[fact.at.path].add(fact.name)
        for imported in project.facts(Import):
            dot = "" if imported.module.endswith(".") else "."
            for name, local in imported.names:
                self.imported[imported.at.path][local] = f"{imported.module}{dot}{name}"
        for path in project.files:
            if path.endswith(".py"):
                parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
                for start in range(len(parts)):
                    self.modules[".".join(parts[start:])].append(path)


def located(project: Project, path: str, name: str) -> tuple[str, str] | None:
    """The file that defines `name` (as the file at `path` spells it) and its name there; None outside the project."""
    return _located(project.view(_Names), path, name, MAX_HOPS)


def _located(names: _Names, path: str, name: str, hops: int) -> tuple[str, str] | None:
    if name in names.defined[path]:
        return path, name
    if not hops:
        return None
    if name.startswith("."):
        inner = name.lstrip(".")
        folder = path.split("/")[: -(len(name) - len(inner))]
        name = ".".join((*folder, inner))
    parts = name.split(".")
    for end in range(len(parts) - 1, 0, -1):
        rest = ".".join(parts[end:])
        for other in sorted(
            names.modules.get(".".join(parts[:end]), ()), key=lambda one: -len(commonpath((one, path)))
        ):
            if rest in names.defined[other]:
                return other, rest
            first, dot, more = rest.partition(".")
            again = names.imported[other].get(first)
            found = _located(names, other, again + dot + more, hops - 1) if again else None
            if found is not None:
                return found
    return None
