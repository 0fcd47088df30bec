"""RENAME and SET SCHEMA, followed to everything that uses the object."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ...facts import sql
from ...facts.schema import Policy, Table
from ...facts.sql import Expression, Name, Tree
from ..dependencies import uses_column
from .state import FUNCTIONS, FunctionKey, Refused, State


def rename(state: State, action: sql.Rename) -> None:
    """RENAME TO."""
    match action.kind:
        case "table" | "view" | "materialized view" | "index" | "foreign table" | "sequence":
            _rename_relation(state, action)
        case "column":
            _rename_column(state, action)
        case "constraint":
            _rename_constraint(state, action)
        case "policy":
            key = (state.find(action.name, state.tables), action.part)
            if key in state.policies:
                policy = state.policies.pop(key)
                state.policies[key[0], action.new] = replace(
                    policy, name=action.new, changed=(*policy.changed, state.at)
                )
        case "trigger":
            key = (state.find(action.name, state.tables), action.part)
            if key in state.triggers:
                state.triggers[key[0], action.new] = replace(state.triggers.pop(key), name=action.new)
        case "event trigger":
            if action.name.name in state.event_triggers:
                trigger = state.event_triggers.pop(action.name.name)
                state.event_triggers[action.new] = replace(trigger, name=action.new)
        case "function" | "procedure" | "routine":
            _move_function(state, action.name, action.arguments, new=action.new)
        case "type" | "domain":
            name = state.find(action.name, state.types)
            if name in state.types:
                _move_type(state, name, Name(name.schema, action.new))
        case "schema":
            _rename_schema(state, action.name.name, action.new)
        case _:
            pass


def _rename_relation(state: State, action: sql.Rename) -> None:
    name = state.find(action.name, state.tables, state.views, state.indexes, state.sequences)
    if name in state.indexes:
        index = state.indexes.pop(name)
        full = Name(name.schema, action.new)
        state.indexes[full] = replace(index, name=full)
        if index.constraint:
            _relabel(state, index.table, index.constraint, action.new)
            state.indexes[full] = replace(index, name=full, constraint=action.new)
        return
    if name not in state.tables and name not in state.views and name not in state.sequences:
        if action.kind in {"index", "sequence"}:
            state.missing.append(name)
            return
        state.table(action.name)
    _move_relation(state, name, Name(name.schema, action.new))


def _relabel(state: State, table: Name, old: str, new: str) -> None:
    state.labels.add(new)
    if table in state.tables:
        inside = state.tables[table]
        constraints = tuple(replace(one, name=new) if one.name == old else one for one in inside.constraints)
        state.tables[table] = replace(inside, constraints=constraints)


def _rename_constraint(state: State, action: sql.Rename) -> None:
    table = state.find(action.name, state.tables)
    _relabel(state, table, action.part, action.new)
    index = state.indexes.pop(Name(table.schema, action.part), None)
    if index:
        full = Name(table.schema, action.new)
        state.indexes[full] = replace(index, name=full, constraint=action.new)


def _rename_column(state: State, action: sql.Rename) -> None:
    table = state.tables.get(state.find(action.name, state.tables))
    if table is None:
        return
    if not table.column(action.part):
        if table.complete:
            raise Refused(f"column {action.part} of {table.name} does not exist")
        return
    for child in (table.name, *state.children(table.name)):
        inside = state.tables[child]
        state.tables[child] = replace(
            inside,
            columns=tuple(one._replace(name=action.new) if one.name == action.part else one for one in inside.columns),
            constraints=tuple(
                replace(
                    one,
                    columns=_renamed(one.columns, action.part, action.new),
                    expression=_reworded(one.expression, action),
                )
                for one in inside.constraints
            ),
            changed=(*inside.changed, state.at),
        )
    for name, other in list(state.tables.items()):
        if any(one.references == table.name for one in other.constraints):
            constraints = tuple(
                replace(one, referenced_columns=_renamed(one.referenced_columns, action.part, action.new))
                if one.references == table.name
                else one
                for one in other.constraints
            )
            state.tables[name] = replace(other, constraints=constraints)
    for name, index in list(state.indexes.items()):
        if index.table == table.name:
            elements = tuple(
                one._replace(column=action.new, text=action.new) if one.column == action.part else one
                for one in index.elements
            )
            state.indexes[name] = replace(
                index,
                elements=elements,
                include=_renamed(index.include, action.part, action.new),
                where=_reworded(index.where, action),
            )
    for key, policy in list(state.policies.items()):
        state.policies[key] = _with_renamed_column(state, policy, table, action)


def _with_renamed_column(state: State, policy: Policy, table: Table, action: sql.Rename) -> Policy:
    """A policy whose expressions follow a renamed column, as PostgreSQL's do."""
    owner = state.tables.get(policy.table)
    renamed: dict[str, Any] = {}
    for field in ("using", "check"):
        expression: Expression | None = getattr(policy, field)
        if expression and owner and uses_column(expression.tree, owner, table, action.part, state.find):
            renamed[field] = _reworded(expression, action)
    return replace(policy, **renamed) if renamed else policy


def set_schema(state: State, action: sql.SetSchema) -> None:
    """SET SCHEMA."""
    if action.schema not in state.schemas:
        state.schemas[action.schema] = None
    if action.kind in FUNCTIONS:
        _move_function(state, action.name, action.arguments, schema_name=action.schema)
    elif action.kind in {"type", "domain"}:
        name = state.find(action.name, state.types)
        if name in state.types:
            _move_type(state, name, Name(action.schema, name.name))
    elif action.kind == "extension":
        if action.name.name in state.extensions:
            extension = state.extensions[action.name.name]
            state.extensions[extension.name] = replace(extension, schema=action.schema)
    else:
        name = state.find(action.name)
        if name not in state.tables and name not in state.views and name not in state.sequences:
            state.table(action.name)
        _move_relation(state, name, Name(action.schema, name.name))


