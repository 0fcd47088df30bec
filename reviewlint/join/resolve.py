"""Values followed into other files: constants that they define, functions there that give back texts or constants."""

from collections import defaultdict
from dataclasses import replace

from ..facts.algebra import choice, element, is_textual, member, put_in, suffixes, text
from ..facts.code import Definition
from ..facts.values import Call, Choice, Constant, Environment, Items, Record, Reference, Text, Value
from ..project import Project
from .functions import classes, functions
from .places import located

HOPS = 6
"""How many definitions are followed one into the other."""


def resolve(project: Project, value: Value) -> Value:
    """`value` with every reference to the project's own constants and text functions replaced by what it stands for.

    A reference that cannot be followed stays as it is; the places in the result are those of the definitions.
    """
    return project.view(_Definitions).resolved(value, HOPS)


class _Definitions:
    def __init__(self, project: Project) -> None:
        self._project = project
        self._values: dict[tuple[str, str], list[Value]] = defaultdict(list)
        for definition in project.facts(Definition):
            self._values[definition.at.path, definition.name].append(definition.value)
        self._functions = project.view(functions)
        self._classes = project.view(classes)

    def resolved(self, value: Value, hops: int) -> Value:
        if not hops:
            return value
        match value:
            case Reference():
                return self._reference(value, hops - 1)
            case Call():
                return self._call(value, hops - 1)
            case Text(parts=parts, how=how):
                return text(value.at, [self.resolved(part, hops) for part in parts], how)
            case Choice(options=options):
                return choice(value.at, [self.resolved(option, hops) for option in options])
            case Items(items=items):
                return replace(value, items=tuple(self.resolved(item, hops) for item in items))
            case Record(entries=entries):
                return replace(value, entries=tuple((key, self.resolved(entry, hops)) for key, entry in entries))
            case Environment(default=default) if default is not None:
                return replace(value, default=self.resolved(default, hops))
        return value

    def _reference(self, value: Reference, hops: int) -> Value:
        base, *rest = suffixes(value.name)
        for end in range(len(rest), -1, -1):
            place = located(self._project, value.at.path, base + "".join(rest[:end]))
            if place is None or (not self._values.get(place)):
                continue
            found: Value | None = self.resolved(choice(value.at, self._values[place]), hops)
            for suffix in rest[end:]:
                found = self._taken(found, suffix, hops) if found is not None else None
            return found if found is not None else value
        return value

    def _taken(self, value: Value, suffix: str, hops: int) -> Value | None:
        """What `.name`, `[]` or `()` takes from a followed value; of an instance, its class's attribute."""
        if suffix == "[]":
            return element(value, value.at)
        if isinstance(value, Call) and suffix.startswith("."):
            place = located(self._project, value.at.path, value.callee)
            attribute = (place[0], place[1] + suffix) if place is not None and place in self._classes else None
            if attribute is not None and attribute in self._values:
                return self.resolved(choice(value.at, self._values[attribute]), hops)
        return member(value, suffix, value.at) if suffix != "()" else None

    def _call(self, value: Call, hops: int) -> Value:
        value = replace(
            value,
            arguments=tuple(self.resolved(argument, hops) for argument in value.arguments),
            keywords=tuple((name, self.resolved(argument, hops)) for name, argument in value.keywords),
        )
        place = located(self._project, value.at.path, value.callee)
        function = self._functions.get(place) if place is not None else None
        if function is None or not function.returns or not all(_is_plain(one) for one in function.returns):
            return value
        given = dict(function.defaults)
        given.update(zip(function.parameters, value.arguments, strict=False))
        given.update({name: argument for name, argument in value.keywords if name not in ("*", "**")})
        returned = [put_in(one, function.name, given, value.at) for one in function.returns]
        return choice(value.at, [self.resolved(one, hops) for one in returned])


def _is_plain(value: Value) -> bool:
    return is_textual(value) or (isinstance(value, Constant) and value.value is not None)
