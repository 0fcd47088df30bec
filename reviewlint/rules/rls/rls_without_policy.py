"""Row security is on and there is no policy: nobody but the service role and the owner sees a row.

That is right for tables that only the backend touches, and a silent outage for all others: the API answers an empty
list, not an error. A table that is meant to be closed says so best with its privileges.
"""

from collections.abc import Iterator

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
    asked_by="F",
    level="strict",
)

_REMEDY = """-- say that only the backend uses it …
revoke all on {table} from anon, authenticated;
-- … or who may read it
create policy "read own" on {table}
  for select to authenticated using (…);"""


def check(project: Project) -> Iterator[Finding]:
    """Every table with row security and no policy at all."""
    for database in project.view(databases):
        for table in own_tables(database):
            if table.made is None or not table.rls or table.kind == "partitioned" or database.policies_of(table.name):
                continue
            yield Finding(
                table.made,
                f"{table.name} has row security and no policy: requests of anon and authenticated see no row and write "
                "none.",
                _REMEDY.format(table=table.name.quoted),
                subject=table_subject(table),
                slots={"table": str(table.name)},
            )


REMARK = (
    "`{table}` is locked for everybody but the service role. If that is the intention, revoke the privileges and it "
    "is documented; if not, this is the empty list that a user will report."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_jobs.sql
create table public.jobs (id uuid primary key); -- <-- no policy ever follows
alter table public.jobs enable row level security;
""",
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
create table public.drafts (id uuid primary key);
=== supabase/migrations/20240102000000_policies.sql
create policy "read" on public.notes for select using (true);
""",
]
