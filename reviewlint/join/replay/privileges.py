"""GRANT, REVOKE and ALTER DEFAULT PRIVILEGES."""

from collections.abc import Mapping
from typing import Any

from ...facts import sql
from ...facts.schema import Grants, Table
from ...facts.sql import Name
from .state import FUNCTIONS, State, expanded, with_grant


def default_privileges(state: State, action: sql.DefaultPrivileges) -> None:
    """ALTER DEFAULT PRIVILEGES, where it is about what migrations create."""
    mine = {"postgres", "current_user", "session_user", "current_role"}
    if action.owners and not mine & set(action.owners):
        return
    kind = "function" if action.kind in FUNCTIONS else action.kind
    privileges = frozenset(action.privileges) or frozenset({"all"})
    for one in action.schemas or ("",):
        grants: Grants = {role: expanded(held, kind) for role, held in state.defaults.get((one, kind), {}).items()}
        for role in action.roles:
            grants = with_grant(grants, role, expanded(privileges, kind), granted=action.granted)
        state.defaults[one, kind] = grants


def grant(state: State, action: sql.Grant) -> None:
    """GRANT and REVOKE."""
    if action.kind in FUNCTIONS:
        for key in _granted_functions(state, action):
            function = state.functions[key]
            grants = function.grants
            for role in action.roles:
                grants = with_grant(grants, role, frozenset({"execute"}), granted=action.granted)
            state.functions[key] = function.but(grants=grants)
        return
    if action.kind not in {"table", "sequence"}:
        return
    privileges = frozenset(action.privileges)
    if not privileges and not action.column_privileges:
        privileges = frozenset({"all"})
    for name in _granted_relations(state, action):
        holders: tuple[dict[Name, Any], ...] = (state.tables, state.views)
        for holder in holders:
            if name in holder:
                relation = holder[name]
                grants = relation.grants
                for role in action.roles:
                    grants = with_grant(grants, role, expanded(privileges, "table"), granted=action.granted)
                holder[name] = relation.but(grants=grants)
        if name in state.sequences:
            grants = state.sequences[name]
            for role in action.roles:
                grants = with_grant(grants, role, expanded(privileges, "sequence"), granted=action.granted)
            state.sequences[name] = grants
        if name in state.tables and action.column_privileges:
            _grant_columns(state, state.tables[name], action)


def _grant_columns(state: State, table: Table, action: sql.Grant) -> None:
    held = dict(table.column_grants)
    for privilege, columns in action.column_privileges:
        for role in action.roles:
            for column in columns:
                now = held.get((role, column), frozenset())
                held[role, column] = now | {privilege} if action.granted else now - {privilege}
    state.tables[table.name] = table.but(column_grants={key: value for key, value in held.items() if value})


def _granted_functions(state: State, action: sql.Grant) -> list[tuple[Name, tuple[str, ...]]]:
    if action.schemas:
        return [key for key in state.functions if key[0].schema in action.schemas]
    found = []
    for item in action.objects:
        key = state.function(item.name, item.arguments)
        if key:
            found.append(key)
        else:
            state.missing.append(state.new(item.name))
    return found


def _granted_relations(state: State, action: sql.Grant) -> list[Name]:
    if action.schemas:
        kinds: tuple[Mapping[Name, Any], ...] = (
            (state.tables, state.views) if action.kind == "table" else (state.sequences,)
        )
        return [name for kind in kinds for name in kind if name.schema in action.schemas]
    names = []
    for item in action.objects:
        name = state.find(item.name)
        if name not in state.views and name not in state.sequences and action.kind == "table":
            state.table(item.name)
        names.append(name)
    return names
