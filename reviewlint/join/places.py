"""Where a dotted name is defined: the file and the name qualified inside it."""

from collections import defaultdict
from collections.abc import Collection

from ..facts.code import Class, Definition, Function
from ..facts.http import DependencyAlias, Router
from ..facts.imports import Export, Import
from ..project import Project
from .functions import classes
from .modules import Modules, modules

MAX_HOPS = 5
"""How many re-exports are followed."""

_OWN = frozenset({"self", "cls"})
"""What Python's methods call the object, or the class, that they belong to."""

MAX_PARTS = 4
"""How many dotted parts may follow the name of a module: `orders.Service.repository.find`."""


class _File:
    """What a file defines, and what it takes from or passes on to others."""

    def __init__(self, project: Project, path: str) -> None:
        kinds: tuple[type[Class | Definition | Function | Router], ...] = (Class, Definition, Function, Router)
        self.defined = {fact.name for kind in kinds for fact in project.facts_of(path, kind)}
        self.first = {name.partition(".")[0] for name in self.defined}
        self.elsewhere: dict[str, str] = {}
        self.stars: list[str] = []
        for imported in project.facts_of(path, Import):
            dot = "" if imported.module.endswith(".") else "."
            for name, local in imported.names:
                if name != "*":
                    self.elsewhere[local] = f"{imported.module}{dot}{name}"
                elif local in ("*", ""):
                    self.stars.append(imported.module)
                else:
                    self.elsewhere[local] = imported.module
        for alias in project.facts_of(path, DependencyAlias):
            if alias.type:
                self.elsewhere[alias.name] = alias.type
        for export in project.facts_of(path, Export):
            if export.name != export.local and export.local:
                self.elsewhere[export.name] = export.local
        self.found: dict[str, tuple[str, str] | None] = {}
        self.leading: dict[str, bool] = {}


class _Names(dict[str, _File]):
    """The files that names lead through, each looked through when it is first come by."""

    def __init__(self, project: Project) -> None:
        super().__init__()
        self.project = project
        self.modules: Modules = project.view(modules)
        # by name, where it is seen from, whether in Python, and hops left: the file that it led through, and the place
        self.outside: dict[tuple[str, str, bool, int], tuple[str, tuple[str, str]] | None] = {}

    def __missing__(self, path: str) -> _File:
        self[path] = found = _File(self.project, path)
        return found


def located(project: Project, path: str, name: str) -> tuple[str, str] | None:
    """The file that defines `name` (as the file at `path` spells it) and its name there; None outside the project."""
    names = project.view(_Names)
    found = names[path].found
    if name not in found:  # every name is asked for five times
        found[name] = (
            _inside(names, path, name, MAX_HOPS) or _outside(names, path, name, MAX_HOPS) or _whole(names, path, name)
            if _may_lead(names, path, name)
            else None
        )
    return found[name]


def aliases(project: Project, last: Collection[str]) -> frozenset[str]:
    """The last parts of all names by which something whose last part is one of these may be asked for elsewhere."""
    renamed = project.view(_renamed)
    found, waiting = set(last), list(last)
    while waiting:
        new = renamed.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return frozenset(found)


def _renamed(project: Project) -> dict[str, set[str]]:
    """The view: by what a name ends in, what some file calls it instead."""
    found: dict[str, set[str]] = defaultdict(set)
    names = project.view(_Names)
    for path in project.files:
        for local, name in names[path].elsewhere.items():
            last = name.rpartition(".")[2]
            if last != local:
                found[last].add(local)
    return found


def may_lead(project: Project, path: str, name: str) -> bool:
    """Whether `located` could find `name` or anything that begins with the same part."""
    return _may_lead(project.view(_Names), path, name)


def _may_lead(names: _Names, path: str, name: str) -> bool:
    first = name.partition(".")[0]
    if not first or "/" in first:
        return True
    file = names[path]
    leading = file.leading
    if first not in leading:
        leading[first] = (
            first in file.first or first in file.elsewhere or bool(file.stars) or names.modules.may_hold(first, path)
        )
    return leading[first] or "/" in name


