"""The history of a database, statement by statement, with what excuses a statement from waiting for anybody."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..facts import sql
from ..facts.schema import Database, Step, Table
from ..facts.sql import TableChange
from ..project import Project
from .databases import databases

_TIME = re.compile(r"(?:^|/)(20\d{12})(?!\d)")
"""The time in front of a migration's name, or of its folder's: `20240131235959_orders.sql`."""
_A_DAY = timedelta(days=1)
_AN_HOUR = timedelta(hours=1)
_A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Altered:
    """One change of a table that was there before this migration: it may hold rows and be in use."""

    database: Database
    step: Step
    table: Table
    change: TableChange


_ASIDE = re.compile(
    r"_(?:old|bak|backup|legacy|deprecated|retired|unused|tmp)$|^_*(?:old|bak|backup|legacy|deprecated|retired|unused|tmp)_",
    re.IGNORECASE,
)


def existed(database: Database, table: Table, step: Step) -> bool:
    """Whether the table was there before the file of the step: made by an earlier file, or by none.

    A file that says `create table` before the step counts as the one that made it. Where another made it, too, such as
    a snapshot of all the files, what comes after `if not exists` is done there as well, and without these words the
    table was dropped by hand: the file could not have run otherwise.
    """
    if table.made is not None and table.made.path == step.statement.at.path:
        return False
    for one in same_file(database, step):
        if one is step:
            break
        if isinstance(one.action, sql.CreateTable) and _is_of(one.action.name, table):
            return False
    return True


def _is_of(written: sql.Name, table: Table) -> bool:
    """Whether a name as it is written, perhaps without its schema, is that of the table."""
    return written.name == table.name.name and written.schema in ("", table.name.schema)


def within_a_day(earlier: str, later: str) -> bool:
    """Whether two migrations were written on one day, by the times in their names: nothing was released in between."""
    begun, done = _written(earlier), _written(later)
    return begun is not None and done is not None and timedelta(0) <= done - begun < _A_DAY


def within_an_hour(earlier: str, later: str) -> bool:
    """Whether a migration was written in the hour after another, by the times in their names, and in one go with it.

    Names that are less than a minute apart count up, and tell no time.
    """
    begun, done = _written(earlier), _written(later)
    return begun is not None and done is not None and _A_MINUTE <= done - begun < _AN_HOUR


def _written(path: str) -> datetime | None:
    match = _TIME.search(path)
    try:
        return datetime.strptime(match[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC) if match else None
    except ValueError:
        return None


def steps(project: Project) -> Iterator[tuple[Database, Step]]:
    """Every step of every database that PostgreSQL would carry out.

    Of a schema that is declared there are none: the tool works out other statements from what is there.
    """
    for database in project.view(databases):
        for step in database.steps if database.tool != "declared" else ():
            if not step.problem:
                yield database, step


def altered(project: Project) -> tuple[Altered, ...]:
    """Every change by ALTER TABLE of a table that may hold rows, in order."""
    return project.view(_altered)


def _altered(project: Project) -> tuple[Altered, ...]:
    return tuple(_changes(project))


def _changes(project: Project) -> Iterator[Altered]:
    for database, step in steps(project):
        action = step.action
        if isinstance(action, sql.AlterTable):
            for table in step.tables[:1]:
                if existed(database, table, step) and not _emptied(database, step, table):
                    for change in action.changes:
                        yield Altered(database, step, table, change)


def _emptied(database: Database, step: Step, table: Table) -> bool:
    """Whether the same file takes every row out of the table before the step and puts nothing in again."""
    empty = False
    for one in same_file(database, step):
        if one is step:
            break
        empties = isinstance(one.action, sql.Change) and one.action.what != "update" and not one.action.filtered
        if (empties or isinstance(one.action, sql.Insert)) and any(each.name == table.name for each in one.tables):
            empty = empties
    return empty


def must_be_empty(database: Database, step: Step, table: Table) -> bool:
    """Whether the same file adds a column to the table that rows have no value for: it fails where there are any."""
    return any(
        isinstance(one.action, sql.AlterTable)
        and any(each.name == table.name for each in one.tables[:1])
        and any(map(lacks_value, one.action.changes))
        for one in same_file(database, step)
    )


def is_loaded(database: Database, step: Step, table: Table, name: str) -> bool:
    """Whether the same file takes an index or constraint of a table away to fill it in bulk, and then puts it back.

    Nobody waits for the last part of that: it is the work of a window in which nobody writes.
    """
    away = False
    for one in same_file(database, step):
        match one.action:
            case _ if one is step:
                return False
            case sql.Drop(kind="index", objects=objects):
                away = away or any(dropped.name.name == name for dropped in objects)
            case sql.AlterTable(changes=changes) if any(each.name == table.name for each in one.tables[:1]):
                away = away or any(isinstance(each, sql.DropConstraint) and each.name == name for each in changes)
            case sql.Insert(rows=()) if away and any(each.name == table.name for each in one.tables):
                return True
            case _:
                pass
    return False


def lacks_value(change: TableChange) -> bool:
    """Whether a change adds a required column that the rows which are there have no value for."""
    if not isinstance(change, sql.AddColumn):
        return False
    column = change.column
    required = column.not_null or any(constraint.kind == "primary key" for constraint in change.constraints)
    return required and not (_is_given(column.default) or column.identity or column.serial or column.generated)


def _is_given(default: sql.Expression | None) -> bool:
    """Whether a default is a value: NULL is none."""
    return default is not None and not (isinstance(default.tree, sql.Literal) and default.tree.value is None)


def same_file(database: Database, step: Step) -> Iterator[Step]:
    """The steps of the same migration, in order."""
    return iter(database.steps_of(step.file))


def is_put_aside(name: str) -> bool:
    """Whether a name says that it makes room for another, or is kept for a while without being asked for."""
    return _ASIDE.search(name) is not None
