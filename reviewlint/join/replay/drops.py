"""DROP in all its forms: what goes along, what CASCADE takes, and what PostgreSQL refuses."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from ...facts import sql
from ...facts.schema import Index
from ...facts.sql import Name
from ..dependencies import view_uses_column, words_of
from .state import FUNCTIONS, VIEWS, Refused, State

Key: TypeAlias = tuple[str, Any]
"""An object: its kind and its key among the objects of that kind."""


def drop(state: State, action: sql.Drop) -> None:
    """DROP of one or more objects."""
    doomed: set[Key] = set()
    for item in action.objects:
        key = _dropped(state, action, item)
        if key is not None:
            doomed.add(key)
    remove(state, doomed, cascade=action.cascade or (action.kind == "schema" and _drops_by_text(state)))


def _drops_by_text(state: State) -> bool:
    """Whether functions of the history drop what only runs tell: of an empty schema its own DROP says what went."""
    bodies = (step.action.body for step in state.steps if isinstance(step.action, sql.CreateFunction))
    return any("drop table" in one.text.lower() for body in bodies if body is not None for one in body.dynamic)


def _dropped(state: State, action: sql.Drop, item: sql.Dropped) -> Key | None:
    """What a DROP names, None where it is not there; raises where PostgreSQL would miss it."""
    kind = action.kind
    if kind in {"table", "foreign table"}:
        if not item.name.schema and item.name.name in state.temporary:
            state.temporary.discard(item.name.name)
            return None
        name = state.find(item.name, state.tables)
        return _there(state, ("table", name), name in state.tables, action, name)
    if kind in VIEWS:
        name = state.find(item.name, state.views)
        return _there(state, ("view", name), name in state.views, action, name)
    if kind == "index":
        name = state.find(item.name, state.indexes)
        if name in state.indexes and state.indexes[name].constraint:
            raise Refused(f"index {name} belongs to a constraint")
        return _there(state, ("index", name), name in state.indexes, action, name)
    if kind in {"policy", "trigger"}:
        name = state.find(item.name, state.tables, state.views)
        holder: Mapping[Any, Any] = state.policies if kind == "policy" else state.triggers
        full = Name(name.schema, f"{name.name}.{item.part}")
        return _there(state, (kind, (name, item.part)), (name, item.part) in holder, action, full)
    if kind in FUNCTIONS:
        if item.arguments is None and state.is_overloaded(item.name):
            raise Refused(f"function name {item.name} is not unique")
        key = state.function(item.name, item.arguments)
        return _there(state, ("function", key), key is not None, action, state.new(item.name))
    if kind in {"type", "domain"}:
        name = state.find(item.name, state.types)
        return _there(state, ("type", name), name in state.types, action, name)
    if kind == "sequence":
        name = state.find(item.name, state.sequences)
        state.sequences.pop(name, None)
    elif kind == "schema":
        return _there(state, ("schema", item.name.name), item.name.name in state.schemas, action, item.name)
    elif kind == "extension":
        state.extensions.pop(item.name.name, None)
    elif kind == "event trigger":
        return _there(state, (kind, item.name.name), item.name.name in state.event_triggers, action, item.name)
    elif kind == "publication":
        state.publications.pop(item.name.name, None)
    return None


def _there(state: State, key: Key, exists: bool, action: sql.Drop, name: Name) -> Key | None:
    if exists:
        return key
    if not action.if_exists:
        state.missing.append(name)
    return None


def remove(state: State, doomed: set[Key], *, cascade: bool) -> None:
    """Remove objects with all that goes with them; with CASCADE also all that depends on them."""
    everything = set(doomed)
    pending = list(doomed)
    while pending:
        key = pending.pop()
        for dependent, automatic in _dependents(state, key):
            if dependent in everything:
                continue
            if not automatic and not cascade:
                raise Refused(f"{dependent[0]} {_said(dependent[1])} depends on {key[0]} {_said(key[1])}")
            everything.add(dependent)
            pending.append(dependent)
    for key in sorted(everything, key=repr):
        _forget(state, key)


def _dependents(state: State, key: Key) -> Iterator[tuple[Key, bool]]:
    """What depends on an object, and whether it goes with it without being asked for."""
    kind, name = key
    match kind:
        case "table" | "view":
            for holder, part in ((state.policies, "policy"), (state.triggers, "trigger")):
                for one in holder:
                    if one[0] == name:
                        yield (part, one), True
            for label, index in state.indexes.items():
                if index.table == name:
                    yield ("index", label), True
            yield from _users(state, "relations", name)
            yield from _row_types(state, name)
            for other, table in state.tables.items():
                if name in table.parents:
                    yield ("table", other), table.partition
                for constraint in table.constraints:
                    if constraint.references == name and other != name:
                        yield ("constraint", (other, constraint.name)), False
        case "function":
            others = [one for one in state.functions if one[0] == name[0] and one != name]
            if others:
                return
            yield from _users(state, "functions", name[0])
            for trigger_key, trigger in state.triggers.items():
                if trigger.function == name[0]:
                    yield ("trigger", trigger_key), False
            for waiting in state.event_triggers.values():
                if waiting.function == name[0]:
                    yield ("event trigger", waiting.name), False
        case "type":
            for other, table in state.tables.items():
                for column in table.columns:
                    if column.type_name.name == name.name and state.find(column.type_name, state.types) == name:
                        yield ("column", (other, column.name)), False
            yield from _row_types(state, name)
        case "schema":
            inside: tuple[tuple[str, Iterable[Name]], ...] = (
                ("table", state.tables),
                ("view", state.views),
                ("type", state.types),
            )
            for part, names in inside:
                for relation in names:
                    if relation.schema == name:
                        yield (part, relation), False
            for function in state.functions:
                if function[0].schema == name:
                    yield ("function", function), False
        case "column":
            yield from _column_dependents(state, *name)
        case "constraint":
            yield from _constraint_dependents(state, *name)
        case _:
            return


def _users(state: State, field: str, name: Name) -> Iterator[tuple[Key, bool]]:
    for view in state.views.values():
        if name in getattr(view, field):
            yield ("view", view.name), False
    for key, policy in state.policies.items():
        if name in getattr(policy, field) and not (field == "relations" and key[0] == name):
            yield ("policy", key), False


def _row_types(state: State, name: Name) -> Iterator[tuple[Key, bool]]:
    """Functions that take or return rows of a table or values of a type."""
    for key, function in state.functions.items():
        types = {function.returns.removeprefix("setof "), *(argument.type for argument in function.arguments)}
        for text in types:
            bare = text.removesuffix("[]")
            schema_name, _, label = bare.rpartition(".")
            if label == name.name and (schema_name or "public") == name.schema:
                yield ("function", key), False


def _column_dependents(state: State, table_name: Name, column: str) -> Iterator[tuple[Key, bool]]:
    table = state.tables[table_name]
    for constraint in table.constraints:
        mentioned = constraint.expression is not None and column in words_of(constraint.expression.tree)
        if column in constraint.columns or mentioned:
            yield ("constraint", (table_name, constraint.name)), True
    for label, index in state.indexes.items():
        if index.table == table_name and not index.constraint and _indexes_column(index, column):
            yield ("index", label), True
    for key, policy in state.policies.items():
        if state.policy_uses(policy, table_name, column):
            yield ("policy", key), False
    for view in state.views.values():
        if view_uses_column(view, table, column, state.find):
            yield ("view", view.name), False


def _constraint_dependents(state: State, table_name: Name, label: str) -> Iterator[tuple[Key, bool]]:
    constraint = next((one for one in state.tables[table_name].constraints if one.name == label), None)
    if constraint is None or constraint.kind not in {"primary key", "unique"}:
        return
    for other, table in state.tables.items():
        for one in table.constraints:
            if one.references == table_name and set(one.referenced_columns) == set(constraint.columns):
                yield ("constraint", (other, one.name)), False


def _forget(state: State, key: Key) -> None:
    kind, name = key
    match kind:
        case "table" | "view":
            forget_relation(state, name)
        case "index":
            state.indexes.pop(name, None)
        case "policy":
            state.policies.pop(name, None)
        case "trigger":
            state.triggers.pop(name, None)
        case "event trigger":
            state.event_triggers.pop(name, None)
        case "function":
            if name in state.functions:
                del state.functions[name]
        case "type":
            state.types.pop(name, None)
        case "schema":
            state.schemas.pop(name, None)
        case "column":
            for child in (name[0], *state.children(name[0])):
                table = state.tables.get(child)
                if table:
                    columns = tuple(one for one in table.columns if one.name != name[1])
                    state.tables[child] = replace(table, columns=columns)
        case "constraint":
            table = state.tables.get(name[0])
            if table:
                constraints = tuple(one for one in table.constraints if one.name != name[1])
                state.tables[name[0]] = replace(table, constraints=constraints)
                index = state.indexes.get(Name(name[0].schema, name[1]))
                if index and index.table == name[0]:
                    del state.indexes[index.name]
        case _:
            pass


def forget_relation(state: State, name: Name) -> None:
    """Take a table or view away with its indexes, policies and triggers."""
    state.tables.pop(name, None)
    state.views.pop(name, None)
    for label in [label for label, index in state.indexes.items() if index.table == name]:
        del state.indexes[label]
    holders: tuple[dict[tuple[Name, str], Any], ...] = (state.policies, state.triggers)
    for holder in holders:
        for key in [key for key in holder if key[0] == name]:
            del holder[key]
    for other, publication in list(state.publications.items()):
        if name in publication.tables:
            tables = {one: at for one, at in publication.tables.items() if one != name}
            state.publications[other] = replace(publication, tables=tables)


def _indexes_column(index: Index, column: str) -> bool:
    if any(element.column == column for element in index.elements) or column in index.include:
        return True
    texts = [element.text for element in index.elements if not element.column]
    if index.where:
        texts.append(index.where.text)
    return any(re.search(rf"\b{re.escape(column)}\b", text) for text in texts)


def _said(key: object) -> str:
    return str(key) if not isinstance(key, tuple) or isinstance(key, Name) else ".".join(map(str, key))
