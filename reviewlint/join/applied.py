"""Which migrations a tool applies to PostgreSQL, in an order that everybody knows.

What a lock costs, what a migration takes away and what all of them leave is known of such alone. A script that somebody
runs by hand may have run at any time, or never; what is written for another database has other locks; and of two
folders with the same migrations one is a copy.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from ..facts import sql
from ..facts.clients import Setting
from ..facts.imports import Import
from ..facts.location import Location
from ..facts.schema import Database, Policy, Step, Table
from ..facts.sql import ColumnDef, ConstraintDef, Name
from ..project import Project
from .databases import databases
from .history import within_an_hour

VERSIONED = re.compile(r"^\d+_.+\.sql$")
"""What the Supabase CLI takes for a migration: all others it skips."""

_OWN_ORDER = frozenset({"django", "alembic"})
"""Tools whose migrations name those that run before them, and say for which database their SQL is, if at all."""
_BY_NUMBER = frozenset({"", "numbered"})
"""What the names of files alone speak of: no tool is known."""
_MOST = 0.5
"""With a larger part of its files in the history of a known tool, a folder is a copy of that one; with a larger part of
them numbered, they are meant to run by their numbers."""

_TYPE = re.compile(
    r"(?:timestamp|time)(?:\(\d\))? with time zone|uuid|jsonb|bytea|citext|inet|cidr|interval|tsvector|\w+range|.*\[\]"
)
"""Types that, written so, are PostgreSQL's."""
_DRIVER = re.compile(
    r"(?:psycopg2?(?:-binary)?|asyncpg|aiopg|pg8000|pg|pg-promise|postgres|slonik|@vercel/postgres|@neondatabase/serverless"
    r"|sqlalchemy\.dialects\.postgresql|django\.contrib\.postgres|drizzle-orm/(?:pg-core|node-postgres|postgres-js))(?:[./].*)?"
)
"""What a program asks PostgreSQL with, and nothing else."""
_OTHER_DRIVER = re.compile(
    r"(?:aio)?sqlite3?|better-sqlite3|@libsql/client|drizzle-orm/(?:d1|libsql|better-sqlite3|sqlite-core|mysql\w*(?:-core)?)"
    r"|pymysql|aiomysql|asyncmy|MySQLdb|mysql2?(?:[./].*)?|mariadb|pyodbc|mssql|oracledb"
)
"""What it asks another with: then nobody knows whose the migrations are."""
_NEEDED = re.compile(r"ependencies\.(?P<name>.+)")
"""A setting of a manifest that says what a program needs: by its name, or by its value where they are numbered."""
_URL = re.compile(r"(?:jdbc:)?postgres(?:ql)?(?:\+\w+)?://")


def is_ordered(project: Project, database: Database) -> bool:
    """Whether a tool or their numbers say in which order the files of a database run, and it is no copy of another."""
    return database.root in project.view(_ordered)


def is_of_postgres(project: Project, database: Database) -> bool:
    """Whether anything says that the files are PostgreSQL's: what every database understands, its parser reads too."""
    return database.tool in _OWN_ORDER or database.root in project.view(_of_postgres)


def is_applied(project: Project, database: Database, path: str) -> bool:
    """Whether a tool applies the migration at `path`, in its turn among those of its database."""
    return _has_version(database, path) and is_ordered(project, database)


def written(project: Project, database: Database, policy: Policy) -> Location:
    """Where a policy is to be mended: the statement that last said what it is.

    Of a file that the tool passes over nobody knows when it ran, and from it no other database is set up: where a
    migration makes the policy, too, and for the same roles, it is the last of these.
    """
    if is_applied(project, database, policy.defined.path):
        return policy.defined
    made = policy.defined
    for step in database.steps:
        match step.action:
            case sql.CreatePolicy(name=policy.name, table=table, roles=policy.roles, command=policy.command) if (
                (table.schema or "public", table.name) == (policy.table.schema, policy.table.name)
                and not step.problem
                and is_applied(project, database, step.statement.at.path)
            ):
                made = step.statement.at
            case _:
                pass
    return made


def meets_rows(project: Project, database: Database, step: Step, table: Table) -> bool:
    """Whether a step may find rows in a table of PostgreSQL, and somebody who uses them.

    A tool applies its migration, and the one that makes the table was released before: it is no part of the change
    under review, nor was it written in the hour before. Nobody uses what a later migration drops.
    """
    if table.made is not None and table.name not in database.tables:
        return False
    path, made = step.statement.at.path, table.made.path if table.made else ""
    written = project.change.files.get(made) if project.change else None
    new = (written is not None and not written.before) or within_an_hour(made, path)
    return not new and is_applied(project, database, path) and is_of_postgres(project, database)


