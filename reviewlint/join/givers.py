"""Who calls a function that makes a query of what it is given, and what it is given there.

Calls in the function's own file are facts. Other files are asked, once for each name, and only those that can know the
function: what every call in a project gives to what it calls would be too much to keep.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from ..facts.code import Function
from ..facts.data import CallMade, GivenToQuery
from ..facts.file import Side
from ..facts.imports import Import
from ..project import Project
from .functions import calling_named, functions
from .places import aliases, called, located

FILES = 30
"""In how many other files calls of one name are looked for: more than that call what many things are called."""
_HELD = frozenset({"self", "this", "cls", "super()"})
_EVERYWHERE = frozenset(
    """get set add pop has keys values items find filter map all any one first last list create update delete remove
    save insert select query execute exec run fetch fetchone fetchall read write open close send push append join
    split count sort index format replace match search test call apply bind then catch start stop load dump parse
    exists""".split()
)
"""Names of methods that every library has: what such a method belongs to has to be known."""


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of a function, tests aside; `complete` where nobody else in the project can call it."""

    given: tuple[GivenToQuery, ...]
    complete: bool


class Givers:
    """The callers of the functions of a project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._functions = project.view(functions)
        self._inside: dict[tuple[str, str], list[GivenToQuery]] = defaultdict(list)
        for given in project.facts(GivenToQuery):
            self._inside[given.at.path, given.callee].append(given)
        self._found: dict[tuple[str, str], Calls] = {}

    def inside(self, path: str, name: str) -> list[GivenToQuery]:
        """The calls in the file of the function itself."""
        return self._inside.get((path, name), [])

    def of(self, path: str, name: str) -> Calls:
        """The calls in all files of the function that the file at `path` calls `name`."""
        if (path, name) not in self._found:
            others, complete = self._elsewhere(path, name)
            self._found[path, name] = Calls((*self.inside(path, name), *others), complete)
        return self._found[path, name]

    def _elsewhere(self, path: str, name: str) -> tuple[list[GivenToQuery], bool]:
        function = self._functions.get((path, name))
        if function is None:
            return [], False
        last = name.rpartition(".")[2]
        names = aliases(self._project, {last})
        paths = {one for each in names for one in _mentioning(self._project, each)} - {path}
        if len(paths) > FILES:
            return [], False
        found, complete = list[GivenToQuery](), True
        for other in sorted(paths):
            for call in self._project.calls_made(other, names):
                place = self._place(call)
                if place is None and self._is_only_one(call, function):
                    place = path, name
                if place == (path, name):
                    found.append(_given(call, function))
                elif place is None and not self._is_foreign(call):
                    complete = False
        return found, complete

    def _place(self, call: CallMade) -> tuple[str, str] | None:
        """Where what is called is defined, None where that is not known."""
        caller = self._functions.get((call.at.path, call.function))
        found = called(self._project, caller, call.callee) if caller is not None else None
        return found if found is not None else located(self._project, call.at.path, call.callee)

    def _is_only_one(self, call: CallMade, function: Function) -> bool:
        """Whether a method is called on something unknown that nothing else in the project has."""
        owner, _, name = call.callee.rpartition(".")
        return (
            bool(owner)
            and owner not in _HELD
            and "." in function.name
            and name not in _EVERYWHERE
            and len(call.arguments) <= len(function.parameters)
            and len(self._project.view(methods).get(name, ())) == 1
            and not self._is_foreign(call)
        )

    def _is_foreign(self, call: CallMade) -> bool:
        """Whether something is called that came with an import from outside of the project."""
        modules = {imported.module for imported in self._project.facts_of(call.at.path, Import)}
        caller = self._functions.get((call.at.path, call.function))
        kind = dict(caller.receivers).get(call.callee.rpartition(".")[0], "") if caller is not None else ""
        return any(one == name or name.startswith(f"{one}.") for one in modules for name in (call.callee, kind) if name)


def givers(project: Project) -> Givers:
    """The view: `project.view(givers).of(path, name)`."""
    return Givers(project)


def _given(call: CallMade, function: Function) -> GivenToQuery:
    arguments = {key: value for key, value in call.keywords if key in function.parameters}
    arguments |= dict(zip(function.parameters, call.arguments, strict=False))
    return GivenToQuery(call.at, call.function, function.name, tuple(arguments.items()))


def _mentioning(project: Project, name: str) -> Iterator[str]:
    """The files in which something of a name is called or imported, by its last name, tests aside."""
    calling = (function.at.path for _, function in calling_named(project, name))
    importing = project.view(_importing).get(name, ())
    return (path for path in (*calling, *importing) if project.side(path) is not Side.TEST)


def _importing(project: Project) -> dict[str, list[str]]:
    """The view: the files that import something, by its name."""
    found: dict[str, list[str]] = defaultdict(list)
    for imported in project.facts(Import):
        for name, _ in imported.names:
            found[name].append(imported.at.path)
    return found


def methods(project: Project) -> dict[str, list[Function]]:
    """The view: methods by their last name, tests aside."""
    found: dict[str, list[Function]] = defaultdict(list)
    for function in project.facts(Function):
        if "." in function.name and project.side(function.at.path) is not Side.TEST:
            found[function.name.rpartition(".")[2]].append(function)
    return found


def properties(project: Project) -> dict[str, list[Function]]:
    """The view: methods that are read like attributes, by their last name."""
    return {
        name: [one for one in found if any(each.endswith("property") for each in one.decorators)]
        for name, found in project.view(methods).items()
        if any(each.endswith("property") for one in found for each in one.decorators)
    }
