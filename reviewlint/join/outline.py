"""A replayed database in words: an outline for people, and SQL that makes it anew."""

from collections.abc import Iterator

from ..facts.schema import Constraint, Database, EventTrigger, Function, Index, Policy, Table, View
from ..facts.sql import ColumnDef, Name, quoted

_BODY_QUOTE = "$body$"


def outline(database: Database) -> str:
    """Tables with columns, row security, policies and indexes, then views and functions; one line for each thing."""
    lines = [f"{database.root}  ({database.tool or database.platform}, {len(database.files)} migrations)"]
    if database.tool in {"django", "alembic"}:
        lines.append("only the raw SQL of these migrations is known; what else they make is taken to exist")
    for table in _own_tables(database):
        lines += ["", f"{table.name}  {_protection(database, table)}"]
        widest = max((len(column.name) for column in table.columns), default=0)
        lines += [f"  {column.name:{widest}}  {_column_words(column, table)}" for column in table.columns]
        lines += [
            f"  {_constraint(constraint)}" for constraint in table.constraints if constraint.kind != "primary key"
        ]
        lines += [f"  index {_index_words(index)}" for index in database.indexes_of(table.name) if not index.constraint]
        lines += [f"  policy {_policy_words(policy)}" for policy in database.policies_of(table.name)]
    for view in database.views.values():
        if not view.platform:
            options = (
                f"  ({', '.join(f'{key}={value}' for key, value in view.options.items())})" if view.options else ""
            )
            lines += ["", f"{view.name}  {'materialized view' if view.materialized else 'view'}{options}"]
            lines += [f"  reads {', '.join(map(str, sorted(view.relations)))}"] if view.relations else []
    functions = [function for function in database.functions.values() if not function.platform]
    lines += [""] * bool(functions)
    lines += [f"{function.kind} {function.identity}  {_function_words(function)}" for function in functions]
    lines += [""] * bool(database.event_triggers)
    lines += [
        f"event trigger {_event_words(one)}{'' if one.enabled else ', disabled'}"
        for one in database.event_triggers.values()
    ]
    return "\n".join(lines) + "\n"


def _event_words(trigger: EventTrigger) -> str:
    """What CREATE EVENT TRIGGER says."""
    tags = ", ".join(f"'{tag}'" for tag in trigger.tags)
    when = f" when tag in ({tags})" if tags else ""
    return f"{quoted(trigger.name)} on {trigger.event}{when} execute function {trigger.function.quoted}()"


def _own_tables(database: Database) -> list[Table]:
    return [table for table in database.tables.values() if not table.platform]


def _protection(database: Database, table: Table) -> str:
    if not table.seen:
        return "not created by any migration"
    count = len(database.policies_of(table.name))
    policies = f"{count} {'policy' if count == 1 else 'policies'}"
    forced = ", forced" if table.forced else ""
    doubt = "?" if table.uncertain else ""
    return f"row security {'on' if table.rls else 'OFF'}{doubt}{forced}, {policies}"


def _column_words(column: ColumnDef, table: Table) -> str:
    key = table.primary_key
    words = [column.type or "(type not known)"]
    words += ["primary key"] if key and column.name in key.columns else ["not null"] if column.not_null else []
    words += ["generated as identity"] if column.identity else []
    words += [f"default {column.default.text}"] if column.default else []
    return " ".join(words)


def _constraint(constraint: Constraint) -> str:
    """A constraint as ALTER TABLE … ADD says it."""
    columns = ", ".join(map(quoted, constraint.columns))
    words = [f"constraint {quoted(constraint.name)} {constraint.kind}"]
    if constraint.kind == "check":
        words.append(f"({constraint.expression.text if constraint.expression else 'true'})")
    else:
        words.append(f"({columns})")
    if constraint.references:
        referenced = ", ".join(map(quoted, constraint.referenced_columns))
        words.append(f"references {constraint.references.quoted}" + (f" ({referenced})" if referenced else ""))
    words += [f"on delete {constraint.on_delete}"] if constraint.on_delete else []
    words += ["not valid"] if not constraint.valid else []
    return " ".join(words)


def _index_words(index: Index) -> str:
    unique = "unique " if index.unique else ""
    return f"{index.name.name} {unique}{_keys(index)}"


def _keys(index: Index) -> str:
    keys = ", ".join(
        (quoted(one.column) if one.column else f"({one.text})") + (f" {one.options}" if one.options else "")
        for one in index.elements
    )
    method = f"using {index.method} " if index.method != "btree" else ""
    include = f" include ({', '.join(map(quoted, index.include))})" if index.include else ""
    where = f" where {index.where.text}" if index.where else ""
    return f"{method}({keys}){include}{where}"


def _policy_words(policy: Policy) -> str:
    return f'"{policy.name}" {_policy_clauses(policy)}'


