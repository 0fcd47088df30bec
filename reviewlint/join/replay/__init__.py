"""Replays migrations: folds what their statements do, in order, into the database that they leave behind.

The replay is lenient where a history begins in the middle (a table that no statement creates is taken to exist) and
strict where PostgreSQL is: a statement that PostgreSQL would refuse changes nothing, and its `Step` says why.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from ...facts import schema, sql
from ...facts.schema import Database, Step
from ...facts.sql import Name, Statement
from .. import platform as platforms
from . import blocks, disorder, drops, event_triggers, objects, privileges, renames, skipped, tables
from .state import OF_NEW_TABLES, Refused, State

_VERSION = re.compile(r"\d+")


def replay(
    files: Iterable[tuple[str, Iterable[Statement]]],
    *,
    root: str = "",
    platform: str = "postgres",
    tool: str = "",
    exposes: bool | None = None,
) -> Database:
    """The database after the statements of `files` (path and statements) in that order.

    `exposes` says whether Supabase grants new tables to the roles of its API; by default the migrations' dates tell.
    """
    history = [(path, list(statements)) for path, statements in files]
    begun = Replay(root=root, platform=platform, tool=tool, exposes=exposes, alone=len(history) == 1)
    for _, statements in history:
        begun.foresee(statements)
    for path, statements in history:
        begun.run(path, statements)
    return begun.database()


class Replay:
    """A replay under way, whose later files may not be known yet.

    What no file makes is taken to have been there before the first. So `holds` says whether what was taken to have been
    there is made by none of those that came later.
    """

    def __init__(self, *, root: str, platform: str, tool: str, alone: bool, exposes: bool | None = None) -> None:
        """As `replay`; `alone` is a history of a single file."""
        self.files: list[str] = []
        self._root, self._tool, self._exposes = root, tool, exposes
        self._state = State(platform)
        self._state.alone = alone

    def foresee(self, statements: Iterable[Statement]) -> None:
        """Know of what statements make before they run."""
        made, functions = _made(statements)
        self._state.made |= made | functions
        self._state.made_functions |= functions

    def run(self, path: str, statements: Iterable[Statement]) -> None:
        """Run the next file, a session of its own."""
        self.files.append(path)
        version, first = (_VERSION.match(one.rpartition("/")[2]) for one in (path, self.files[0]))
        state = self._state
        state.begin(len(self.files) - 1)
        state.exposes = platforms.exposes_new_tables(
            version[0] if version else "", first[0] if first else "", self._exposes
        )
        state.skipped = skipped.is_skipped(path, self._tool)
        if state.skipped:
            statements = tuple(statements)
            state.made_again = skipped.made_in(statements)
        for statement in statements:
            _run(state, statement)

    def holds(self) -> bool:
        """Whether no file has come that would have changed how those before it ran."""
        return all(names.isdisjoint(names.missed) for names in (self._state.made, self._state.made_functions))

    def database(self) -> Database:
        """What is there now."""
        return disorder.settled(_database(self._state, self._root, tuple(self.files), self._tool))


def _run(state: State, statement: Statement) -> None:
    """Carry out one statement, as far as it is understood; one that PostgreSQL would refuse changes nothing."""
    try:
        _carried_out(state, statement)
    except Refused:
        return


def _run_inside(state: State, statement: Statement) -> None:
    """Carry out a statement of a block. Raises `Refused` where PostgreSQL surely would, so that the block ends."""
    try:
        _carried_out(state, statement)
    except Refused:
        if state.certain:
            raise


def _carried_out(state: State, statement: Statement) -> None:
    action = statement.action
    if action is None or statement.section != "up":
        return
    state.at = statement.at
    state.missing = []
    if state.skipped and skipped.is_said_by_migrations(state, action):
        return
    touched = tuple(table for name in _tables_of(action) if (table := _before(state, name, action)))
    before = _to_come_back_to(state, action)
    place = len(state.steps)
    inside = state.transaction or (statement.wrapped and not state.ended)
    state.steps.append(Step(statement, action, state.file, touched, "", (), inside, state.settings))
    try:
        if isinstance(action, sql.Do):
            blocks.do(state, action, _run_inside)
        elif not blocks.step(state, action, _run_inside):
            _apply(state, action)
            if state.event_triggers:
                event_triggers.fire(state, action, _run_inside)
    except Refused as refused:
        if before is not None:
            state.restore(before)
        _undo(state, place, str(refused))
        raise
    finally:
        if state.missing and not isinstance(action, sql.Do):
            state.steps[place] = replace(state.steps[place], missing=tuple(state.missing))
            state.missing = []


def _to_come_back_to(state: State, action: sql.Action) -> dict[str, Any] | None:
    """What to restore if the statement fails half way, None for one that checks everything before it changes anything.

    Most are never needed, and where there are thousands of objects to copy they take a tenth of the time.
    """
    match action:
        case sql.CreateTable(name=name) if not state.event_triggers and state.new(name) not in state.tables:
            return state.copy(OF_NEW_TABLES)
        case sql.CreateTable() | sql.Do():
            return state.copy()
        case sql.AlterTable() if _is_composed(action):
            return state.copy()
        case _:
            return None


def _undo(state: State, place: int, problem: str) -> None:
    """Say of a step, and of those inside it, that PostgreSQL undid them and why."""
    for index in range(place, len(state.steps)):
        step = state.steps[index]
        state.steps[index] = replace(step, problem=step.problem or problem)


def _database(state: State, root: str, files: tuple[str, ...], tool: str) -> Database:
    """What is there now."""
    return Database(
        root,
        state.platform,
        files,
        tool,
        state.schemas,
        dict(sorted(state.tables.items())),
        dict(sorted(state.views.items())),
        state.policies,
        state.indexes,
        state.functions,
        state.triggers,
        state.types,
        state.extensions,
        state.publications,
        state.buckets,
        state.sequences,
        tuple(state.steps),
        state.event_triggers,
    )


def _apply(state: State, action: sql.Action) -> None:
    match action:
        case sql.CreateTable():
            tables.create_table(state, action)
        case sql.AlterTable():
            tables.alter_table(state, action)
        case sql.CreateIndex():
            objects.create_index(state, action)
        case sql.CreatePolicy():
            objects.create_policy(state, action)
        case sql.AlterPolicy():
            objects.alter_policy(state, action)
        case sql.CreateView():
            objects.create_view(state, action)
        case sql.CreateFunction():
            objects.create_function(state, action)
        case sql.AlterFunction():
            objects.alter_function(state, action)
        case sql.Drop():
            drops.drop(state, action)
        case sql.Rename():
            renames.rename(state, action)
        case sql.SetSchema():
            renames.set_schema(state, action)
        case sql.Grant():
            privileges.grant(state, action)
        case sql.DefaultPrivileges():
            privileges.default_privileges(state, action)
        case sql.CreateTrigger():
            objects.create_trigger(state, action)
        case sql.CreateEventTrigger():
            event_triggers.create(state, action)
        case sql.AlterEventTrigger():
            event_triggers.alter(state, action)
        case sql.CreateSchema():
            if action.name in state.schemas and not action.if_not_exists:
                raise Refused(f"schema {action.name} exists already")
            state.schemas.setdefault(action.name, state.at)
        case sql.CreateType():
            name = state.new(action.name)
            state.needs_schema(name.schema)
            if name in state.types:
                raise Refused(f"type {name} exists already")
            state.types[name] = schema.Type(name, action.kind, state.at, action.values)
        case sql.AddValue():
            name = state.find(action.type, state.types)
            if name in state.types:
                state.types[name] = _with_value(state.types[name], action)
            else:
                state.missing.append(name)
        case sql.CreateExtension():
            if action.name not in state.extensions:
                where = action.schema or ("public" if state.platform == "postgres" else state.new(Name("", "")).schema)
                state.extensions[action.name] = schema.Extension(action.name, where, state.at)
        case sql.CreateSequence():
            name = state.new(action.name)
            state.sequences.setdefault(name, state.default_grants(name.schema, "sequence"))
        case sql.Publication():
            objects.publication(state, action)
        case sql.SetVariable():
            _set(state, action.name, action.values)
        case sql.Select():
            _configure(state, action)
        case sql.Transaction():
            _transaction(state, action)
        case sql.Insert():
            objects.insert(state, action)
        case sql.Change():
            objects.change(state, action)
        case sql.CreateRole(name=role):
            state.roles.add(role)
        case _:
            pass


def _with_value(kind: schema.Type, action: sql.AddValue) -> schema.Type:
    if action.value in kind.values:
        if action.if_not_exists:
            return kind
        raise Refused(f"enum label {action.value} exists already")
    values = list(kind.values)
    place = len(values)
    if action.neighbour in values:
        place = values.index(action.neighbour) + action.after
    return replace(kind, values=(*values[:place], action.value, *values[place:]))


def _set(state: State, name: str, values: tuple[str, ...]) -> None:
    state.settings = {**state.settings, name: ", ".join(values)}
    if name == "search_path":
        parts = [part.strip().strip('"') for value in values for part in value.split(",")]
        state.path = (
            tuple(part for part in parts if part and part != "$user")
            if values
            else platforms.SEARCH_PATH[state.platform]
        )


def _configure(state: State, action: sql.Select) -> None:
    """`select set_config('search_path', …)`, as dumps begin."""
    for output in action.query.outputs:
        match output:
            case sql.Invocation(
                function=Name(name="set_config"),
                arguments=(sql.Literal(value=str(name)), sql.Literal(value=str(value)), *_),
            ):
                _set(state, name, (value,))
            case _:
                pass


def _transaction(state: State, action: sql.Transaction) -> None:
    if action.what == "begin":
        state.saved, state.transaction = state.copy(), True
    elif action.what in {"commit", "rollback"}:
        if action.what == "rollback" and state.saved is not None:
            state.restore(state.saved)
        state.saved, state.transaction, state.ended = None, False, True


def _is_composed(action: sql.AlterTable) -> bool:
    """Whether an ALTER TABLE may fail half way: PostgreSQL then undoes all of it."""
    first = action.changes[0] if action.changes else None
    return len(action.changes) > 1 or (isinstance(first, sql.AddColumn) and bool(first.constraints))


def _made(statements: Iterable[Statement]) -> tuple[frozenset[Name], frozenset[Name]]:
    """All relations and types that statements make, and all functions."""
    made: set[Name] = set()
    functions: set[Name] = set()
    for statement in statements:
        inside: list[tuple[Statement, ...]] = []
        match statement.action:
            case sql.CreateTable(name=name) | sql.CreateView(name=name) | sql.CreateType(name=name):
                made.add(_in_public(name))
            case sql.CreateFunction(name=name):
                functions.add(_in_public(name))
            case sql.CreateSchema(name=schema_name):
                made.add(Name(schema_name, ""))
            case sql.Rename(kind="schema", new=schema_name):
                made.add(Name(schema_name, ""))
            case sql.Rename(kind="table" | "view" | "materialized view" | "type", name=name, new=new):
                made.add(_in_public(Name(name.schema, new)))
            case sql.SetSchema(kind="table" | "view" | "type", name=name, schema=moved):
                made.add(Name(moved, name.name))
            case sql.Do(body=body):
                inside = [body.statements]
            case sql.Execute(statements=some) | sql.ForEach(statements=some):
                inside = [some]
            case sql.Choose(branches=branches):
                inside = [some for _, some in branches]
            case sql.Block(statements=some, handlers=handlers):
                inside = [some, *handlers]
            case _:
                pass
        for some in inside:
            inner, called = _made(some)
            made |= inner
            functions |= called
    return frozenset(made), frozenset(functions)


def _in_public(name: Name) -> Name:
    return name if name.schema else Name("public", name.name)


def _before(state: State, name: Name, action: sql.Action) -> schema.Table | None:
    """A table as it is now, or as one is taken to exist that no statement makes; None for what is no table."""
    full = state.find(name, state.tables, state.views, state.sequences)
    kind = getattr(action, "kind", "table")
    if full in state.tables or kind not in {"table", "column", "constraint"}:
        return state.tables.get(full)
    # With IF EXISTS a table need not be there; where a single file is all there is, it was written for one that is.
    if getattr(action, "if_exists", False) and not state.alone:
        return None
    if full in state.views or name.name in state.temporary or full in state.made:
        return None
    return schema.Table(full, None, seen=False, complete=False)


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
