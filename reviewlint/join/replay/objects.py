"""Indexes, policies, views, functions, triggers, publications and buckets: made and altered."""

import re
from dataclasses import replace

from ...facts import schema, sql
from ...facts.schema import Function, Index, Policy, View
from ...facts.sql import Name
from .state import Refused, State, signature, type_key


def create_index(state: State, action: sql.CreateIndex) -> None:
    """CREATE INDEX."""
    name = state.find(action.table, state.tables, state.views)
    if not action.table.schema and action.table.name in state.temporary:
        return
    if name not in state.views:
        table = state.table(action.table)
        if table is None:
            return
        for element in action.elements:
            if element.column and table.complete and not table.column(element.column):
                raise Refused(f"column {element.column} of {name} does not exist")
    full = Name(name.schema, action.name)
    if action.name and state.relation_taken(name.schema)(action.name):
        if action.if_not_exists:
            return
        raise Refused(f"relation {full} exists already")
    template = Index(
        full,
        name,
        action.elements,
        state.at,
        action.unique,
        action.method,
        action.where,
        action.include,
        nulls_not_distinct=action.nulls_not_distinct,
    )
    make_index(state, name, action.name, template)


def make_index(state: State, table: Name, label: str, template: Index) -> None:
    """Make an index like `template` on a table and its partitions; `label` is `""` where a name is to be chosen."""
    if not label:
        parts: list[str] = []
        for element in template.elements:
            part = element.column or _figured_text(element.text)
            number, unique = 0, part
            while unique in parts:
                number += 1
                unique = f"{part}{number}"
            parts.append(unique)
        label = state.unused(table.name, "_".join(parts), "idx", state.relation_taken(table.schema))
    full = Name(table.schema, label)
    state.indexes[full] = replace(template, name=full, table=table, made=state.at)
    for child in list(state.children(table)):
        inside = state.tables[child]
        if inside.partition and table in inside.parents:
            make_index(state, child, "", template)


def create_policy(state: State, action: sql.CreatePolicy) -> None:
    """CREATE POLICY."""
    table = state.table(action.table)
    if table is None:
        return
    key = (table.name, action.name)
    if key in state.policies:
        raise Refused(f"policy {action.name} of {table.name} exists already")
    action = action._replace(command=action.command.lower())
    if action.command == "insert" and action.using:
        raise Refused("only WITH CHECK is allowed for INSERT")
    if action.command in {"select", "delete"} and action.check:
        raise Refused(f"WITH CHECK cannot be applied to {action.command.upper()}")
    relations, functions = state.used(table, action.using, action.check)
    state.policies[key] = Policy(
        action.name,
        table.name,
        action.command,
        action.permissive,
        action.roles,
        action.using,
        action.check,
        state.at,
        state.at,
        relations,
        functions,
        clauses=action.clauses,
    )


def alter_policy(state: State, action: sql.AlterPolicy) -> None:
    """ALTER POLICY: what it says replaces what was."""
    name = state.find(action.table, state.tables)
    policy = state.policies.get((name, action.name))
    if policy is None:
        state.missing.append(Name(name.schema, f"{name.name}.{action.name}"))
        return
    using, check = action.using or policy.using, action.check or policy.check
    relations, functions = state.used(state.tables[name], using, check)
    state.policies[name, action.name] = replace(
        policy,
        roles=action.roles or policy.roles,
        using=using,
        check=check,
        relations=relations,
        functions=functions,
        defined=state.at,
        changed=(*policy.changed, state.at),
    )


def create_view(state: State, action: sql.CreateView) -> None:
    """CREATE VIEW and CREATE MATERIALIZED VIEW."""
    if action.temporary:
        state.temporary.add(action.name.name)
        return
    name = state.new(action.name)
    state.needs_schema(name.schema)
    existing = state.views.get(name)
    if existing and not action.replace:
        if action.if_not_exists:
            return
        raise Refused(f"view {name} exists already")
    if name in state.tables and state.tables[name].seen:
        raise Refused(f"{name} is a table")
    relations: set[Name] = set()
    functions: set[Name] = set()
    if action.query:
        state.collect(action.query, relations, functions)
        state.needs_columns(action.query, {})
    state.views[name] = View(
        name,
        existing.made if existing else state.at,
        state.at,
        action.query,
        action.text,
        action.materialized,
        dict(action.options),
        action.columns or (state.output_names(action.query) if action.query else ()),
        frozenset(relations),
        frozenset(functions),
        existing.grants if existing else state.default_grants(name.schema, "table"),
        (*existing.changed, state.at) if existing else (),
    )


def create_function(state: State, action: sql.CreateFunction) -> None:
    """CREATE FUNCTION; one that is replaced keeps its privileges."""
    name = state.new(action.name)
    if name.schema == "pg_temp":
        return
    state.needs_schema(name.schema)
    _needs(state, action)
    inputs = [one.type for one in action.arguments if one.mode not in {"out", "table"}]
    key = (name, signature(inputs))
    existing = state.functions.get(key)
    if existing and not existing.platform and (not action.replace or _differs(state, existing, action)):
        raise Refused(f"function {existing.identity} exists already")
    state.functions[key] = Function(
        name,
        key[1],
        action.arguments,
        action.returns,
        action.language,
        existing.made if existing and existing.made else state.at,
        state.at,
        action.body,
        action.kind,
        action.definer,
        {name: ", ".join(state.path) if value == sql.CURRENT else value for name, value in action.settings},
        action.volatility,
        existing.grants if existing else state.default_grants(name.schema, "function"),
        existing.owner if existing else "",
    )


