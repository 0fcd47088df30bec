"""What types let pass: whether a parameter can be nothing but a number, a date, an identifier or one of a set."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from ..facts.code import Definition
from ..facts.values import Call, Constant, Parameter, Record, Reference, Value
from ..project import Project
from .functions import classes, functions
from .origins import origins
from .places import located

_WRAPPED_TYPES = frozenset(
    "ClassVar Final Optional Union None list List Sequence set Set frozenset tuple Tuple Iterable Iterator Collection "
    "typing t undefined null Array ReadonlyArray readonly Readonly Promise NonNullable".split()
)
_FIXED_TYPES = frozenset(
    """int float bool complex Decimal decimal.Decimal UUID uuid.UUID UUID4 UUID1 UUID5 date datetime time timedelta
    datetime.date datetime.datetime datetime.time datetime.timedelta dt.date dt.datetime PositiveInt NonNegativeInt
    NegativeInt PositiveFloat StrictInt StrictBool number bigint boolean Date Literal IPvAnyAddress Enum ZoneInfo
    zoneinfo.ZoneInfo Identifier Placeholder ParseIntPipe ParseFloatPipe ParseBoolPipe ParseUUIDPipe
    ParseDatePipe""".split()
)
_BASES = 8
"""Classes that are looked through for the declaration of a field."""
_FIXED_IN_GRAPHQL = frozenset({"GraphQLInt", "GraphQLFloat", "GraphQLBoolean"})
_TYPE_NAMES = re.compile(r"\"[^\"]*\"|'[^']*'|[A-Za-z_][\w.]*")


class Narrow:
    """The parameters of a project that their types, or what stands for types, keep narrow."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._functions = project.view(functions)
        self._classes = project.view(classes)
        self._routes = project.view(origins).routes

    def holds(self, parameter: Parameter) -> bool:
        """Whether no text of an outsider's choice can be in a parameter, or in the part of it that is meant."""
        return (
            self._is_of_type(parameter)
            or self._is_converted(parameter)
            or self._is_fixed_field(parameter)
            or self._is_number_by_default(parameter)
            or self._is_fixed_argument(parameter)
        )

    def is_enumeration(self, name: str, path: str) -> bool:
        """Whether a name of the file at `path` is that of an enumeration."""
        place = located(self._project, path, name) if name else None
        known = self._classes.get(place) if place is not None else None
        return known is not None and any(
            base.rpartition(".")[2].endswith(("Enum", "Flag", "Choices")) for base in known.bases
        )

    def _is_of_type(self, parameter: Parameter) -> bool:
        """Whether the type that a parameter is annotated with lets nothing else pass."""
        annotation = parameter.annotation.strip().removeprefix(":").strip()
        if not annotation:
            return False
        if annotation.startswith(("Annotated[", "typing.Annotated[")):
            annotation = annotation.partition("[")[2].partition(",")[0]
        if "Literal[" in annotation:
            return True
        names = [name for name in _TYPE_NAMES.findall(annotation) if name.rpartition(".")[2] not in _WRAPPED_TYPES]
        if names and all(name in _FIXED_TYPES or (name[0] in "\"'" and name != annotation) for name in names):
            return True
        whole = parameter.path in ("", ".value", ".name", "[]", "[].value", "[].name")
        return whole and len(names) == 1 and self.is_enumeration(names[0].strip("\"'"), parameter.at.path)

    def _is_fixed_field(self, parameter: Parameter) -> bool:
        """Whether a parameter's class, or one that it builds on, declares the field that is taken of it as a number, a
        date, or one of a set.
        """
        _, _, rest = parameter.path.partition(".")
        field, _, more = rest.partition(".")
        written = _written_field(parameter.annotation, field.removesuffix("[]")) if not more else ""
        if written:
            return self._is_of_type(replace(parameter, annotation=written, path=""))
        held = _held(parameter.annotation)
        place = located(self._project, parameter.at.path, held) if held and not more else None
        places = [place] if place is not None else []
        for one in islice(places, _BASES):  # grows while it is read
            klass = self._classes.get(one)
            annotation = dict(klass.fields).get(field.removesuffix("[]")) if klass is not None else None
            if klass is not None and annotation is not None:
                return self._is_of_type(replace(parameter, at=klass.at, annotation=annotation, path=""))
            bases = klass.bases if klass is not None else ()
            places += [base for name in bases if (base := located(self._project, one[0], name)) and base not in places]
        return False

    def _is_number_by_default(self, parameter: Parameter) -> bool:
        """Whether a parameter is a number because its default is one: TypeScript infers it, in Python all callers know.

        What Python's frameworks hand to a parameter without a type is text, whatever its default.
        """
        place = (parameter.at.path, parameter.function)
        function = self._functions.get(place)
        if function is None or parameter.annotation or parameter.path:
            return False
        if parameter.at.path.endswith((".py", ".pyi")) and place in self._routes:
            return False
        default = dict(function.defaults).get(parameter.name)
        return isinstance(default, Constant) and isinstance(default.value, int | float)

    def _is_fixed_argument(self, parameter: Parameter) -> bool:
        """Whether the file declares a GraphQL argument so: `role: { type: new GraphQLList(MemberRole) }`."""
        field = parameter.path.removeprefix(".").removesuffix("[]")
        if parameter.name != "args" or not field.isidentifier():
            return False
        known = self._project.facts_of(parameter.at.path, Definition)
        types = [one for fact in known for one in _declared(fact.value, field)]
        return bool(types) and all(self._is_fixed_in_graphql(one) for one in types)

    def _is_fixed_in_graphql(self, kind: Value) -> bool:
        """Whether a type of graphql-js is that of numbers, truths or a set."""
        while isinstance(kind, Call) and kind.name in ("GraphQLNonNull", "GraphQLList") and kind.arguments:
            kind = kind.arguments[0]
        if not isinstance(kind, Reference):
            return isinstance(kind, Call) and kind.name == "GraphQLEnumType"
        if kind.name.rpartition(".")[2] in _FIXED_IN_GRAPHQL:
            return True
        place = located(self._project, kind.at.path, kind.name)
        return place is not None and any(
            fact.name == place[1] and isinstance(fact.value, Call) and fact.value.name == "GraphQLEnumType"
            for fact in self._project.facts_of(place[0], Definition)
        )

    def _is_converted(self, parameter: Parameter) -> bool:
        """Whether the route's path says that a handler's parameter is a number or a UUID."""
        routes = self._routes.get((parameter.at.path, parameter.function), ())
        return any(_is_numeric_segment(route.path or "", parameter.name) for route in routes)


