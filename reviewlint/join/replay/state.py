"""The database while it is replayed: what is there, and how names are looked up and chosen."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from ...facts import schema, sql
from ...facts.location import Location
from ...facts.schema import Function, Grants, Policy, Step, Table
from ...facts.sql import Expression, Name, Tree
from .. import platform as platforms
from ..dependencies import Scope, unknown_column, uses_column

FUNCTIONS = frozenset({"function", "procedure", "routine", "aggregate"})
"""The kinds of objects that are functions."""

VIEWS = frozenset({"view", "materialized view"})
"""The kinds of objects that are views."""

_ALL_PRIVILEGES = {
    "table": schema.TABLE_PRIVILEGES,
    "sequence": frozenset({"usage", "select", "update"}),
    "function": frozenset({"execute"}),
}
_LONGEST_NAME = 63
_KEPT = (
    "schemas",
    "tables",
    "views",
    "policies",
    "indexes",
    "functions",
    "triggers",
    "event_triggers",
    "types",
    "extensions",
    "publications",
    "buckets",
    "sequences",
    "defaults",
)

OF_NEW_TABLES = ("schemas", "tables", "indexes", "sequences")
"""Of these, what a CREATE TABLE of a new name may change."""


FunctionKey: TypeAlias = tuple[Name, tuple[str, ...]]
"""A function: its name and the types of its input parameters."""


class Functions(dict[FunctionKey, Function]):
    """All functions, which can be asked for by name."""

    def __init__(self, functions: Mapping[FunctionKey, Function]) -> None:
        super().__init__(functions)
        self._named: dict[Name, tuple[FunctionKey, ...]] = {}
        for key in functions:
            self._named[key[0]] = (*self.named(key[0]), key)

    def __setitem__(self, key: FunctionKey, function: Function) -> None:
        if key not in self:
            self._named[key[0]] = (*self.named(key[0]), key)
        super().__setitem__(key, function)

    def __delitem__(self, key: FunctionKey) -> None:
        super().__delitem__(key)
        self._named[key[0]] = tuple(one for one in self.named(key[0]) if one != key)

    def take(self, key: FunctionKey) -> Function:
        """Take a function away."""
        function = self[key]
        del self[key]
        return function

    def named(self, name: Name) -> tuple[FunctionKey, ...]:
        """Every function of that name, in the order in which they were made."""
        return self._named.get(name, ())

    def copy(self) -> "Functions":
        """The same functions."""
        made = Functions({})
        made.update(self)
        made._named = self._named.copy()
        return made


class Refused(Exception):
    """PostgreSQL would not carry this statement out."""


class Names(set[Name]):
    """Names, and those that were asked for in vain."""

    def __init__(self) -> None:
        super().__init__()
        self.missed: set[Name] = set()

    def __contains__(self, name: object) -> bool:
        if super().__contains__(name):
            return True
        self.missed.add(name)  # type: ignore[arg-type]
        return False


def type_key(text: str) -> str:
    """A type as functions are told apart by it: without modifiers and without the schema that need not be said."""
    bare = re.sub(r"\([\d, ]*\)", "", text)
    return re.sub(r"\b(?:public|extensions)\.", "", bare).replace("  ", " ")


def signature(arguments: Iterable[str]) -> tuple[str, ...]:
    """The types of a function's parameters as it is told apart by them."""
    return tuple(map(type_key, arguments))


