"""Event triggers: made, altered, and fired by what makes objects; a popular one turns row security on for new tables.

Only what runs at the end of a command is carried out, as far as its function can be read; what it does is no step of
the migration, but part of the statement that fired it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ...facts import sql
from ...facts.schema import EventTrigger
from ...facts.sql import Name, Statement
from . import blocks
from .state import Refused, State

Run = Callable[[State, Statement], None]
"""Carries out one statement."""


def create(state: State, action: sql.CreateEventTrigger) -> None:
    """CREATE EVENT TRIGGER."""
    if action.name in state.event_triggers:
        raise Refused(f"event trigger {action.name} exists already")
    function = state.known_function(action.function)
    state.event_triggers[action.name] = EventTrigger(action.name, action.event, function, action.tags, state.at)


def alter(state: State, action: sql.AlterEventTrigger) -> None:
    """ALTER EVENT TRIGGER … ENABLE or DISABLE."""
    if action.name in state.event_triggers:
        trigger = state.event_triggers[action.name]
        state.event_triggers[action.name] = replace(trigger, enabled=action.enabled)
    else:
        state.missing.append(Name("", action.name))


def fire(state: State, action: sql.Action, run: Run) -> None:
    """Run the functions that wait for what a statement has just done; what they do themselves fires nothing."""
    if state.commands:
        return
    for tag, row in _commands(state, action):
        for trigger in sorted(state.event_triggers.values(), key=lambda one: one.name):
            if trigger.enabled and trigger.event == "ddl_command_end" and (not trigger.tags or tag in trigger.tags):
                _call(state, trigger, {"command_tag": tag, **row}, run)


def _call(state: State, trigger: EventTrigger, command: Mapping[str, Any], run: Run) -> None:
    bodies = [state.functions[key].body for key in state.functions.named(trigger.function)]
    body = bodies[0] if bodies else None
    if body is None:
        return
    at, place = state.at, len(state.steps)
    held = state.variables, state.certain, state.loops, state.effort
    state.commands = [command]
    try:
        blocks.do(state, sql.Do(body), run)
    finally:
        state.commands = []
        state.variables, state.certain, state.loops, state.effort = held
        state.at = at
        del state.steps[place:]


def _commands(state: State, action: sql.Action) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The tag of a command, and what `pg_event_trigger_ddl_commands` says of it."""
    match action:
        case sql.CreateTable(name=name, query=query, server=server) if not action.temporary:
            full = state.new(name)
            if full in state.tables and state.tables[full].made == state.at:
                kind = {"table": "table", "partitioned": "partitioned table"}.get(
                    state.tables[full].kind, "foreign table"
                )
                tag = "CREATE FOREIGN TABLE" if server else "CREATE TABLE AS" if query else "CREATE TABLE"
                yield tag, _row(kind, full, full.quoted)
        case sql.CreateView(name=name, materialized=materialized) if not action.temporary:
            kind = "materialized view" if materialized else "view"
            yield f"CREATE {kind.upper()}", _row(kind, state.new(name), state.new(name).quoted)
        case sql.CreateFunction(name=name, arguments=arguments, kind=kind):
            full = state.new(name)
            types = ",".join(one.type for one in arguments if one.mode not in {"out", "table"})
            yield f"CREATE {kind.upper()}", _row(kind, full, f"{full.quoted}({types})")
        case _:
            return


def _row(kind: str, name: Name, identity: str) -> Mapping[str, Any]:
    return {
        "object_type": kind,
        "schema_name": name.schema,
        "object_identity": identity,
        "objid": str(name),
        "in_extension": False,
    }