def narrow(project: Project) -> Narrow:
    """The view: `project.view(narrow).holds(parameter)`."""
    return Narrow(project)


def _declared(value: Value, field: str) -> Iterator[Value]:
    """The types that an object of graphql-js, or one in it, declares for an argument of this name."""
    for name, inner in value.entries if isinstance(value, Record) else ():
        if name == field and isinstance(inner, Record):
            yield from (kind for key, kind in inner.entries if key == "type" and isinstance(kind, Call | Reference))
        yield from _declared(inner, field)


def _held(annotation: str) -> str:
    """The one class that a type speaks of: `Filter` of `Annotated[Filter | None, Query()]`; `""` for others."""
    plain = annotation.strip().removeprefix(":").strip()
    if plain.startswith(("Annotated[", "typing.Annotated[")):
        plain = plain.partition("[")[2].partition(",")[0]
    names = [name for name in _TYPE_NAMES.findall(plain) if name not in _WRAPPED_TYPES]
    return names[0].strip("\"'") if len(names) == 1 else ""


def _written_field(annotation: str, field: str) -> str:
    """The type of a field where a type is written out: `number` of `Array<{ id: number, name: string }>`."""
    if "{" not in annotation or not field:
        return ""
    found = re.search(rf"[{{,;\s]{re.escape(field)}\??:\s*([^,;:{{}}]+?)(?=\s*[,;}}]|\s+\w+\??:)", annotation)
    return found[1] if found else ""


def _is_numeric_segment(path: str, name: str) -> bool:
    """Whether a route's path says that its parameter is a number or a UUID (`<int:id>`, `{id:int}`)."""
    return re.search(rf"<(?:int|float|uuid)(?:\([^)]*\))?:{name}>|\{{{name}:(?:int|float|uuid)\}}", path) is not None
