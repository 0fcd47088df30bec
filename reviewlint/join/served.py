"""What Supabase's API is known to serve: relations with their columns, and functions, of the database of some code.

Two sources say what exists: the replayed migrations, and the generated types. What either knows exists. What neither
knows is missing only where the history tells all: it begins at the beginning, every statement could be read, and none
makes relations by names put together at run time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import dirname

from ..facts import sql
from ..facts.clients import Client
from ..facts.data import TableAccess, TypedRelation
from ..facts.file import Problem
from ..facts.location import Location
from ..facts.schema import Database, Step
from ..facts.sql import Name, Statement
from ..facts.values import Call, Constant, Environment, Record, Value, constant_text
from ..project import Project
from .clients import client_behind, supabase_clients
from .databases import databases
from .exposure import SERVICE_SCHEMAS

_BUNDLERS = re.compile(r"^(?:NEXT_PUBLIC|VITE|EXPO_PUBLIC|PUBLIC|REACT_APP|NUXT_PUBLIC|NUXT|GATSBY)_")
_MAKES_RELATION = re.compile(
    r"\b(?:create|rename)\b[^;]*\b(?:table|view)\b(?!.*\bpartition\s+of\b)|import\s+foreign", re.I | re.S
)
_MAKES_COLUMN = re.compile(r"\balter\b.*\btable\b.*\b(?:add|rename)\b(?!\s+constraint)", re.I | re.S)
_MAKES_FUNCTION = re.compile(r"\bcreate\b[^;]*\bfunction\b", re.I | re.S)
_DEFINES = re.compile(
    r"\b(?:create|alter|drop)\s+(?:or\s+replace\s+)?(?:unlogged\s+|materialized\s+|foreign\s+)?(?:table|view)\s+"
    r"(?:only\s+)?(?:if\s+(?:not\s+)?exists\s+)?(?P<name>[\w\".]+)",
    re.I,
)
_UNREAD = re.compile(r"^(?:create (?:or replace )?(?:\w+ )?(?:table|view|function)|import foreign)", re.I)
_MADE_BY = {
    "pg_trgm": frozenset("similarity word_similarity strict_word_similarity show_trgm show_limit set_limit".split())
}
"""The functions of an extension that many projects install (PostgreSQL, "pg_trgm"); others may make any."""
_FROM_EXTENSIONS = frozenset(
    "spatial_ref_sys geometry_columns geography_columns raster_columns raster_overviews pg_stat_statements "
    "pg_stat_statements_info pg_buffercache hypopg_list_indexes hypopg_hidden_indexes".split()
)
"""Relations that PostGIS, pg_stat_statements, pg_buffercache and HypoPG make."""


_EXAMPLES = frozenset({"docs", "doc", "examples", "example", "samples", "sample", "demos"})


@dataclass(frozen=True, slots=True)
class Gone:
    """Where a relation, column or function was dropped, or renamed to `now`."""

    at: Location
    now: str = ""


class Served:
    """One database as its API shows it."""

    def __init__(self, project: Project, database: Database) -> None:
        self.database = database
        self._typed: dict[Name, set[str]] = {}
        self._typed_functions: set[Name] = set()
        for typed in project.facts(TypedRelation):
            name = Name(typed.schema, typed.name)
            if typed.kind == "function":
                self._typed_functions.add(name)
            else:
                self._typed.setdefault(name, set()).update(typed.columns)
        own = set(database.files)
        beside = [statement for statement in project.facts(Statement) if statement.at.path not in own]
        self._elsewhere = {name.name for statement in beside for name in _made(statement)}
        self._unsure = {name.name for step in database.steps if _in_doubt(step) for name in _touched(step.action)}
        self._unsure |= {name for statement in _statements(project, own) for name in _in_functions(statement)}
        self._columns_too: dict[str, set[str]] = {}
        actions = [step.action for step in database.steps]
        perhaps = [one for one in actions if isinstance(one, sql.CreateTable) and one.if_not_exists]
        for action in (*perhaps, *(statement.action for statement in beside)):  # what somebody ran by hand is there too
            for relation, column in _columns(action):
                self._columns_too.setdefault(relation, set()).add(column)
        dynamic = [text for statement in _statements(project, own) for text in _dynamic(statement)]
        unread = any(problem.at.path in own for problem in project.facts(Problem)) or any(
            statement.action is None and _UNREAD.match(statement.words) for statement in _statements(project, own)
        )
        self._may_make_relations = unread or any(_MAKES_RELATION.search(text) for text in dynamic)
        self._may_make_columns = unread or any(_MAKES_COLUMN.search(text) for text in dynamic)
        self.may_make_indexes = unread or any("index" in text.lower() for text in dynamic)
        self._may_make_functions = unread or any(_MAKES_FUNCTION.search(text) for text in dynamic)
        self._computed: dict[str, set[str]] = {}
        for function in database.functions.values():
            first = next((one.type for one in function.arguments if one.mode in ("in", "inout")), "")
            self._computed.setdefault(first.rpartition(".")[2].strip('"').lower(), set()).add(function.name.name)

    def tells_all(self, schema: str) -> bool:
        """Whether a relation that the history does not make in a schema of the project is not there."""
        return (
            not self._may_make_relations
            and schema not in SERVICE_SCHEMAS
            and any(table.name.schema == schema and table.made for table in self.database.tables.values())
            and all(
                table.seen or table.platform or table.name.schema != schema for table in self.database.tables.values()
            )
        )

    def has(self, relation: Name) -> bool:
        """Whether a relation exists, or may exist: in another schema, or made by something else than the migrations."""
        names = (self.database.tables, self.database.views, self._typed)
        return (
            any(relation in kind for kind in names)
            or relation.name in self._elsewhere | self._unsure | _FROM_EXTENSIONS
            or any(one.name == relation.name and one.schema not in SERVICE_SCHEMAS for kind in names for one in kind)
        )

    def has_function(self, function: Name) -> bool:
        """The same for a function; where an extension lives in the schema, it may be one of the extension's."""
        return (
            self._may_make_functions
            or function.name in self._elsewhere | self._unsure
            or any(one.name == function.name for one, _ in self.database.functions)
            or any(one.name == function.name for one in self._typed_functions)
            or any(
                extension.schema == function.schema and function.name in _MADE_BY.get(extension.name, {function.name})
                for extension in self.database.extensions.values()
            )
        )

    def columns(self, relation: Name) -> frozenset[str] | None:
        """Everything that can be selected of a relation under its own name; None where something may be unknown."""
        table, view = self.database.tables.get(relation), self.database.views.get(relation)
        if not self.is_sure(relation):
            return None
        if table is not None and table.complete and table.seen and not table.platform:
            own = {column.name for column in table.columns}
        elif view is not None and view.columns and not view.platform:
            own = set(view.columns)
        else:
            return None
        own |= self._typed.get(relation, set()) | self._columns_too.get(relation.name, set())
        return frozenset(own | self._computed.get(relation.name.lower(), set()))

    def is_sure(self, relation: Name) -> bool:
        """Whether everything that the history does to a relation is certain to have happened."""
        return not self._may_make_columns and relation.name not in self._unsure

    def has_link(self, name: str) -> bool:
        """Whether a constraint or a function has a name, which an embedded relation can be called by."""
        return any(one.name == name for table in self.database.tables.values() for one in table.constraints) or any(
            one.name == name for one, _ in self.database.functions
        )

    def relations(self, schema: str) -> list[str]:
        """The names of all relations of a schema, in order."""
        kinds = (self.database.tables, self.database.views, self._typed)
        return sorted({one.name for kind in kinds for one in kind if one.schema == schema})

    def functions(self, schema: str) -> list[str]:
        """The names of all functions of a schema, in order."""
        own = {one.name for one, _ in self.database.functions if one.schema == schema}
        return sorted(own | {one.name for one in self._typed_functions if one.schema == schema})

    def gone(self, name: str, column: str = "") -> Gone | None:
        """The last statement that dropped or renamed a relation or function, or a relation's column."""
        for step in reversed(self.database.steps):
            at = step.statement.at
            match step.action:
                case sql.Rename(kind="column", name=relation, part=part, new=new) if column:
                    if (relation.name, part) == (name, column):
                        return Gone(at, new)
                case sql.AlterTable(name=relation, changes=changes) if column and relation.name == name:
                    if any(isinstance(one, sql.DropColumn) and one.column == column for one in changes):
                        return Gone(at)
                case sql.Rename(kind=kind, name=relation, new=new) if not column and kind != "column":
                    if relation.name == name and kind in _NAMED:
                        return Gone(at, new)
                case sql.Drop(kind=kind, objects=objects) if not column and kind in _NAMED:
                    if any(one.name.name == name for one in objects):
                        return Gone(at)
        return None


