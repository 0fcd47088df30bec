"""What a query's text is made of besides constants, followed through the whole project, and where it comes from.

The one question is whether the text is constant when it reaches the driver. Constants of other modules, tables of
constants, numbers, quoting helpers, generated placeholders and values that were tested against a fixed set count as
constant; everything else is a splice.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from ..facts.algebra import put_in
from ..facts.code import Definition, Function
from ..facts.data import Check, GivenToQuery, Query
from ..facts.imports import Import
from ..facts.location import Related
from ..facts.values import (
    Call,
    Choice,
    Constant,
    Environment,
    Items,
    Parameter,
    Record,
    Reference,
    Text,
    Unknown,
    Value,
    constant_text,
    named,
    options,
)
from ..project import Project
from .functions import classes, functions
from .givers import givers, methods, properties
from .holes import Position, is_in_string, position, written_before
from .narrow import narrow
from .origins import MESSAGE_NAMES, PASSING, origin_of_name, origins
from .places import located
from .resolve import resolve

_DEPTH = 8
"""How many definitions and calls are followed one into the other."""
_HANDED = 3
"""How many calls are followed back to where a parameter comes from."""
_FEW = 4
"""Of how many methods of one name a call is taken to run one."""
_BASES = 12
"""How many classes are asked what an attribute is: the query's own, and those that it builds on."""
_HOLE = "{}"

_NUMBERS = frozenset(
    """int float bool complex len abs round divmod id ord hash sum Decimal UUID uuid1 uuid4 uuid5 uuid7 time time_ns
    ctime monotonic perf_counter timestamp now utcnow today date datetime timedelta isoformat strftime hexdigest hex bin
    oct token_hex randomBytes randint getpid total_seconds count bit_length Number parseInt parseFloat BigInt Boolean
    toISOString toFormat toISODate getTime valueOf toFixed floor ceil trunc random randomUUID getFullYear nanoid
    ObjectId index indexOf fromtimestamp to_integral_value""".split()
)
"""Functions and methods whose result is a number, a truth, a date or an identifier of a fixed alphabet."""
_PART_OF_DATE = re.compile(r"get(?:UTC)?(?:FullYear|Month|Date|Day|Hours|Minutes|Seconds|Milliseconds)$")
_OF_MOMENT = re.compile(
    r"(?:now|today|date|datetime|timestamp)\(\)\.(?:year|month|day|hour|minute|second|microsecond)$"
)
"""A number of a moment that a call gives, as Python names them: `datetime.now().year`."""
_QUOTING = re.compile(
    r"(?:quot|escap|^esc(?:$|_|[A-Z])|sanitiz|ident(?:ifier)?s?$|^literal$|Identifier|Literal$|Placeholder$|^adapt$|^mogrify$|^safe_)",
    re.IGNORECASE,
)
"""Names of functions that quote a value or an identifier for SQL."""
_FOR_OTHERS = re.compile(
    r"(?:^|[._])un_?(?:quot|escap)|^(?:html|cgi|markupsafe|xml|re|shlex|urllib|glob|validator|_|lodash)\."
    r"|html|xml|reg_?exp?|uri|url|shell|css|attr",
    re.IGNORECASE,
)
"""Functions that quote for another language than SQL, or take quotes away."""
_BUILT = frozenset(
    "getWhereConditions toQuery toSQL toNative compile getQuery getSql as_string raw literal sql".split()
)
"""Methods by which a query builder hands out its own text, and pieces of SQL that are judged where they stand."""
_ORM_NAMES = re.compile(
    r"(?:^|\.)(?:__tablename__|__table__|__name__|__qualname__|__class__|__module__|__schema__|_meta|db_table|tableName|"
    r"tablename|getTableName\(\)|__version__|quote_char|paramstyle|placeholder|vendor|dialect|constructor)(?:$|\.|\[)"
)
_CONSTANT_NAME = re.compile(r"(?:^|[./#])_*[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_?(?:\.(?:value|name))?(?:\[\d*\])*$")
_TAKEN_OUT = re.compile(
    r"(?P<table>[\w./@-]*?(?<!\w)_*[A-Z][A-Z0-9_]*)(?:\.get\([^()]*\)|\.(?:items|keys|values)\(\)|\[[^\[\]]*\]|\.\w+)+"
)
_KEYS = frozenset({"id", "pk", "uuid", "oid"})
_ROW = re.compile(r"(?:^|\.)(?:Base|BaseEntity|(?:Base|Declarative)?Model|SQLModel)$")
"""What the classes of rows are derived from: Sequelize's, Django's, SQLAlchemy's, TypeORM's."""
_KEY_OF_ROW = re.compile(
    r"(?:^|\.)_?(?:find|fetch|query|exec|select|get|all|first|one|rows|scalar|create|insert|save|load|list)\w*\(\)"
    r"(?:\[\w*\])*(?:\.\w+(?:\(\))?(?:\[\w*\])*)*\.(?:id|Id|ID|pk|uuid|oid)$"
)
_TAKEN_APART = re.compile(r"parse|loads|json|body|form|params|args|input|message|event", re.IGNORECASE)
"""What gives data that somebody else wrote."""
_PLACEHOLDERS = re.compile(
    r"(?:^|[._])(?:(?:\w*place_?holders?|\w*qmarks|question_marks|binds?|bind_params)\w*|add_?query_?(?:value|param)s?)$",
    re.IGNORECASE,
)
_SHORTENING = frozenset({"trim", "trimStart", "trimEnd", "strip", "slice", "substring", "substr"})
_CASES = frozenset({"lower", "upper", "casefold", "toLowerCase", "toUpperCase"})
_NO_TEXT = re.compile(r"/|(?:async\s+)?(?:\([^()]*\)|\w+)\s*=>")
"""Arguments that are no text: a regular expression, and a function that picks or maps."""
_NAMES_A_PARAMETER = re.compile(r"(?:^|[^:])[:@$]\w*$|%\(\w*$")
_ARITHMETIC = re.compile(r"^[\w.()\[\]\s]+(?:\s(?:\*|-|/|//|%)\s|\s\+\s\d)[\w.()\[\]\s*/+-]*$")


