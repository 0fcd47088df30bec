"""No test names a table that has policies.

Policies are access control in a language that nobody runs by hand: a wrong one answers too much or nothing, and both
look like success. A pgTAP test, or a test that switches roles and counts rows, says which rows who may see, and keeps
saying it after the next migration. What a change makes of policies is told of by `change-without-test`.
"""

from collections.abc import Iterator

from ...facts.schema import Database
from ...finding import Finding
from ...join.exposure import api_databases, own_tables, table_subject
from ...join.named_in_tests import named_in_tests
from ...join.unnoticed import Unnoticed, unnoticed
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="note",
    confidence="medium",
    since="0.1.0",
    languages=("sql",),
    asked_by="F",
    level="strict",
    limits="A table counts as tested where a test names it; what the test checks is not asked.",
)


def check(project: Project) -> Iterator[Finding]:
    """Every policied table that no test names, at its first policy."""
    named = frozenset().union(*project.view(named_in_tests).values())
    for database, _ in project.view(api_databases):
        yield from _untested(database, named, project.view(unnoticed))


def _untested(database: Database, named: frozenset[str], told: Unnoticed) -> Iterator[Finding]:
    for table in own_tables(database):
        policies = sorted(database.policies_of(table.name), key=lambda policy: policy.defined)
        if not policies or not table.rls or table.name.name in named or told.has_policy(table.name):
            continue
        count = len(policies)
        yield Finding(
            policies[0].defined,
            f"{table.name} has {count} {'policy' if count == 1 else 'policies'}, and no test names it.",
            "begin;\nselect plan(1);\nset local role authenticated;\n"
            'set local request.jwt.claims to \'{"sub": "00000000-0000-0000-0000-000000000001"}\';\n'
            f"select is_empty('select 1 from {table.name.quoted} where …', 'nobody sees the rows of others');\n"
            "select * from finish();\nrollback;",
            subject=table_subject(table),
            slots={"table": str(table.name)},
        )


REMARK = (
    "The policies on `{table}` have never been asked a question. Let one test be a stranger and see that nothing comes "
    "back."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid);
alter table public.notes enable row level security;
create policy "own" on public.notes for select to authenticated using (user_id = (select auth.uid())); -- <-- untested
""",
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid);
alter table public.notes enable row level security;
create policy "own" on public.notes for select to authenticated using (user_id = (select auth.uid()));
=== supabase/tests/database/notes.test.sql
begin;
select plan(1);
set local role anon;
select is_empty('select 1 from public.notes', 'visitors see nothing');
select * from finish();
rollback;
""",
]
