"""Replays migrations: folds what their statements do, in order, into the database that they leave behind.

The replay is lenient where a history begins in the middle (a table that no statement creates is taken to exist) and
strict where PostgreSQL is: a statement that PostgreSQL would refuse changes nothing, and its `Step` says why.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..facts import schema, sql
from ..facts.location import Location
from ..facts.schema import Constraint, Database, Function, Grants, Index, Policy, Step, Table, View
from ..facts.sql import Expression, Name, Statement, Tree
from . import platform as platforms
from .dependencies import uses_column, words_of

ALL_PRIVILEGES = {
    "table": schema.TABLE_PRIVILEGES,
    "sequence": frozenset({"usage", "select", "update"}),
    "function": frozenset({"execute"}),
}
_FUNCTIONS = {"function", "procedure", "routine", "aggregate"}
_VIEWS = {"view", "materialized view"}
_LONGEST_NAME = 63

Key = tuple[str, Any]
"""An object of the replay: its kind and its key there."""


class Refused(Exception):
    """PostgreSQL would not carry this statement out."""


def replay(
    files: Iterable[tuple[str, Iterable[Statement]]], *, root: str = "", platform: str = "postgres", tool: str = ""
) -> Database:
    """The database after the statements of `files` (path and statements) in that order."""
    state = _Replay(platform)
    paths = []
    for number, (path, statements) in enumerate(files):
        paths.append(path)
        state.begin(number)
        for statement in statements:
            state.run(statement)
    return state.database(root, tuple(paths), tool)


class _Replay:
    """The database so far. Objects are frozen: a step can keep them as they were."""

    def __init__(self, platform: str) -> None:
        self.platform = platform
        self.schemas: dict[str, Location | None] = dict.fromkeys(platforms.SCHEMAS[platform])
        self.tables = platforms.tables(platform)
        self.views = platforms.views(platform)
        self.policies: dict[tuple[Name, str], Policy] = {}
        self.indexes = platforms.indexes(platform)
        self.functions = platforms.functions(platform)
        self.triggers: dict[tuple[Name, str], schema.Trigger] = {}
        self.types: dict[Name, schema.Type] = {}
        self.extensions = platforms.extensions(platform)
        self.publications = platforms.publications(platform)
        self.buckets: dict[str, schema.Bucket] = {}
        self.sequences: dict[Name, Grants] = {}
        self.defaults = platforms.default_privileges(platform)
        self.steps: list[Step] = []
        self.path = platforms.SEARCH_PATH[platform]
        self.settings: Mapping[str, str] = {}
        self.temporary: set[str] = set()
        self.transaction = False
        self.saved: dict[str, Any] | None = None
        self.file = 0
        self.at = platforms.PLATFORM
        self.missing: list[Name] = []

    _STATE = (
        "schemas", "tables", "views", "policies", "indexes", "functions", "triggers", "types", "extensions",
        "publications", "buckets", "sequences", "defaults",
    )  # fmt: skip

    def begin(self, file: int) -> None:
        """The next migration: a session of its own."""
        self.file = file
        self.path = platforms.SEARCH_PATH[self.platform]
        self.settings = {}
        self.temporary = set()
        self.transaction = False
        self.saved = None

    def run(self, statement: Statement) -> None:
        """Carry out one statement, as far as it is understood."""
        action = statement.action
        if action is None or statement.section != "up":
            return
        self.at = statement.at
        self.missing = []
        touched = tuple(table for name in _tables_of(action) if (table := self.tables.get(self.find(name))))
        problem = ""
        careful = isinstance(action, sql.AlterTable) and len(action.changes) > 1
        before = self._copy() if careful else None
        try:
            self._apply(action)
        except Refused as refused:
            problem = str(refused)
            if before is not None:
                self._restore(before)
        self.steps.append(
            Step(
                statement, action, self.file, touched, problem, tuple(self.missing), self.transaction, self.settings
            )
        )  # fmt: skip
        if isinstance(action, sql.Do):
            for inside in action.body.statements:
                self.run(inside)
            self.at = statement.at
            self._doubt(action.body)

    def database(self, root: str, files: tuple[str, ...], tool: str) -> Database:
        """What is there now."""
        return Database(
            root,
            self.platform,
            files,
            tool,
            self.schemas,
            dict(sorted(self.tables.items())),
            dict(sorted(self.views.items())),
            self.policies,
            self.indexes,
            self.functions,
            self.triggers,
            self.types,
            self.extensions,
            self.publications,
            self.buckets,
            self.sequences,
            tuple(self.steps),
        )

    def _copy(self) -> dict[str, Any]:
        return {name: dict(getattr(self, name)) for name in self._STATE}

    def _restore(self, saved: dict[str, Any]) -> None:
        for name, value in saved.items():
            setattr(self, name, value)

    # Names

    def new(self, name: Name) -> Name:
        """The full name of an object about to be made."""
        return (
            name if name.schema else Name(next((one for one in self.path if one in self.schemas), "public"), name.name)
        )

    def find(self, name: Name, *kinds: Mapping[Name, Any]) -> Name:
        """The full name of an object, looked up as PostgreSQL does; where nothing is found, as if it were made."""
        if name.schema:
            return name
        for one in self.path:
            full = Name(one, name.name)
            if any(full in kind for kind in (kinds or (self.tables, self.views, self.sequences))):
                return full
        return self.new(name)

    def _type(self, text: str) -> str:
        """A type as functions are told apart by it: without modifiers and without the schema that need not be said."""
        bare = re.sub(r"\([\d, ]*\)", "", text)
        return bare.removeprefix("public.").removeprefix("extensions.").replace("  ", " ")

    def _signature(self, arguments: Iterable[str]) -> tuple[str, ...]:
        return tuple(self._type(argument) for argument in arguments)

    def function(self, name: Name, arguments: tuple[str, ...] | None) -> tuple[Name, tuple[str, ...]] | None:
        """The key of the function that a statement names, None where there is none."""
        schemas = (name.schema,) if name.schema else self.path
        for one in schemas:
            full = Name(one, name.name)
            if arguments is not None:
                key = (full, self._signature(arguments))
                if key in self.functions:
                    return key
            else:
                keys = [key for key in self.functions if key[0] == full]
                if keys:
                    return keys[0]
        return None

    def _functions_named(self, name: Name) -> Name:
        """A called function's full name, as far as it is known."""
        if name.schema:
            return name
        names = {key[0] for key in self.functions}
        return next((Name(one, name.name) for one in self.path if Name(one, name.name) in names), name)

    def table(self, name: Name, *, if_exists: bool = False) -> Table | None:
        """The table of that name. One that nobody made is taken to exist; None for temporary ones and `if exists`."""
        if (not name.schema and name.name in self.temporary) or name.schema == "pg_temp":
            return None
        full = self.find(name, self.tables)
        if full not in self.tables and full not in self.views:
            if if_exists:
                return None
            self.missing.append(full)
            if full.schema in {"pg_catalog", "information_schema"}:
                return None
            self.tables[full] = Table(
                full,
                None,
                grants=self._default_grants(full.schema, "table"),
                seen=False,
                complete=False,
                platform=full.schema != "public" and full.schema in platforms.SCHEMAS[self.platform],
            )
        return self.tables.get(full)

    def _unused(self, stem: str, column: str, label: str, taken: Callable[[str], bool]) -> str:
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

    def _relation_taken(self, schema_name: str) -> Callable[[str], bool]:
        def taken(name: str) -> bool:
            full = Name(schema_name, name)
            return full in self.indexes or full in self.tables or full in self.views or full in self.sequences

        return taken

    # Statements

    def _apply(self, action: sql.Action) -> None:
        match action:
            case sql.CreateTable():
                self._create_table(action)
            case sql.AlterTable():
                self._alter_table(action)
            case sql.CreateIndex():
                self._create_index(action)
            case sql.CreatePolicy():
                self._create_policy(action)
            case sql.AlterPolicy():
                self._alter_policy(action)
            case sql.CreateView():
                self._create_view(action)
            case sql.CreateFunction():
                self._create_function(action)
            case sql.AlterFunction():
                self._alter_function(action)
            case sql.Drop():
                self._drop(action)
            case sql.Rename():
                self._rename(action)
            case sql.SetSchema():
                self._set_schema(action)
            case sql.Grant():
                self._grant(action)
            case sql.DefaultPrivileges():
                self._default_privileges(action)
            case sql.CreateTrigger():
                self._create_trigger(action)
            case sql.CreateSchema():
                if action.name in self.schemas and not action.if_not_exists:
                    raise Refused(f"schema {action.name} exists already")
                self.schemas.setdefault(action.name, self.at)
            case sql.CreateType():
                name = self.new(action.name)
                if name in self.types:
                    raise Refused(f"type {name} exists already")
                self.types[name] = schema.Type(name, action.kind, self.at, action.values)
            case sql.CreateExtension():
                if action.name not in self.extensions:
                    where = action.schema or (
                        "public" if self.platform == "postgres" else self.new(Name("", "")).schema
                    )
                    self.extensions[action.name] = schema.Extension(action.name, where, self.at)
            case sql.CreateSequence():
                name = self.new(action.name)
                self.sequences.setdefault(name, self._default_grants(name.schema, "sequence"))
            case sql.Publication():
                self._publication(action)
            case sql.SetVariable():
                self._set(action.name, action.values)
            case sql.Select():
                self._configure(action)
            case sql.Transaction():
                self._transaction(action)
            case sql.Insert():
                self._insert(action)
            case _:
                pass

    def _set(self, name: str, values: tuple[str, ...]) -> None:
        self.settings = {**self.settings, name: ", ".join(values)}
        if name == "search_path":
            parts = [part.strip().strip('"') for value in values for part in value.split(",")]
            self.path = (
                tuple(part for part in parts if part and part != "$user")
                if values
                else platforms.SEARCH_PATH[self.platform]
            )

    def _configure(self, action: sql.Select) -> None:
        """`select set_config('search_path', …)`, as dumps begin."""
        for output in action.query.outputs:
            match output:
                case sql.Invocation(
                    function=Name(name="set_config"),
                    arguments=(sql.Literal(value=str(name)), sql.Literal(value=str(value)), *_),
                ):
                    self._set(name, (value,))
                case _:
                    pass

    def _transaction(self, action: sql.Transaction) -> None:
        if action.what == "begin":
            self.saved, self.transaction = self._copy(), True
        elif action.what in {"commit", "rollback"}:
            if action.what == "rollback" and self.saved is not None:
                self._restore(self.saved)
            self.saved, self.transaction = None, False

    def _insert(self, action: sql.Insert) -> None:
        if self.platform != "supabase" or self.find(action.table) != Name("storage", "buckets"):
            return
        columns = action.columns or ("id", "name", "owner", "public")
        for row in action.rows:
            values = dict(zip(columns, row, strict=False))
            bucket = values.get("id") or values.get("name")
            if isinstance(bucket, str) and (bucket not in self.buckets or action.upsert):
                self.buckets[bucket] = schema.Bucket(bucket, values.get("public") in {True, "true", "t"}, self.at)

    # Tables

    def _create_table(self, action: sql.CreateTable) -> None:
        if action.temporary:
            self.temporary.add(action.name.name)
            return
        name = self.new(action.name)
        existing = self.tables.get(name)
        if (existing and existing.seen) or name in self.views:
            if action.if_not_exists:
                return
            raise Refused(f"relation {name} exists already")
        if name.schema not in self.schemas:
            self.missing.append(Name(name.schema, ""))
            self.schemas[name.schema] = None
        if existing:
            self._forget_relation(name)
        table = Table(
            name,
            self.at,
            action.columns,
            kind="foreign" if action.server else "partitioned" if action.partitioned else "table",
            grants=self._default_grants(name.schema, "table"),
            complete=True,
        )
        if action.query is not None:
            table = self._as_query(table, action.query)
        self.tables[name] = table
        for column in action.columns:
            self._own_sequence(name, column)
        for parent in action.inherits:
            self._inherit(name, self.find(parent, self.tables), partition=False)
        if action.partition_of:
            self._inherit(name, self.find(action.partition_of, self.tables), partition=True)
        for like, options in action.like:
            self._like(name, self.find(like, self.tables, self.views), options)
        for constraint in action.constraints:
            self._add_constraint(name, constraint)

    def _as_query(self, table: Table, query: sql.Query) -> Table:
        """The columns of a table made from a query: known by name only, and only where every output has one."""
        names = self._output_names(query)
        columns = tuple(sql.ColumnDef(self.at, name, "", Name("", "")) for name in names)
        return replace(table, columns=columns, complete=bool(names))

    def _output_names(self, query: sql.Query) -> tuple[str, ...]:
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
                label = name or _figured(output)
                if not label:
                    return ()
                names.append(label)
        return tuple(names)

    def _own_sequence(self, table: Name, column: sql.ColumnDef) -> None:
        if column.serial or column.identity:
            name = self._unused(table.name, column.name, "seq", self._relation_taken(table.schema))
            self.sequences[Name(table.schema, name)] = self._default_grants(table.schema, "sequence")

    def _inherit(self, name: Name, parent_name: Name, *, partition: bool) -> None:
        table, parent = self.tables[name], self.tables.get(parent_name)
        own = {column.name for column in table.columns}
        inherited = tuple(column for column in (parent.columns if parent else ()) if column.name not in own)
        self.tables[name] = replace(
            table,
            columns=inherited + table.columns,
            parents=(*table.parents, parent_name),
            partition=partition or table.partition,
            complete=table.complete and bool(parent and parent.complete),
        )
        if not parent:
            self.missing.append(parent_name)
            return
        for constraint in parent.constraints:
            if constraint.kind == "check" or (partition and constraint.kind != "not null"):
                definition = sql.ConstraintDef(
                    self.at,
                    constraint.kind,
                    constraint.name if constraint.kind == "check" else "",
                    constraint.columns,
                    constraint.references,
                    constraint.referenced_columns,
                    constraint.expression,
                )
                if not any(one.kind == definition.kind == "primary key" for one in self.tables[name].constraints):
                    self._add_constraint(name, definition)
        if partition:
            for index in [one for one in self.indexes.values() if one.table == parent_name and not one.constraint]:
                self._make_index(name, "", index)

    def _like(self, name: Name, source: Name, options: frozenset[str]) -> None:
        table, like = self.tables[name], self.tables.get(source)
        if not like:
            self.tables[name] = replace(table, complete=False)
            return
        columns = tuple(
            replace(
                column,
                default=column.default if "defaults" in options else None,
                identity=column.identity if "identity" in options else "",
                generated=column.generated and "generated" in options,
                serial=False,
            )
            for column in like.columns
        )
        self.tables[name] = replace(table, columns=table.columns + columns, complete=table.complete and like.complete)
        for constraint in like.constraints:
            if (constraint.kind == "check" and "constraints" in options) or (
                constraint.kind in {"primary key", "unique", "exclude"} and "indexes" in options
            ):
                label = constraint.name if constraint.kind == "check" else ""
                self._add_constraint(
                    name,
                    sql.ConstraintDef(
                        self.at, constraint.kind, label, constraint.columns, expression=constraint.expression
                    ),
                )
        if "indexes" in options:
            for index in [one for one in self.indexes.values() if one.table == source and not one.constraint]:
                self._make_index(name, "", index)

    def _alter_table(self, action: sql.AlterTable) -> None:
        if action.kind in _VIEWS or (action.kind == "table" and self.find(action.name) in self.views):
            self._alter_view(action)
            return
        if action.kind not in {"table", "foreign table"}:
            return
        table = self.table(action.name, if_exists=action.if_exists)
        if table is None:
            return
        name = table.name
        for change in action.changes:
            self._change(name, change)
        if name in self.tables:
            self.tables[name] = replace(self.tables[name], changed=(*table.changed, self.at))

    def _alter_view(self, action: sql.AlterTable) -> None:
        name = self.find(action.name)
        view = self.views.get(name)
        if view is None:
            if not action.if_exists:
                self.missing.append(name)
            return
        options = dict(view.options)
        for change in action.changes:
            if isinstance(change, sql.SetOptions):
                for key, value in change.options:
                    options[key] = value
        changed = (*view.changed, self.at)
        self.views[name] = replace(view, options={k: v for k, v in options.items() if v is not None}, changed=changed)

    def _change(self, name: Name, change: sql.TableChange) -> None:
        table = self.tables[name]
        match change:
            case sql.AddColumn(column=column):
                if table.column(column.name):
                    if change.if_not_exists:
                        return
                    raise Refused(f"column {column.name} of {name} exists already")
                for child in (name, *self._children(name)):
                    inside = self.tables[child]
                    self.tables[child] = replace(inside, columns=(*inside.columns, column))
                self._own_sequence(name, column)
                for constraint in change.constraints:
                    self._add_constraint(name, constraint)
            case sql.DropColumn(column=column_name):
                if not table.column(column_name):
                    if table.complete and not change.if_exists:
                        raise Refused(f"column {column_name} of {name} does not exist")
                    return
                self._remove({("column", (name, column_name))}, cascade=change.cascade)
            case sql.AlterColumnType():
                self._retype(table, change)
            case sql.AlterColumn():
                self._alter_column(table, change)
            case sql.AddConstraint(constraint=constraint):
                self._add_constraint(name, constraint)
            case sql.DropConstraint():
                if not any(one.name == change.name for one in table.constraints):
                    if table.complete and not change.if_exists:
                        raise Refused(f"constraint {change.name} of {name} does not exist")
                    return
                self._remove({("constraint", (name, change.name))}, cascade=change.cascade)
            case sql.ValidateConstraint():
                constraints = tuple(
                    replace(one, valid=True) if one.name == change.name else one for one in table.constraints
                )
                self.tables[name] = replace(table, constraints=constraints)
            case sql.RowSecurity(what=what):
                if what in {"enable", "disable"}:
                    self.tables[name] = replace(table, rls=what == "enable", rls_at=self.at, uncertain=False)
                else:
                    self.tables[name] = replace(table, forced=what == "force")
            case sql.SetOwner(role=role):
                self.tables[name] = replace(table, owner=role)
            case sql.Partition(what=what, table=other):
                child, parent = (self.find(other), name) if what.endswith("partition") else (name, self.find(other))
                if child not in self.tables:
                    self.missing.append(child)
                    return
                inside = self.tables[child]
                parents = tuple(one for one in inside.parents if one != parent)
                if what in {"attach partition", "inherit"}:
                    parents = (*parents, parent)
                self.tables[child] = replace(inside, parents=parents, partition=what == "attach partition")
            case _:
                pass

    def _children(self, name: Name) -> Iterator[Name]:
        for child, table in list(self.tables.items()):
            if name in table.parents:
                yield child
                yield from self._children(child)

    def _retype(self, table: Table, change: sql.AlterColumnType) -> None:
        column = table.column(change.column)
        if column is None:
            if table.complete:
                raise Refused(f"column {change.column} of {table.name} does not exist")
            return
        for policy in self.policies.values():
            if self._policy_uses(policy, table.name, change.column):
                raise Refused(f"column {change.column} is used in policy {policy.name}")
        for view in self.views.values():
            if view.query and uses_column(view.query, None, table, change.column, self.find):
                raise Refused(f"column {change.column} is used by view {view.name}")
        made = replace(column, type=change.type, type_name=change.type_name)
        for child in (table.name, *self._children(table.name)):
            inside = self.tables[child]
            columns = tuple(made if one.name == change.column else one for one in inside.columns)
            self.tables[child] = replace(inside, columns=columns)

    def _alter_column(self, table: Table, change: sql.AlterColumn) -> None:
        column = table.column(change.column)
        if column is None:
            if table.complete:
                raise Refused(f"column {change.column} of {table.name} does not exist")
            return
        match change.what:
            case "set not null":
                column = replace(column, not_null=True)
            case "drop not null":
                key = table.primary_key
                if key and column.name in key.columns:
                    raise Refused(f"column {column.name} is in a primary key")
                column = replace(column, not_null=False)
            case "set default":
                column = replace(column, default=change.default)
            case "drop default":
                column = replace(column, default=None, serial=False)
            case "add identity":
                column = replace(column, identity="a")
                self._own_sequence(table.name, column)
            case "drop identity":
                column = replace(column, identity="")
            case "drop expression":
                column = replace(column, generated=False)
            case _:
                pass
        for child in (table.name, *self._children(table.name)):
            inside = self.tables[child]
            columns = tuple(column if one.name == column.name else one for one in inside.columns)
            self.tables[child] = replace(inside, columns=columns)

    def _add_constraint(self, name: Name, definition: sql.ConstraintDef) -> None:
        table = self.tables[name]
        columns = definition.columns
        if definition.kind == "primary key" and table.primary_key:
            raise Refused(f"{name} has a primary key already")
        if definition.name and any(one.name == definition.name for one in table.constraints):
            raise Refused(f"constraint {definition.name} of {name} exists already")
        references = None
        if definition.references:
            references = self.find(definition.references, self.tables)
            if references not in self.tables:
                self.missing.append(references)
        index = self.indexes.get(Name(name.schema, definition.index)) if definition.index else None
        if index:
            columns = tuple(element.column for element in index.elements)
        label = definition.name or (definition.index if index else self._constraint_name(name, definition, columns))
        referenced = definition.referenced_columns
        if references and not referenced and references in self.tables:
            key = self.tables[references].primary_key
            referenced = key.columns if key else ()
        constraint = Constraint(
            label,
            definition.kind,
            columns,
            definition.at,
            references,
            referenced,
            definition.expression,
            definition.valid,
            definition.on_delete,
        )
        columns_now = table.columns
        if definition.kind == "primary key":
            columns_now = tuple(replace(one, not_null=True) if one.name in columns else one for one in columns_now)
        self.tables[name] = replace(table, constraints=(*table.constraints, constraint), columns=columns_now)
        if definition.kind in {"primary key", "unique", "exclude"}:
            full = Name(name.schema, label)
            if index:
                del self.indexes[index.name]
                self.indexes[full] = replace(
                    index, name=full, constraint=label, primary=definition.kind == "primary key"
                )
            else:
                self.indexes[full] = Index(
                    full,
                    name,
                    tuple(sql.IndexElement(column, column) for column in columns),
                    definition.at,
                    unique=definition.kind != "exclude",
                    method="gist" if definition.kind == "exclude" else "btree",
                    constraint=label,
                    primary=definition.kind == "primary key",
                )
        if definition.kind in {"check"}:
            for child in self._children(name):
                inside = self.tables[child]
                self.tables[child] = replace(inside, constraints=(*inside.constraints, constraint))

    def _constraint_name(self, name: Name, definition: sql.ConstraintDef, columns: tuple[str, ...]) -> str:
        used = {
            one.name for table in self.tables.values() if table.name.schema == name.schema for one in table.constraints
        }
        relation_taken = self._relation_taken(name.schema)

        def taken(label: str) -> bool:
            return label in used or relation_taken(label)

        match definition.kind:
            case "primary key":
                return self._unused(name.name, "", "pkey", taken)
            case "unique":
                return self._unused(name.name, "_".join(columns), "key", taken)
            case "exclude":
                return self._unused(name.name, "_".join(columns), "excl", taken)
            case "foreign key":
                return self._unused(name.name, "_".join(columns), "fkey", used.__contains__)
            case _:
                inside = definition.expression
                seen = (
                    {node.name for node in sql.walk(inside.tree) if isinstance(node, sql.ColumnRef)}
                    if inside
                    else set()
                )
                return self._unused(name.name, seen.pop() if len(seen) == 1 else "", "check", used.__contains__)

    # Indexes

    def _create_index(self, action: sql.CreateIndex) -> None:
        name = self.find(action.table, self.tables, self.views)
        if not action.table.schema and action.table.name in self.temporary:
            return
        if name not in self.views:
            table = self.table(action.table)
            if table is None:
                return
            for element in action.elements:
                if element.column and table.complete and not table.column(element.column):
                    raise Refused(f"column {element.column} of {name} does not exist")
        full = Name(name.schema, action.name)
        if action.name and self._relation_taken(name.schema)(action.name):
            if action.if_not_exists:
                return
            raise Refused(f"relation {full} exists already")
        template = Index(
            full,
            name,
            action.elements,
            self.at,
            action.unique,
            action.method,
            action.where,
            action.include,
            nulls_not_distinct=action.nulls_not_distinct,
        )
        self._make_index(name, action.name, template)

    def _make_index(self, table: Name, label: str, template: Index) -> None:
        if not label:
            parts: list[str] = []
            for element in template.elements:
                part = element.column or _figured_text(element.text)
                number, unique = 0, part
                while unique in parts:
                    number += 1
                    unique = f"{part}{number}"
                parts.append(unique)
            label = self._unused(table.name, "_".join(parts), "idx", self._relation_taken(table.schema))
        full = Name(table.schema, label)
        self.indexes[full] = replace(template, name=full, table=table, made=self.at)
        for child in [one for one, inside in self.tables.items() if table in inside.parents and inside.partition]:
            self._make_index(child, "", template)

    # Policies

    def _create_policy(self, action: sql.CreatePolicy) -> None:
        table = self.table(action.table)
        if table is None:
            return
        key = (table.name, action.name)
        if key in self.policies:
            raise Refused(f"policy {action.name} of {table.name} exists already")
        relations, functions = self._used(action.using, action.check)
        self.policies[key] = Policy(
            action.name,
            table.name,
            action.command,
            action.permissive,
            action.roles,
            action.using,
            action.check,
            self.at,
            self.at,
            relations,
            functions,
        )

    def _alter_policy(self, action: sql.AlterPolicy) -> None:
        name = self.find(action.table, self.tables)
        policy = self.policies.get((name, action.name))
        if policy is None:
            self.missing.append(Name(name.schema, f"{name.name}.{action.name}"))
            return
        using, check = action.using or policy.using, action.check or policy.check
        relations, functions = self._used(using, check)
        self.policies[name, action.name] = replace(
            policy,
            roles=action.roles or policy.roles,
            using=using,
            check=check,
            relations=relations,
            functions=functions,
            defined=self.at,
            changed=(*policy.changed, self.at),
        )

    def _used(self, *expressions: Expression | None) -> tuple[frozenset[Name], frozenset[Name]]:
        """The relations and functions that expressions use, by their full names."""
        relations: set[Name] = set()
        functions: set[Name] = set()
        for expression in expressions:
            if expression is not None:
                self._collect(expression.tree, relations, functions)
        return frozenset(relations), frozenset(functions)

    def _collect(self, tree: Tree, relations: set[Name], functions: set[Name]) -> None:
        for node in sql.walk(tree):
            if isinstance(node, sql.Invocation):
                functions.add(self._functions_named(node.function))
            elif isinstance(node, sql.Query):
                for relation in node.relations:
                    full = self.find(relation.name, self.tables, self.views)
                    relations.add(full)
                    if full not in self.tables and full not in self.views:
                        self.missing.append(full)

    # Views

    def _create_view(self, action: sql.CreateView) -> None:
        if action.temporary:
            self.temporary.add(action.name.name)
            return
        name = self.new(action.name)
        existing = self.views.get(name)
        if existing and not action.replace:
            if action.if_not_exists:
                return
            raise Refused(f"view {name} exists already")
        if name in self.tables and self.tables[name].seen:
            raise Refused(f"{name} is a table")
        relations: set[Name] = set()
        functions: set[Name] = set()
        if action.query:
            self._collect(action.query, relations, functions)
        self.views[name] = View(
            name,
            existing.made if existing else self.at,
            self.at,
            action.query,
            action.text,
            action.materialized,
            dict(action.options),
            action.columns or (self._output_names(action.query) if action.query else ()),
            frozenset(relations),
            frozenset(functions),
            existing.grants if existing else self._default_grants(name.schema, "table"),
            (*existing.changed, self.at) if existing else (),
        )

    # Functions

    def _create_function(self, action: sql.CreateFunction) -> None:
        name = self.new(action.name)
        inputs = [one.type for one in action.arguments if one.mode not in {"out", "table"}]
        key = (name, self._signature(inputs))
        existing = self.functions.get(key)
        if existing and not action.replace and not existing.platform:
            raise Refused(f"function {existing.identity} exists already")
        self.functions[key] = Function(
            name,
            key[1],
            action.arguments,
            action.returns,
            action.language,
            existing.made if existing and existing.made else self.at,
            self.at,
            action.body,
            action.kind,
            action.definer,
            dict(action.settings),
            action.volatility,
            existing.grants if existing else self._default_grants(name.schema, "function"),
            existing.owner if existing else "",
        )

    def _alter_function(self, action: sql.AlterFunction) -> None:
        key = self.function(action.name, action.arguments)
        if key is None:
            self.missing.append(self.new(action.name))
            return
        function = self.functions[key]
        settings: dict[str, str] = dict(function.settings)
        for name, value in action.settings:
            if value is None:
                settings.pop(name, None)
            else:
                settings[name] = value
        self.functions[key] = replace(
            function,
            settings=settings,
            definer=function.definer if action.definer is None else action.definer,
            volatility=action.volatility or function.volatility,
            owner=action.owner or function.owner,
            defined=self.at if action.settings or action.definer is not None else function.defined,
        )

    def _create_trigger(self, action: sql.CreateTrigger) -> None:
        name = self.find(action.table, self.tables, self.views)
        if name not in self.views:
            table = self.table(action.table)
            if table is None:
                return
            name = table.name
        if (name, action.name) in self.triggers and not action.replace:
            raise Refused(f"trigger {action.name} of {name} exists already")
        function = self._functions_named(action.function)
        self.triggers[name, action.name] = schema.Trigger(action.name, name, function, self.at)

    # Privileges

    def _default_grants(self, schema_name: str, kind: str) -> Grants:
        grants: Grants = {}
        for key in (("", kind), (schema_name, kind)):
            for role, privileges in self.defaults.get(key, {}).items():
                grants = _with(grants, role, _expanded(privileges, kind), granted=True)
        return grants

    def _default_privileges(self, action: sql.DefaultPrivileges) -> None:
        mine = {"postgres", "current_user", "session_user", "current_role"}
        if action.owners and not mine & set(action.owners):
            return
        kind = "function" if action.kind in _FUNCTIONS else action.kind
        privileges = frozenset(action.privileges) or frozenset({"all"})
        for one in action.schemas or ("",):
            grants: Grants = {role: _expanded(held, kind) for role, held in self.defaults.get((one, kind), {}).items()}
            for role in action.roles:
                grants = _with(grants, role, _expanded(privileges, kind), granted=action.granted)
            self.defaults[one, kind] = grants

    def _grant(self, action: sql.Grant) -> None:
        if action.kind in _FUNCTIONS:
            for key in self._granted_functions(action):
                function = self.functions[key]
                grants = function.grants
                for role in action.roles:
                    grants = _with(grants, role, frozenset({"execute"}), granted=action.granted)
                self.functions[key] = replace(function, grants=grants)
            return
        if action.kind not in {"table", "sequence"}:
            return
        privileges = frozenset(action.privileges)
        if not privileges and not action.column_privileges:
            privileges = frozenset({"all"})
        for name in self._granted_relations(action):
            holders: tuple[dict[Name, Any], ...] = (self.tables, self.views)
            for holder in holders:
                if name in holder:
                    relation = holder[name]
                    grants = relation.grants
                    for role in action.roles:
                        grants = _with(grants, role, _expanded(privileges, "table"), granted=action.granted)
                    holder[name] = replace(relation, grants=grants)
            if name in self.sequences:
                grants = self.sequences[name]
                for role in action.roles:
                    grants = _with(grants, role, _expanded(privileges, "sequence"), granted=action.granted)
                self.sequences[name] = grants
            if name in self.tables and action.column_privileges:
                self._grant_columns(self.tables[name], action)

    def _grant_columns(self, table: Table, action: sql.Grant) -> None:
        held = dict(table.column_grants)
        for privilege, columns in action.column_privileges:
            for role in action.roles:
                for column in columns:
                    now = held.get((role, column), frozenset())
                    held[role, column] = now | {privilege} if action.granted else now - {privilege}
        self.tables[table.name] = replace(table, column_grants={key: value for key, value in held.items() if value})

    def _granted_functions(self, action: sql.Grant) -> list[tuple[Name, tuple[str, ...]]]:
        if action.schemas:
            return [key for key in self.functions if key[0].schema in action.schemas]
        found = []
        for item in action.objects:
            key = self.function(item.name, item.arguments)
            if key:
                found.append(key)
            else:
                self.missing.append(self.new(item.name))
        return found

    def _granted_relations(self, action: sql.Grant) -> list[Name]:
        if action.schemas:
            kinds: tuple[Mapping[Name, Any], ...] = (
                (self.tables, self.views) if action.kind == "table" else (self.sequences,)
            )
            return [name for kind in kinds for name in kind if name.schema in action.schemas]
        names = []
        for item in action.objects:
            name = self.find(item.name)
            if name not in self.views and name not in self.sequences and action.kind == "table":
                self.table(item.name)
            names.append(name)
        return names

    # Publications

    def _publication(self, action: sql.Publication) -> None:
        existing = self.publications.get(action.name)
        tables = dict(existing.tables) if existing and action.what in {"add", "drop"} else {}
        names = [self.find(name, self.tables) for name in action.tables]
        for name in names:
            if name not in self.tables:
                self.missing.append(name)
        if action.what == "drop":
            tables = {name: at for name, at in tables.items() if name not in names}
        else:
            tables.update({name: tables.get(name, self.at) for name in names})
        all_tables = action.all_tables or bool(existing and existing.all_tables and action.what != "create")
        self.publications[action.name] = schema.Publication(action.name, tables, action.schemas, all_tables)

    # Renaming

    def _rename(self, action: sql.Rename) -> None:
        match action.kind:
            case "table" | "view" | "materialized view" | "index" | "foreign table" | "sequence":
                self._rename_relation(action)
            case "column":
                self._rename_column(action)
            case "constraint":
                self._rename_constraint(action)
            case "policy":
                key = (self.find(action.name, self.tables), action.part)
                if key in self.policies:
                    policy = self.policies.pop(key)
                    self.policies[key[0], action.new] = replace(
                        policy, name=action.new, changed=(*policy.changed, self.at)
                    )
            case "trigger":
                key = (self.find(action.name, self.tables), action.part)
                if key in self.triggers:
                    self.triggers[key[0], action.new] = replace(self.triggers.pop(key), name=action.new)
            case "function" | "procedure" | "routine":
                self._move_function(action.name, action.arguments, new=action.new)
            case "type" | "domain":
                name = self.find(action.name, self.types)
                if name in self.types:
                    self._move_type(name, Name(name.schema, action.new))
            case "schema":
                self._rename_schema(action.name.name, action.new)
            case _:
                pass

    def _rename_relation(self, action: sql.Rename) -> None:
        name = self.find(action.name, self.tables, self.views, self.indexes, self.sequences)
        if name in self.indexes:
            index = self.indexes.pop(name)
            full = Name(name.schema, action.new)
            self.indexes[full] = replace(index, name=full)
            if index.constraint:
                self._relabel(index.table, index.constraint, action.new)
                self.indexes[full] = replace(index, name=full, constraint=action.new)
            return
        if name not in self.tables and name not in self.views and name not in self.sequences:
            self.table(action.name)
        self._move_relation(name, Name(name.schema, action.new))

    def _relabel(self, table: Name, old: str, new: str) -> None:
        if table in self.tables:
            inside = self.tables[table]
            constraints = tuple(replace(one, name=new) if one.name == old else one for one in inside.constraints)
            self.tables[table] = replace(inside, constraints=constraints)

    def _rename_constraint(self, action: sql.Rename) -> None:
        table = self.find(action.name, self.tables)
        self._relabel(table, action.part, action.new)
        index = self.indexes.pop(Name(table.schema, action.part), None)
        if index:
            full = Name(table.schema, action.new)
            self.indexes[full] = replace(index, name=full, constraint=action.new)

    def _rename_column(self, action: sql.Rename) -> None:
        table = self.tables.get(self.find(action.name, self.tables))
        if table is None:
            return
        if not table.column(action.part):
            if table.complete:
                raise Refused(f"column {action.part} of {table.name} does not exist")
            return
        for child in (table.name, *self._children(table.name)):
            inside = self.tables[child]
            self.tables[child] = replace(
                inside,
                columns=tuple(
                    replace(one, name=action.new) if one.name == action.part else one for one in inside.columns
                ),
                constraints=tuple(
                    replace(one, columns=_renamed(one.columns, action.part, action.new)) for one in inside.constraints
                ),
                changed=(*inside.changed, self.at),
            )
        for name, other in list(self.tables.items()):
            if any(one.references == table.name for one in other.constraints):
                constraints = tuple(
                    replace(one, referenced_columns=_renamed(one.referenced_columns, action.part, action.new))
                    if one.references == table.name
                    else one
                    for one in other.constraints
                )
                self.tables[name] = replace(other, constraints=constraints)
        for name, index in list(self.indexes.items()):
            if index.table == table.name:
                elements = tuple(
                    replace(one, column=action.new, text=action.new) if one.column == action.part else one
                    for one in index.elements
                )
                self.indexes[name] = replace(
                    index, elements=elements, include=_renamed(index.include, action.part, action.new)
                )
        for key, policy in list(self.policies.items()):
            self.policies[key] = self._with_renamed_column(policy, table, action)

    def _with_renamed_column(self, policy: Policy, table: Table, action: sql.Rename) -> Policy:
        """A policy whose expressions follow a renamed column, as PostgreSQL's do; their text stays as written."""
        owner = self.tables.get(policy.table)
        renamed: dict[str, Any] = {}
        for field in ("using", "check"):
            expression: Expression | None = getattr(policy, field)
            if expression and owner and uses_column(expression.tree, owner, table, action.part, self.find):
                renamed[field] = replace(expression, tree=_retold(expression.tree, action.part, action.new))
        return replace(policy, **renamed) if renamed else policy

    def _set_schema(self, action: sql.SetSchema) -> None:
        if action.schema not in self.schemas:
            self.schemas[action.schema] = None
        if action.kind in _FUNCTIONS:
            self._move_function(action.name, action.arguments, schema_name=action.schema)
        elif action.kind in {"type", "domain"}:
            name = self.find(action.name, self.types)
            if name in self.types:
                self._move_type(name, Name(action.schema, name.name))
        elif action.kind == "extension":
            if action.name.name in self.extensions:
                extension = self.extensions[action.name.name]
                self.extensions[extension.name] = replace(extension, schema=action.schema)
        else:
            name = self.find(action.name)
            if name not in self.tables and name not in self.views and name not in self.sequences:
                self.table(action.name)
            self._move_relation(name, Name(action.schema, name.name))

    def _move_function(
        self, name: Name, arguments: tuple[str, ...] | None, *, new: str = "", schema_name: str = ""
    ) -> None:
        key = self.function(name, arguments)
        if key is None:
            self.missing.append(self.new(name))
            return
        full = Name(schema_name or key[0].schema, new or key[0].name)
        self.functions[full, key[1]] = replace(self.functions.pop(key), name=full)
        for trigger_key, trigger in list(self.triggers.items()):
            if trigger.function == key[0]:
                self.triggers[trigger_key] = replace(trigger, function=full)
        self._follow(lambda one: full if one == key[0] else one, "functions")

    def _move_type(self, name: Name, new: Name) -> None:
        self.types[new] = replace(self.types.pop(name), name=new)
        for key, table in list(self.tables.items()):
            columns = tuple(
                replace(column, type=column.type.replace(name.name, new.name), type_name=new)
                if self.find(column.type_name, {name: None}) == name
                else column
                for column in table.columns
            )
            if columns != table.columns:
                self.tables[key] = replace(table, columns=columns)

    def _rename_schema(self, old: str, new: str) -> None:
        self.schemas[new] = self.schemas.pop(old, None)
        for name in [one for kind in (self.tables, self.views, self.sequences) for one in kind if one.schema == old]:
            self._move_relation(name, Name(new, name.name))
        for key in [key for key in self.functions if key[0].schema == old]:
            full = Name(new, key[0].name)
            self.functions[full, key[1]] = replace(self.functions.pop(key), name=full)
        for name in [one for one in self.types if one.schema == old]:
            self._move_type(name, Name(new, name.name))

    def _move_relation(self, name: Name, new: Name) -> None:
        """Give a table or view another name, and follow it everywhere."""
        if name == new:
            return
        if new in self.tables or new in self.views:
            raise Refused(f"relation {new} exists already")
        if name in self.tables:
            table = self.tables.pop(name)
            self.tables[new] = replace(table, name=new, changed=(*table.changed, self.at))
        elif name in self.views:
            view = self.views.pop(name)
            self.views[new] = replace(view, name=new, changed=(*view.changed, self.at))
        elif name in self.sequences:
            self.sequences[new] = self.sequences.pop(name)
        for index_name, index in list(self.indexes.items()):
            if index.table == name:
                del self.indexes[index_name]
                moved = Name(new.schema, index_name.name)
                self.indexes[moved] = replace(index, name=moved, table=new)
        for key in [key for key in self.policies if key[0] == name]:
            self.policies[new, key[1]] = replace(self.policies.pop(key), table=new)
        for key in [key for key in self.triggers if key[0] == name]:
            self.triggers[new, key[1]] = replace(self.triggers.pop(key), table=new)
        for other, table in list(self.tables.items()):
            if name in table.parents or any(one.references == name for one in table.constraints):
                self.tables[other] = replace(
                    table,
                    parents=tuple(new if one == name else one for one in table.parents),
                    constraints=tuple(
                        replace(one, references=new) if one.references == name else one for one in table.constraints
                    ),
                )
        for label, publication in list(self.publications.items()):
            if name in publication.tables:
                tables = {new if one == name else one: at for one, at in publication.tables.items()}
                self.publications[label] = replace(publication, tables=tables)
        self._follow(lambda one: new if one == name else one, "relations")

    def _follow(self, renamed: Callable[[Name], Name], field: str) -> None:
        """Rename what policies and views use."""
        holders: tuple[dict[Any, Any], ...] = (self.policies, self.views)
        for holder in holders:
            for key, item in list(holder.items()):
                names = getattr(item, field)
                now = frozenset(map(renamed, names))
                if now != names:
                    holder[key] = replace(item, **{field: now})

    # Dropping

    def _drop(self, action: sql.Drop) -> None:
        doomed: set[Key] = set()
        for item in action.objects:
            key = self._dropped(action, item)
            if key is not None:
                doomed.add(key)
        self._remove(doomed, cascade=action.cascade)

    def _dropped(self, action: sql.Drop, item: sql.Dropped) -> Key | None:
        """What a DROP names, None where it is not there; raises where PostgreSQL would miss it."""
        kind = action.kind
        if kind in {"table", "foreign table"}:
            if not item.name.schema and item.name.name in self.temporary:
                self.temporary.discard(item.name.name)
                return None
            name = self.find(item.name, self.tables)
            return self._there(("table", name), name in self.tables, action, name)
        if kind in _VIEWS:
            name = self.find(item.name, self.views)
            return self._there(("view", name), name in self.views, action, name)
        if kind == "index":
            name = self.find(item.name, self.indexes)
            if name in self.indexes and self.indexes[name].constraint:
                raise Refused(f"index {name} belongs to a constraint")
            return self._there(("index", name), name in self.indexes, action, name)
        if kind in {"policy", "trigger"}:
            name = self.find(item.name, self.tables, self.views)
            holder: Mapping[Any, Any] = self.policies if kind == "policy" else self.triggers
            full = Name(name.schema, f"{name.name}.{item.part}")
            return self._there((kind, (name, item.part)), (name, item.part) in holder, action, full)
        if kind in _FUNCTIONS:
            key = self.function(item.name, item.arguments)
            return self._there(("function", key), key is not None, action, self.new(item.name))
        if kind in {"type", "domain"}:
            name = self.find(item.name, self.types)
            return self._there(("type", name), name in self.types, action, name)
        if kind == "sequence":
            name = self.find(item.name, self.sequences)
            self.sequences.pop(name, None)
        elif kind == "schema":
            return self._there(("schema", item.name.name), item.name.name in self.schemas, action, item.name)
        elif kind == "extension":
            self.extensions.pop(item.name.name, None)
        elif kind == "publication":
            self.publications.pop(item.name.name, None)
        return None

    def _there(self, key: Key, exists: bool, action: sql.Drop, name: Name) -> Key | None:
        if exists:
            return key
        if not action.if_exists:
            self.missing.append(name)
        return None

    def _remove(self, doomed: set[Key], *, cascade: bool) -> None:
        """Remove objects with all that goes with them; with CASCADE also all that depends on them."""
        everything = set(doomed)
        pending = list(doomed)
        while pending:
            key = pending.pop()
            for dependent, automatic in self._dependents(key):
                if dependent in everything:
                    continue
                if not automatic and not cascade:
                    raise Refused(f"{dependent[0]} {_said(dependent[1])} depends on {key[0]} {_said(key[1])}")
                everything.add(dependent)
                pending.append(dependent)
        for key in sorted(everything, key=repr):
            self._forget(key)

    def _dependents(self, key: Key) -> Iterator[tuple[Key, bool]]:
        """What depends on an object, and whether it goes with it without being asked for."""
        kind, name = key
        match kind:
            case "table" | "view":
                for holder, part in ((self.policies, "policy"), (self.triggers, "trigger")):
                    for one in holder:
                        if one[0] == name:
                            yield (part, one), True
                for label, index in self.indexes.items():
                    if index.table == name:
                        yield ("index", label), True
                yield from self._users("relations", name)
                yield from self._row_types(name)
                for other, table in self.tables.items():
                    if name in table.parents:
                        yield ("table", other), table.partition
                    for constraint in table.constraints:
                        if constraint.references == name and other != name:
                            yield ("constraint", (other, constraint.name)), False
            case "function":
                others = [one for one in self.functions if one[0] == name[0] and one != name]
                if others:
                    return
                yield from self._users("functions", name[0])
                for trigger_key, trigger in self.triggers.items():
                    if trigger.function == name[0]:
                        yield ("trigger", trigger_key), False
            case "type":
                for other, table in self.tables.items():
                    for column in table.columns:
                        if column.type_name.name == name.name and self.find(column.type_name, self.types) == name:
                            yield ("column", (other, column.name)), False
                yield from self._row_types(name)
            case "schema":
                inside: tuple[tuple[str, Iterable[Name]], ...] = (
                    ("table", self.tables),
                    ("view", self.views),
                    ("type", self.types),
                )
                for part, names in inside:
                    for one in names:
                        if one.schema == name:
                            yield (part, one), False
                for function in self.functions:
                    if function[0].schema == name:
                        yield ("function", function), False
            case "column":
                yield from self._column_dependents(*name)
            case "constraint":
                yield from self._constraint_dependents(*name)
            case _:
                return

    def _users(self, field: str, name: Name) -> Iterator[tuple[Key, bool]]:
        for view in self.views.values():
            if name in getattr(view, field):
                yield ("view", view.name), False
        for key, policy in self.policies.items():
            if name in getattr(policy, field) and not (field == "relations" and key[0] == name):
                yield ("policy", key), False

    def _row_types(self, name: Name) -> Iterator[tuple[Key, bool]]:
        """Functions that take or return rows of a table or values of a type."""
        for key, function in self.functions.items():
            types = {function.returns.removeprefix("setof "), *(argument.type for argument in function.arguments)}
            for text in types:
                bare = text.removesuffix("[]")
                schema_name, _, label = bare.rpartition(".")
                if label == name.name and (schema_name or "public") == name.schema:
                    yield ("function", key), False

    def _column_dependents(self, table_name: Name, column: str) -> Iterator[tuple[Key, bool]]:
        table = self.tables[table_name]
        for constraint in table.constraints:
            mentioned = constraint.expression is not None and column in words_of(constraint.expression.tree)
            if column in constraint.columns or mentioned:
                yield ("constraint", (table_name, constraint.name)), True
        for label, index in self.indexes.items():
            if index.table == table_name and not index.constraint and _indexes_column(index, column):
                yield ("index", label), True
        for key, policy in self.policies.items():
            if self._policy_uses(policy, table_name, column):
                yield ("policy", key), False
        for view in self.views.values():
            if view.query and uses_column(view.query, None, table, column, self.find):
                yield ("view", view.name), False

    def _constraint_dependents(self, table_name: Name, label: str) -> Iterator[tuple[Key, bool]]:
        constraint = next((one for one in self.tables[table_name].constraints if one.name == label), None)
        if constraint is None or constraint.kind not in {"primary key", "unique"}:
            return
        for other, table in self.tables.items():
            for one in table.constraints:
                if one.references == table_name and set(one.referenced_columns) == set(constraint.columns):
                    yield ("constraint", (other, one.name)), False

    def _policy_uses(self, policy: Policy, table_name: Name, column: str) -> bool:
        table, owner = self.tables[table_name], self.tables.get(policy.table)
        if owner is None or (policy.table != table_name and table_name not in policy.relations):
            return False
        return any(
            uses_column(expression.tree, owner, table, column, self.find)
            for expression in (policy.using, policy.check)
            if expression is not None
        )

    def _forget(self, key: Key) -> None:
        kind, name = key
        match kind:
            case "table" | "view":
                self._forget_relation(name)
            case "index":
                self.indexes.pop(name, None)
            case "policy":
                self.policies.pop(name, None)
            case "trigger":
                self.triggers.pop(name, None)
            case "function":
                self.functions.pop(name, None)
            case "type":
                self.types.pop(name, None)
            case "schema":
                self.schemas.pop(name, None)
            case "column":
                for child in (name[0], *self._children(name[0])):
                    table = self.tables.get(child)
                    if table:
                        columns = tuple(one for one in table.columns if one.name != name[1])
                        self.tables[child] = replace(table, columns=columns)
            case "constraint":
                table = self.tables.get(name[0])
                if table:
                    constraints = tuple(one for one in table.constraints if one.name != name[1])
                    self.tables[name[0]] = replace(table, constraints=constraints)
                    index = self.indexes.get(Name(name[0].schema, name[1]))
                    if index and index.table == name[0]:
                        del self.indexes[index.name]
            case _:
                pass

    def _forget_relation(self, name: Name) -> None:
        self.tables.pop(name, None)
        self.views.pop(name, None)
        for label in [label for label, index in self.indexes.items() if index.table == name]:
            del self.indexes[label]
        holders: tuple[dict[tuple[Name, str], Any], ...] = (self.policies, self.triggers)
        for holder in holders:
            for key in [key for key in holder if key[0] == name]:
                del holder[key]
        for other, publication in list(self.publications.items()):
            if name in publication.tables:
                tables = {one: at for one, at in publication.tables.items() if one != name}
                self.publications[other] = replace(publication, tables=tables)

    # Doubt

    def _doubt(self, body: sql.Body) -> None:
        """Text executed by a block whose parts are not constant: what it may have changed is uncertain from now on."""
        for dynamic in body.dynamic:
            text = dynamic.text.lower()
            if "row level security" in text:
                for name, table in self.tables.items():
                    if not table.platform and not table.rls:
                        self.tables[name] = replace(table, uncertain=True)
            if "policy" in text:
                for key, policy in self.policies.items():
                    self.policies[key] = replace(policy, uncertain=True)


