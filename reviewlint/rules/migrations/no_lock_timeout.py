"""A statement that locks a table in use does not say how long it may wait for the lock.

ALTER TABLE waits behind the longest running query, and everything else waits behind ALTER TABLE: one forgotten report
stops the service. With `lock_timeout` the migration gives up instead, and is run again later.
"""

from collections.abc import Iterator

from ...facts import sql
from ...facts.schema import Database, Step, Table
from ...finding import Finding
from ...join.exposure import table_subject
from ...join.history import existed, steps
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="note",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="E",
    level="strict",
)

_HARMLESS = (sql.ValidateConstraint, sql.OtherChange)


def check(project: Project) -> Iterator[Finding]:
    """The first locking statement of each migration that runs without a lock timeout."""
    told: set[tuple[str, int]] = set()
    for database, step in steps(project):
        table = _locked(database, step)
        if table is None or "lock_timeout" in step.settings or (database.root, step.file) in told:
            continue
        told.add((database.root, step.file))
        yield Finding(
            step.statement.at,
            f"this waits for an exclusive lock on {table.name} for as long as it takes, and all other queries wait "
            "behind it.",
            "set lock_timeout = '2s';",
            subject=table_subject(table),
            slots={"table": str(table.name)},
        )


def _locked(database: Database, step: Step) -> Table | None:
    """The existing table that a statement locks against everybody, None where it does not."""
    match step.action:
        case sql.AlterTable(changes=changes) if not all(isinstance(change, _HARMLESS) for change in changes):
            pass
        case sql.Rename(kind="table" | "column") | sql.Drop(kind="table") | sql.CreateTrigger():
            pass
        case _:
            return None
    return next((table for table in step.tables if existed(database, table, step)), None)


REMARK = "If anything holds `{table}` when this runs, everything queues up behind it. Two seconds of patience, then try again."

EXAMPLES = [
    """
=== migrations/0001_users.sql
create table users (id bigint primary key);
=== migrations/0002_name.sql
alter table users add column name text; -- <-- waits, and everybody with it
alter table users add column nickname text;
""",
    """
=== migrations/0001_users.sql
create table users (id bigint primary key);
alter table users add column name text;
=== migrations/0002_name.sql
set lock_timeout = '2s';
alter table users add column nickname text;
create table teams (id bigint primary key);
alter table teams add column name text;
""",
]