def _needs(state: State, action: sql.CreateFunction) -> None:
    """Raises `Refused` for what a function needs when it is made: its types, and for SQL what the body reads."""
    for text in (action.returns, *(argument.type for argument in action.arguments)):
        schema_name, _, label = text.removeprefix("setof ").removesuffix("[]").rpartition(".")
        state.needs_type(Name(schema_name, label))
    checked = state.settings.get("check_function_bodies", "on").lower() not in {"off", "false", "0", "no"}
    for name in action.body.relations if action.body and action.language == "sql" and checked else ():
        full = state.find(name, state.tables, state.views)
        if full in state.made and full not in state.tables and full not in state.views:
            state.lacks(full)
    for name in action.body.calls if action.body and action.language == "sql" and checked else ():
        state.known_function(name)


def _differs(state: State, existing: Function, action: sql.CreateFunction) -> bool:
    """Whether OR REPLACE would change what it may not: the type that is returned, or a parameter's name."""
    if type_key(existing.returns) != type_key(action.returns):
        return True
    before, after = existing.arguments, action.arguments
    results = [
        [(one.name, type_key(one.type)) for one in arguments if one.mode in {"out", "table", "inout"}]
        for arguments in (before, after)
    ]
    inputs = [[one.name for one in arguments if one.mode in {"in", "inout"}] for arguments in (before, after)]
    renamed = any(old and old != new for old, new in zip(*inputs, strict=False))
    return results[0] != results[1] or renamed


def alter_function(state: State, action: sql.AlterFunction) -> None:
    """ALTER FUNCTION: settings, security and owner.

    Settings that are added leave the function where it was defined; one that is gone, or other rights, do not.
    """
    key = state.function(action.name, action.arguments)
    if key is None:
        state.missing.append(state.new(action.name))
        return
    function = state.functions[key]
    settings: dict[str, str] = dict(function.settings)
    for name, value in action.settings:
        if name == "*":
            settings.clear()
        elif value is None:
            settings.pop(name, None)
        else:
            settings[name] = value
    is_other = action.definer is not None or not settings.keys() >= function.settings.keys()
    state.functions[key] = function.but(
        settings=settings,
        definer=function.definer if action.definer is None else action.definer,
        volatility=action.volatility or function.volatility,
        owner=action.owner or function.owner,
        defined=state.at if is_other else function.defined,
    )


def create_trigger(state: State, action: sql.CreateTrigger) -> None:
    """CREATE TRIGGER."""
    name = state.find(action.table, state.tables, state.views)
    if name not in state.views:
        table = state.table(action.table)
        if table is None:
            return
        name = table.name
    if (name, action.name) in state.triggers and not action.replace:
        raise Refused(f"trigger {action.name} of {name} exists already")
    function = state.known_function(action.function)
    state.triggers[name, action.name] = schema.Trigger(action.name, name, function, state.at)


def publication(state: State, action: sql.Publication) -> None:
    """CREATE and ALTER PUBLICATION."""
    existing = state.publications.get(action.name)
    tables = dict(existing.tables) if existing and action.what in {"add", "drop"} else {}
    names = [state.find(name, state.tables) for name in action.tables]
    for name in names:
        if name not in state.tables:
            state.missing.append(name)
    if action.what == "drop":
        tables = {name: at for name, at in tables.items() if name not in names}
    else:
        tables.update({name: tables.get(name, state.at) for name in names})
    all_tables = action.all_tables or bool(existing and existing.all_tables and action.what != "create")
    state.publications[action.name] = schema.Publication(action.name, tables, action.schemas, all_tables)


_BUCKETS = Name("storage", "buckets")


def insert(state: State, action: sql.Insert) -> None:
    """INSERT, as far as it makes storage buckets."""
    if state.platform != "supabase" or state.find(action.table) != _BUCKETS:
        return
    columns = action.columns or ("id", "name", "owner", "public")
    for row in action.rows:
        values = dict(zip(columns, row, strict=False))
        bucket = values.get("id") or values.get("name")
        if isinstance(bucket, str) and (bucket not in state.buckets or action.upsert):
            state.buckets[bucket] = schema.Bucket(bucket, _is_true(values.get("public")), state.at)


def change(state: State, action: sql.Change) -> None:
    """UPDATE and DELETE, as far as they are about storage buckets."""
    if state.platform != "supabase" or [state.find(name) for name in action.tables] != [_BUCKETS]:
        return
    meant = action.keys if action.filtered else tuple(state.buckets)
    for bucket in [state.buckets[key] for key in meant if key in state.buckets]:
        if action.what != "update":
            del state.buckets[bucket.id]
        elif "public" in action.columns:
            public = _is_true(action.values[action.columns.index("public")])
            state.buckets[bucket.id] = replace(bucket, public=public, at=state.at)


def _is_true(value: str | int | float | bool | None) -> bool:
    return value in {True, "true", "t"}


def _figured_text(text: str) -> str:
    """The part of an index's name for an expression: its function's name, else `expr`."""
    called = re.match(r"(?:\w+\.)?(\w+)\(", text)
    return called[1] if called else "expr"
