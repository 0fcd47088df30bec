"""A policy reads a claim that Supabase's tokens do not carry.

A missing claim is NULL, so the condition is never true and the rows stay invisible, or, behind a negation, never
false. `raw_app_meta_data` and `raw_user_meta_data` are columns of `auth.users`; the claims are called `app_metadata`
and `user_metadata`. The caller's id is `sub`, or better `auth.uid()`.

Projects with an access token hook add claims of their own: there only the names of columns are reported.
"""

from collections.abc import Iterator

from ...facts.clients import Setting
from ...facts.schema import Database
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
    limits="Only names that are certainly mistaken are reported; a hook may add any other claim.",
)

_COLUMNS = {"raw_app_meta_data": "app_metadata", "raw_user_meta_data": "user_metadata"}
_MISTAKEN = {"user_id": "sub", "uid": "sub", "id": "sub", "uuid": "sub"}


def check(project: Project) -> Iterator[Finding]:
    """Every policy that reads a claim by a name that no token has."""
    for database, _ in project.view(api_databases):
        known = _COLUMNS if _has_hook(project, database) else {**_COLUMNS, **_MISTAKEN}
        for policy, _table in own_policies(database):
            for expression in expressions(policy):
                for claim in claims(expression.tree):
                    if claim.path and claim.path[0] in known:
                        right = known[claim.path[0]]
                        yield Finding(
                            claim.at,
                            f"policy {policy.name!r} of {policy.table} reads the claim `{claim.path[0]}`, which "
                            f"Supabase's tokens do not carry; the claim is `{right}`.",
                            "(select auth.uid())" if right == "sub" else f"((select auth.jwt()) -> '{right}')",
                            subject=policy_subject(policy),
                            slots={
                                "policy": policy.name,
                                "table": str(policy.table),
                                "claim": claim.path[0],
                                "right": right,
                            },
                        )


def _has_hook(project: Project, database: Database) -> bool:
    """Whether an access token hook may add claims."""
    if any("access_token_hook" in name.name for name, _ in database.functions):
        return True
    return any("hook.custom_access_token" in setting.name for setting in project.facts(Setting))


REMARK = (
    "No token has a claim `{claim}`, so this condition is NULL for everybody and `{table}` stays dark. "
    "You are looking for `{right}`."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_reports.sql
create table public.reports (id uuid primary key, owner uuid);
alter table public.reports enable row level security;
create policy "admins" on public.reports for select to authenticated
  using (((select auth.jwt()) -> 'raw_app_meta_data' ->> 'role') = 'admin'); -- <-- that is a column
create policy "own" on public.reports for update to authenticated
  using (owner = ((select auth.jwt()) ->> 'user_id')::uuid); -- <-- the claim is sub
""",
    """
=== supabase/migrations/20240101000000_reports.sql
create table public.reports (id uuid primary key, owner uuid, data jsonb);
alter table public.reports enable row level security;
create policy "admins" on public.reports for select to authenticated
  using (((select auth.jwt()) -> 'app_metadata' ->> 'role') = 'admin');
create policy "own" on public.reports for update to authenticated
  using (owner = ((select auth.jwt()) ->> 'sub')::uuid and (data ->> 'user_id') is null);
create function public.custom_access_token_hook(event jsonb) returns jsonb language sql as $$ select event $$;
create policy "hooked" on public.reports for delete to authenticated
  using (owner = ((select auth.jwt()) ->> 'user_id')::uuid);
""",
]
