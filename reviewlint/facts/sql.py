"""What SQL statements say: each statement with the one thing it does, and expressions as a small algebra.

A reader turns every statement of a file into a `Statement`. Its `action` says what it does in terms of a database
(`CreateTable`, `CreatePolicy`, `Grant`, …), None where it does nothing that anybody asks about. Expressions keep their
`text`, printed in one canonical way (so equal texts mean equal expressions), and their structure (`tree`).
"""

import re
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from .file import FileFact
from .frozen import dataclass
from .location import Location


class Name(NamedTuple):
    """The name of an object as written; `schema` is `""` where it is not qualified."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name

    @property
    def quoted(self) -> str:
        """The name as SQL must write it."""
        return f"{quoted(self.schema)}.{quoted(self.name)}" if self.schema else quoted(self.name)


_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*")
_RESERVED = frozenset(
    "all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate column "
    "concurrently constraint create cross current_date current_role current_time current_timestamp current_user "
    "default deferrable desc distinct do else end except false fetch for foreign freeze from full grant group "
    "having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime "
    "localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references "
    "returning right select session_user similar some symmetric table tablesample then to trailing true union "
    "unique user using variadic verbose when where window with".split()
)


def quoted(identifier: str) -> str:
    """An identifier as SQL must write it: in quotes where it is not plain lower case, or a reserved word."""
    if _PLAIN.fullmatch(identifier) and identifier not in _RESERVED:
        return identifier
    return '"' + identifier.replace('"', '""') + '"'


# Expressions


class Literal(NamedTuple):
    """A constant: text, number, boolean or NULL."""

    at: Location
    value: str | int | float | bool | None


class ColumnRef(NamedTuple):
    """A column or variable, its parts as written: `("notes", "user_id")`. A star is the part `*`."""

    at: Location
    parts: tuple[str, ...]

    @property
    def name(self) -> str:
        """The last part."""
        return self.parts[-1]


class Invocation(NamedTuple):
    """A call of a function. `at` reaches from its name to its closing parenthesis."""

    at: Location
    function: Name
    arguments: tuple["Tree", ...] = ()


class Cast(NamedTuple):
    """`operand::type`."""

    at: Location
    operand: "Tree"
    type: str


class Operation(NamedTuple):
    """An operator or construct over operands, in order.

    `operator` is the operator as written (`=`, `->>`, `~~` for LIKE), or lower-case words: `and`, `or`, `not`, `in`,
    `not in`, `any`, `all`, `is null`, `is not null`, `is true`, …, `between`, `case`, `coalesce`, `array`, `row`.
    """

    at: Location
    operator: str
    operands: tuple["Tree", ...]


class Relation(NamedTuple):
    """A relation that a query reads or writes, with the alias that it goes by (its own name where it has none)."""

    at: Location
    name: Name
    alias: str


class Query(NamedTuple):
    """A query: a sub-query of an expression, or the body of a view.

    `use` is how an expression uses it: `scalar`, `exists`, `any` (also IN), `all`, `array`, or `""` for a body or part.
    `operand` and `operator` are those of `operand = any (…)`. `outputs` are the select list, `names` their names in
    order (`""` where not known, `*` for stars), `conditions` WHERE, HAVING and join conditions, `others` every other
    expression, `parts` queries inside it (WITH, UNION, FROM). `relations` are those read directly. `rows` are those of
    VALUES, `tables` what else FROM makes rows of: alias, the names of its columns, and which of `parts` (from 0 up) or
    `others` (from -1 down) that is. `union` are those of `parts` whose rows it puts together, `distinct` where equal
    rows are one.
    """

    at: Location
    use: str
    outputs: tuple["Tree", ...] = ()
    names: tuple[str, ...] = ()
    relations: tuple[Relation, ...] = ()
    conditions: tuple["Tree", ...] = ()
    others: tuple["Tree", ...] = ()
    parts: tuple["Query", ...] = ()
    operator: str = ""
    operand: "Tree | None" = None
    rows: tuple[tuple["Tree", ...], ...] = ()
    tables: tuple[tuple[str, tuple[str, ...], int], ...] = ()
    union: tuple[int, ...] = ()
    distinct: bool = False


Tree: TypeAlias = Literal | ColumnRef | Invocation | Cast | Operation | Query


class Expression(NamedTuple):
    """An expression: where it begins, its canonical text, and its structure."""

    at: Location
    text: str
    tree: Tree


def children(tree: Tree) -> tuple[Tree, ...]:
    """The expressions directly inside one."""
    # By type, as this is asked of every node of every expression by many rules; a `match` takes three times as long.
    kind = type(tree)
    if kind is Literal or kind is ColumnRef:
        return ()
    if isinstance(tree, Operation):
        return tree.operands
    if isinstance(tree, Invocation):
        return tree.arguments
    if isinstance(tree, Cast):
        return (tree.operand,)
    if isinstance(tree, Query):
        operands = () if tree.operand is None else (tree.operand,)
        return (*operands, *tree.outputs, *tree.conditions, *tree.others, *tree.parts)
    return ()


def walk(tree: Tree) -> Iterator[Tree]:
    """The expression and every expression inside it, sub-queries included, in the order of the text."""
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        if inside := children(node):
            pending += reversed(inside)


def queries(tree: Tree) -> Iterator[Query]:
    """Every query inside an expression, itself included."""
    return (node for node in walk(tree) if isinstance(node, Query))


def relations(tree: Tree) -> Iterator[Relation]:
    """Every relation that the queries of an expression read."""
    for query in queries(tree):
        yield from query.relations


_WITHOUT_BRACKETS = frozenset(
    "current_catalog current_date current_role current_schema current_time current_timestamp current_user localtime "
    "localtimestamp session_user user".split()
)


def canonical(tree: Tree) -> str:
    """An expression's text in one way of writing, so that equal expressions have equal texts."""
    match tree:
        case Literal(value=value):
            return _literal(value)
        case ColumnRef(parts=parts):
            return ".".join(parts)
        case Invocation(function=Name(schema="", name=name), arguments=()) if name in _WITHOUT_BRACKETS:
            return name
        case Invocation(function=function, arguments=arguments):
            return f"{function}({', '.join(map(canonical, arguments))})"
        case Cast(operand=operand, type=type_):
            return f"{canonical(operand)}::{type_}"
        case Operation(operator=operator, operands=operands):
            inside = [canonical(operand) for operand in operands]
            if len(inside) == 1:
                return f"({operator} {inside[0]})"
            joint = "(" + f" {operator} ".join(inside) + ")"
            return (
                joint
                if operator in {"and", "or"} or not operator.isidentifier()
                else f"{operator}({', '.join(inside)})"
            )
        case Query():
            head = f"{canonical(tree.operand)} {tree.operator} " if tree.operand is not None else ""
            outputs = ", ".join(map(canonical, tree.outputs))
            sources = ", ".join([f"{relation.name} {relation.alias}" for relation in tree.relations])
            conditions = " and ".join(map(canonical, tree.conditions))
            rest = "; ".join(map(canonical, (*tree.others, *tree.parts)))
            return f"{head}{tree.use}(select {outputs} from {sources} where {conditions} {rest})"


