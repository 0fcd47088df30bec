"""A database as its migrations leave it: every object with the statement that made it and those that changed it.

`Database` is the result of a replay (`join.replay`). Names are resolved: their schema is never empty. An object whose
`made` is None was there before the first statement: part of the platform, or taken to exist because a statement uses
it (`seen` False); of the latter only what statements said is known, and its tables are taken to hold rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field
from functools import cached_property
from typing import Any, Self, TypeVar

from .frozen import dataclass
from .location import Location
from .sql import Action, Argument, Body, ColumnDef, Expression, IndexElement, Name, Query, Statement

K = TypeVar("K")
V = TypeVar("V")

TABLE_PRIVILEGES = frozenset({"select", "insert", "update", "delete", "truncate", "references", "trigger"})
"""What ALL means for a table; PostgreSQL 15, table 5.2 of the manual."""

Grants = Mapping[str, frozenset[str]]
"""Role to the privileges that it holds; `public` is everybody."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint of a table. `kind` as in `ConstraintDef`; `columns` may be empty for checks of expressions."""

    name: str
    kind: str
    columns: tuple[str, ...]
    at: Location | None
    references: Name | None = None
    referenced_columns: tuple[str, ...] = ()
    expression: Expression | None = None
    valid: bool = True
    on_delete: str = ""


class _Copied:
    """What changes so often in a replay that it is worth its own way of being copied."""

    def but(self, **changes: Any) -> Self:
        """The same with other values in some fields: `dataclasses.replace` in a tenth of its time."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__, **changes)
        return other


@dataclass(frozen=True, slots=False)
class Table(_Copied):
    """A table. `kind` is `table`, `partitioned` or `foreign`; `parents` are what it inherits from or is a partition of.

    `rls` and `forced` are its row-security flags, `uncertain` where dynamic SQL may have changed them. `complete` is
    False where not all columns are known. `unexposed` where it was made when Supabase no longer granted new tables to
    the roles of its API.
    """

    name: Name
    made: Location | None
    columns: tuple[ColumnDef, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    kind: str = "table"
    rls: bool = False
    forced: bool = False
    grants: Grants = field(default_factory=dict)
    column_grants: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    owner: str = ""
    parents: tuple[Name, ...] = ()
    partition: bool = False
    changed: tuple[Location, ...] = ()
    seen: bool = True
    platform: bool = False
    uncertain: bool = False
    complete: bool = True
    unexposed: bool = False

    def column(self, name: str) -> ColumnDef | None:
        """The column called `name`."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def primary_key(self) -> Constraint | None:
        """The primary key."""
        return next((constraint for constraint in self.constraints if constraint.kind == "primary key"), None)


@dataclass(frozen=True, slots=True)
class Policy:
    """A row-security policy. `defined` is the statement that last said what it is.

    No `roles` where it has no TO clause. `relations` and `functions` are those that its expressions use, resolved.
    `clauses` is the place in its CREATE POLICY where a TO clause may stand.
    """

    name: str
    table: Name
    command: str
    permissive: bool
    roles: tuple[str, ...]
    using: Expression | None
    check: Expression | None
    made: Location
    defined: Location
    relations: frozenset[Name] = frozenset()
    functions: frozenset[Name] = frozenset()
    changed: tuple[Location, ...] = ()
    uncertain: bool = False
    clauses: Location | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """An index. `constraint` is the primary key, unique or exclusion constraint that owns it, by name, else `""`."""

    name: Name
    table: Name
    elements: tuple[IndexElement, ...]
    made: Location | None
    unique: bool = False
    method: str = "btree"
    where: Expression | None = None
    include: tuple[str, ...] = ()
    constraint: str = ""
    nulls_not_distinct: bool = False
    primary: bool = False


@dataclass(frozen=True, slots=False)
class View(_Copied):
    """A view or materialized view. `columns` are its output names, () where not known."""

    name: Name
    made: Location
    defined: Location
    query: Query | None
    text: str
    materialized: bool = False
    options: Mapping[str, str | None] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    relations: frozenset[Name] = frozenset()
    functions: frozenset[Name] = frozenset()
    grants: Grants = field(default_factory=dict)
    changed: tuple[Location, ...] = ()
    platform: bool = False