class State:
    """The database so far. Objects are frozen: a step can keep them as they were."""

    def __init__(self, platform: str) -> None:
        """`made` are all relations, types and functions that any statement of the history makes, as far as known.

        `skipped` while a file runs that no tool applies, and `made_again` is what such a file makes (`skipped.py`).
        """
        self.made = Names()
        self.made_functions = Names()
        self.platform = platform
        self.schemas: dict[str, Location | None] = dict.fromkeys(platforms.SCHEMAS[platform])
        self.tables = platforms.tables(platform)
        self.views = platforms.views(platform)
        self.policies: dict[tuple[Name, str], Policy] = {}
        self.indexes = platforms.indexes(platform)
        self.functions = Functions(platforms.functions(platform))
        self.triggers: dict[tuple[Name, str], schema.Trigger] = {}
        self.event_triggers: dict[str, schema.EventTrigger] = {}
        self.types: dict[Name, schema.Type] = {}
        self.extensions = platforms.extensions(platform)
        self.publications = platforms.publications(platform)
        self.buckets: dict[str, schema.Bucket] = {}
        self.sequences: dict[Name, Grants] = {}
        self.defaults = platforms.default_privileges(platform)
        self.given = self.defaults.get(("public", "table"))
        self.exposes = True
        self.alone = False
        self.skipped = False
        self.made_again: frozenset[tuple[str, str, str]] = frozenset()
        self.parents: set[Name] = set()
        self.labels = {constraint.name for table in self.tables.values() for constraint in table.constraints}
        self.steps: list[Step] = []
        self.path = platforms.SEARCH_PATH[platform]
        self.settings: Mapping[str, str] = {}
        self.temporary: set[str] = set()
        self.roles = set(platforms.ROLES[platform])
        self.variables: dict[str, Any] = {}
        self.commands: list[Mapping[str, Any]] = []
        self.certain = True
        self.loops = 0
        self.effort = 0
        self.transaction = False
        self.ended = False
        self.saved: dict[str, Any] | None = None
        self.file = 0
        self.at = platforms.PLATFORM
        self.missing: list[Name] = []

    def begin(self, file: int) -> None:
        """The next migration: a session of its own."""
        self.file = file
        self.path = platforms.SEARCH_PATH[self.platform]
        self.settings = {}
        self.temporary = set()
        self.transaction = False
        self.ended = False
        self.saved = None

    def copy(self, kinds: Iterable[str] = _KEPT) -> dict[str, Any]:
        """What is there, all of it or of some kinds, to come back to."""
        return {name: getattr(self, name).copy() for name in kinds}

    def restore(self, saved: dict[str, Any]) -> None:
        """Come back to what was there."""
        for name, value in saved.items():
            setattr(self, name, value)

    def new(self, name: Name) -> Name:
        """The full name of an object about to be made."""
        return (
            name if name.schema else Name(next((one for one in self.path if one in self.schemas), "public"), name.name)
        )

    def find(self, name: Name, *kinds: Mapping[Name, Any]) -> Name:
        """The full name of an object, looked up as PostgreSQL does; where nothing is found, as if it were made."""
        if name.schema:
            return name
        kinds = kinds or (self.tables, self.views, self.sequences)
        for one in self.path:
            full = Name(one, name.name)
            for kind in kinds:
                if full in kind:
                    return full
        return self.new(name)

    def function(self, name: Name, arguments: tuple[str, ...] | None) -> tuple[Name, tuple[str, ...]] | None:
        """The key of the function that a statement names, None where there is none."""
        schemas = (name.schema,) if name.schema else self.path
        for one in schemas:
            full = Name(one, name.name)
            if arguments is not None:
                key = (full, signature(arguments))
                if key in self.functions:
                    return key
            elif keys := self.functions.named(full):
                return keys[0]
        return None

    def is_overloaded(self, name: Name) -> bool:
        """Whether several functions have a name, so that it needs its arguments."""
        key = self.function(name, None)
        return key is not None and len(self.functions.named(key[0])) > 1

    def called(self, name: Name) -> Name:
        """A called function's full name, as far as it is known."""
        if name.schema:
            return name
        return next((full for one in self.path if self.functions.named(full := Name(one, name.name))), name)

    def lacks(self, name: Name) -> None:
        """Note that a relation, function or type is not there. Raises `Refused` where another statement makes it.

        What no statement of the history makes is taken to have been there before.
        """
        self.missing.append(name)
        if name in self.made:
            raise Refused(f"{name} does not exist")

    def known_function(self, name: Name, count: int | None = None) -> Name:
        """The full name of a function that a statement needs now, called with so many arguments.

        Raises `Refused` where it is not there yet, or where such a call fits none or no single one of that name.
        """
        full = self.called(name)
        found = [self.functions[key] for key in self.functions.named(full)]
        if not found:
            own = full if full.schema else self.new(full)
            if own in self.made_functions:
                self.lacks(own)
        elif count is not None and not any(function.platform for function in found):
            fitting = [function for function in found if _accepts(function, count)]
            if not fitting and name.schema:
                raise Refused(f"function {full} does not take {count} arguments")
            heads = [function.signature[:count] for function in fitting if not _is_variadic(function)]
            if len(set(heads)) < len(heads):
                raise Refused(f"function {full} is not unique")
        return full

    def needs_schema(self, name: str) -> None:
        """Take a schema to exist that is not there; raises `Refused` where another statement makes it."""
        if name not in self.schemas:
            self.lacks(Name(name, ""))
            self.schemas[name] = None

    def needs_type(self, name: Name) -> None:
        """Raises `Refused` for a type, or a table's row type, that another statement makes and that is not there."""
        full = self.find(name, self.types, self.tables, self.views)
        if full in self.made and full not in self.types and full not in self.tables and full not in self.views:
            self.lacks(full)

    def table(self, name: Name, *, if_exists: bool = False) -> Table | None:
        """The table of that name. One that nobody made is taken to exist; None for temporary ones and `if exists`."""
        if (not name.schema and name.name in self.temporary) or name.schema == "pg_temp":
            return None
        full = self.find(name, self.tables)
        if full not in self.tables and full not in self.views:
            if if_exists:
                return None
            self.lacks(full)
            if full.schema in {"pg_catalog", "information_schema"}:
                return None
            self.tables[full] = Table(
                full,
                None,
                grants=self.default_grants(full.schema, "table"),
                seen=False,
                complete=False,
                platform=full.schema != "public" and full.schema in platforms.SCHEMAS[self.platform],
            )
        return self.tables.get(full)

    def unused(self, stem: str, column: str, label: str, taken: Callable[[str], bool]) -> str:
        """The name that PostgreSQL chooses for a constraint or index: `makeObjectName`, with a number where taken."""
        number = 0
        while True:
            tail = label if not number else f"{label}{number}"
            room = _LONGEST_NAME - len(tail) - 1 - (1 if column else 0)
            first, second = stem, column
            while len(first) + len(second) > room:
                if len(first) > len(second):
                    first = first[:-1]
                else:
                    second = second[:-1]
            name = "_".join(part for part in (first, second, tail) if part)
            if not taken(name):
                return name
            number += 1

    def relation_taken(self, schema_name: str) -> Callable[[str], bool]:
        """Tells whether a schema has a relation of a name already."""

        def taken(name: str) -> bool:
            full = Name(schema_name, name)
            return full in self.indexes or full in self.tables or full in self.views or full in self.sequences

        return taken

    def used(self, owner: Table, *expressions: Expression | None) -> tuple[frozenset[Name], frozenset[Name]]:
        """The relations and functions that expressions on rows of a table use, by their full names.

        Raises `Refused` for what is not there, columns included.
        """
        relations: set[Name] = set()
        functions: set[Name] = set()
        for expression in expressions:
            if expression is not None:
                self.collect(expression.tree, relations, functions)
                self.needs_columns(expression.tree, {owner.name.name: _columns(owner)})
        return frozenset(relations), frozenset(functions)

    def collect(self, tree: Tree, relations: set[Name], functions: set[Name]) -> None:
        """Add the full names of all relations and functions that an expression uses."""
        for node in sql.walk(tree):
            if isinstance(node, sql.Invocation):
                functions.add(self.known_function(node.function, len(node.arguments)))
            elif isinstance(node, sql.Query):
                for relation in node.relations:
                    full = self.find(relation.name, self.tables, self.views)
                    relations.add(full)
                    if full not in self.tables and full not in self.views:
                        self.lacks(full)

    def needs_columns(self, tree: Tree, scope: Scope) -> None:
        """Raises `Refused` for a column that an expression uses and that none of its relations has."""
        lacking = unknown_column(tree, [scope] if scope else [], self.columns)
        if lacking:
            raise Refused(f"column {lacking} does not exist")

    def columns(self, relation: Name) -> frozenset[str] | None:
        """The names of a relation's columns, None where they are not all known."""
        full = self.find(relation, self.tables, self.views)
        if full in self.views:
            return frozenset(self.views[full].columns) or None
        return _columns(self.tables[full]) if full in self.tables else None

    def output_names(self, query: sql.Query) -> tuple[str, ...]:
        """The output columns of a query, stars followed where their relations are known; () where one is not."""
        names: list[str] = []
        for output, name in zip(query.outputs, query.names, strict=False):
            if isinstance(output, sql.ColumnRef) and output.name == "*":
                for relation in query.relations:
                    if len(output.parts) > 1 and output.parts[-2] != relation.alias:
                        continue
                    full = self.find(relation.name, self.tables, self.views)
                    inner = self.tables.get(full)
                    columns = tuple(column.name for column in inner.columns) if inner and inner.complete else ()
                    if full in self.views:
                        columns = self.views[full].columns
                    if not columns:
                        return ()
                    names.extend(columns)
                if query.parts:
                    return ()
            else:
                label = name or figured(output)
                if not label:
                    return ()
                names.append(label)
        return tuple(names)

    def default_grants(self, schema_name: str, kind: str) -> Grants:
        """The privileges on a new object."""
        grants: Grants = {}
        for key in (("", kind), (schema_name, kind)):
            if self.is_unexposed(schema_name, kind) and key[0]:
                continue
            for role, privileges in self.defaults.get(key, {}).items():
                grants = with_grant(grants, role, expanded(privileges, kind), granted=True)
        return grants

    def is_unexposed(self, schema_name: str, kind: str) -> bool:
        """Whether a new object is a table that the platform grants to nobody, and no statement says otherwise."""
        given = self.defaults.get((schema_name, kind))
        return kind == "table" and not self.exposes and given is not None and given is self.given

    def own_sequence(self, table: Name, column: sql.ColumnDef) -> None:
        """Make the sequence behind a serial or identity column."""
        if column.serial or column.identity:
            name = self.unused(table.name, column.name, "seq", self.relation_taken(table.schema))
            self.sequences[Name(table.schema, name)] = self.default_grants(table.schema, "sequence")

    def children(self, name: Name) -> Iterator[Name]:
        """Every table that inherits from a table or is a partition of it."""
        # Every name that ever was a parent's is in `parents`: most tables' are not, and have no children to look for.
        for child, table in list(self.tables.items()) if name in self.parents else ():
            if name in table.parents:
                yield child
                yield from self.children(child)

    def policy_uses(self, policy: Policy, table_name: Name, column: str) -> bool:
        """Whether a policy uses a table's column."""
        table, owner = self.tables[table_name], self.tables.get(policy.table)
        if owner is None or (policy.table != table_name and table_name not in policy.relations):
            return False
        return any(
            uses_column(expression.tree, owner, table, column, self.find)
            for expression in (policy.using, policy.check)
            if expression is not None
        )