def _literal(value: str | int | float | bool | None) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return "'" + value.replace("'", "''") + "'"
        case _:
            return str(value)


# Parts of statements


class ColumnDef(NamedTuple):
    """A column as defined. `type` is canonical: `integer`, `timestamp with time zone`, `numeric(10,2)`, `text[]`.

    `type_name` is the type without modifiers and array marks. `generated` for stored generated columns, `identity`
    `a` (always) or `d` (by default), `serial` where the type was one of the serial names.
    """

    at: Location
    name: str
    type: str
    type_name: Name
    not_null: bool = False
    default: Expression | None = None
    generated: bool = False
    identity: str = ""
    serial: bool = False


@dataclass(frozen=True, slots=True)
class ConstraintDef:
    """A constraint as defined; `name` is `""` where PostgreSQL chooses it.

    `kind` is one of `primary key`, `unique`, `foreign key`, `check`, `exclude`. `columns` are its own, those of a
    column constraint filled in. `index` names an existing index that it takes over (`using index`). `actions` is what
    a foreign key says of its own behind its columns, as SQL writes it: `match full on update cascade deferrable`, and
    a unique constraint of its nulls: `nulls not distinct`.
    """

    at: Location
    kind: str
    name: str = ""
    columns: tuple[str, ...] = ()
    references: Name | None = None
    referenced_columns: tuple[str, ...] = ()
    expression: Expression | None = None
    valid: bool = True
    index: str = ""
    on_delete: str = ""
    actions: str = ""


