"""Where a name leads from the file that it is written in, and what classes, mounts and commands have run with them."""

import re
from collections import defaultdict
from collections.abc import Iterator

from ..facts.code import Definition
from ..facts.http import DependencyAlias, Mount, Router
from ..facts.values import Call, Constant, Items, Record, Reference, Text, Value
from ..project import Project
from .functions import classes, functions
from .modules import modules
from .places import located, may_lead
from .requests import test_files

Place = tuple[str, str]
"""A function, a class or an object, by the path of its file and its name there."""

WHOLE = "*"
"""Stands for a name where only the file is known: an object whose class decides which of its functions run."""

_COMMAND_MODULE = re.compile(r"(?:^|/)management/commands/(\w+)\.py$")


def ways(project: Project) -> "Ways":
    """The view."""
    return Ways(project)


class Ways:
    """What may be called from where, worked out once for all walks along calls.

    `applications` are what routes are declared on, `aliases` what an aliased dependency is made of, `commands` the
    classes of Django's commands by name, `guarding` the files that mount something behind a guard, `methods` those of a
    class or the functions in a function, `by_method` the methods of classes that are no tests by their name alone, and
    `attributes` the classes that a class names in itself.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._modules = project.view(modules)
        self.functions = project.view(functions)
        self.classes = project.view(classes)
        self.applications = {(fact.at.path, fact.name) for fact in project.facts(Router)}
        self.aliases = {
            (fact.at.path, fact.name): (*fact.guards, *filter(None, [fact.type]))
            for fact in project.facts(DependencyAlias)
        }
        self._objects = {(fact.at.path, fact.name): fact.value for fact in project.facts(Definition)}
        self._known: dict[str, dict[str, Place | None]] = defaultdict(dict)
        self.commands: dict[str, list[Place]] = defaultdict(list)
        for path, name in self.classes:
            if name == "Command" and (module := _COMMAND_MODULE.search(path)):
                self.commands[module[1]].append((path, name))
        self.guarding: dict[str, list[str]] = defaultdict(list)
        guarded = [(fact.guards, fact.at.path) for fact in project.facts(Mount)]
        guarded += [(fact.guards, fact.at.path) for fact in project.facts(Router)]
        for guard, path in dict.fromkeys((guard, path) for guards, path in guarded for guard in guards):
            self.guarding[guard].append(path)
        self.methods: dict[Place, list[Place]] = defaultdict(list)
        self.by_method: dict[str, list[Place]] = defaultdict(list)
        tests = project.view(test_files)
        for path, name in self.functions:
            owner, _, method = name.rpartition(".")
            self.methods[path, owner].append((path, name))
            if (path, owner) in self.classes and path not in tests:
                self.by_method[method].append((path, name))
        self.attributes: dict[Place, list[str]] = defaultdict(list)
        for (path, name), value in self._objects.items():
            owner = name.rpartition(".")[0]
            if owner:  # what a class says of itself runs with it: its serializer, its permissions
                self.attributes[path, owner].extend(_classes(value))

    def to(self, path: str, name: str) -> Place | None:
        """Where a dotted name leads that the file at `path` writes, and that is no member of its function's object."""
        known = self._known[path]
        if name not in known:
            known[name] = self._elsewhere(path, name)
        return known[name]

    def _elsewhere(self, path: str, name: str) -> Place | None:
        member = ""
        if not may_lead(self._project, path, name):
            return None
        while name:
            place = located(self._project, path, name)
            if place is not None:
                foreign = place[0] == path and self._is_foreign(place)
                return self._member(place, member) if place not in self.applications and not foreign else None
            target = self._modules.resolve(name, path) if "." in name else None
            if target is not None:
                return target, WHOLE
            name, _, member = name.rpartition(".")
        return None

    def _is_foreign(self, place: Place) -> bool:
        """Whether an object is data, or made by what the project does not hold, as a schema or a pool is."""
        made = self._objects.get(place)
        if made is not None and _is_plain(made) and place not in self.methods:
            return True
        return isinstance(made, Call) and located(self._project, place[0], made.callee) is None

    def _member(self, place: Place, member: str) -> Place:
        """What is called where the callee is a member of what stands at `place`: a method, if that is an instance."""
        if not member or place in self.functions or place in self.classes:
            return place
        made = self._objects.get(place)
        made_of = located(self._project, place[0], made.callee) if isinstance(made, Call) else None
        method = (made_of[0], f"{made_of[1]}.{member}") if made_of in self.classes and made_of is not None else place
        return method if method in self.functions else (place[0], WHOLE)


def _is_plain(value: Value) -> bool:
    """Whether a value is data through and through: a table of functions is none."""
    match value:
        case Constant():
            return True
        case Text(parts=inner) | Items(items=inner):
            return all(map(_is_plain, inner))
        case Record(entries=entries):
            return all(_is_plain(one) for _, one in entries)
        case _:
            return False


def _classes(value: Value) -> Iterator[str]:
    """The dotted names that a class is given, alone or in a list, as far as they may be classes."""
    for one in value.items if isinstance(value, Items) else (value,):
        if isinstance(one, Reference) and one.name.rpartition(".")[2][:1].isupper():
            yield one.name