_NAMED = frozenset({"table", "view", "materialized view", "foreign table", "function", "procedure", "routine"})


def _statements(project: Project, paths: set[str]) -> Iterator[Statement]:
    return (statement for statement in project.facts(Statement) if statement.at.path in paths)


def _bodies(statement: Statement) -> Iterator[sql.Body]:
    match statement.action:
        case sql.Do(body=body):
            yield body
        case sql.CreateFunction(body=sql.Body() as body):
            yield body


def _dynamic(statement: Statement) -> Iterator[str]:
    """The SQL that is put together at run time, as far as its text is known."""
    for body in _bodies(statement):
        yield from (one.text for one in body.dynamic)
        executed = [inner.action for inner in body.statements if isinstance(inner.action, sql.Execute)]
        if any(one.holes or not one.statements for one in executed):
            yield body.text


def _in_functions(statement: Statement) -> Iterator[str]:
    """The relations that a function makes, changes or drops when somebody calls it; those of DO blocks are history."""
    if isinstance(statement.action, sql.CreateFunction):
        for body in _bodies(statement):
            for match in _DEFINES.finditer(body.text):
                yield match["name"].strip('"').rpartition(".")[2].strip('"')


def _made(statement: Statement) -> Iterator[Name]:
    match statement.action:
        case sql.CreateTable(name=name) | sql.CreateView(name=name) | sql.CreateFunction(name=name):
            yield name
        case sql.Rename(name=name, new=new):
            yield Name(name.schema, new)