def is_told(project: Project, database: Database, table: Name) -> bool:
    """Whether the migrations of a database say what becomes of a table: their order is known, and it is made once.

    Where a migration makes a table that is there already, something happened to that one which they do not tell.
    """
    return is_ordered(project, database) and table not in project.view(_made_twice)[database.root]


def is_refused(database: Database, path: str) -> bool:
    """Whether a migration makes what is there already, and says no `if not exists`.

    Either PostgreSQL takes nothing of it, or what was there was lost in a way that no file tells.
    """
    return any(
        "exists already" in step.problem and step.statement.at.path == path and not step.statement.conditional
        for step in database.steps
    )


def _made_twice(project: Project) -> dict[str, frozenset[Name]]:
    """By folder, the tables that its migrations make although they are there."""
    return {one.root: frozenset(_refused(one)) for one in project.view(databases)}


def _refused(database: Database) -> Iterator[Name]:
    for step in database.steps:
        if (
            isinstance(step.action, sql.CreateTable)
            and not step.action.if_not_exists
            and "exists already" in step.problem
        ):
            name = step.action.name
            yield name if name.schema else Name("public", name.name)


def _ordered(project: Project) -> frozenset[str]:
    """The folders of the databases that are `is_ordered`."""
    found = project.view(databases)
    known = [one for one in found if one.tool not in _BY_NUMBER]
    return frozenset(
        one.root for one in found if _has_versions(one) and not (one.tool in _BY_NUMBER and _is_copy(one, known))
    )


def _has_version(database: Database, path: str) -> bool:
    """Whether the name of a file says when it runs, where names alone do."""
    name = PurePosixPath(path).name
    if database.tool == "supabase":
        return VERSIONED.match(name) is not None
    return bool(database.tool) or name[:1].isdigit()


def _has_versions(database: Database) -> bool:
    """Whether most files of a folder of no tool say when they run."""
    named = sum(_has_version(database, path) for path in database.files)
    return bool(database.tool) or named > len(database.files) * _MOST


def _is_copy(database: Database, others: Iterable[Database]) -> bool:
    """Whether most files of a folder stand in one of the others, too, by their names."""
    names = {PurePosixPath(path).name for path in database.files}
    return any(
        len(names.intersection(PurePosixPath(path).name for path in other.files)) > len(names) * _MOST
        for other in others
    )


def _of_postgres(project: Project) -> frozenset[str]:
    """The folders of databases that say what only PostgreSQL understands, or of a program that asks no other."""
    return frozenset(
        one.root
        for one in project.view(databases)
        if one.platform == "supabase"
        or any(step.statement.dialect == "psql" or _is_postgres(step.action) for step in one.steps)
        or project.view(_asks_postgres)
    )


def _asks_postgres(project: Project) -> bool:
    """Whether a setting is the URL of a PostgreSQL, or the program has a driver for one and for no other database."""
    if any(_URL.match(setting.value) for setting in project.facts(Setting)):
        return True
    drivers = {fact.module for fact in project.facts(Import)} | set(_needed(project))
    return any(map(_DRIVER.fullmatch, drivers)) and not any(map(_OTHER_DRIVER.fullmatch, drivers))


def _needed(project: Project) -> Iterator[str]:
    """The packages that manifests name."""
    for setting in project.facts(Setting):
        if match := _NEEDED.search(setting.name):
            yield re.split(r"[^\w.-]", setting.value)[0] if match["name"].isdigit() else match["name"]


def _is_postgres(action: sql.Action) -> bool:
    match action:
        case sql.CreatePolicy() | sql.CreateExtension() | sql.CreateFunction() | sql.CreateType() | sql.Do():
            return True
        case sql.CreateIndex(name=name, concurrently=concurrently, method=method):
            return concurrently or method != "btree" or not name
        case sql.CreateTable(name=Name(schema=schema), columns=columns, constraints=constraints):
            return schema == "public" or any(map(_is_its_constraint, constraints)) or any(map(_is_its_column, columns))
        case sql.AlterTable(name=Name(schema=schema), changes=changes):
            return schema == "public" or any(map(_is_its_change, changes))
        case _:
            return False


def _is_its_change(change: sql.TableChange) -> bool:
    match change:
        case sql.AddColumn(column=column):
            return _is_its_column(column)
        case sql.AddConstraint(constraint=constraint):
            return _is_its_constraint(constraint)
        case sql.AlterColumn(what=what):
            return what.endswith("not null")
        case sql.AlterColumnType() | sql.RowSecurity():
            return True
        case _:
            return False


def _is_its_constraint(constraint: ConstraintDef) -> bool:
    """Whether a constraint is written as only PostgreSQL has it, or called as it calls primary keys."""
    public = constraint.references is not None and constraint.references.schema == "public"
    return public or constraint.name.endswith("_pkey") or not constraint.valid or bool(constraint.index)


def _is_its_column(column: ColumnDef) -> bool:
    return column.serial or bool(column.identity) or _TYPE.fullmatch(column.type) is not None
