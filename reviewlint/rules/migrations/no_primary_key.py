"""A table has no primary key.

Without one a row cannot be addressed: replication cannot update it, Realtime and the API cannot name it, duplicates
slip in, and a mistake cannot be mended without touching its neighbours.

The tables that Prisma makes by itself for a relation of many to many (`_OrderToTag`, with `A` and `B`) are left alone.
"""

from collections.abc import Iterator

from ...facts.schema import Database, Table
from ...facts.sql import quoted
from ...finding import Finding
from ...join.applied import is_told
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
    strictly="a table whose rows a unique key over columns that are never NULL tells apart; migrations that no tool, "
    "number or version puts into an order, or that are copies of others; tables that are made where they are there "
    "already, so that something happened which no file tells.",
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
            unique = _unique_key(database, table)
            key = unique or (("id",) if table.column("id") else ())
            added = (
                f"add primary key ({', '.join(map(quoted, key))})"
                if key
                else "add column id bigint generated always as identity primary key"
            )
            told = f", but each ({', '.join(unique)}) stands in it once" if unique else ""
            yield Finding(
                table.made,
                f"{table.name} has no primary key when all migrations have run{told}.",
                f"alter table {table.name.quoted} {added};",
                subject=table_subject(table),
                slots={"table": str(table.name)},
                strict=bool(unique) or not is_told(project, database, table.name),
            )


def _unique_key(database: Database, table: Table) -> tuple[str, ...]:
    """The columns of a unique key that does what a primary key does: none of them may be NULL."""
    required = {column.name for column in table.columns if column.not_null}
    for index in database.indexes.values():
        columns = tuple(one.column for one in index.elements)
        if index.table == table.name and index.unique and index.where is None and required.issuperset(columns):
            return columns
    return ()


REMARK = "Nothing tells one row of `{table}` from the next. The first duplicate will be kept for good; give it a key."

EXAMPLES = [
    """
=== migrations/0001_seen.sql
create table public.seen (at timestamptz, what text); -- <-- strict: it was gone when the next file ran
=== migrations/0002_seen.sql
create table public.seen (id bigserial primary key);
=== notes/migrations/draft.sql
create table public.drafts (at timestamptz); -- <-- strict: a draft
""",
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
    """
=== migrations/0001_tokens.sql
create table public.tokens (identifier text not null, token text not null, seen text); -- <-- strict: token tells them apart
create unique index tokens_token on public.tokens (token);
create table public.seen (token text not null, seen text unique); -- <-- any number of rows without one
""",
]