class IndexElement(NamedTuple):
    """One key of an index: a column (`""` for an expression), its canonical text, with order and operator class."""

    column: str
    text: str
    options: str = ""


class Argument(NamedTuple):
    """A parameter of a function. `mode` is `in`, `out`, `inout`, `variadic` or `table`."""

    name: str
    type: str
    mode: str = "in"
    default: bool = False


class DynamicSql(NamedTuple):
    """An EXECUTE in a PL/pgSQL body. `at` is the statement; `text` its SQL as an expression.

    `using` where values are bound. `variables` are what is concatenated or formatted in unquoted, by name.
    """

    at: Location
    text: str
    variables: tuple[str, ...]
    using: bool = False


class Body(NamedTuple):
    """The body of a function or DO block, as far as it can be told without running it.

    `statements` are the DDL and data statements in it (of a function only where it serves event triggers), each
    `conditional` where only some runs reach it. `dynamic` are its EXECUTEs whose text is not constant. `calls` are the
    functions that it calls, `relations` those it reads or writes. `at` is where the text between the quotes begins.
    """

    at: Location
    text: str
    statements: tuple["Statement", ...] = ()
    dynamic: tuple[DynamicSql, ...] = ()
    calls: tuple[Name, ...] = ()
    relations: tuple[Name, ...] = ()


# What a statement does


class CreateSchema(NamedTuple):
    """`create schema`."""

    name: str
    if_not_exists: bool = False


class CreateTable(NamedTuple):
    """`create table`, also `as`, `like`, partitions, and foreign tables (`server`)."""

    name: Name
    columns: tuple[ColumnDef, ...] = ()
    constraints: tuple[ConstraintDef, ...] = ()
    if_not_exists: bool = False
    temporary: bool = False
    inherits: tuple[Name, ...] = ()
    partition_of: Name | None = None
    partitioned: bool = False
    like: tuple[tuple[Name, frozenset[str]], ...] = ()
    query: Query | None = None
    server: str = ""


class AddColumn(NamedTuple):
    """`add column`, with the constraints written on it."""

    column: ColumnDef
    constraints: tuple[ConstraintDef, ...] = ()
    if_not_exists: bool = False


class DropColumn(NamedTuple):
    """`drop column`."""

    column: str
    if_exists: bool = False
    cascade: bool = False


class AlterColumnType(NamedTuple):
    """`alter column … type`. `using` is the conversion written, None for the default one."""

    column: str
    type: str
    type_name: Name
    using: Expression | None = None


class AlterColumn(NamedTuple):
    """Another change of a column: `set not null`, `drop not null`, `set default`, `drop default`, `identity`, …."""

    column: str
    what: str
    default: Expression | None = None


class AddConstraint(NamedTuple):
    """`add constraint`."""

    constraint: ConstraintDef


class DropConstraint(NamedTuple):
    """`drop constraint`."""

    name: str
    if_exists: bool = False
    cascade: bool = False


class ValidateConstraint(NamedTuple):
    """`validate constraint`."""

    name: str


