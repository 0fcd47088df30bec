"""A policy compares `auth.role()` instead of naming the role in its TO clause.

`auth.role()` is deprecated, is evaluated for rows that the role should never reach, and says the same for anonymous
sign-ins as for real ones. `to authenticated` decides before any row is looked at.
"""

from collections.abc import Iterator

from ...facts import sql
from ...facts.sql import Invocation, Tree
from ...finding import Finding
from ...join.claims import expressions
from ...join.exposure import api_databases, own_policies, policy_subject
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="F",
)


def check(project: Project) -> Iterator[Finding]:
    """Every policy that compares `auth.role()` with the name of a role."""
    for database, _ in project.view(api_databases):
        for policy, _table in own_policies(database):
            compared = [found for expression in expressions(policy) for found in _compared(expression.tree)]
            if not compared:
                continue
            call, role = compared[0]
            what, remedy = f"instead of saying `to {role}`", f"to {role}"
            if role == "service_role":
                what, remedy = "which passes row security and needs no policy", "to authenticated"
            yield Finding(
                call.at,
                f"policy {policy.name!r} of {policy.table} compares `auth.role()` with '{role}', {what}.",
                f'alter policy "{policy.name}" on {policy.table.quoted} {remedy} using (…);',
                subject=policy_subject(policy),
                slots={"policy": policy.name, "table": str(policy.table), "role": role},
            )


def _compared(tree: Tree) -> Iterator[tuple[Invocation, str]]:
    """Each call of `auth.role()` with the role that it is compared with."""
    for node in sql.walk(tree):
        if not isinstance(node, sql.Operation) or node.operator not in {"=", "<>", "in"}:
            continue
        calls = [one for operand in node.operands for one in sql.walk(operand) if _is_role(one)]
        roles = [one.value for operand in node.operands for one in sql.walk(operand) if isinstance(one, sql.Literal)]
        if calls and roles and isinstance(roles[0], str) and isinstance(calls[0], Invocation):
            yield calls[0], roles[0]


def _is_role(tree: Tree) -> bool:
    return isinstance(tree, Invocation) and (tree.function.schema, tree.function.name) == ("auth", "role")


REMARK = (
    "`auth.role()` asks for every row what the TO clause settles beforehand, and it is on its way out. "
    "Put `{role}` where roles belong."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key);
alter table public.notes enable row level security;
create policy "members" on public.notes for select
  using (auth.role() = 'authenticated'); -- <-- a TO clause in disguise
create policy "backend" on public.notes for insert
  with check ((select auth.role()) = 'service_role'); -- <-- which passes row security anyway
""",
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, role text);
alter table public.notes enable row level security;
create policy "members" on public.notes for select to authenticated using (role = 'authenticated');
""",
]
