"""A table has no primary key.

Without one a row cannot be addressed: replication cannot update it, Realtime and the API cannot name it, duplicates
slip in, and a mistake cannot be mended without touching its neighbours.

The tables that Prisma makes by itself for a relation of many to many (`_OrderToTag`, with `A` and `B`) are left alone.
"""

from collections.abc import Iterator

from ...finding import Finding
from ...join.databases import databases
from ...join.exposure import own_tables, table_subject
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="R F",
)


def check(project: Project) -> Iterator[Finding]:
    """Every table without a primary key at the end of the history, at its CREATE TABLE."""
    for database in project.view(databases):
        for table in own_tables(database):
            if table.made is None or table.primary_key or table.kind in {"foreign", "partitioned"}:
                continue
            if not table.complete and not table.columns:
                continue
            if table.name.name.startswith("_") and {column.name for column in table.columns} == {"A", "B"}:
                continue
            column = "id" if table.column("id") else ""
            added = (
                f"add primary key ({column})"
                if column
                else "add column id bigint generated always as identity primary key"
            )
            yield Finding(
                table.made,
                f"{table.name} has no primary key when all migrations have run.",
                f"alter table {table.name.quoted} {added};",
                subject=table_subject(table),
                slots={"table": str(table.name)},
            )


REMARK = "Nothing tells one row of `{table}` from the next. The first duplicate will be kept for good; give it a key."

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_events.sql
create table public.events (at timestamptz, what text); -- <-- no key
create table public.late (id bigint, what text);
create table "_OrderToTag" ("A" integer not null, "B" integer not null);
=== supabase/migrations/20240102000000_key.sql
alter table public.late add primary key (id);
""",
    """
=== supabase/migrations/20240101000000_events.sql
create table public.pairs (a uuid, b uuid, primary key (a, b));
create table public.scratch (what text);
drop table public.scratch;
""",
]