class RowSecurity(NamedTuple):
    """`enable`, `disable`, `force` or `no force` row level security."""

    what: str


class SetOwner(NamedTuple):
    """`owner to`."""

    role: str


class SetOptions(NamedTuple):
    """`set (…)` or `reset (…)` of storage or view options; a reset option has the value None."""

    options: tuple[tuple[str, str | None], ...]


class Partition(NamedTuple):
    """`attach partition`, `detach partition`, `inherit` or `no inherit` of another table."""

    what: str
    table: Name


class OtherChange(NamedTuple):
    """A change of a table that nobody asks about, by PostgreSQL's name for it."""

    what: str


TableChange: TypeAlias = (
    AddColumn
    | DropColumn
    | AlterColumnType
    | AlterColumn
    | AddConstraint
    | DropConstraint
    | ValidateConstraint
    | RowSecurity
    | SetOwner
    | SetOptions
    | Partition
    | OtherChange
)


class AlterTable(NamedTuple):
    """`alter table`, `view`, `materialized view`, `index`, `sequence` or `foreign table`, with its changes in order."""

    name: Name
    changes: tuple[TableChange, ...]
    kind: str = "table"
    if_exists: bool = False
    only: bool = False


class Rename(NamedTuple):
    """`rename … to`. `kind` is what is renamed: `table`, `column`, `constraint`, `policy`, `view`, `function`, ….

    `name` is the object, or the table that a column, constraint, policy or trigger (`part`) belongs to.
    """

    kind: str
    name: Name
    new: str
    part: str = ""
    arguments: tuple[str, ...] | None = None


class SetSchema(NamedTuple):
    """`set schema`."""

    kind: str
    name: Name
    schema: str
    arguments: tuple[str, ...] | None = None


class Dropped(NamedTuple):
    """One object that a DROP names. `part` is the policy, trigger or rule of the table `name`.

    `arguments` are the types of a function's signature, None where it is not written.
    """

    name: Name
    part: str = ""
    arguments: tuple[str, ...] | None = None


class Drop(NamedTuple):
    """`drop` of one or more objects of a kind."""

    kind: str
    objects: tuple[Dropped, ...]
    if_exists: bool = False
    cascade: bool = False
    concurrently: bool = False


class CreateIndex(NamedTuple):
    """`create index`; `name` is `""` where PostgreSQL chooses it. `after_index` is the place behind the word INDEX."""

    name: str
    table: Name
    elements: tuple[IndexElement, ...]
    include: tuple[str, ...] = ()
    unique: bool = False
    method: str = "btree"
    where: Expression | None = None
    concurrently: bool = False
    if_not_exists: bool = False
    nulls_not_distinct: bool = False
    after_index: Location | None = None


class CreatePolicy(NamedTuple):
    """`create policy`. `command` is `all`, `select`, `insert`, `update` or `delete`. No `roles` without a TO clause.

    `clauses` is the place before USING and WITH CHECK, where a TO clause may stand.
    """

    name: str
    table: Name
    command: str = "all"
    permissive: bool = True
    roles: tuple[str, ...] = ()
    using: Expression | None = None
    check: Expression | None = None
    clauses: Location | None = None


class AlterPolicy(NamedTuple):
    """`alter policy`: what it says replaces what was."""

    name: str
    table: Name
    roles: tuple[str, ...] = ()
    using: Expression | None = None
    check: Expression | None = None


class CreateView(NamedTuple):
    """`create view` and `create materialized view`."""

    name: Name
    query: Query | None
    text: str
    options: tuple[tuple[str, str | None], ...] = ()
    columns: tuple[str, ...] = ()
    materialized: bool = False
    replace: bool = False
    if_not_exists: bool = False
    temporary: bool = False


CURRENT = "from current"
"""The value of a setting that a function takes from the session that makes it."""


