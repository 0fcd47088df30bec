"""A table that the API serves has no row security at the end of the migrations.

Supabase's API is reachable with the anon key, which every visitor of the site holds. Row security is the only thing
between that key and the rows: without it, everybody who can name the table reads it, and usually writes it.

The verdict is about the state that all migrations together leave: a table that was renamed or moved is followed, one
that was dropped is forgotten, and the finding stands at the statement that created the table.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ...facts.location import Location, Related
from ...facts.schema import Database, Table
from ...finding import Amendment, Confidence, Edit, Finding, Fix, Severity
from ...join.exposure import api_databases, holders, is_exposed, own_tables, table_subject
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="F E A",
    security="8.6",
    limits="Only Supabase projects are judged: without an API in front of the database nobody reaches its tables.",
)

_ANYBODY = "anybody with the anon key, and that key ships with the site"
_USERS = "whoever has signed in, row for row and whosever they are"


@dataclass(frozen=True)
class Options:
    """`schemas`: further schemas that the API serves; `allowed`: tables that may stay open (`name` or `schema.name`)."""

    schemas: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()


def check(project: Project, options: Options) -> Iterator[Finding]:
    """Every exposed table without row security."""
    for database, served in project.view(api_databases):
        for table in own_tables(database):
            allowed = table.name.name in options.allowed or str(table.name) in options.allowed
            if table.made is None or table.rls or table.kind == "foreign" or allowed:
                continue
            if table.kind == "partitioned" and any(not one.rls for one in _partitions(database, table)):
                continue  # said of each partition
            if is_exposed(table, served | set(options.schemas)):
                yield _finding(table, table.made)
            elif table.unexposed and table.name.schema in served:
                yield _note(table, table.made)


def _partitions(database: Database, table: Table) -> Iterator[Table]:
    return (one for one in database.tables.values() if one.partition and table.name in one.parents)


def _finding(table: Table, made: Location) -> Finding:
    roles = " and ".join(holders(table.grants, "select"))
    remedy = f"alter table {table.name.quoted} enable row level security;"
    writes = holders(table.grants, "insert", "update", "delete")
    may = "read and write" if writes else "read"
    doubt = " A block of dynamic SQL may turn it on." if table.uncertain else ""
    end = made.end
    return Finding(
        made,
        f"{table.name} is served by the API and has no row security when all migrations have run: "
        f"{roles} may {may} every row.{doubt}",
        remedy,
        tuple(Related(at, "changed here, still without row security") for at in table.changed[-2:]),
        table_subject(table),
        {"table": str(table.name), "roles": roles, "whom": _ANYBODY if "anon" in roles else _USERS},
        Fix(True, (Edit(end, f";\n\n{remedy.removesuffix(';')}"),)) if not table.changed else None,
        amendment=Amendment(True, remedy),
        confidence=Confidence.LOW if table.uncertain else None,
    )


def _note(table: Table, made: Location) -> Finding:
    """Supabase grants new tables to nobody since late 2026: then row security is the second lock, not the only one."""
    return Finding(
        made,
        f"{table.name} has no row security; it is granted to no role of the API by default, so nobody reaches it yet.",
        f"alter table {table.name.quoted} enable row level security;",
        subject=table_subject(table),
        slots={"table": str(table.name), "roles": "nobody", "whom": _ANYBODY},
        severity=Severity.NOTE,
    )


REMARK = "`{table}` answers to {whom}. Turn row security on first; then decide, policy by policy, who gets what back."

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, body text); -- <-- what is served
=== docs/moved/supabase/migrations/20230101000000_notes.sql
create table public.old_notes (id uuid primary key, body text);
""",
    """
=== examples/todo/supabase/migrations/20240101000000_todos.sql
create table public.todos (id uuid primary key, body text); -- <-- there is nothing else
""",
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, body text); -- <-- nobody enables row security
create table public.tags (id uuid primary key, label text);
alter table public.tags enable row level security;
=== fixed supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, body text);

alter table public.notes enable row level security;
create table public.tags (id uuid primary key, label text);
alter table public.tags enable row level security;
""",
    """
=== supabase/migrations/20240101000000_orders.sql
create table purchases (id uuid primary key); -- <-- followed through its new name
create table imports (id int primary key);
=== supabase/migrations/20240201000000_rename.sql
alter table purchases rename to orders;
drop table imports;
""",
    """
=== supabase/migrations/20240101000000_private.sql
-- not served by the API
create schema private;
create table private.audit (id bigint primary key);
-- closed to visitors by their privileges
create table public.jobs (id bigint primary key);
revoke all on public.jobs from anon, authenticated;
create temporary table scratch (id int);
""",
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key);
=== supabase/migrations/20240301000000_secure.sql
do $$
begin
  if not exists (select from pg_tables where tablename = 'notes' and rowsecurity) then
    alter table public.notes enable row level security;
  end if;
end $$;
=== migrations/0001_plain.sql
create table users (id bigint primary key);
""",
    """
=== supabase/migrations/20240101000000_policies.sql
-- it was there when this ran, whatever the next file says
alter table public.notes enable row level security;
create policy "read" on public.notes for select to authenticated using (true);
=== supabase/migrations/20240301000000_same_as_remote.sql
create table if not exists public.notes (id uuid primary key);
create table if not exists public.tags (id uuid primary key); -- <-- nothing turns it on
""",
]