def _policy_clauses(policy: Policy) -> str:
    restrictive = "" if policy.permissive else "as restrictive "
    roles = f" to {', '.join(map(quoted, policy.roles))}" if policy.roles else ""
    using = f" using ({policy.using.text})" if policy.using else ""
    check = f" with check ({policy.check.text})" if policy.check else ""
    return f"{restrictive}for {policy.command}{roles}{using}{check}"


def _function_words(function: Function) -> str:
    words = [f"→ {function.returns}" if function.returns else "", function.language]
    words += ["security definer"] if function.definer else []
    words += [f"set {name} = {value!r}" for name, value in function.settings.items()]
    return ", ".join(word for word in words if word)


def as_sql(database: Database) -> str:
    """Statements that make the same tables, views, functions, indexes and policies on an empty database.

    Aggregates are left out: what they are made of is not kept.
    """
    parts = ["set check_function_bodies = off;", *_schemas(database), *_types(database)]
    tables = [table for table in _own_tables(database) if table.seen and table.kind != "foreign"]
    parts += [_table(table) for table in tables]
    parts += [
        _function(function)
        for function in database.functions.values()
        if not function.platform and function.kind != "aggregate"
    ]
    parts += [
        _view(view) for view in sorted(database.views.values(), key=lambda view: view.defined) if not view.platform
    ]
    for table in tables:
        parts += [
            f"alter table {table.name.quoted} add {_constraint(constraint)};"
            for constraint in table.constraints
            if constraint.kind == "foreign key" and not table.partition
        ]
    parts += [
        f"create {'unique ' if index.unique else ''}index {quoted(index.name.name)} "
        f"on {index.table.quoted} {_keys(index)};"
        for index in database.indexes.values()
        if not index.constraint and index.made and not _is_partition(database, index.table)
    ]
    for table in tables:
        parts += _security(database, table)
    for trigger in database.event_triggers.values():
        parts.append(f"create event trigger {_event_words(trigger)};")
        if not trigger.enabled:
            parts.append(f"alter event trigger {quoted(trigger.name)} disable;")
    return "\n\n".join(part for part in parts if part) + "\n"


def _is_partition(database: Database, name: Name) -> bool:
    return name in database.tables and database.tables[name].partition


def _schemas(database: Database) -> Iterator[str]:
    made = [name for name, at in database.schemas.items() if at is not None]
    yield "\n".join(f"create schema {quoted(name)};" for name in made)
    yield "\n".join(
        f"create extension {quoted(extension.name)} schema {quoted(extension.schema)};"
        for extension in database.extensions.values()
        if extension.made
    )


def _types(database: Database) -> Iterator[str]:
    for kind in database.types.values():
        if kind.kind == "enum":
            values = ", ".join("'" + value.replace("'", "''") + "'" for value in kind.values)
            yield f"create type {kind.name.quoted} as enum ({values});"


def _table(table: Table) -> str:
    lines = [f"  {_column(column)}" for column in table.columns]
    lines += [f"  {_constraint(one)}" for one in table.constraints if one.kind in {"primary key", "unique", "check"}]
    return f"create table {table.name.quoted} (\n" + ",\n".join(lines) + "\n);"


def _column(column: ColumnDef) -> str:
    words = [quoted(column.name), column.type]
    if column.identity:
        words.append(f"generated {'always' if column.identity == 'a' else 'by default'} as identity")
    words += [f"default {column.default.text}"] if column.default else []
    words += ["not null"] if column.not_null else []
    return " ".join(words)


def _view(view: View) -> str:
    return view.text.rstrip().rstrip(";") + ";"


def _function(function: Function) -> str:
    arguments = ", ".join(
        f"{'' if one.mode == 'in' else one.mode + ' '}{quoted(one.name) + ' ' if one.name else ''}{one.type}"
        for one in function.arguments
        if one.mode != "table"
    )
    words = [f"create {function.kind} {function.name.quoted}({arguments})"]
    words += [f"  returns {function.returns}"] if function.returns else []
    words.append(
        f"  language {function.language or 'sql'} {function.volatility if function.kind == 'function' else ''}".rstrip()
    )
    words += ["  security definer"] if function.definer else []
    words += [f"  set {name} = {value or chr(39) * 2}" for name, value in function.settings.items()]
    body = function.body.text if function.body else ""
    words.append(f"  as {_BODY_QUOTE}{body}{_BODY_QUOTE};")
    return "\n".join(words)


def _security(database: Database, table: Table) -> Iterator[str]:
    lines = []
    if table.rls:
        lines.append(f"alter table {table.name.quoted} enable row level security;")
    if table.forced:
        lines.append(f"alter table {table.name.quoted} force row level security;")
    for policy in database.policies_of(table.name):
        name = policy.name.replace('"', '""')
        lines.append(f'create policy "{name}" on {table.name.quoted} {_policy_clauses(policy)};')
    yield "\n".join(lines)
