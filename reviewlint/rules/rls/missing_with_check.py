"""A policy guards the rows that are there, and lets a write hand them to somebody else.

USING decides which rows an UPDATE may touch, WITH CHECK what they may look like afterwards. Without WITH CHECK the
USING condition serves for both. A WITH CHECK of its own replaces it, and where it leaves out the column that says
whose the row is, users can give their rows to others, or put rows into another tenant. An INSERT policy knows WITH
CHECK only: PostgreSQL refuses one with USING, and the migration stops there. One that a later migration makes anew, or
takes away, has been found.
"""

from collections.abc import Iterator

from ...facts import sql
from ...facts.schema import Policy
from ...facts.sql import Tree
from ...finding import Finding, Subject
from ...join.claims import caller_calls
from ...join.databases import databases
from ...join.exposure import for_visitors, own_policies, policy_subject
from ...join.truth import always_true
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="medium",
    since="0.1.0",
    languages=("sql",),
    asked_by="F",
    security="7.1",
    limits="Checks made by functions are taken to be complete.",
)


def check(project: Project) -> Iterator[Finding]:
    """UPDATE and ALL policies whose check forgets the owner, and INSERT policies with USING."""
    for database in project.view(databases):
        for policy, _table in own_policies(database):
            said = _forgotten(policy) if for_visitors(policy) and policy.permissive else None
            if said is not None and policy.check:
                forgotten, owner = said
                checked = policy.check.text
                if isinstance(policy.check.tree, sql.Operation) and policy.check.tree.operator == "or":
                    checked = f"({checked})"
                yield Finding(
                    policy.check.at,
                    f"policy {policy.name!r} of {policy.table} finds rows by {forgotten} (`using`), but its `with check` "
                    f"says nothing about {forgotten}: an update may change it to anybody's.",
                    f"with check ({checked} and {owner})",
                    subject=policy_subject(policy),
                    slots={"policy": policy.name, "table": str(policy.table), "column": forgotten},
                )
        for number, step in enumerate(database.steps):
            action = step.action
            if isinstance(action, sql.CreatePolicy) and action.command == "insert" and action.using:
                if any(_settles(later.action, action) for later in database.steps[number + 1 :]):
                    continue
                yield Finding(
                    action.using.at,
                    f"policy {action.name!r} of {action.table} is for INSERT and has USING: PostgreSQL refuses it, an "
                    "insert is only subject to WITH CHECK.",
                    f"with check ({action.using.text})",
                    subject=Subject("policy", action.name, action.table.schema, action.table.name, action.name),
                    slots={"policy": action.name, "table": str(action.table), "column": "the new row"},
                )


def _settles(later: sql.Action, policy: sql.CreatePolicy) -> bool:
    """Whether a later statement makes a policy anew, or takes away it or its table."""
    match later:
        case sql.CreatePolicy(name=name, table=table):
            return name == policy.name and _same(table, policy.table)
        case sql.Drop(kind="policy" | "table", objects=objects):
            return any(one.part in ("", policy.name) and _same(one.name, policy.table) for one in objects)
    return False


def _same(one: sql.Name, other: sql.Name) -> bool:
    return one.name == other.name and (one.schema or "public") == (other.schema or "public")


def _forgotten(policy: Policy) -> tuple[str, str] | None:
    """The column that USING compares with the caller and WITH CHECK does not mention, and how; None without one."""
    if policy.command not in {"update", "all"} or policy.using is None or policy.check is None:
        return None
    if always_true(policy.check.tree):
        return None
    mentioned = {node.name for node in sql.walk(policy.check.tree) if isinstance(node, sql.ColumnRef)}
    called = any(
        isinstance(node, sql.Invocation) and node.function.schema != "auth" and node.arguments
        for node in sql.walk(policy.check.tree)
    )
    owners = () if called else _owners(policy.using.tree)
    return next(((column, how) for column, how in owners if column not in mentioned), None)


def _owners(tree: Tree) -> Iterator[tuple[str, str]]:
    """The columns that a condition requires to be the caller, and how: `user_id = auth.uid()`, joined by AND."""
    match tree:
        case sql.Operation(operator="and", operands=operands):
            for operand in operands:
                yield from _owners(operand)
        case sql.Operation(operator="=", operands=(left, right)):
            for column, other in ((left, right), (right, left)):
                if isinstance(column, sql.ColumnRef) and (call := next(iter(caller_calls(other)), None)) is not None:
                    plain = call.name if "…" not in call.name else ""
                    how = f"(select {plain})" if plain else sql.canonical(other)
                    yield column.name, f"{column.name} = {how}"
        case _:
            return


REMARK = (
    "The rows are guarded on the way in, and the door at the back is open: nothing holds `{column}` in place. "
    "Ask for it in `with check`, too."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid, status text);
alter table public.notes enable row level security;
create policy "edit" on public.notes for update to authenticated
  using (user_id = (select auth.uid()))
  with check (status in ('draft', 'published')); -- <-- user_id may become anybody's
create policy "add" on public.notes for insert to authenticated
  using (user_id = (select auth.uid())); -- <-- INSERT knows no USING
""",
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid, status text);
alter table public.notes enable row level security;
create policy "edit" on public.notes for update to authenticated using (user_id = (select auth.uid()));
create policy "publish" on public.notes for update to authenticated
  using (user_id = (select auth.uid()) and status = 'draft')
  with check (user_id = (select auth.uid()) and status in ('draft', 'published'));
""",
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid);
alter table public.notes enable row level security;
create policy "add" on public.notes for insert to authenticated using (user_id = (select auth.uid()));
create policy "put" on public.notes for insert to authenticated
  using (user_id = (select auth.uid())); -- <-- and nothing later speaks of it
=== supabase/migrations/20240102000000_notes_fixed.sql
drop policy if exists "add" on notes;
create policy "add" on notes for insert to authenticated with check (user_id = (select auth.uid()));
""",
    """
=== supabase/migrations/20240101000000_events.sql
create table public.events (id uuid primary key, created_by uuid, status text);
alter table public.events enable row level security;
create policy "cancel" on public.events for update to authenticated
  using (created_by = auth.uid() and status = 'proposed')
  with check (status = 'cancelled' or status = 'withdrawn'); -- <-- what it is for stays possible
=== fixed supabase/migrations/20240101000000_events.sql
create table public.events (id uuid primary key, created_by uuid, status text);
alter table public.events enable row level security;
create policy "cancel" on public.events for update to authenticated
  using (created_by = auth.uid() and status = 'proposed')
  with check ((status = 'cancelled' or status = 'withdrawn') and created_by = (select auth.uid()));
""",
]
