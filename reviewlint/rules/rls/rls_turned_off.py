"""A later migration turns row security off, or drops the last policy of a table.

Protection that was there and is gone is rarely meant: it is the quick cure for a permission error, taken in a hurry
and never taken back. Without its last policy a table is locked instead, and the API answers empty lists.
"""

import itertools
from collections.abc import Iterator

from ...facts import sql
from ...facts.schema import Database, Step, Table
from ...finding import Finding, Severity
from ...join.databases import databases
from ...join.exposure import SERVICE_SCHEMAS, table_subject
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="F E",
    security="7.5",
    strictly="dropped last policies: what takes their place, such as a function, or policies that are made by one, is not seen.",
)


def check(project: Project) -> Iterator[Finding]:
    """The statements that took protection away which no later statement gives back."""
    for database in project.view(databases):
        by_creation = {table.made: table for table in database.tables.values() if table.made}
        told: set[object] = set()
        for step in reversed(database.steps):
            for before in step.tables:
                after = by_creation.get(before.made) if before.made else database.tables.get(before.name)
                if step.problem or after is None or after.name in told or after.name.schema in SERVICE_SCHEMAS:
                    continue
                finding = _disabled(step, before, after) or _last_policy(database, step, before, after)
                if finding:
                    told.add(after.name)
                    yield finding


def _disabled(step: Step, before: Table, after: Table) -> Finding | None:
    action = step.action
    off = isinstance(action, sql.AlterTable) and sql.RowSecurity("disable") in action.changes
    if not off or not before.rls or after.rls:
        return None
    return Finding(
        step.statement.at,
        f"row security of {after.name} is turned off here and never turned on again.",
        f"alter table {after.name.quoted} enable row level security;",
        subject=table_subject(after),
        slots={"table": str(after.name), "what": "row security"},
    )


def _last_policy(database: Database, step: Step, before: Table, after: Table) -> Finding | None:
    action = step.action
    if not isinstance(action, sql.Drop) or action.kind != "policy" or not after.rls or step.missing:
        return None
    if database.policies_of(after.name) or _made_later(database, step, after):
        return None
    return Finding(
        step.statement.at,
        f"the last policy of {after.name} is dropped here; row security stays on, so visitors see no row from now on.",
        f'create policy "…" on {after.name.quoted} for select to authenticated using (…);',
        subject=table_subject(after),
        slots={"table": str(after.name), "what": "the last policy"},
        severity=Severity.WARNING,
        strict=True,
    )


def _made_later(database: Database, step: Step, table: Table) -> bool:
    """Whether a later statement makes a policy, though the replay could not follow it."""
    later = itertools.dropwhile(lambda one: one is not step, database.steps)
    return any(isinstance(one.action, sql.CreatePolicy) and one.action.table == table.name for one in later)


REMARK = (
    "`{table}` was protected, and this takes {what} away for good. "
    "If a query failed for lack of permission, the policy is what needs mending."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
create policy "read" on public.notes for select using (true);
create table public.tags (id uuid primary key);
alter table public.tags enable row level security;
create policy "read" on public.tags for select using (true);
=== supabase/migrations/20240301000000_hotfix.sql
alter table public.notes disable row level security; -- <-- and it stays off
drop policy "read" on public.tags; -- <-- strict: nothing takes its place
""",
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
create policy "read" on public.notes for select using (true);
=== supabase/migrations/20240301000000_backfill.sql
alter table public.notes disable row level security;
update public.notes set id = id where true;
alter table public.notes enable row level security;
drop policy "read" on public.notes;
create policy "read all" on public.notes for select using (true);
""",
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
create policy "read" on public.notes for select using (true);
create function public.add_owner(name text) returns void language plpgsql as $$
begin execute format('alter table public.%I add column owner uuid', name); end $$;
select public.add_owner('notes');
drop policy "read" on public.notes;
create policy "own" on public.notes for select using (owner = (select auth.uid()));
""",
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
create table public.tags (id uuid primary key);
alter table public.tags enable row level security;
alter table public.tags disable row level security; -- <-- nothing else is said of it
=== supabase/migrations/20240301000000_protect.sql
alter table public.notes enable row level security;
=== supabase/migrations/disable_notes.sql
alter table public.notes disable row level security;
""",
]
