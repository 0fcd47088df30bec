"""A policy reads its own table, directly or through the policies of another: the query fails with infinite recursion.

To evaluate the policy PostgreSQL has to read the table, which is subject to the policy, which reads the table. It
notices, and every query on the table ends with `infinite recursion detected in policy` (42P17). The usual case is a
membership table whose policy asks whether the caller is a member. A SECURITY DEFINER function that asks instead
breaks the circle, because it reads as its owner.
"""

from collections.abc import Iterator

from ...facts.location import Related
from ...facts.schema import Database, Policy
from ...facts.sql import Name, Query, walk
from ...finding import Finding
from ...join.claims import expressions
from ...join.databases import databases
from ...join.exposure import VISITORS, for_visitors, own_policies, policy_subject
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="F",
    limits="Circles through views and functions are not followed.",
)


def check(project: Project) -> Iterator[Finding]:
    """Every policy from which a circle of policies leads back to a table that is being read."""
    for database in project.view(databases):
        for policy, table in own_policies(database):
            if not table.rls or not for_visitors(policy):
                continue
            circles = (_circle(database, policy, role) for role in _roles(policy))
            circle = next((found for found in circles if found), None)
            if circle:
                yield _finding(policy, circle)


def _roles(policy: Policy) -> list[str]:
    """The roles that the policy is evaluated for, as far as requests go."""
    return sorted(VISITORS if not policy.roles or "public" in policy.roles else VISITORS & set(policy.roles))


def _circle(database: Database, policy: Policy, role: str) -> tuple[Policy, ...]:
    """The policies of a role that lead from this one back to its own table, itself first; () where none do."""
    pending: list[tuple[Policy, ...]] = [(policy,)]
    visited: set[Name] = set()
    while pending:
        path = pending.pop(0)
        for relation in sorted(path[-1].relations):
            table = database.tables.get(relation)
            if table is None or not table.rls:
                continue
            readers = [one for one in database.policies_of(relation) if one.command in {"all", "select"}]
            # PostgreSQL notices only where the policies of the table that it comes back to have sub-queries themselves.
            inner = [one for one in readers if _has_subquery(one) and role in _roles(one)]
            if relation == policy.table and inner:
                return path
            if relation not in visited:
                visited.add(relation)
                pending.extend((*path, one) for one in inner)
    return ()


def _has_subquery(policy: Policy) -> bool:
    return any(isinstance(node, Query) for expression in expressions(policy) for node in walk(expression.tree))


def _finding(policy: Policy, circle: tuple[Policy, ...]) -> Finding:
    way = " → ".join(str(one.table) for one in circle) + f" → {policy.table}"
    name = policy.table.name
    return Finding(
        policy.defined,
        f"policy {policy.name!r} of {policy.table} has to read its own table to be evaluated ({way}): every query that "
        "it applies to fails with infinite recursion.",
        f"create function private.may_see_{name}(…) returns boolean\n"
        "  language sql stable security definer set search_path = ''\n"
        f"  as $$ select exists (select 1 from {policy.table.quoted} where …) $$;",
        tuple(
            Related(one.defined, f"policy {one.name!r} of {one.table} is evaluated on the way") for one in circle[1:]
        ),
        policy_subject(policy),
        {"policy": policy.name, "table": str(policy.table), "way": way},
    )


REMARK = (
    "To know who may read `{table}` it has to read `{table}`. PostgreSQL stops at the first turn of that circle, and "
    "so does your endpoint. Ask a SECURITY DEFINER function instead."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_members.sql
create table public.members (team_id uuid, user_id uuid, primary key (team_id, user_id));
alter table public.members enable row level security;
create policy "team" on public.members for select to authenticated using ( -- <-- reads public.members to read public.members
  team_id in (select m.team_id from public.members m where m.user_id = (select auth.uid())));
""",
    """
=== supabase/migrations/20240101000000_projects.sql
create table public.projects (id uuid primary key, owner uuid);
create table public.shares (project_id uuid, user_id uuid, primary key (project_id, user_id));
alter table public.projects enable row level security;
alter table public.shares enable row level security;
create policy "shared" on public.projects for select to authenticated using ( -- <-- by way of shares
  exists (select 1 from public.shares s where s.project_id = projects.id and s.user_id = (select auth.uid())));
create policy "owner" on public.shares for select to authenticated using ( -- <-- by way of projects
  exists (select 1 from public.projects p where p.id = shares.project_id and p.owner = (select auth.uid())));
""",
    """
=== supabase/migrations/20240101000000_projects.sql
create table public.projects (id uuid primary key, owner uuid);
create table public.tasks (id uuid primary key, project_id uuid);
alter table public.projects enable row level security;
alter table public.tasks enable row level security;
create policy "own" on public.projects for select to authenticated using (owner = (select auth.uid()));
create policy "through" on public.tasks for select to authenticated using (
  exists (select 1 from public.projects p where p.id = tasks.project_id));
create function public.is_owner(project uuid) returns boolean language sql stable security definer set search_path = ''
  as $$ select exists (select 1 from public.projects where id = project and owner = (select auth.uid())) $$;
create policy "edit" on public.projects for update to authenticated using (public.is_owner(id));
create policy "shown" on public.projects for select to anon using (
  exists (select 1 from public.tasks t where t.project_id = projects.id));
""",
]