@dataclass(frozen=True, slots=False)
class Function(_Copied):
    """A function or procedure. `signature` are the types of its input parameters."""

    name: Name
    signature: tuple[str, ...]
    arguments: tuple[Argument, ...]
    returns: str
    language: str
    made: Location | None
    defined: Location | None
    body: Body | None = None
    kind: str = "function"
    definer: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    volatility: str = "volatile"
    grants: Grants = field(default_factory=dict)
    owner: str = ""
    platform: bool = False

    @property
    def identity(self) -> str:
        """How PostgreSQL names it: `schema.name(type, type)`."""
        return f"{self.name}({', '.join(self.signature)})"


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger."""

    name: str
    table: Name
    function: Name
    made: Location


@dataclass(frozen=True, slots=True)
class EventTrigger:
    """An event trigger: which function runs at an event (`ddl_command_end`), for which commands (() for all)."""

    name: str
    event: str
    function: Name
    tags: tuple[str, ...]
    made: Location
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Type:
    """A type or domain; `values` are an enum's labels."""

    name: Name
    kind: str
    made: Location | None
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extension:
    """An installed extension and the schema that it was put into."""

    name: str
    schema: str
    made: Location | None


@dataclass(frozen=True, slots=True)
class Publication:
    """A publication; `tables` with the statement that added each."""

    name: str
    tables: Mapping[Name, Location]
    schemas: tuple[str, ...] = ()
    all_tables: bool = False


@dataclass(frozen=True, slots=True)
class Bucket:
    """A storage bucket made by SQL."""

    id: str
    public: bool
    at: Location


@dataclass(frozen=True, slots=True)
class Step:
    """One action of the history, in order, with the tables that it touches as they were just before.

    `file` counts the migrations from 0. `transaction` where one is open, begun by the file or by its tool. `problem`
    says why PostgreSQL would refuse it (then it changed nothing), `""` where it would not. `settings` are the variables
    set by then.
    """

    statement: Statement
    action: Action
    file: int
    tables: tuple[Table, ...] = ()
    problem: str = ""
    missing: tuple[Name, ...] = ()
    transaction: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=False)
class Database:
    """One database: what its migrations, in `files` and in that order, make of an empty one.

    `root` is the folder of the migrations. `platform` is `supabase` or `postgres`. `tool` is what applies the files:
    `supabase`, `flyway`, `prisma`, … or `""`.
    """

    root: str
    platform: str
    files: tuple[str, ...]
    tool: str
    schemas: Mapping[str, Location | None]
    tables: Mapping[Name, Table]
    views: Mapping[Name, View]
    policies: Mapping[tuple[Name, str], Policy]
    indexes: Mapping[Name, Index]
    functions: Mapping[tuple[Name, tuple[str, ...]], Function]
    triggers: Mapping[tuple[Name, str], Trigger]
    types: Mapping[Name, Type]
    extensions: Mapping[str, Extension]
    publications: Mapping[str, Publication]
    buckets: Mapping[str, Bucket]
    sequences: Mapping[Name, Grants]
    steps: tuple[Step, ...] = ()
    event_triggers: Mapping[str, EventTrigger] = field(default_factory=dict)

    def policies_of(self, table: Name) -> tuple[Policy, ...]:
        """A table's policies, by name."""
        return self._policies.get(table, ())

    def indexes_of(self, table: Name) -> tuple[Index, ...]:
        """The indexes of a table or materialized view, those behind constraints included."""
        return self._indexes.get(table, ())

    def functions_called(self, name: Name) -> tuple[Function, ...]:
        """Every function of that name, whatever its arguments."""
        return self._functions.get(name, ())

    def steps_of(self, file: int) -> tuple[Step, ...]:
        """The steps of one migration, counted from 0, in order."""
        return self._steps.get(file, ())

    @cached_property
    def _policies(self) -> dict[Name, tuple[Policy, ...]]:
        ordered = sorted(self.policies.values(), key=lambda policy: policy.name)
        return _grouped((policy.table, policy) for policy in ordered)

    @cached_property
    def _indexes(self) -> dict[Name, tuple[Index, ...]]:
        return _grouped((index.table, index) for index in self.indexes.values())

    @cached_property
    def _functions(self) -> dict[Name, tuple[Function, ...]]:
        return _grouped((function.name, function) for function in self.functions.values())

    @cached_property
    def _steps(self) -> dict[int, tuple[Step, ...]]:
        return _grouped((step.file, step) for step in self.steps)


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
