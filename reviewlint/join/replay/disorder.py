"""What the order of the files does not tell.

A file without a number was run by hand, between two of the others or after all of them; and what a statement changes
before another makes it was there already, since both ran. A table that is to get a name which an earlier file has given
to another got it, as where old migrations stand beside those that they were squashed into. Of two answers to a question
the harmless one is taken: row security is on, a setting holds, an index is there, a table of the old name is not.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ...facts import sql
from ...facts.schema import Database, Function, Index, Step
from ...facts.sql import Name
from .state import signature

_BY_NUMBER = frozenset({"", "supabase", "numbered"})
"""What applies files in the order of the numbers in front of their names; others have an order of their own."""


def settled(database: Database) -> Database:
    """The database with row security, settings of functions, indexes and names of tables as they may be, had the files
    run in another order.
    """
    database = _without(database, frozenset(_renamed_in_vain(database)))
    said = list(_said(database.steps))
    tables = {name: database.tables[name].but(rls=True) for name in _perhaps_protected(database, said)}
    functions = {
        key: function.but(settings={**function.settings, **given})
        for key, function in database.functions.items()
        if function.made is not None and (given := _given_early(said, function))
    }
    indexes = _made_early(database)
    if not tables and not functions and not indexes:
        return database
    return replace(
        database,
        tables={**database.tables, **tables},
        functions={**database.functions, **functions},
        indexes={**database.indexes, **indexes},
    )


def _renamed_in_vain(database: Database) -> Iterator[Name]:
    """The tables that a statement gives a name that an earlier file has given to another."""
    files = {path: number for number, path in enumerate(database.files)}
    made: dict[str, int] = {}
    for step in database.steps:
        if isinstance(step.action, sql.CreateTable):
            made[step.action.name.name] = step.file
    for step in database.steps:
        action = step.action
        if not step.problem or not isinstance(action, sql.Rename) or action.kind != "table":
            continue
        for table in step.tables:
            other = database.tables.get(Name(table.name.schema, action.new))
            is_taken = (
                other is not None and other.made is not None and files.get(other.made.path, step.file) < step.file
            )
            if is_taken and made.get(table.name.name, 0) <= step.file:
                yield table.name


def _without(database: Database, gone: frozenset[Name]) -> Database:
    """The database without some tables and what belongs to them."""
    if not gone:
        return database
    return replace(
        database,
        tables={name: table for name, table in database.tables.items() if name not in gone},
        policies={key: policy for key, policy in database.policies.items() if policy.table not in gone},
        indexes={name: index for name, index in database.indexes.items() if index.table not in gone},
        triggers={key: trigger for key, trigger in database.triggers.items() if key[0] not in gone},
    )


def _said(steps: Iterable[Step]) -> Iterator[Step]:
    """The steps that say something of row security, or of a function's settings before there is one."""
    for step in steps:
        match step.action:
            case sql.AlterTable(changes=changes) if any(isinstance(one, sql.RowSecurity) for one in changes):
                yield step
            case sql.AlterFunction() if step.missing:
                yield step


def _perhaps_protected(database: Database, said: list[Step]) -> Iterator[Name]:
    """The tables that are left without row security though it may be on.

    A statement turns it on that came too early for the table; or one turns it on and one off, and one of them stands in
    a file that was run by hand.
    """
    by_hand: set[int] = set()
    if database.tool in _BY_NUMBER and len(database.files) > 1:
        by_hand = {one for one, path in enumerate(database.files) if not re.match(r"\d", path.rpartition("/")[2])}
    said_in: dict[tuple[str, Name], set[int]] = {}
    for step in said:
        if isinstance(step.action, sql.AlterTable) and (step.missing or not step.problem):
            for change in step.action.changes:
                if isinstance(change, sql.RowSecurity):
                    told = [(change.what, table.name) for table in step.tables]
                    for key in (*told, *((f"{change.what} early", name) for name in step.missing)):
                        said_in.setdefault(key, set()).add(step.file)
    for name, table in database.tables.items():
        on, off, early = (said_in.get((what, name), set()) for what in ("enable", "disable", "enable early"))
        if not table.rls and (early or (on and not by_hand.isdisjoint(on | off))):
            yield name


def _given_early(said: list[Step], function: Function) -> dict[str, str]:
    """The settings that a function was given before a statement made it."""
    return {
        name: value
        for step in said
        if isinstance(step.action, sql.AlterFunction) and function.name in step.missing
        if step.action.arguments is None or signature(step.action.arguments) == function.signature
        for name, value in step.action.settings
        if value is not None
    }


def _made_early(database: Database) -> dict[Name, Index]:
    """The indexes that a statement makes before another makes their table, unless something drops or replaces them."""
    early: dict[Name, Index] = {}
    led = {(index.table, index.elements[:1]) for index in database.indexes.values()}
    dropped = {
        one.name.name
        for step in database.steps
        if isinstance(step.action, sql.Drop) and step.action.kind == "index"
        for one in step.action.objects
    }
    for step in database.steps:
        action, name = step.action, next(iter(step.missing), None)
        table = database.tables.get(name) if isinstance(action, sql.CreateIndex) and name is not None else None
        if table is None or not isinstance(action, sql.CreateIndex) or action.name in {"", *dropped}:
            continue
        full = Name(table.name.schema, action.name)
        there = all(not one.column or table.column(one.column) for one in action.elements)
        if there and full not in database.indexes and (table.name, action.elements[:1]) not in led:
            early[full] = Index(
                full, table.name, action.elements, step.statement.at, action.unique, action.method, action.where
            )
            led.add((table.name, action.elements[:1]))
    return early