def _tables_of(action: sql.Action) -> Iterator[Name]:
    """The tables that a statement is about."""
    match action:
        case sql.AlterTable(name=name) | sql.Rename(name=name) | sql.SetSchema(name=name):
            yield name
        case sql.CreateIndex(table=name) | sql.CreatePolicy(table=name) | sql.CreateTrigger(table=name):
            yield name
        case sql.AlterPolicy(table=name) | sql.Insert(table=name):
            yield name
        case sql.Drop(objects=objects):
            for item in objects:
                yield item.name
        case sql.Change(tables=several):
            yield from several
        case _:
            return


def _expanded(privileges: frozenset[str], kind: str) -> frozenset[str]:
    if privileges & {"all", "all privileges"}:
        return ALL_PRIVILEGES.get(kind, frozenset({"all"}))
    return privileges


def _with(grants: Grants, role: str, privileges: frozenset[str], *, granted: bool) -> Grants:
    """The grants after one more GRANT or REVOKE."""
    held = grants.get(role, frozenset())
    now = held | privileges if granted else held - privileges
    rest = {one: kept for one, kept in grants.items() if one != role}
    return {**rest, role: now} if now else rest


def _renamed(columns: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if column == old else column for column in columns)


def _retold(tree: Tree, old: str, new: str) -> Tree:
    """An expression in which every column `old` is called `new`."""
    match tree:
        case sql.ColumnRef(parts=parts) if parts[-1] == old:
            return replace(tree, parts=(*parts[:-1], new))
        case sql.Invocation():
            return replace(tree, arguments=tuple(_retold(one, old, new) for one in tree.arguments))
        case sql.Operation():
            return replace(tree, operands=tuple(_retold(one, old, new) for one in tree.operands))
        case sql.Cast():
            return replace(tree, operand=_retold(tree.operand, old, new))
        case _:
            return tree