def _columns(action: sql.Action | None) -> Iterator[tuple[str, str]]:
    """The columns that a statement gives relations, each with the relation's name."""
    match action:
        case sql.CreateTable(name=name, columns=columns):
            yield from ((name.name, column.name) for column in columns)
        case sql.AlterTable(name=name, changes=changes):
            yield from ((name.name, one.column.name) for one in changes if isinstance(one, sql.AddColumn))
        case sql.Rename(kind="column", name=relation, new=new):
            yield relation.name, new


def _in_doubt(step: Step) -> bool:
    return bool(step.problem) or step.statement.conditional


def _touched(action: sql.Action | None) -> Iterator[Name]:
    """The relations and functions that a statement makes, changes or drops."""
    match action:
        case sql.CreateTable(name=name) | sql.CreateView(name=name) | sql.CreateFunction(name=name):
            yield name
        case sql.AlterTable(name=name) | sql.SetSchema(name=name):
            yield name
        case sql.Rename(name=name, new=new):
            yield name
            yield Name(name.schema, new)
        case sql.Drop(objects=objects):
            for item in objects:
                yield item.name


def served_databases(project: Project) -> tuple[Served, ...]:
    """Every Supabase database of the project; call it through `project.view(served_databases)`."""
    return tuple(Served(project, database) for database in project.view(databases) if database.platform == "supabase")


def served_to(project: Project, path: str) -> Served | None:
    """The database that the code at `path` talks to: the nearest, None where several are equally near."""
    found = project.view(served_databases)
    above = [one for one in found if f"{path}/".startswith(_home(one.database))]
    if above:
        return max(above, key=lambda one: len(_home(one.database)))
    nearest = sorted(((_shared(path, _home(one.database)), one) for one in found), key=lambda pair: -pair[0])
    if not nearest or (len(nearest) > 1 and nearest[0][0] == nearest[1][0]):
        return None
    return nearest[0][1]


def is_beside(served: Served, path: str) -> bool:
    """Whether a file is an example or documentation of something else than the database's own folder."""
    below = path.removeprefix(_home(served.database)).split("/")[:-1]
    return not _EXAMPLES.isdisjoint(below)


def is_above(served: Served, path: str) -> bool:
    """Whether a file stands in the folder that holds the database's `supabase`."""
    return path.startswith(_home(served.database))


def _home(database: Database) -> str:
    home = dirname(dirname(database.root))
    return f"{home}/" if home else ""


def _shared(path: str, home: str) -> int:
    count = 0
    for one, other in zip(path.split("/"), home.split("/"), strict=False):
        if one != other:
            break
        count += 1
    return count


def schema_asked(project: Project, access: TableAccess) -> str | None:
    """The schema that a chain looks in; None where that is not known, or the client is another database's."""
    if access.schema != "":
        return access.schema
    clients = [one.client for one in project.view(supabase_clients)]
    chosen = {schema for one in clients if (schema := _default_schema(one.options)) not in ("public", "")}
    behind = client_behind(project, access)
    if behind is not None and _is_foreign(behind.client, clients):
        return None
    own = _default_schema(behind.client.options) if behind is not None else ""
    return own if own != "" else (None if chosen else "public")


def _default_schema(options: Value | None) -> str | None:
    """The schema that a client's options name: None where it is not constant, `""` where nobody followed them."""
    match options:
        case None:
            return "public"
        case Record():
            inner = options.get("db")
            chosen = inner.get("schema") if isinstance(inner, Record) else options.get("schema")
            if chosen is None:
                return "public" if inner is None or isinstance(inner, Record) else ""
            return constant_text(chosen)
        case Call():
            chosen = options.keyword("schema")
            return "public" if chosen is None else constant_text(chosen)
        case _:
            return ""


def _is_foreign(client: Client, others: list[Client]) -> bool:
    """Whether a client's URL is that of another project: `LEGACY_SUPABASE_URL` beside `SUPABASE_URL`."""
    own = _stem(client.url)
    return bool(own) and not own.startswith("SUPABASE") and any(_stem(one.url).startswith("SUPABASE") for one in others)


def _stem(url: Value | None) -> str:
    match url:
        case Environment(name=name):
            return _BUNDLERS.sub("", name)
        case Constant(value=str(text)):
            return text
        case _:
            return ""
