"""A table without row security is published to Realtime.

Realtime checks a subscriber's right to see a change with the policies of the table. Without row security there is
nothing to check: every subscriber with the anon key is sent every change of every row.
"""

from collections.abc import Iterator

from ...finding import Confidence, Finding
from ...join.exposure import SERVICE_SCHEMAS, api_databases, table_subject
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

_PUBLICATION = "supabase_realtime"


def check(project: Project) -> Iterator[Finding]:
    """Every published table without row security, at the statement that published it."""
    for database, _ in project.view(api_databases):
        publication = database.publications.get(_PUBLICATION)
        for name, at in sorted(publication.tables.items()) if publication else ():
            table = database.tables.get(name)
            if table is None or not table.seen or table.rls or name.schema in SERVICE_SCHEMAS:
                continue
            yield Finding(
                at,
                f"{name} is published to Realtime and has no row security: every subscriber is sent every change.",
                f"alter table {name.quoted} enable row level security;",
                subject=table_subject(table),
                slots={"table": str(name)},
                confidence=Confidence.LOW if table.uncertain else None,
            )


REMARK = (
    "Every change of `{table}` goes to whoever subscribes. Row security decides who hears what; turn it on before "
    "the table goes on the air."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_messages.sql
create table public.messages (id uuid primary key, body text);
alter publication supabase_realtime add table public.messages; -- <-- to everybody
""",
    """
=== supabase/migrations/20240101000000_messages.sql
create table public.messages (id uuid primary key, body text);
alter table public.messages enable row level security;
create table public.old (id uuid primary key);
alter publication supabase_realtime add table public.messages, public.old;
alter publication supabase_realtime drop table public.old;
""",
]
