"""A column has a type that promises less than it seems.

`timestamp` forgets the time zone and means another moment on every server. `serial` is a default on a sequence with
an owner and privileges of its own; identity columns replaced it. `char(n)` pads with spaces, `money` depends on a
locale, `json` keeps text that cannot be indexed or compared.
"""

from collections.abc import Iterator

from ...facts.schema import Table
from ...facts.sql import ColumnDef, quoted
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
    level="strict",
)


def check(project: Project) -> Iterator[Finding]:
    """Every column of such a type at the end of the history."""
    for database in project.view(databases):
        for table in own_tables(database):
            for column in table.columns:
                better = _better(column)
                if better and not table.partition:
                    yield _finding(table, column, *better)


def _better(column: ColumnDef) -> tuple[str, str] | None:
    """The better type and why, None where the type is fine."""
    bare = column.type.removesuffix("[]")
    if column.serial:
        return "bigint generated always as identity", "serial is a default that anybody may change or leave out"
    if bare.startswith("timestamp") and bare.endswith("without time zone"):
        return "timestamptz", "it forgets the time zone"
    if bare == "character" or bare.startswith("character("):
        return "text", "it pads with spaces"
    if bare == "money":
        return "numeric", "its meaning depends on a locale"
    if bare == "json":
        return "jsonb", "it cannot be indexed or compared"
    return None


def _finding(table: Table, column: ColumnDef, better: str, why: str) -> Finding:
    written = "serial" if column.serial else column.type
    return Finding(
        column.at,
        f"column {column.name} of {table.name} is {written}: {why}.",
        f"{quoted(column.name)} {better}",
        subject=table_subject(table, column.name),
        slots={"table": str(table.name), "column": column.name, "type": written, "better": better},
    )


REMARK = "`{type}` is the type one regrets on `{column}`. `{better}` costs nothing today and a table rewrite later."

EXAMPLES = [
    """
=== migrations/0001_events.sql
create table events (
  id serial primary key, -- <-- an identity column does it better
  at timestamp, -- <-- in whose time zone?
  code char(8), -- <-- padded
  payload json, -- <-- jsonb
  price money -- <-- numeric
);
""",
    """
=== migrations/0001_events.sql
create table events (id bigint generated always as identity primary key, at timestamptz, payload jsonb);
alter table events add column seen timestamp;
alter table events alter column seen type timestamptz;
""",
]