def called(project: Project, function: Function, callee: str) -> tuple[str, str] | None:
    """Where what `function` calls is defined: by its name, or as a method of the type that it is called on.

    A method may be one that the type has from its bases; on `self` it is one of the function's own class.
    """
    place = located(project, function.at.path, callee)
    if place is None:
        receiver, _, method = callee.rpartition(".")
        kind = function.name.rpartition(".")[0] if receiver in _OWN else dict(function.receivers).get(receiver)
        if receiver.endswith("()"):  # on what is made for it: `Orders(session).add(order)`
            kind = receiver.removesuffix("()")
        place = method_of(project, function.at.path, kind, method) if kind else None
    return place


def method_of(project: Project, path: str, kind: str, name: str) -> tuple[str, str] | None:
    """Where the method `name` of the class `kind`, as the file at `path` spells it, or of its nearest base stands."""
    waiting, seen = [(path, kind)], set()
    while waiting:
        path, kind = waiting.pop(0)
        place = located(project, path, f"{kind}.{name}")
        if place is not None:
            return place
        owner = located(project, path, kind)
        known = project.view(classes).get(owner) if owner is not None and owner not in seen else None
        if owner is not None and known is not None:
            seen.add(owner)
            waiting += [(owner[0], base) for base in known.bases]
    return None


def _inside(names: _Names, path: str, name: str, hops: int) -> tuple[str, str] | None:
    """`name` as the file at `path` gives it to others: its own, or passed on from another file."""
    file = names[path]
    if name in file.defined:
        return path, name
    if not hops:
        return None
    first, dot, rest = name.partition(".")
    if name.startswith("default.") and name in file.elsewhere:  # a member of an object that is given away
        first, dot, rest = name, "", ""
    again = file.elsewhere.get(first)
    if again is not None and again != first:
        found = _inside(names, path, again + dot + rest, hops - 1) or _outside(names, path, again + dot + rest, hops)
        if found is not None:
            return found
    for module in file.stars:
        target = names.modules.resolve(module, path)
        found = _inside(names, target, name, hops - 1) if target is not None and target != path else None
        if found is not None:
            return found
    return None


def _outside(names: _Names, path: str, name: str, hops: int) -> tuple[str, str] | None:
    """`name` as a dotted path that begins with a module."""
    if not names.modules.may_hold(name, path):
        return None
    vantage = names.modules.vantage(name, path)
    key = (name, vantage, path.endswith((".py", ".pyi")), hops)
    if key in names.outside:
        known = names.outside[key]
        if known is None or known[0] != path:
            return known and known[1]
    parts = name.split(".")
    met_itself = False
    for end in range(len(parts) - 1, max(len(parts) - 1 - MAX_PARTS, 0), -1):
        module = ".".join(parts[:end])
        if key[2] and not module.strip("."):  # `from . import x` is `.x`, `from .. import x` is `..x`
            module += "."
        target = names.modules.resolved(module, path, vantage)
        if target == path:
            met_itself = True
        elif target is not None:
            rest = ".".join(parts[end:])
            found = _inside(names, target, rest, hops - 1)
            if found is None and not key[2] and "default" in names[target].elsewhere:
                # of the object that a module gives away whole: `module.exports = orders`
                found = _inside(names, target, f"default.{rest}", hops - 1)
            if found is not None:
                if not met_itself:
                    names.outside[key] = target, found
                return found
    if not met_itself:
        names.outside[key] = None
    return None


def _whole(names: _Names, path: str, name: str) -> tuple[str, str] | None:
    """`name` as a module of which all is taken, what `module.exports = router` gives away: `require("./orders")`."""
    target = names.modules.resolve(name, path) if "/" in name else None
    return None if target is None or target == path else _inside(names, target, "default", MAX_HOPS)
