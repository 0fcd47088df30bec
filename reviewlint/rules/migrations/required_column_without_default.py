"""A NOT NULL column without a default is added to a table that may hold rows.

Existing rows have no value for it, so PostgreSQL refuses the statement as soon as there is one row: it works on every
developer's empty database and fails in production. Where the deployment overlaps, the running version also inserts
rows without the column.
"""

import re
from collections.abc import Iterator

from ...facts import sql
from ...finding import Finding
from ...join.applied import is_applied, is_of_postgres
from ...join.exposure import table_subject
from ...join.habits import as_habits
from ...join.history import altered, lacks_value
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="R E",
    strictly="migrations that no tool, number or version puts into an order, that say nothing which only PostgreSQL "
    "understands, or that are copies of others; statements below a comment that says that the table is empty, or what "
    "becomes of the rows that are there.",
)

_TOLD = re.compile(
    r"(?<!not )\bempty\b|\b(?:no|without|zero) (?:\w+ )?(?:rows|records|data|users|customers)\b|\b(?:existing|old) (?:rows|records|data)\b"
    r"|\b(?:back-?fill\w*|pre-?launch|not (?:yet )?(?:live|launched|released)|truncat\w+)\b",
    re.IGNORECASE,
)
"""What a comment says that thinks of the rows which may be there; Prisma warns of a table that is not empty."""


def check(project: Project) -> Iterator[Finding]:
    """Every required column without a value for the rows that are there."""
    yield from as_habits(project, _found(project), of_history=True)


def _found(project: Project) -> Iterator[Finding]:
    for one in altered(project):
        change = one.change
        if not isinstance(change, sql.AddColumn) or not lacks_value(change):
            continue
        column = change.column
        name = sql.quoted(column.name)
        yield Finding(
            column.at if one.step.statement.at.holds(column.at) else one.step.statement.at,
            f"column {column.name} of {one.table.name} is added as NOT NULL without a default: existing rows have no "
            "value for it, and the statement fails.",
            f"alter table {one.table.name.quoted} add column {name} {column.type};\n"
            f"-- fill {column.name} in batches, then\n"
            f"alter table {one.table.name.quoted} alter column {name} set not null;",
            subject=table_subject(one.table, column.name),
            slots={"table": str(one.table.name), "column": column.name},
            strict=not is_applied(project, one.database, one.step.statement.at.path)
            or not is_of_postgres(project, one.database)
            or _TOLD.search(one.step.statement.note) is not None,
        )


REMARK = (
    "The rows that `{table}` has already would need a `{column}`, and nobody gives them one. Add it empty, fill it, "
    "then require it."
)

EXAMPLES = [
    """
=== migrations/0001_users.sql
create table users (id bigint primary key);
=== migrations/0002_email.sql
alter table users add column email varchar(80) not null; -- <-- strict: MySQL would fill it in
""",
    """
=== migrations/0001_users.sql
create table users (id bigserial primary key);
=== migrations/0002_email.sql
alter table users add column email text not null; -- <-- what do existing users have?
alter table accounts add column plan text not null; -- <-- a table that no file makes holds rows
""",
    """
=== migrations/0001_users.sql
create table users (id bigint primary key);
alter table users add column name text not null;
=== migrations/0002_email.sql
alter table users add column email text not null default '';
alter table users add column phone text;
alter table users add column seq bigint generated always as identity;
alter table users add column number serial not null;
""",
    """
=== migrations/0001_users.sql
create table users (id bigserial primary key);
=== migrations/0002_email.sql
-- Everybody has one.
alter table users add column email text not null; -- <-- who says so?
-- This table ships empty, so that NOT NULL lands in one step; an install with rows follows the runbook.
alter table users add column name text not null; -- <-- strict: somebody thought of it
-- Added the required column `age`. This is not possible if the table is not empty.
alter table users add column age int not null; -- <-- a tool warned of it
""",
]
