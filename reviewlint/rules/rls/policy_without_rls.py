"""A table has policies, but row security is off: nothing evaluates them.

PostgreSQL stores policies for any table and consults them only where row security is enabled. Whoever wrote the
policies believes that the table is protected; whoever holds a privilege on it reads and writes every row.
"""

from collections.abc import Iterator

from ...facts.location import Related
from ...finding import Amendment, Confidence, Finding
from ...join.databases import databases
from ...join.exposure import own_tables, table_subject
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="F",
    security="7.5",
)


def check(project: Project) -> Iterator[Finding]:
    """Every table with policies and without row security, at the policy that was last defined."""
    for database in project.view(databases):
        for table in own_tables(database):
            policies = sorted(database.policies_of(table.name), key=lambda policy: policy.defined)
            if not policies or table.rls:
                continue
            names = ", ".join(repr(policy.name) for policy in policies)
            remedy = f"alter table {table.name.quoted} enable row level security;"
            yield Finding(
                policies[-1].defined,
                f"{table.name} has {len(policies)} {'policy' if len(policies) == 1 else 'policies'} ({names}), but row "
                "security is off when all migrations have run: no policy is evaluated.",
                remedy,
                tuple(Related(policy.defined, f"policy {policy.name!r}") for policy in policies[:-1]),
                table_subject(table),
                {"table": str(table.name), "policies": names},
                amendment=Amendment(True, remedy),
                confidence=Confidence.LOW if table.uncertain else None,
            )


REMARK = (
    "The policies on `{table}` are decoration: nobody switched row security on, so PostgreSQL never looks at them. "
    "One statement makes them count."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid);
create policy "own" on public.notes for select to authenticated using (user_id = (select auth.uid()));
create policy "add" on public.notes for insert to authenticated -- <-- and nothing enables row security
  with check (user_id = (select auth.uid()));
""",
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid);
create policy "own" on public.notes for select to authenticated using (user_id = (select auth.uid()));
create table public.tags (id uuid primary key);
=== supabase/migrations/20240102000000_enable.sql
alter table public.notes enable row level security;
""",
]