def _columns(table: Table) -> frozenset[str] | None:
    return frozenset(column.name for column in table.columns) if table.complete and not table.platform else None


def _is_variadic(function: Function) -> bool:
    return any(one.mode == "variadic" for one in function.arguments)


def _accepts(function: Function, count: int) -> bool:
    """Whether a call with so many arguments fits a function, parameters with defaults left out."""
    inputs = [one for one in function.arguments if one.mode not in {"out", "table"}]
    if _is_variadic(function):
        return count >= len(inputs) - 1
    return sum(not one.default for one in inputs) <= count <= len(inputs)


def expanded(privileges: frozenset[str], kind: str) -> frozenset[str]:
    """The privileges on an object of a kind, ALL spelled out."""
    if privileges & {"all", "all privileges"}:
        return _ALL_PRIVILEGES.get(kind, frozenset({"all"}))
    return privileges


def with_grant(grants: Grants, role: str, privileges: frozenset[str], *, granted: bool) -> Grants:
    """The grants after one more GRANT or REVOKE."""
    held = grants.get(role, frozenset())
    now = held | privileges if granted else held - privileges
    rest = {one: kept for one, kept in grants.items() if one != role}
    return {**rest, role: now} if now else rest


def figured(tree: Tree) -> str:
    """The name that PostgreSQL gives to an output without one."""
    match tree:
        case sql.ColumnRef(parts=parts):
            return parts[-1]
        case sql.Invocation(function=function):
            return function.name
        case sql.Cast(operand=operand, type=type_):
            return figured(operand) or type_
        case sql.Operation(
            operator=("coalesce" | "array" | "case" | "row" | "nullif" | "greatest" | "least") as operator
        ):
            return operator
        case sql.Query(use="exists"):
            return "exists"
        case sql.Query(use="scalar", names=(name, *_)) if name:
            return name
        case sql.Query(use="scalar", outputs=(output, *_)):
            return figured(output)
        case _:
            return ""