@dataclass(frozen=True, slots=True)
class Splice:
    """A value that becomes part of a query's text.

    `before` and `after` are the text around it, other holes as `{}`. `origin` says which outsider it comes from
    (`the request`, `the command line`, …), `""` where that is not known. `way` are the calls of functions of the file
    that handed it on, where it came by such.
    """

    value: Value
    before: str
    after: str
    origin: str = ""
    way: tuple[Related, ...] = ()

    @property
    def kind(self) -> Position:
        """What stands in the hole: a `value`, an `identifier`, or a `fragment` of SQL."""
        return position(self.before, self.after)

    @property
    def is_quoted(self) -> bool:
        """Whether it stands in a string of the SQL: it is meant to be any text."""
        return is_in_string(self.before)


class Splices:
    """The splices of every query of a project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._functions = project.view(functions)
        self._texts: dict[int, tuple[Query, Value]] = {}  # with the query, whose number is free again once it is gone
        self._classes = project.view(classes)
        self._narrow = project.view(narrow)
        self._imported: dict[str, dict[str, str]] = {}
        self._givers = project.view(givers)
        self._checks: dict[tuple[str, str], list[Check]] = defaultdict(list)
        for check in project.facts(Check):
            self._checks[(check.at.path, check.function)].append(check)
        self._origins = project.view(origins)
        self._routes = self._origins.routes

    def of(self, query: Query) -> tuple[Splice, ...]:
        """The splices of a query's text, in order, each value once; none where the text as a whole is unknown."""
        found: dict[tuple[str, str], Splice] = {}
        for splice in self._of_text(self._text(query), query):
            found.setdefault((_key(splice.value), splice.before[-20:]), splice)
        return tuple(found.values())

    def _text(self, query: Query) -> Value:
        if id(query) not in self._texts:
            self._texts[id(query)] = query, resolve(self._project, _without_quoted(query.text))
        return self._texts[id(query)][1]

    def is_handed_on(self, query: Query) -> bool:
        """Whether some of what a query may run is text that came from elsewhere as a whole."""
        return any(not isinstance(option, Constant) and not _has_words(option) for option in options(self._text(query)))

    def may_be_reached(self, query: Query) -> bool:
        """Whether a judge of data flow inside one function could add to what is known of a query.

        It cannot where all that is spliced in are parameters of a function that no outsider calls.
        """
        wholes = [one for one in options(query.text) if not isinstance(one, Constant) and not _has_words(one)]
        if any(isinstance(one, Unknown) or (not isinstance(one, Text) and self._origins.of(one)) for one in wholes):
            return True
        texts = [one for one in wholes if isinstance(one, Text)]
        parts = [(leaf, self._origins.of(leaf)) for one in texts for leaf in self._leaves(one, query, _DEPTH)]
        return any(
            origin or not isinstance(value, Parameter) or value.name in MESSAGE_NAMES
            for value, origin in (*parts, *((splice.value, splice.origin) for splice in self.of(query)))
        )

    def spelled(self, value: Value) -> str:
        """How the file that holds `value` writes it: names as its imports call them, `[…]` for any element."""
        if isinstance(value, Call):
            given = [named(argument) for argument in value.arguments if isinstance(argument, Constant)]
            inner = ", ".join(given) if len(given) == len(value.arguments) else "…"
            return f"{self._local(value.callee, value.at.path)}({inner})".replace("'", '"').replace("[]", "[…]")
        if isinstance(value, Environment):
            is_python = value.at.path.endswith((".py", ".pyi"))
            return f'os.environ["{value.name}"]' if is_python else f"process.env.{value.name}"
        if isinstance(value, Reference):
            return self._local(value.name, value.at.path).replace("[]", "[…]")
        return named(value).replace("[]", "[…]")

    def _local(self, name: str, path: str) -> str:
        if path not in self._imported:
            self._imported[path] = {
                f"{imported.module}{'' if imported.module.endswith('.') else '.'}{own}": local
                for imported in self._project.facts_of(path, Import)
                for own, local in imported.names
            }
        known = self._imported[path]
        whole = next((whole for whole in known if name == whole or name.startswith((f"{whole}.", f"{whole}["))), "")
        return known[whole] + name[len(whole) :] if whole else name.rpartition("/")[2]

    def origin_of_whole(self, query: Query) -> str:
        """Which outsider wrote the whole text, `""` where none is known to."""
        wholes = (option for option in options(self._text(query)) if not isinstance(option, Text | Constant))
        return next((origin for whole in wholes if (origin := self._origins.of(whole))), "")

    def _of_text(self, text: Value, query: Query) -> Iterator[Splice]:
        for option in options(text):
            if isinstance(option, Text) and _has_words(option):
                yield from self._of_parts(option, query, written_before(query.call), "", _DEPTH)

    def _of_parts(self, text: Text, query: Query, before: str, after: str, depth: int) -> Iterator[Splice]:
        """The splices of a text that stands between `before` and `after`."""
        shown = [str(part.value) if isinstance(part, Constant) else _HOLE for part in text.parts]
        for number, part in enumerate(text.parts):
            around = before + "".join(shown[:number]), "".join(shown[number + 1 :]) + after
            for option in options(part):
                if isinstance(option, Text) and depth:
                    yield from self._of_parts(option, query, *around, depth - 1)
                    continue
                for leaf in self._leaves(option, query, depth):
                    origin = self._origins.of(leaf)
                    if origin or not _NAMES_A_PARAMETER.search(around[0]):
                        yield from self._splice(Splice(leaf, *around, origin), query)

    def _splice(self, splice: Splice, query: Query) -> Iterator[Splice]:
        """The splice with what the calls of its function say about it; none where all of them give constants."""
        parameter = splice.value
        if splice.origin or not isinstance(parameter, Parameter):
            yield splice
            return
        origin, way = self._handed_in(parameter, query, _HANDED)
        if origin or not self._is_settled_by_callers(parameter, query, _HANDED):
            yield replace(splice, origin=origin, way=way)

    # Who calls

    def _handed_in(self, parameter: Parameter, query: Query, hops: int) -> tuple[str, tuple[Related, ...]]:
        """Which outsider a call gives a parameter from, `""` where none does, and by which calls."""
        for given, leaves in self._given_to(parameter, query):
            for leaf in leaves:
                step = Related(given.at, f"`{self.spelled(leaf)}` is handed to `{given.callee}` here")
                origin = self._origins.of(leaf)
                if origin:
                    return origin, (step,)
                if hops:
                    for inner in _parameters(leaf):
                        origin, way = self._handed_in(inner, _standing_at(given, query), hops - 1)
                        if origin:
                            return origin, (*way, step)
        return "", ()

    def _is_settled_by_callers(self, parameter: Parameter, query: Query, hops: int) -> bool:
        """Whether a parameter is constant in all of the calls of its function, and these are all that there are."""
        path, name = parameter.at.path, parameter.function
        if (path, name) in self._routes or not (self._givers.of(path, name).complete or _is_private(name)):
            return False
        calls = list(self._given_to(parameter, query))
        return bool(calls) and all(
            isinstance(leaf, Parameter)
            and hops > 0
            and self._is_settled_by_callers(leaf, _standing_at(given, query), hops - 1)
            for given, leaves in calls
            for leaf in leaves
        )

    def _given_to(self, parameter: Parameter, query: Query) -> Iterator[tuple[GivenToQuery, list[Value]]]:
        """The calls of a parameter's function, and what of the argument is not constant there."""
        for given in self._givers.of(parameter.at.path, parameter.function).given:
            arguments = dict(given.arguments)
            if parameter.name in arguments:
                argument = put_in(parameter, parameter.function, arguments, given.at)
                argument = resolve(self._project, _without_quoted(argument))
                yield given, list(self._leaves(argument, _standing_at(given, query), _DEPTH))
            else:
                yield given, []

    # What is constant

    def _leaves(self, value: Value, query: Query, depth: int) -> Iterator[Value]:
        """The parts of `value` that are not constant."""
        if depth <= 0:
            yield value
            return
        if self._is_checked(value, query):
            return
        match value:
            case Constant():
                return
            case Text(parts=inner) | Choice(options=inner) | Items(items=inner):
                for part in inner:
                    yield from self._leaves(part, query, depth - 1)
            case Record(entries=entries):
                for _, part in entries:
                    yield from self._leaves(part, query, depth - 1)
            case Call():
                yield from self._leaves_of_call(value, query, depth)
            case Reference():
                yield from self._leaves_of_reference(value, query, depth)
            case Parameter():
                if not self._narrow.holds(value) and not _PLACEHOLDERS.search(value.name + value.path):
                    yield from self._leaves_of_property(value, value.path, query, depth)
            case Unknown(source=source):
                if not (_ARITHMETIC.match(source) or source in _NUMBERS or self._is_of_table(source, value.at.path)):
                    yield value
            case Environment():
                yield value

    def _leaves_of_call(self, call: Call, query: Query, depth: int) -> Iterator[Value]:
        name = call.name
        converter = call.keyword("type")
        if _is_settled(name) or _quotes(call.callee) or _is_bound_template(call) or _is_narrowing_schema(call):
            return
        if _PLACEHOLDERS.search(name) or (name == "map" and any(map(_is_quoting, call.arguments))):
            return
        if isinstance(converter, Reference) and converter.name.rpartition(".")[2] in _NUMBERS:
            return
        if _lets_no_syntax_pass(call, query.driver):
            return
        passes = name in PASSING and (call.arguments or call.receiver is not None)
        if origin_of_name(call.callee) if passes else self._origins.of(call):
            yield call
            return
        if _doubles_quotes(call):
            return
        if name == "get" and self._is_table(call, query):
            return
        if call.callee in ("Object.keys", "Object.entries") and call.arguments:
            yield from self._leaves(call.arguments[0], query, depth - 1)
            return
        own = () if passes else self._called(call, query)
        if own:
            for function in own:
                for returned in function.returns:
                    inner = put_in(_without_quoted(returned), function.name, _given(function, call), call.at)
                    yield from self._leaves(inner, query, depth - 1)
            return
        if passes:
            given = [*call.arguments, *(value for _, value in call.keywords)]
            given = [one for one in given if not (isinstance(one, Unknown) and _NO_TEXT.match(one.source))]
            if call.receiver is not None:
                given = [call.receiver, *given]
            leaves = [leaf for one in given for leaf in self._leaves(one, query, depth - 1)]
            if call.receiver is None and "." in call.callee:
                owner = Reference(call.at, call.callee.rpartition(".")[0])
                leaves = [*self._leaves(owner, query, depth - 1), *leaves]
            yield from leaves
            return
        if name in ("max", "min", "or_", "and_") and call.arguments:
            for argument in call.arguments:
                yield from self._leaves(argument, query, depth - 1)
            return
        if self._narrow.is_enumeration(call.callee, call.at.path):
            return
        yield call

    def _leaves_of_reference(self, reference: Reference, query: Query, depth: int) -> Iterator[Value]:
        name = reference.name
        if self._origins.of(reference):
            yield reference
            return
        if _ORM_NAMES.search(name) or _PLACEHOLDERS.search(name) or _OF_MOMENT.search(name):
            return
        calls = [part.removesuffix("()") for part in name.replace("[]", "").split(".") if part.endswith("()")]
        if any(_is_settled(one) or _quotes(one) for one in calls):  # also a part of the result: `uuid4().hex[:8]`
            return
        base = name.partition("[")[0]
        head, _, last = base.rpartition(".")
        if head in ("self", "cls", "this") and (
            self._is_fixed_attribute(last, query) or (last in _KEYS and self.is_of_row(query))
        ):
            return
        if (
            head == "self"
            and last in ("value", "name")
            and self._narrow.is_enumeration(query.function.rpartition(".")[0], query.at.path)
        ):
            return
        if self._narrow.is_enumeration(head.removesuffix("()"), reference.at.path) or (
            last in ("value", "name") and self._narrow.is_enumeration(head.rpartition(".")[0], reference.at.path)
        ):
            return
        if _CONSTANT_NAME.search(name) or _is_key_of_row(name) or self._is_of_table(name, reference.at.path):
            return
        yield from self._leaves_of_property(reference, name, query, depth)

    def _is_of_table(self, name: str, path: str) -> bool:
        """Whether it is taken out of a table that stands in the code: `COLUMNS.get().names[]`, `COLUMNS[kind]`."""
        taken = _TAKEN_OUT.fullmatch(name)
        place = located(self._project, path, taken["table"]) if taken is not None else None
        return place is not None and place in self._project.view(_tables)

    def _is_fixed_attribute(self, name: str, query: Query) -> bool:
        """Whether the class of the query, or one that it builds on, declares its attribute a number or one of a set."""
        places = [(query.at.path, query.function.rpartition(".")[0])]
        for place in islice(places, _BASES):  # grows while it is read
            klass = self._classes.get(place)
            if klass is None:
                continue
            annotation = dict(klass.fields).get(name)
            if annotation is not None:
                return self._narrow.holds(Parameter(klass.at, name, "", annotation=annotation))
            places += self._built_on(place, places)
        return False

    def is_of_row(self, query: Query) -> bool:
        """Whether the query stands in the class of a table's rows, whose key the database or the program made."""
        klass = self._classes.get((query.at.path, query.function.rpartition(".")[0]))
        return klass is not None and any(_ROW.search(base) for base in klass.bases)

    def _called(self, call: Call, query: Query) -> tuple[Function, ...]:
        """The functions of the project that a call may run, where each says what it returns.

        A function of the file, the method of the same class on `this` or `self`; on any other object the few methods of
        that name which the project has, as of the dialects behind one interface.
        """
        owner, _, name = call.callee.rpartition(".")
        if owner in ("this", "self", "cls") or not owner:
            one = self._method(call.at.path, query, name) if owner else self._functions.get((call.at.path, name))
            found = [one] if one is not None else []
        elif (place := located(self._project, call.at.path, call.callee)) is not None and place in self._functions:
            found = [self._functions[place]]
        else:
            found = self._project.view(methods).get(name, [])
        return tuple(found) if len(found) <= _FEW and all(one.returns for one in found) else ()

    def _leaves_of_property(self, value: Value, path: str, query: Query, depth: int) -> Iterator[Value]:
        """What is not constant of an attribute: of what its property returns where few classes have one, or it."""
        _, dot, name = path.rpartition(".")
        own = self._project.view(properties).get(name, []) if dot and not self._origins.of(value) else []
        if depth < 2 or not own or len(own) > _FEW or not all(one.returns for one in own):
            yield value
            return
        for function in own:
            for returned in function.returns:
                yield from self._leaves(_without_quoted(returned), replace(query, function=function.name), depth - 1)

    def _method(self, path: str, query: Query, name: str) -> Function | None:
        """The method of the query's class, or of the nearest class that it builds on."""
        places = [(path, query.function.split(".")[0])]
        for place in islice(places, _BASES):  # grows while it is read
            function = self._functions.get((place[0], f"{place[1]}.{name}"))
            if function is not None:
                return function
            places += self._built_on(place, places)
        return None

    def _built_on(self, place: tuple[str, str], known: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """The classes of the project that one builds on, without those that are known."""
        klass = self._classes.get(place)
        bases = (located(self._project, place[0], base) for base in klass.bases) if klass is not None else ()
        return [base for base in bases if base is not None and base not in known]

    def _is_table(self, call: Call, query: Query) -> bool:
        """Whether `.get(key, default)` looks something up in a table of constants."""
        defaults = [leaf for argument in call.arguments[1:] for leaf in self._leaves(argument, query, 2)]
        owner = call.callee.rpartition(".")[0]
        table = call.receiver if call.receiver is not None else Reference(call.at, owner)
        return not defaults and bool(owner) and not list(self._leaves(table, query, 3))

    def _is_checked(self, value: Value, query: Query) -> bool:
        """Whether the function tested `value` before the query, so that only what the program allows goes on."""
        places = {(query.at.path, query.function)}
        if isinstance(value, Parameter):
            places.add((value.at.path, value.function))
        return any(
            (check.at < query.at or check.at.path != query.at.path)
            and _same(check.value, value)
            and (check.against is None or not any(self._origins.of(one) for one in options(check.against)))
            for place in places
            for check in self._checks.get(place, ())
        )


def _tables(project: Project) -> frozenset[tuple[str, str]]:
    """The view: the module-level names, by file, of mappings and lists that are written out."""
    written = (fact for fact in project.facts(Definition) if isinstance(fact.value, Record | Items))
    return frozenset((fact.at.path, fact.name) for fact in written)


def splices(project: Project) -> Splices:
    """The view: `project.view(splices).of(query)`."""
    return Splices(project)


def _is_key_of_row(name: str) -> bool:
    """Whether a name is that of the key of a row which a call gave: numbers and UUIDs that the database made."""
    return _KEY_OF_ROW.search(name) is not None and _TAKEN_APART.search(name) is None


def _is_private(name: str) -> bool:
    """Whether a method or function is meant for its own class or file alone."""
    return name.rpartition(".")[2].startswith(("_", "#"))


def _parameters(value: Value) -> Iterator[Parameter]:
    """The parameters that a value is, or is made of by methods of its own."""
    match value:
        case Parameter():
            yield value
        case Call(receiver=receiver) if receiver is not None:
            yield from _parameters(receiver)


def _standing_at(given: GivenToQuery, query: Query) -> Query:
    """The query as seen from a call of its function."""
    return replace(query, at=given.at, function=given.function)


def _is_settled(name: str) -> bool:
    """Whether what a function of this name gives back, a number or a builder's text, can stand in a query."""
    return name in _NUMBERS or name in _BUILT or _PART_OF_DATE.match(name) is not None


def _quotes(callee: str) -> bool:
    """Whether a function is a helper that quotes for SQL."""
    return _QUOTING.search(callee.rpartition(".")[2]) is not None and not _FOR_OTHERS.search(callee)


def _is_quoting(value: Value) -> bool:
    """Whether a value is a function that quotes for SQL, handed to another function: `columns.map(quoteIdent)`."""
    return isinstance(value, Reference) and _quotes(value.name)


def _has_words(value: Value) -> bool:
    """Whether a text has constant words of its own, and does not only hand on what another made."""
    return isinstance(value, Text) and any(
        isinstance(part, Constant) and any(one.isalpha() or one in "=<>" for one in str(part.value))
        for part in value.parts
    )


def _is_bound_template(call: Call) -> bool:
    """Whether a call is a tagged template: its text ends where the call ends, without a parenthesis."""
    last = call.arguments[-1] if call.arguments else None
    if last is None or last.at == call.at or call.at.path.endswith((".py", ".pyi")):
        return False
    return (last.at.end_line, last.at.end_column) == (call.at.end_line, call.at.end_column)


_NARROWING = re.compile(
    r"(?:^|\.)(?:number|int|uuid|cuid2?|ulid|nanoid|boolean|date|datetime|enum|nativeEnum|literal|bigint|guid)\(\)\."
)


def _is_narrowing_schema(call: Call) -> bool:
    """Whether a call is that of a schema which lets numbers or a set pass: `z.string().uuid().parse(id)`."""
    return call.name in ("parse", "parseAsync", "validateSync") and _NARROWING.search(call.callee) is not None


def _given(function: Function, call: Call) -> dict[str, Value]:
    """What a call gives to the parameters of a function."""
    named_ones = {key: value for key, value in call.keywords if key not in ("*", "**")}
    return {**dict(function.defaults), **dict(zip(function.parameters, call.arguments, strict=False)), **named_ones}


def _without_quoted(value: Value) -> Value:
    """`value` with constants in place of what a quoting helper gives: their inside is their own affair."""
    match value:
        case Call(callee=callee) if _quotes(callee):
            return Constant(value.at, "quoted")
        case Text(parts=parts):
            return replace(value, parts=tuple(_without_quoted(part) for part in parts))
        case Choice(options=several):
            return replace(value, options=tuple(_without_quoted(option) for option in several))
        case Items(items=items):
            return replace(value, items=tuple(_without_quoted(item) for item in items))
    return value


def _doubles_quotes(call: Call) -> bool:
    """Whether a call is `text.replace("'", "''")`: a quoting helper written by hand."""
    by = call.arguments[1] if len(call.arguments) == 2 else None
    return call.name in ("replace", "replaceAll") and isinstance(by, Constant) and by.value in ("''", '""', "``", "]]")


def _lets_no_syntax_pass(call: Call, driver: str) -> bool:
    """Whether all that the language of a query could read as its own was struck out, whatever was cut off then."""
    if _keeps_letters_only(call) or (driver == "postgrest" and _strikes_out(call, ",()")):
        return True
    before = call.receiver if call.name in _SHORTENING else None
    return isinstance(before, Call) and _lets_no_syntax_pass(before, driver)


def _keeps_letters_only(call: Call) -> bool:
    """Whether a call strikes out all but some characters: `re.sub(r"[^a-z]", "", text)`, `text.replace(/\\W/g, "")`."""
    return _struck_out(call).startswith(("[^", "\\W", "\\D"))


def _strikes_out(call: Call, characters: str) -> bool:
    """Whether a call strikes out all of these characters, at least: `text.replace(/[,()]/g, "")`."""
    listed = re.fullmatch(r"\[(?!\^)((?:[^\]\\]|\\.)*)\]\+?", _struck_out(call))
    by = constant_text(call.arguments[1]) if listed is not None else None
    if listed is None or by is None or set(by) & {*characters, "$", "\\"}:
        return False
    return set(characters) <= set(listed[1])


def _struck_out(call: Call) -> str:
    """The regular expression that a call replaces wherever it matches, `""` where there is none."""
    if call.name not in ("sub", "replace", "replaceAll") or len(call.arguments) < 2:
        return ""
    match call.arguments[0]:
        case Constant(value=str() as pattern):
            return pattern if call.name == "sub" else ""
        case Unknown(source=source) if source[:1] == "/":
            whole = re.fullmatch(r"/(.*)/([a-z]*)", source, re.DOTALL)
            if whole is None:  # a long one is cut
                return source[1:]
            return whole[1] if "g" in whole[2] else ""
    return ""


def _same(one: Value, other: Value) -> bool:
    """Whether two values are the same, wherever they are mentioned; of the first its case does not matter."""
    match one, other:
        case Call(name=name, receiver=receiver), _ if receiver is not None and name in _CASES:
            return _same(receiver, other)
        case Parameter(), Parameter():
            return (one.name, one.function, one.path) == (other.name, other.function, other.path)
        case Reference(), Reference():
            return one.name == other.name
        case Choice(options=several), _ if not isinstance(other, Choice):
            return any(_same(option, other) for option in several)
    return one == other


def _key(value: Value) -> str:
    match value:
        case Parameter(name=name, path=path):
            return name + path
        case Reference(name=name):
            return name
        case Unknown(source=source):
            return source
    return repr(value.at)
