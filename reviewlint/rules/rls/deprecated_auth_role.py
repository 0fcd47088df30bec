"""A policy compares `auth.role()` instead of naming the role in its TO clause.

`auth.role()` is deprecated, is evaluated for rows that the role should never reach, and says the same for anonymous
sign-ins as for real ones. `to authenticated` decides before any row is looked at.
"""

from collections.abc import Iterator
from typing import TypeGuard

from ...facts import sql
from ...facts.schema import Policy
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


SERVICE = "service_role"


def check(project: Project) -> Iterator[Finding]:
    """Every policy that compares `auth.role()` with the name of a role."""
    for database, _ in project.view(api_databases):
        for policy, _table in own_policies(database):
            compared = [found for expression in expressions(policy) for found in _compared(expression.tree)]
            if not compared:
                continue
            call, written, roles = compared[0]
            what = f"instead of saying `to {', '.join(roles) or written}`"
            if written == SERVICE:
                what = "which passes row security and needs no policy"
            elif policy.roles == roles:
                what = "which its TO clause says already"
            yield Finding(
                call.at,
                f"policy {policy.name!r} of {policy.table} compares `auth.role()` with '{written}', {what}.",
                _remedy(policy, written, roles),
                subject=policy_subject(policy),
                slots={"policy": policy.name, "table": str(policy.table), "role": written},
            )


def _remedy(policy: Policy, written: str, roles: tuple[str, ...]) -> str:
    """What the policy comes to. Nothing is opened by it, and nobody who is let in now is kept out."""
    policy_name = f"{sql.quoted(policy.name)} on {policy.table.quoted}"
    if not policy.permissive:
        return (
            f"-- {policy_name} is restrictive, and a TO clause would let pass whom it refuses:\n"
            "-- name those in the TO clause, with `using (false)`"
        )
    if not all(_requires(expression.tree) for expression in expressions(policy)):
        if written == SERVICE:
            return (
                f"-- {policy_name}: take the comparison out of the condition; the service role is never asked for one"
            )
        return (
            f"-- {policy_name} lets others in as well: make two policies of it,\n"
            f"-- one `to {', '.join(roles) or written}` for what only they may, and one without the comparison for the rest"
        )
    if not roles:
        return f"drop policy {policy_name}; -- the service role needs none, and it lets nobody else in"
    clauses = [
        f"{word} ({'true' if _is_comparison(expression.tree) else '…'})"
        for word, expression in (("using", policy.using), ("with check", policy.check))
        if expression
    ]
    return f"alter policy {policy_name} to {', '.join(roles)} {' '.join(clauses)};"


def _compared(tree: Tree) -> Iterator[tuple[Invocation, str, tuple[str, ...]]]:
    """Each call of `auth.role()`, a role that it is compared with, and those that a policy can name for which that holds.

    The service role is only said where no other is.
    """
    for node in sql.walk(tree):
        if isinstance(node, sql.Operation) and node.operator in {"=", "<>", "in"}:
            parts = [part for operand in node.operands for part in sql.walk(operand)]
            calls = [one for one in parts if isinstance(one, Invocation) and _is_role(one)]
            written = [one.value for one in parts if isinstance(one, sql.Literal) and isinstance(one.value, str)]
            if calls and written:
                roles = tuple(one for one in written if one != SERVICE)
                role = next(iter(roles), SERVICE)
                yield calls[0], role, _OTHERS.get(role, ()) if node.operator == "<>" else roles


_OTHERS = {"anon": ("authenticated",), "authenticated": ("anon",)}
"""For whom a comparison holds that only says who it is not."""


def _requires(tree: Tree) -> bool:
    """Whether nobody but the roles that are compared passes a condition."""
    if isinstance(tree, sql.Operation) and tree.operator == "and":
        return any(map(_requires, tree.operands))
    return _is_comparison(tree) and (tree.operator != "<>" or any(roles for _, _, roles in _compared(tree)))


def _is_comparison(tree: Tree) -> TypeGuard[sql.Operation]:
    """Whether a condition compares `auth.role()` with names, and asks nothing else."""
    below = [one for operand in tree.operands for one in sql.walk(operand)] if isinstance(tree, sql.Operation) else []
    asks = any(isinstance(one, sql.ColumnRef | sql.Operation) or getattr(one, "relations", ()) for one in below)
    return not asks and any(_compared(tree))


def _is_role(tree: Tree) -> bool:
    return isinstance(tree, Invocation) and (tree.function.schema, tree.function.name) == ("auth", "role")


REMARK = (
    "`auth.role()` asks for every row what the TO clause settles beforehand, and it is on its way out. "
    "Who '{policy}' is for belongs into its TO clause, and a policy for the service role nowhere."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid, shown boolean);
alter table public.notes enable row level security;
create policy "members" on public.notes for select
  using (auth.role() = 'authenticated'); -- <-- to authenticated using (true)
create policy "own" on public.notes for delete
  using (auth.role() <> 'anon' and user_id = (select auth.uid())); -- <-- to authenticated using (…)
create policy "backend" on public.notes for insert
  with check ((select auth.role()) = 'service_role'); -- <-- which passes row security anyway: dropped
create policy "either" on public.notes for update
  using (user_id = (select auth.uid()) or auth.role() = 'service_role'); -- <-- the second half goes
create policy "accounts" on public.notes for select to authenticated
  using (auth.role() = 'authenticated' and not shown); -- <-- said twice
create policy "nobody" on public.notes as restrictive for all
  using (auth.role() = 'service_role'); -- <-- this one refuses, and stays
create policy "shown" on public.notes for select
  using (shown or auth.role() in ('authenticated', 'service_role')); -- <-- two policies
""",
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, role text);
alter table public.notes enable row level security;
create policy "members" on public.notes for select to authenticated using (role = 'authenticated');
""",
]