class CreateFunction(NamedTuple):
    """`create function`, `procedure` and `aggregate`. `settings` are its SET clauses, `CURRENT` for FROM CURRENT."""

    name: Name
    arguments: tuple[Argument, ...]
    returns: str
    language: str
    body: Body | None
    kind: str = "function"
    definer: bool = False
    settings: tuple[tuple[str, str], ...] = ()
    volatility: str = "volatile"
    replace: bool = False


class AlterFunction(NamedTuple):
    """`alter function`: settings set or reset (None, `*` for all), `definer` and `owner` where it says so."""

    name: Name
    arguments: tuple[str, ...] | None
    settings: tuple[tuple[str, str | None], ...] = ()
    definer: bool | None = None
    volatility: str = ""
    owner: str = ""


class CreateTrigger(NamedTuple):
    """`create trigger`."""

    name: str
    table: Name
    function: Name
    replace: bool = False


class CreateEventTrigger(NamedTuple):
    """`create event trigger`; no `tags` means all commands."""

    name: str
    event: str
    function: Name
    tags: tuple[str, ...] = ()


class AlterEventTrigger(NamedTuple):
    """`alter event trigger … enable` or `disable`."""

    name: str
    enabled: bool


class Grant(NamedTuple):
    """`grant` or `revoke` (`granted` False) of privileges; no `privileges` means all.

    `kind` is `table`, `sequence`, `function`, `schema`, `role`, …; `schemas` where it is about all objects of a kind
    in schemas. `column_privileges` are (privilege, columns). Objects' `arguments` as in `Dropped`.
    """

    granted: bool
    kind: str
    privileges: tuple[str, ...]
    roles: tuple[str, ...]
    objects: tuple[Dropped, ...] = ()
    schemas: tuple[str, ...] = ()
    column_privileges: tuple[tuple[str, tuple[str, ...]], ...] = ()


class DefaultPrivileges(NamedTuple):
    """`alter default privileges`. No `schemas` means all schemas; `owners` are those of FOR ROLE."""

    granted: bool
    kind: str
    privileges: tuple[str, ...]
    roles: tuple[str, ...]
    schemas: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()


class CreateType(NamedTuple):
    """`create type` or `create domain`. `kind` is `enum`, `composite`, `domain` or `range`. `values` are labels."""

    name: Name
    kind: str
    values: tuple[str, ...] = ()


class AddValue(NamedTuple):
    """`alter type … add value`, before or after a `neighbour` (`""` for the end)."""

    type: Name
    value: str
    neighbour: str = ""
    after: bool = True
    if_not_exists: bool = False


class CreateExtension(NamedTuple):
    """`create extension`; `schema` is `""` where it does not say."""

    name: str
    schema: str = ""
    if_not_exists: bool = False


class CreateSequence(NamedTuple):
    """`create sequence`."""

    name: Name
    if_not_exists: bool = False


class CreateRole(NamedTuple):
    """`create role` or `create user`."""

    name: str


class Publication(NamedTuple):
    """`create publication` or `alter publication`. `what` is `create`, `add`, `drop` or `set`."""

    name: str
    what: str
    tables: tuple[Name, ...] = ()
    schemas: tuple[str, ...] = ()
    all_tables: bool = False


class Comment(NamedTuple):
    """`comment on`."""

    kind: str
    name: Name
    text: str


class SetVariable(NamedTuple):
    """`set` (value as text; a list's items in order) or `reset` (no values); `local` to the transaction."""

    name: str
    values: tuple[str, ...]
    local: bool = False


class Transaction(NamedTuple):
    """`begin`, `commit`, `rollback`, …"""

    what: str


class Insert(NamedTuple):
    """`insert`. `rows` are given where all values are constant and there are at most a hundred."""

    table: Name
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str | int | float | bool | None, ...], ...] = ()
    upsert: bool = False