def _move_function(
    state: State, name: Name, arguments: tuple[str, ...] | None, *, new: str = "", schema_name: str = ""
) -> None:
    key = state.function(name, arguments)
    if key is None:
        state.missing.append(state.new(name))
        return
    _place_function(state, key, Name(schema_name or key[0].schema, new or key[0].name))


def _place_function(state: State, key: FunctionKey, full: Name) -> None:
    """Give a function another name, and follow it everywhere."""
    state.functions[full, key[1]] = replace(state.functions.take(key), name=full)
    for trigger_key, trigger in list(state.triggers.items()):
        if trigger.function == key[0]:
            state.triggers[trigger_key] = replace(trigger, function=full)
    _follow(state, lambda one: full if one == key[0] else one, "functions")


def _move_type(state: State, name: Name, new: Name) -> None:
    state.types[new] = replace(state.types.pop(name), name=new)
    was, now = (one.quoted if one.schema != "public" else sql.quoted(one.name) for one in (name, new))
    for key, table in list(state.tables.items()):
        columns = tuple(
            column._replace(type=column.type.replace(was if was in column.type else name.name, now), type_name=new)
            if state.find(column.type_name, {name: None}) == name
            else column
            for column in table.columns
        )
        if columns != table.columns:
            state.tables[key] = replace(table, columns=columns)


def _rename_schema(state: State, old: str, new: str) -> None:
    if new in state.schemas:
        raise Refused(f"schema {new} exists already")
    state.schemas[new] = state.schemas.pop(old, None)
    for name in [one for kind in (state.tables, state.views, state.sequences) for one in kind if one.schema == old]:
        _move_relation(state, name, Name(new, name.name))
    for key in [key for key in state.functions if key[0].schema == old]:
        _place_function(state, key, Name(new, key[0].name))
    for name in [one for one in state.types if one.schema == old]:
        _move_type(state, name, Name(new, name.name))
    for label, extension in state.extensions.items():
        if extension.schema == old:
            state.extensions[label] = replace(extension, schema=new)
    for schema, kind in [key for key in state.defaults if key[0] == old]:
        state.defaults[new, kind] = state.defaults.pop((schema, kind))


def _move_relation(state: State, name: Name, new: Name) -> None:
    """Give a table or view another name, and follow it everywhere."""
    if name == new:
        return
    if new in state.tables or new in state.views:
        raise Refused(f"relation {new} exists already")
    if name in state.tables:
        table = state.tables.pop(name)
        state.tables[new] = replace(table, name=new, changed=(*table.changed, state.at))
    elif name in state.views:
        view = state.views.pop(name)
        state.views[new] = replace(view, name=new, changed=(*view.changed, state.at))
    elif name in state.sequences:
        state.sequences[new] = state.sequences.pop(name)
    for index_name, index in list(state.indexes.items()):
        if index.table == name:
            del state.indexes[index_name]
            moved = Name(new.schema, index_name.name)
            state.indexes[moved] = replace(index, name=moved, table=new)
    for key in [key for key in state.policies if key[0] == name]:
        state.policies[new, key[1]] = replace(state.policies.pop(key), table=new)
    for key in [key for key in state.triggers if key[0] == name]:
        state.triggers[new, key[1]] = replace(state.triggers.pop(key), table=new)
    if name in state.parents:
        state.parents.add(new)
    for other, table in list(state.tables.items()):
        if name in table.parents or any(one.references == name for one in table.constraints):
            state.tables[other] = replace(
                table,
                parents=tuple(new if one == name else one for one in table.parents),
                constraints=tuple(
                    replace(one, references=new) if one.references == name else one for one in table.constraints
                ),
            )
    for label, publication in list(state.publications.items()):
        if name in publication.tables:
            tables = {new if one == name else one: at for one, at in publication.tables.items()}
            state.publications[label] = replace(publication, tables=tables)
    _follow(state, lambda one: new if one == name else one, "relations")


def _follow(state: State, renamed: Callable[[Name], Name], field: str) -> None:
    """Rename what policies and views use."""
    holders: tuple[dict[Any, Any], ...] = (state.policies, state.views)
    for holder in holders:
        for key, item in list(holder.items()):
            names = getattr(item, field)
            now = frozenset(map(renamed, names))
            if now != names:
                holder[key] = replace(item, **{field: now})


def _reworded(expression: Expression | None, action: sql.Rename) -> Expression | None:
    """An expression on rows of one table, written with a column's new name."""
    if expression is None:
        return None
    text = re.sub(rf"(?<![\w'\"]){re.escape(action.part)}(?![\w'\"])", sql.quoted(action.new), expression.text)
    return expression._replace(text=text, tree=_retold(expression.tree, action.part, action.new))


def _renamed(columns: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if column == old else column for column in columns)


def _retold(tree: Tree, old: str, new: str) -> Tree:
    """An expression in which every column `old` is called `new`."""
    match tree:
        case sql.ColumnRef(parts=parts) if parts[-1] == old:
            return tree._replace(parts=(*parts[:-1], new))
        case sql.Invocation():
            return tree._replace(arguments=tuple(_retold(one, old, new) for one in tree.arguments))
        case sql.Operation():
            return tree._replace(operands=tuple(_retold(one, old, new) for one in tree.operands))
        case sql.Cast():
            return tree._replace(operand=_retold(tree.operand, old, new))
        case _:
            return tree
