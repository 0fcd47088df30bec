"""A policy trusts `user_metadata`, which users edit themselves.

`auth.updateUser({ data: … })` writes to `raw_user_meta_data`, and the next token carries it as `user_metadata`. A
policy that reads a role, a plan or a tenant from there lets everybody choose theirs. `app_metadata` can only be
written with the service role.
"""

from collections.abc import Iterator

from ...facts import sql
from ...facts.location import Location
from ...facts.sql import Tree
from ...finding import Finding
from ...join.claims import claims, expressions
from ...join.exposure import api_databases, own_policies, policy_subject
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="F",
    security="8.8",
)

_COLUMN = "raw_user_meta_data"


def check(project: Project) -> Iterator[Finding]:
    """Every policy that reads what users may write about themselves."""
    for database, _ in project.view(api_databases):
        for policy, _table in own_policies(database):
            found = [use for expression in expressions(policy) for use in _uses(expression.tree)]
            if not found:
                continue
            at, what = found[0]
            yield Finding(
                at if at.path == policy.defined.path and policy.defined.holds(at) else policy.defined,
                f"policy {policy.name!r} of {policy.table} reads {what}, which every user can change.",
                "-- keep it where only the service role writes\n((select auth.jwt()) -> 'app_metadata' ->> 'role')",
                subject=policy_subject(policy),
                slots={"policy": policy.name, "table": str(policy.table), "what": what},
            )


def _uses(tree: Tree) -> Iterator[tuple[Location, str]]:
    for claim in claims(tree):
        if claim.path and claim.path[0] in {"user_metadata", _COLUMN}:
            yield claim.at, f"the claim {'.'.join(claim.path)}"
    for node in sql.walk(tree):
        if isinstance(node, sql.ColumnRef) and node.name == _COLUMN:
            yield node.at, f"auth.users.{_COLUMN}"


REMARK = (
    "The policy asks users what they are allowed to do: {what} is theirs to edit. Anything that grants access "
    "belongs in `app_metadata` or in a table that they cannot write."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_reports.sql
create table public.reports (id uuid primary key, owner uuid);
alter table public.reports enable row level security;
create policy "admins" on public.reports for select to authenticated
  using (((select auth.jwt()) -> 'user_metadata' ->> 'role') = 'admin'); -- <-- a claim of their own making
create policy "editors" on public.reports for update to authenticated using (
  exists (select 1 from auth.users u where u.id = (select auth.uid())
          and u.raw_user_meta_data ->> 'role' = 'editor')); -- <-- the same by another name
""",
    """
=== supabase/migrations/20240101000000_reports.sql
create table public.reports (id uuid primary key, user_metadata jsonb);
alter table public.reports enable row level security;
create policy "admins" on public.reports for select to authenticated
  using (((select auth.jwt()) -> 'app_metadata' ->> 'role') = 'admin');
create policy "shared" on public.reports for select to authenticated
  using ((user_metadata ->> 'shared') = 'yes');
""",
]
