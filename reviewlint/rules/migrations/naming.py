"""A table or column is not named in snake_case.

PostgreSQL folds unquoted names to lower case, so a name with capitals has to be quoted wherever it is used, for ever:
in every query, view and policy. One such name among others is a trap; where a whole database is named that way, as
some ORMs do it, it is a convention and stays silent.
"""

import re
from collections.abc import Iterator

from ...facts.schema import Database, Table
from ...finding import Finding
from ...join.databases import databases
from ...join.exposure import own_tables, table_subject
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="note",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="E",
)

_SNAKE = re.compile(r"_*[a-z0-9]+(?:_+[a-z0-9]+)*_*")
_CONVENTION = 0.3
"""A database with more than this share of other names has another convention."""


def check(project: Project) -> Iterator[Finding]:
    """The outliers among a database's names; one finding a table."""
    for database in project.view(databases):
        if _other_convention(database):
            continue
        for table in own_tables(database):
            odd = [column.name for column in table.columns if not _SNAKE.fullmatch(column.name)]
            if table.made is None or table.partition or (_SNAKE.fullmatch(table.name.name) and not odd):
                continue
            names = odd if _SNAKE.fullmatch(table.name.name) else [table.name.name, *odd]
            right = _snake(names[0])
            what = "table" if names[0] == table.name.name else "column"
            first = next((column for column in table.columns if column.name == names[0]), None)
            rename = f"column {_quoted(names[0])} to {right}" if what == "column" else f"to {right}"
            yield Finding(
                first.at if first else table.made,
                f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} not snake_case: every use has to be quoted.",
                f"alter table {table.name.quoted} rename {rename};",
                subject=table_subject(table, names[0] if what == "column" else ""),
                slots={"table": str(table.name), "name": names[0], "right": right},
            )


def _other_convention(database: Database) -> bool:
    names = [name for table in own_tables(database) for name in _names(table)]
    return bool(names) and sum(not _SNAKE.fullmatch(name) for name in names) > _CONVENTION * len(names)


def _names(table: Table) -> Iterator[str]:
    yield table.name.name
    yield from (column.name for column in table.columns)


def _snake(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()).strip("_")


def _quoted(name: str) -> str:
    return f'"{name}"'


REMARK = (
    "`{name}` will need its quotes in every query from now on, and the first one without them fails. Call it `{right}`."
)

EXAMPLES = [
    """
=== migrations/0001_orders.sql
create table orders (id bigint primary key, customer_id bigint, placed_at timestamptz, status text);
create table lines (
  id bigint primary key,
  "orderId" bigint, -- <-- quoted for ever
  quantity int,
  price int
);
create table "Invoices" (id bigint primary key, total int, paid_at timestamptz); -- <-- as is this
""",
    """
=== migrations/0001_orders.sql
create table Orders (ID bigint primary key, customer_id bigint);
create table __drizzle_migrations (id serial primary key, hash text not null, created_at bigint);
=== prisma/migrations/20240101000000_init/migration.sql
create table "User" ("id" text primary key, "createdAt" timestamptz, "displayName" text);
create table "Team" ("id" text primary key, "ownerId" text);
""",
]