class Change(NamedTuple):
    """`update`, `delete` or `truncate`. `filtered` where it has a WHERE; `keys` are the ids or names it asks for.

    `columns` are those that an update sets, `values` what to where that is constant (else None).
    """

    what: str
    tables: tuple[Name, ...]
    columns: tuple[str, ...] = ()
    filtered: bool = False
    cascade: bool = False
    values: tuple[str | int | float | bool | None, ...] = ()
    keys: tuple[str, ...] = ()


class Select(NamedTuple):
    """A query of its own."""

    query: Query


class Assign(NamedTuple):
    """`variable := value` in a DO block; `value` is None where it cannot be read."""

    variable: str
    value: Tree | None = None


class Bind(NamedTuple):
    """`select … into` variables: the outputs of a query's first row. `query` is None where it cannot be read."""

    variables: tuple[str, ...]
    query: Query | None = None


class ForEach(NamedTuple):
    """A loop of a DO block over a query, an array, or a range (the operation `range`); `source` is None for others."""

    variables: tuple[str, ...]
    source: Tree | None
    statements: tuple["Statement", ...]


class Choose(NamedTuple):
    """An IF of a DO block: conditions (None for ELSE) with their statements, in order."""

    branches: tuple[tuple[Tree | None, tuple["Statement", ...]], ...]


class Block(NamedTuple):
    """A block inside a DO block whose errors `handlers` catch; all that it did is undone then."""

    statements: tuple["Statement", ...]
    handlers: tuple[tuple["Statement", ...], ...]


class Leave(NamedTuple):
    """`return`, `exit`, `continue` or `raise` (an exception) in a DO block, with the condition of its WHEN."""

    what: str
    condition: Tree | None = None


class Execute(NamedTuple):
    """Statements that a DO block executes as text. They hold words where `holes` give the expression of a value.

    A word begins with `zq_` where the value was quoted as one identifier, else with `zz_`. There are no statements
    where the text is not known at all.
    """

    statements: tuple["Statement", ...]
    holes: tuple[tuple[str, Tree], ...]


class Do(NamedTuple):
    """`do`: an anonymous block."""

    body: Body


Action: TypeAlias = (
    CreateSchema
    | CreateTable
    | AlterTable
    | Rename
    | SetSchema
    | Drop
    | CreateIndex
    | CreatePolicy
    | AlterPolicy
    | CreateView
    | CreateFunction
    | AlterFunction
    | CreateTrigger
    | CreateEventTrigger
    | AlterEventTrigger
    | Grant
    | DefaultPrivileges
    | CreateType
    | AddValue
    | CreateExtension
    | CreateSequence
    | CreateRole
    | Publication
    | Comment
    | SetVariable
    | Transaction
    | Insert
    | Change
    | Select
    | Assign
    | Bind
    | ForEach
    | Choose
    | Block
    | Leave
    | Execute
    | Do
)


@dataclass(frozen=True, slots=True)
class Statement(FileFact):
    """One statement. `words` are its first words in lower case (`create table`), `at` its whole range.

    `action` is None where it could not be parsed (`parsed` False) or does nothing that anybody asks about.
    `section` is `up`, or `down` for the part of a migration that undoes it. `conditional` for statements in a body
    that only some runs reach. `dialect` is `postgres`, `psql` where variables of its
    client were filled in, or the dialect in which it could be read. `note` is the text of the comments right before it,
    and of one behind it on its line.
    `wrapped` where the tool that applies the file is known to open a transaction around it.
    """

    words: str
    action: Action | None = None
    parsed: bool = True
    section: str = "up"
    conditional: bool = False
    dialect: str = "postgres"
    note: str = ""
    wrapped: bool = False


@dataclass(frozen=True, slots=True)
class Revision(FileFact):
    """The place of a migration written in Python: its `id`, and the ids of those that run before it.

    `tool` is `django` or `alembic`; `raw` where it has SQL as text. What else it does is not known.
    """

    tool: str
    id: str
    after: tuple[str, ...] = ()
    raw: bool = False