def _indexes_column(index: Index, column: str) -> bool:
    if any(element.column == column for element in index.elements) or column in index.include:
        return True
    texts = [element.text for element in index.elements if not element.column]
    if index.where:
        texts.append(index.where.text)
    return any(re.search(rf"\b{re.escape(column)}\b", text) for text in texts)


def _figured(tree: Tree) -> str:
    """The name that PostgreSQL gives to an output without one."""
    match tree:
        case sql.ColumnRef(parts=parts):
            return parts[-1]
        case sql.Invocation(function=function):
            return function.name
        case sql.Cast(operand=operand, type=type_):
            return _figured(operand) or type_
        case sql.Operation(
            operator=("coalesce" | "array" | "case" | "row" | "nullif" | "greatest" | "least") as operator
        ):
            return operator
        case sql.Query(use="exists"):
            return "exists"
        case sql.Query(use="scalar", names=(name, *_)) if name:
            return name
        case sql.Query(use="scalar", outputs=(output, *_)):
            return _figured(output)
        case _:
            return ""


def _figured_text(text: str) -> str:
    """The part of an index's name for an expression: its function's name, else `expr`."""
    called = re.match(r"(?:\w+\.)?(\w+)\(", text)
    return called[1] if called else "expr"


def _said(key: object) -> str:
    return ".".join(map(str, key)) if isinstance(key, tuple) else str(key)
